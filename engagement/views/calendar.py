"""Sessions in one's own calendar program, one by one or by a private address, and which reminders one wants."""

import hashlib
import time

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from engagement import calendar_feeds, ical, reminders
from engagement.forms.calendar import ReminderForm
from engagement.models import CalendarFeed, CoachingSession
from engagement.views.doors import signed_in
from innoteams.lib.rates import Rate, is_over, limited, who_asks

_CALENDAR = "text/calendar; charset=utf-8"
# A program that reads every five minutes, on several devices, is well inside the first; the second is for guessers.
_READS = Rate(times=120, seconds=3600)
_MISSES = Rate(times=30, seconds=3600)
# In the address itself, so that one key serves both ways of reading.
_DAYS = "days"


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """One's own address, and one's reminders."""
    person = signed_in(request)
    return _page(request, ReminderForm(instance=reminders.preference_of(person)))


@require_POST
@limited("calendar-feed", times=20, seconds=3600)
def calendar_open(request: HttpRequest) -> HttpResponse:
    calendar_feeds.open_feed(by=signed_in(request))
    messages.success(request, _("Your calendar has an address now. Copy it into your calendar program."))
    return redirect("calendar")


@require_POST
@limited("calendar-feed", times=20, seconds=3600)
def calendar_renew(request: HttpRequest) -> HttpResponse:
    calendar_feeds.renew(by=signed_in(request))
    messages.success(request, _("Here is a new address. Whoever has the earlier one reads nothing any more."))
    return redirect("calendar")


@require_POST
@limited("calendar-feed", times=20, seconds=3600)
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    calendar_feeds.revoke(by=signed_in(request))
    messages.success(request, _("Revoked. Nobody reads your calendar by that address any more."))
    return redirect("calendar")


@require_POST
def reminders_save(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    form = ReminderForm(request.POST, instance=reminders.preference_of(person))
    if form.is_valid():
        reminders.choose(by=person, **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect(f"{reverse('calendar')}#reminders")


@require_safe
def session_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A session to take into a calendar by hand."""
    rows = CoachingSession.objects.visible_to(request.user).select_related("engagement__team__city")
    session: CoachingSession = get_object_or_404(rows, pk=pk)
    return _file(ical.one_session(session, at=timezone.now()), f"session-{session.pk}.ics")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, key: str) -> HttpResponseBase:
    """What a calendar program reads, without signing in: whoever has the key is shown what its owner sees now."""
    feed = calendar_feeds.find(key)
    if feed is None:
        if is_over("calendar-miss", who_asks(request), _MISSES):
            return _too_many(_MISSES)
        raise Http404
    if is_over("calendar-read", str(feed.pk), _READS):
        return _too_many(_READS)
    now = timezone.now()
    content = calendar_feeds.content(feed.person, now, with_days=_DAYS in request.GET)
    calendar_feeds.note_reading(feed, now)
    response = _file(content, "innoteams.ics")
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def _page(request: HttpRequest, form: ReminderForm) -> HttpResponse:
    feed = calendar_feeds.feed_of(signed_in(request))
    context = {"feed": feed, "form": form, "addresses": _addresses(request, feed) if feed else []}
    response = render(request, "engagement/calendar.html", context)
    # The page shows the key: no copy of it stays in a cache on the way or on the device.
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _addresses(request: HttpRequest, feed: CalendarFeed) -> list[dict[str, str]]:
    path = reverse("calendar_feed", args=[feed.key])
    return [
        {"id": "feed-sessions", "label": _("Sessions alone"), **_both_ways(request, path)},
        {
            "id": "feed-days",
            "label": _("Sessions, and the days until which you promised something"),
            **_both_ways(request, f"{path}?{_DAYS}"),
        },
    ]


def _both_ways(request: HttpRequest, path: str) -> dict[str, str]:
    """For copying, and as a link that a calendar program on this device opens."""
    address = request.build_absolute_uri(path)
    return {"url": address, "webcal": f"webcal://{address.partition('://')[2]}"}


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_CALENDAR)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # Asked anew each time, so that what is revoked is gone at once.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _too_many(rate: Rate) -> HttpResponse:
    """In plain words: a program reads it."""
    response = HttpResponse("Too many requests.\n", content_type="text/plain; charset=utf-8", status=429)
    response.headers["Retry-After"] = str(rate.again_in(time.time()))
    return response
