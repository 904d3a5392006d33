"""My digests: what was sent, when each stream comes and how to change it; and the page behind the footer's link."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cities.standing import standing_of
from engagement.choices import Cadence, Stream
from engagement.digests import archive, preferences, unsubscribe
from engagement.digests.habits import habit_in_words
from engagement.digests.periods import Slot
from engagement.forms.digests import DigestPreferenceForm
from engagement.models import Digest, DigestPreference, UnsubscribeKey
from engagement.views.doors import UNPROCESSABLE, attempt, signed_in
from innoteams.accounts.models import User
from innoteams.lib.mail import offered

_PER_PAGE = 20
ABOUT: dict[str, str | Promise] = {
    Stream.NETWORK: gettext_lazy(
        "A handful of news from other cities that fits your work, each with its reason, and one city to meet. Nothing "
        "when there is nothing to say."
    ),
    Stream.ACTIONS: gettext_lazy(
        "What newly waits for you: check-ins, sessions, questions and introductions, and the reminders of what you "
        "promised. Only when there is something, never on days off."
    ),
    Stream.COORDINATION: gettext_lazy(
        "What moved in the programmes that you coordinate, what is late, and who is never reached."
    ),
}


@dataclass(frozen=True)
class Card:
    """A stream as its reader has it now."""

    stream: Stream
    about: str | Promise
    form: DigestPreferenceForm
    is_off: bool
    is_paused: bool
    next: Slot | None
    by_default: str
    is_default: bool


@require_safe
def digest_list(request: HttpRequest) -> HttpResponse:
    return _list_page(request)


@require_POST
def preferences_save(request: HttpRequest) -> HttpResponse:
    """One stream, named by the form; the others stay as they are."""
    person = signed_in(request)
    stream = request.POST.get("stream", Stream.NETWORK)
    if stream not in _streams_for(person):
        raise Http404
    form = DigestPreferenceForm(request.POST, instance=preferences.preference_of(person, stream))
    if form.is_valid() and _choose(person, stream, form):
        text = _("Saved. “%(stream)s” follows this from now on.")
        messages.success(request, text % {"stream": Stream(stream).label})
        return redirect("digest_list")
    return _list_page(request, wrong=(stream, form), status=UNPROCESSABLE)


def _choose(person: User, stream: str, form: DigestPreferenceForm) -> DigestPreference | None:
    wish = form.cleaned_data
    return attempt(form, lambda: preferences.choose(by=person, stream=stream, **wish), at="paused_until")


@require_POST
def links_renew(request: HttpRequest) -> HttpResponse:
    unsubscribe.revoke(by=signed_in(request))
    messages.success(request, _("The links in digests sent so far no longer change anything."))
    return redirect("digest_list")


def _list_page(
    request: HttpRequest, *, wrong: tuple[str, DigestPreferenceForm] | None = None, status: int = 200
) -> HttpResponse:
    person = signed_in(request)
    sent = Digest.objects.visible_to(person).filter(state__in=archive.KEPT)
    light = sent.only("pk", "stream", "subject", "due_at", "state", "item_count")
    page = Paginator(light, _PER_PAGE).get_page(request.GET.get("page"))
    wishes = preferences.wishes_of(person)
    forms = dict([wrong] if wrong else [])
    context = {
        "page": page,
        "whole": archive.whole(page.object_list, person),
        "cards": [_card(person, wishes[stream], forms.get(stream)) for stream in _streams_for(person)],
    }
    return render(request, "engagement/digest_list.html", context, status=status)


def _streams_for(person: User) -> list[Stream]:
    streams = [Stream.NETWORK, Stream.ACTIONS]
    return [*streams, Stream.COORDINATION] if standing_of(person).is_coordinator else streams


def _card(person: User, wish: DigestPreference, form: DigestPreferenceForm | None) -> Card:
    now = timezone.now()
    default = preferences.default_of(person.pk, wish.stream)
    habits = [(one.cadence, one.weekday, one.local_hour) for one in (wish, default)]
    return Card(
        stream=Stream(wish.stream),
        about=ABOUT[wish.stream],
        form=form or DigestPreferenceForm(instance=wish),
        is_off=wish.cadence == Cadence.OFF,
        is_paused=preferences.is_paused(wish, person.timezone, now),
        next=preferences.next_digest_of(person, wish, now),
        by_default=habit_in_words(default, person.timezone),
        is_default=habits[0] == habits[1],
    )


# --- The footer's link --------------------------------------------------------------------------------------------


@login_not_required
@csrf_exempt  # the key is the right to act, and a mail program has no cookie (RFC 8058)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """Behind the footer's link: GET shows the choices and changes nothing; POST acts on that one stream."""
    found = unsubscribe.find(key)
    if found is None:
        return render(request, "engagement/digest_stop_unknown.html", status=404)
    with translation.override(offered(found.person.language)):
        if request.method != "POST":
            return _stop_page(request, found)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            unsubscribe.act(found, "stop")
            return HttpResponse("Stopped.\n", content_type="text/plain; charset=utf-8")
        return _act_and_tell(request, found, request.POST.get("do", ""))


def _act_and_tell(request: HttpRequest, found: UnsubscribeKey, action: str) -> HttpResponse:
    try:
        unsubscribe.act(found, action)
    except KeyError:
        return _stop_page(request, found, refusal=_("Choose one of the buttons."), status=UNPROCESSABLE)
    except preferences.PreferenceRefused as refused:
        return _stop_page(request, found, refusal=str(refused), status=UNPROCESSABLE)
    found.refresh_from_db()
    return _stop_page(request, found, done=action)


def _stop_page(
    request: HttpRequest, found: UnsubscribeKey, *, done: str = "", refusal: str = "", status: int = 200
) -> HttpResponse:
    person: User = found.person
    preference = preferences.preference_of(person, found.stream)
    is_paused = preferences.is_paused(preference, person.timezone, timezone.now())
    paces = [pace for pace in Cadence if pace != Cadence.OFF]
    context = {
        "stream": Stream(found.stream),
        "about": ABOUT[found.stream],
        "habit": habit_in_words(preference, person.timezone),
        "cadence": preference.cadence,
        "paces": paces,
        "is_off": preference.cadence == Cadence.OFF,
        "is_slowest": preference.cadence == Cadence.MONTHLY,
        "paused_until": preference.paused_until if is_paused else None,
        "can_undo": found.before is not None,
        "done": "pace" if done in paces else done,
        "refusal": refusal,
    }
    return render(request, "engagement/digest_stop.html", context, status=status)
