"""`GET /healthz`: for load balancers and monitors, open to everybody, never cached."""

import logging
from dataclasses import asdict

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from engagement.digests.overdue import oldest_due_seconds
from innoteams.lib import health

logger = logging.getLogger(__name__)


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """200 if nothing is down, else 503; `starting` counts as up for the first two minutes of a web process."""
    report = health.report()
    found = {"status": "ok" if report.healthy else "down", **asdict(report)}
    # A figure to alert on, not a reason for 503: starting the web process anew does not send a mail.
    found["digest_oldest_due_seconds"] = _oldest_due() if report.database == "ok" else None
    return JsonResponse(found, status=200 if report.healthy else 503)


def _oldest_due() -> float | None:
    """How long the oldest digest that should be on its way has been due; None if none waits, or nobody knows."""
    try:
        age = oldest_due_seconds(timezone.now())
    except DatabaseError:
        # While a new version is migrating; the other parts can still be told.
        logger.warning("The age of the oldest digest cannot be told", exc_info=True)
        return None
    return None if age is None else round(age, 1)
