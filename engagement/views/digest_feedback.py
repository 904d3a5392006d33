"""More or less like an item of a digest, from the link in the mail or signed in; and taking it back."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from engagement.choices import FeedbackWish
from engagement.digests import feedback
from engagement.models import DigestItem
from engagement.views.doors import UNPROCESSABLE, signed_in, whole_number
from innoteams.accounts.models import User
from innoteams.lib.mail import offered


@login_not_required
@csrf_exempt  # the key is the right to act, and who comes from a mail has no cookie
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, key: str, pk: int, rank: int) -> HttpResponse:
    """Behind the links under an item: GET shows it with its buttons and changes nothing."""
    item = feedback.item_behind(key, pk, rank)
    if item is None:
        return render(request, "engagement/digest_say_unknown.html", status=404)
    with translation.override(offered(item.digest.person.language)):
        return _page(request, item)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def say_signed_in(request: HttpRequest, pk: int, rank: int) -> HttpResponse:
    item = feedback.item_of(signed_in(request), pk, rank)
    if item is None:
        raise Http404
    return _page(request, item)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    if not feedback.take_back(by=signed_in(request), pk=pk):
        raise Http404
    messages.success(request, _("Taken back. Your next digest is chosen without it."))
    return redirect("digest_list")


def _page(request: HttpRequest, item: DigestItem) -> HttpResponse:
    person: User = item.digest.person
    if request.method != "POST":
        return _show(request, item, person)
    try:
        done = _act(request, item, person)
    except feedback.FeedbackRefused as refused:
        return _show(request, item, person, refusal=str(refused), status=UNPROCESSABLE)
    return _show(request, item, person, done=done)


def _act(request: HttpRequest, item: DigestItem, person: User) -> str:
    if request.POST.get("take_back"):
        feedback.take_back(by=person, pk=whole_number(request.POST["take_back"]))
        return "taken_back"
    wish = request.POST.get("wish", "")
    feedback.say(by=person, item=item, wish=wish)
    return wish


def _show(
    request: HttpRequest, item: DigestItem, person: User, *, done: str = "", refusal: str = "", status: int = 200
) -> HttpResponse:
    target = feedback.target_of(item, person)
    context = {
        "target": target,
        "title": _title(target),
        "said": {row.wish: row for row in feedback.said_of(target, person)} if target else {},
        "done": _DONE[done]() if done in _DONE else "",
        "refusal": refusal,
        "wishes": FeedbackWish,
    }
    return render(request, "engagement/digest_say.html", context, status=status)


def _title(target: feedback.Target | None) -> feedback.Target | object:
    """What has a title, a language and a direction; nothing for a city, which is named anyway."""
    return (target.project or target.question) if target else None


# Functions, so that each is translated when it is said.
_DONE: dict[str, Callable[[], str]] = {
    FeedbackWish.MORE: lambda: _("Noted: more like this."),
    FeedbackWish.LESS: lambda: _("Noted: less like this."),
    FeedbackWish.HIDE_CITY: lambda: _("Noted: nothing of this city any more."),
    "taken_back": lambda: _("Taken back. Your next digest is chosen without it."),
}
