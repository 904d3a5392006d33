"""A dry run of everybody's digests: begun here, made by a worker, told while it goes on."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from kombu.exceptions import OperationalError as BrokerAway

from engagement.choices import Stream
from engagement.digests import forecast, rehearsal, shown, wording
from engagement.forms.digest_runs import DryRunForm
from engagement.permissions import can_dry_run
from engagement.tasks import rehearse_digests
from engagement.views.digest_oversight import operator_of, tabs_of
from engagement.views.doors import UNPROCESSABLE, attempt, or_403, posted


@require_http_methods(["GET", "HEAD", "POST"])
def dry_run(request: HttpRequest) -> HttpResponse:
    """The page, its part that changes while a dry run goes on (asked by htmx), or by POST a new one."""
    person = operator_of(request)
    or_403(can_dry_run(person))
    form = DryRunForm(posted(request))
    if form.is_valid():
        as_of, streams = form.cleaned_data["as_of"], form.streams
        if begun := attempt(form, lambda: rehearsal.begin(by=person, as_of=as_of, streams=streams)):
            _ring(request, begun.token)
            return redirect("digest_dry_run")
    run = rehearsal.last()
    context = {"tabs": tabs_of(request), "form": form, "run": run, "streams": _told(run), "limits": _limits(run)}
    template = "engagement/_dry_run.html" if request.headers.get("HX-Request") else "engagement/digest_dry_run.html"
    return render(request, template, context, status=UNPROCESSABLE if form.is_bound else 200)


def _ring(request: HttpRequest, token: str) -> None:
    try:
        rehearse_digests.delay(token)
    except (BrokerAway, OSError):
        rehearsal.give_up(token)
        messages.error(request, _("No worker can be reached, so nothing was begun. Try again in a few minutes."))


def _limits(run: rehearsal.DryRun | None) -> dict[str, object]:
    if run is None or run.finished_at is None:
        return {}
    return {"a_day": settings.DIGESTS_A_DAY, "pace": forecast.pace(run.found)}


def _told(run: rehearsal.DryRun | None) -> list[dict[str, object]]:
    if run is None or run.finished_at is None:
        return []
    return [
        {
            "word": Stream(found.stream).label,
            "sent": found.number(forecast.SENT),
            "held": found.number(forecast.HELD),
            "later": found.number(forecast.LATER),
            "empty": found.number(forecast.EMPTY),
            "failed": found.number(forecast.FAILED),
            "skipped": [
                (wording.reason_words(why), number)
                for (end, why), number in sorted(found.ends.items())
                if end == forecast.SKIPPED and number
            ],
            "languages": sorted(found.languages.items()),
            "exposure": shown.exposure_in(found.people_of_city) if found.stream == Stream.NETWORK else None,
        }
        for found in run.found
    ]
