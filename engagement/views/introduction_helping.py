"""Behind the link in the mail “did it help?”: works without signing in, and opening it changes nothing."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from engagement.forms.introductions import HelpedForm
from engagement.introductions.helping import Held, find, say_helped
from engagement.views.doors import UNPROCESSABLE
from innoteams.lib.mail import offered
from innoteams.lib.rates import limited


@login_not_required
@csrf_exempt  # the key is the right to act, and whoever comes from a mail may have no cookie
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("introduction-helped", times=60, seconds=3600)
def introduction_say_helped(request: HttpRequest, key: str) -> HttpResponse:
    held = find(key)
    if held is None:
        return render(request, "engagement/introduction_helped_unknown.html", status=404)
    with translation.override(offered(held.person.language)):
        form = HelpedForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            say_helped(by=held.person, introduction=held.introduction, **form.given)
        response = _page(request, held, form)
        response.headers["Content-Language"] = translation.get_language() or ""
        # The key stands in the address: no other page is told of it.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


def _page(request: HttpRequest, held: Held, form: HelpedForm) -> HttpResponse:
    """Nothing of what the two wrote, no name and no address: a link can go astray."""
    introduction = held.introduction
    is_from = held.person.pk == introduction.asked_by_id
    context = {
        "form": form,
        "said": introduction.told.filter(person=held.person).first(),
        "is_done": form.is_valid(),
        "other_city": (introduction.to_team if is_from else introduction.from_team).city,
        "met_at": introduction.answered_at,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "engagement/introduction_helped.html", context, status=status)
