"""My digests: what was sent and when the next one comes; and the page behind the footer's link."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engagement.choices import Cadence
from engagement.digests import archive, preferences, unsubscribe
from engagement.digests.listing import lines_of
from engagement.digests.network.rendering import habit_in_words
from engagement.forms.digests import DigestPreferenceForm
from engagement.models import Digest, DigestPreference, UnsubscribeKey
from engagement.views.doors import UNPROCESSABLE, attempt, signed_in
from innoteams.accounts.models import User
from innoteams.lib.mail import offered
from innoteams.lib.sealed import SANDBOX, sealed

_PER_PAGE = 20


@require_safe
def digest_list(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    preference = preferences.preference_of(person)
    return _list_page(request, person, preference, DigestPreferenceForm(instance=preference))


@require_POST
def preferences_save(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    form = DigestPreferenceForm(request.POST, instance=preferences.preference_of(person))
    if form.is_valid() and _choose(person, form):
        messages.success(request, _("Saved. Your next digest follows this."))
        return redirect("digest_list")
    return _list_page(request, person, preferences.preference_of(person), form, status=UNPROCESSABLE)


def _choose(person: User, form: DigestPreferenceForm) -> DigestPreference | None:
    return attempt(form, lambda: preferences.choose(by=person, **form.cleaned_data), at="paused_until")


@require_POST
def links_renew(request: HttpRequest) -> HttpResponse:
    unsubscribe.revoke(by=signed_in(request))
    messages.success(request, _("The links in digests sent so far no longer change anything."))
    return redirect("digest_list")


@require_safe
def digest_detail(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    digest = _kept_or_404(person, pk)
    kept = archive.kept_items(digest, person)
    context = {"digest": digest, "kept": kept, "sandbox": SANDBOX, "due_at": digest.due_at}
    if not kept.is_whole:
        context["lines"] = lines_of(kept.items)
    return render(request, "engagement/digest_detail.html", context)


@require_safe
def digest_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part as sent; gone as soon as something in it is no longer the reader's to see."""
    person = signed_in(request)
    digest = _kept_or_404(person, pk)
    if not archive.kept_items(digest, person).is_whole:
        raise Http404
    return sealed(archive.page_as_sent(digest))


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
    context = {
        "habit": habit_in_words(preference, person.timezone),
        "is_off": preference.cadence == Cadence.OFF,
        "is_slowest": preference.cadence == Cadence.MONTHLY,
        "paused_until": preference.paused_until
        if preferences.is_paused(preference, person.timezone, timezone.now())
        else None,
        "can_undo": found.before is not None,
        "done": done,
        "refusal": refusal,
    }
    return render(request, "engagement/digest_stop.html", context, status=status)


def _list_page(
    request: HttpRequest,
    person: User,
    preference: DigestPreference,
    form: DigestPreferenceForm,
    status: int = 200,
) -> HttpResponse:
    sent = Digest.objects.visible_to(person).filter(state__in=archive.KEPT)
    light = sent.only("pk", "subject", "due_at", "state", "item_count")
    page = Paginator(light, _PER_PAGE).get_page(request.GET.get("page"))
    upcoming = preferences.next_digest_of(person, preference, timezone.now())
    context = {
        "page": page,
        "whole": archive.whole(page.object_list, person),
        "form": form,
        "habit": habit_in_words(preference, person.timezone),
        "is_off": preference.cadence == Cadence.OFF,
        "next_at": upcoming.at if upcoming else None,
    }
    return render(request, "engagement/digest_list.html", context, status=status)


def _kept_or_404(person: User, pk: int) -> Digest:
    digest: Digest = get_object_or_404(Digest.objects.visible_to(person).filter(state__in=archive.KEPT), pk=pk)
    return digest
