"""Introductions: asking to meet a team, answering, and telling whether it helped."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cities.models import Team
from engagement import introductions
from engagement.checkins import wishes
from engagement.choices import IntroductionState
from engagement.forms.exchange import AnswerIntroductionForm, AskIntroductionForm, HelpedForm, WhomForm, own_teams
from engagement.models import Introduction
from engagement.permissions import can_answer_introduction, can_say_it_helped, can_withdraw_introduction
from engagement.views.doors import UNPROCESSABLE, attempt, attempt_or_tell, own_check_in, posted, signed_in
from innoteams.lib.posted import way_back
from innoteams.lib.rates import limited
from projects.models import Project

PER_PAGE = 25
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def introduction_list(request: HttpRequest) -> HttpResponse:
    """Those that wait for the reader's team first, then the rest, the newest first."""
    reader = signed_in(request)
    waiting = Introduction.objects.waiting_for(reader).select_related(*_WITH)
    rest = Introduction.objects.visible_to(reader).exclude(pk__in=waiting.values("pk")).select_related(*_WITH)
    context = {
        "waiting": waiting.order_by("asked_at"),
        "page_obj": Paginator(rest, PER_PAGE).get_page(request.GET.get("page")),
        "asks": own_teams(reader).exists(),
    }
    return render(request, "engagement/introduction_list.html", context)


@_get_or_post
@limited("introduction", times=30, seconds=3600)
def introduction_create(request: HttpRequest) -> HttpResponse:
    """Asks the team of ?project=, or the ?team= itself; from the wish for help of ?check_in=."""
    asker = signed_in(request)
    project, check_in = _project(request), own_check_in(request)
    to_team = project.team if project else _team(request)
    if to_team is None:
        context: dict[str, object] = {"to_team": None, "check_in": check_in}
        if check_in:
            context["whom_form"] = WhomForm(by=asker)
        return render(request, "engagement/introduction_create.html", context)
    initial = wishes.as_introduction(check_in) if check_in else None
    form = AskIntroductionForm(posted(request), by=asker, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        asked = attempt(
            form,
            lambda: introductions.ask(by=asker, to_team=to_team, project=project, check_in=check_in, **typed),
        )
        if asked:
            messages.success(request, _("Asked. You hear from %(city)s by mail.") % {"city": to_team.city.name})
            return redirect(asked)
    context = {
        "to_team": to_team,
        "project": project,
        "check_in": check_in,
        "form": form,
        "may_ask": own_teams(asker).exists(),
        "is_own": own_teams(asker).filter(pk=to_team.pk).exists(),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "engagement/introduction_create.html", context, status=status)


@require_safe
def introduction_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _seen(request, pk))


@require_POST
@limited("introduction", times=30, seconds=3600)
def introduction_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes with the button “accept”, no with the button “decline”."""
    by, introduction = signed_in(request), _seen(request, pk)
    form = AnswerIntroductionForm(request.POST)
    if not form.is_valid():
        return _page(request, introduction, answer_form=form, status=UNPROCESSABLE)
    verb = introductions.accept if "accept" in request.POST else introductions.decline
    words = form.cleaned_data["words"]
    answered = attempt(form, lambda: verb(by=by, introduction=introduction, words=words))
    if answered is None:
        # Answered meanwhile: the page has no form any more, and shows what was typed.
        messages.error(request, " ".join(str(error) for error in form.non_field_errors()))
        return _page(request, _seen(request, pk), kept=words, status=UNPROCESSABLE)
    if answered.state == IntroductionState.ACCEPTED:
        messages.success(request, _("Introduced. A mail with both addresses is on its way to the two of you."))
    else:
        messages.success(request, _("Declined. No address was shown, and you are not asked again for a year."))
    return redirect(introduction)


@require_POST
def introduction_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    by, introduction = signed_in(request), _seen(request, pk)
    if attempt_or_tell(request, lambda: introductions.withdraw(by=by, introduction=introduction)):
        messages.success(request, _("Taken back."))
    return redirect(introduction)


@require_POST
def introduction_helped(request: HttpRequest, pk: int) -> HttpResponse:
    by, introduction = signed_in(request), _seen(request, pk)
    form = HelpedForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        if attempt(form, lambda: introductions.say_helped(by=by, introduction=introduction, **typed)):
            messages.success(request, _("Thank you. It helps us to propose the right people to each other."))
            return redirect(way_back(request, introduction.get_absolute_url()))
    return _page(request, introduction, helped_form=form, status=UNPROCESSABLE)


_WITH = ("asked_by", "answered_by", "from_team__city", "to_team__city")


def _seen(request: HttpRequest, pk: int) -> Introduction:
    rows = Introduction.objects.visible_to(request.user).select_related(*_WITH, "project")
    found: Introduction = get_object_or_404(rows, pk=pk)
    return found


def _project(request: HttpRequest) -> Project | None:
    slug = request.GET.get("project", "")
    if not slug:
        return None
    rows = Project.objects.visible_to(request.user).select_related("team__city").defer("words")
    found: Project = get_object_or_404(rows, slug=slug)
    return found


def _team(request: HttpRequest) -> Team | None:
    slug = request.GET.get("team", "")
    if not slug:
        return None
    found: Team = get_object_or_404(Team.objects.active().select_related("city"), slug=slug)
    return found


def _page(request: HttpRequest, introduction: Introduction, *, status: int = 200, **more: object) -> HttpResponse:
    reader = signed_in(request)
    the_two = {introduction.asked_by_id, introduction.answered_by_id}
    context: dict[str, object] = {
        "introduction": introduction,
        # The project may have been made private since.
        "project": Project.objects.visible_to(reader).filter(pk=introduction.project_id).defer("words").first(),
        "shows_addresses": introduction.state == IntroductionState.ACCEPTED and reader.pk in the_two,
        "withdraws": can_withdraw_introduction(reader, introduction),
    }
    if can_answer_introduction(reader, introduction):
        context["answer_form"] = AnswerIntroductionForm()
    if can_say_it_helped(reader, introduction):
        context["helped_form"] = HelpedForm(initial=_told(introduction))
    return render(request, "engagement/introduction_detail.html", {**context, **more}, status=status)


def _told(introduction: Introduction) -> dict[str, object]:
    if introduction.helped is None:
        return {}
    return {"helped": "yes" if introduction.helped else "no", "note": introduction.helped_note}
