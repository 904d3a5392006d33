"""`GET /healthz`: for load balancers and monitors, open to everybody, never cached."""

from dataclasses import asdict

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from innoteams.lib import health


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """200 if nothing is down, else 503; `starting` counts as up for the first two minutes of a web process."""
    report = health.report()
    return JsonResponse(
        {"status": "ok" if report.healthy else "down", **asdict(report)}, status=200 if report.healthy else 503
    )
