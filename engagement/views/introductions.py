"""Introductions: asking to meet a team, answering, and telling whether it helped."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cities.models import Team
from engagement import introductions
from engagement.checkins import wishes
from engagement.choices import IntroductionState
from engagement.forms.exchange import AskIntroductionForm, WhomForm, own_teams
from engagement.forms.introductions import AnswerIntroductionForm, HelpedForm, RestForm
from engagement.introductions.telling import Told, first_message, tell
from engagement.models import Introduction, Suggestion
from engagement.permissions import (
    can_answer_introduction,
    can_broker_introductions,
    can_read_introductions,
    can_say_it_helped,
    can_withdraw_introduction,
    team_to_answer,
)
from engagement.views.doors import (
    UNPROCESSABLE,
    attempt,
    attempt_or_tell,
    or_403,
    own_check_in,
    posted,
    signed_in,
    whole_number,
)
from innoteams.accounts.models import User
from innoteams.lib.posted import way_back
from innoteams.lib.rates import limited
from projects.models import Adaptation, Project
from projects.permissions import can_adapt_project

if TYPE_CHECKING:
    from datetime import datetime

PER_PAGE = 25
MOST_SUGGESTED = 6
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def introduction_list(request: HttpRequest) -> HttpResponse:
    """Those that wait for the reader's team first, then whom it might meet, then the rest, the newest first."""
    reader = signed_in(request)
    waiting = Introduction.objects.waiting_for(reader).select_related(*_WITH)
    rest = Introduction.objects.visible_to(reader).exclude(pk__in=waiting.values("pk")).select_related(*_WITH)
    suggested = Suggestion.objects.visible_to(reader).standing().select_related(*_SUGGESTED)
    asks = own_teams(reader).exists()
    context = {
        "waiting": waiting.order_by("asked_at"),
        "page_obj": Paginator(rest, PER_PAGE).get_page(request.GET.get("page")),
        "asks": asks,
        "suggested": tell(list(suggested[:MOST_SUGGESTED])),
        "brokers": can_broker_introductions(reader),
        "overviews": can_read_introductions(reader),
    }
    return render(request, "engagement/introduction_list.html", context)


@_get_or_post
@limited("introduction", times=30, seconds=3600)
def introduction_create(request: HttpRequest) -> HttpResponse:
    """Asks the team of ?project=, or the ?team= itself; from the wish for help of ?check_in=, or taking up the
    ?suggestion= of the matcher."""
    asker = signed_in(request)
    told, check_in = _suggestion(request), own_check_in(request)
    project = told.suggestion.project if told else _project(request)
    to_team = _whom(request, told, project)
    if to_team is None:
        context: dict[str, object] = {"to_team": None, "check_in": check_in}
        if check_in:
            context["whom_form"] = WhomForm(by=asker)
        return render(request, "engagement/introduction_create.html", context)
    initial = _begin_with(told) if told else wishes.as_introduction(check_in) if check_in else None
    form = AskIntroductionForm(posted(request), by=asker, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        taken_up = told.suggestion if told and told.suggestion.for_team_id == typed["from_team"].pk else None
        asked = attempt(
            form,
            lambda: introductions.ask(
                by=asker, to_team=to_team, project=project, check_in=check_in, suggestion=taken_up, **typed
            ),
        )
        if asked:
            messages.success(request, _("Asked. You hear from %(city)s by mail.") % {"city": to_team.city.name})
            return redirect(asked)
    context = {
        "to_team": to_team,
        "project": project,
        "check_in": check_in,
        "told": told,
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
        or_403(can_answer_introduction(by, introduction))
        return _page(request, introduction, answer_form=form, status=UNPROCESSABLE)
    verb = introductions.accept if "accept" in request.POST else introductions.decline
    words = form.cleaned_data["words"]
    answered = attempt(form, lambda: verb(by=by, introduction=introduction, words=words))
    if answered is None:
        # Answered meanwhile: the page has no form any more, and shows what was typed.
        messages.error(request, " ".join(str(error) for error in form.non_field_errors()))
        return _page(request, _seen(request, pk), kept=words, status=UNPROCESSABLE)
    messages.success(request, _what_was_answered(answered))
    return redirect(answered)


def _what_was_answered(answered: Introduction) -> str:
    if answered.state == IntroductionState.ACCEPTED:
        return _("Introduced. One mail with both addresses is on its way to the two of you.")
    if answered.state == IntroductionState.DECLINED:
        return _("Declined. No address was shown, and you are not asked again for a year.")
    return _("You said yes. As soon as the other side does too, one mail introduces you.")


@require_POST
@limited("introduction", times=30, seconds=3600)
def introduction_rest(request: HttpRequest, pk: int) -> HttpResponse:
    """Not now: until a day that the person chooses."""
    by, introduction = signed_in(request), _seen(request, pk)
    form = RestForm(request.POST)
    if form.is_valid():
        until = form.cleaned_data["until"]
        if attempt(form, lambda: introductions.let_rest(by=by, introduction=introduction, until=until), at="until"):
            day = formats.date_format(until, "DATE_FORMAT")
            messages.success(request, _("It rests. From %(day)s it waits for you again.") % {"day": day})
            return redirect(introduction)
    or_403(can_answer_introduction(by, introduction))
    return _page(request, _seen(request, pk), rest_form=form, status=UNPROCESSABLE)


@require_POST
def introduction_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Also a proposal, by its coordinators, who do not see the page of it."""
    by = signed_in(request)
    brokered = Introduction.objects.brokered_of(by).filter(pk=pk).first()
    introduction = brokered or _seen(request, pk)
    if attempt_or_tell(request, lambda: introductions.withdraw(by=by, introduction=introduction)):
        messages.success(request, _("Taken back."))
    return redirect("introduction_overview") if brokered else redirect(introduction)


@require_POST
def introduction_helped(request: HttpRequest, pk: int) -> HttpResponse:
    by, introduction = signed_in(request), _seen(request, pk)
    form = HelpedForm(request.POST)
    if form.is_valid():
        told = attempt(form, lambda: introductions.say_helped(by=by, introduction=introduction, **form.given))
        if told:
            messages.success(request, _("Thank you. It helps us to propose the right people to each other."))
            return redirect(way_back(request, introduction.get_absolute_url()))
    or_403(can_say_it_helped(by, introduction))
    return _page(request, introduction, helped_form=form, status=UNPROCESSABLE)


_WITH = ("asked_by", "answered_by", "brokered_by", "brokered_for", "from_team__city", "to_team__city")
_SUGGESTED = ("with_team__city", "for_team__city", "project", "question")


def _seen(request: HttpRequest, pk: int) -> Introduction:
    rows = Introduction.objects.visible_to(request.user).select_related(*_WITH, "project", "closed_by")
    found: Introduction = get_object_or_404(rows, pk=pk)
    return found


def _suggestion(request: HttpRequest) -> Told | None:
    """None also for one that is not open any more: then the way goes on with ?team=, and nothing that was typed is
    lost."""
    rows = Suggestion.objects.visible_to(request.user).standing().select_related(*_SUGGESTED)
    found = rows.filter(pk=whole_number(request.GET.get("suggestion", ""))).first()
    return tell([found])[0] if found else None


def _begin_with(told: Told) -> dict[str, object]:
    one = told.suggestion
    return {"from_team": one.for_team_id, "reason": one.reason, "message": first_message(told)}


def _project(request: HttpRequest) -> Project | None:
    slug = request.GET.get("project", "")
    if not slug:
        return None
    rows = Project.objects.visible_to(request.user).select_related("team__city").defer("words")
    found: Project = get_object_or_404(rows, slug=slug)
    return found


def _whom(request: HttpRequest, told: Told | None, project: Project | None) -> Team | None:
    if told:
        return told.suggestion.with_team
    if project:
        return project.team
    slug = request.GET.get("team", "")
    if not slug:
        return None
    found: Team = get_object_or_404(Team.objects.active().select_related("city"), slug=slug)
    return found


# --- The page of one -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """A team of an introduction, and what its page shows of it. `address` is empty for everybody but the two."""

    team: Team
    person: User | None
    words: str
    language: str
    said_at: "datetime | None"
    standing: str
    answers: bool
    address: str

    @property
    def is_asker(self) -> bool:
        return self.standing == "asked"


def _sides(introduction: Introduction, reader: User) -> list[Side]:
    answering = team_to_answer(reader, introduction)
    shows = _shows_addresses(introduction, reader)
    both = (
        (introduction.from_team, introduction.asked_by, introduction.asker_words, ""),
        (introduction.to_team, introduction.answered_by, introduction.answer, ""),
    )
    sides = []
    for team, person, words, language in both:
        asks = not introduction.is_brokered and team.pk == introduction.from_team_id
        sides.append(
            Side(
                team,
                person,
                introduction.message if asks else words,
                introduction.language if asks else language,
                introduction.asked_at if asks else introduction.answered_at,
                "asked" if asks else _standing(introduction, team, person),
                answering is not None and answering.pk == team.pk,
                person.email if shows and person else "",
            )
        )
    return sides


def _standing(introduction: Introduction, team: Team, person: User | None) -> str:
    """yes, no, resting, withdrawn or waiting."""
    if person is not None:
        declined = introduction.state == IntroductionState.DECLINED and introduction.closed_by_id == person.pk
        return "no" if declined else "yes"
    if introduction.state == IntroductionState.RESTING and introduction.rests_for_id == team.pk:
        return "resting" if introduction.rests_now else "waiting"
    return "waiting" if introduction.is_open else "withdrawn"


def _shows_addresses(introduction: Introduction, reader: User) -> bool:
    """To the two alone, and only while both have an account: what is left of a closed one is no address."""
    asked_by, answered_by = introduction.asked_by, introduction.answered_by
    if introduction.state != IntroductionState.ACCEPTED or asked_by is None or answered_by is None:
        return False
    return reader.pk in (asked_by.pk, answered_by.pk) and asked_by.is_active and answered_by.is_active


def _page(request: HttpRequest, introduction: Introduction, *, status: int = 200, **more: object) -> HttpResponse:
    reader = signed_in(request)
    # The project may have been made private since.
    project = Project.objects.visible_to(reader).filter(pk=introduction.project_id).select_related("team").first()
    seen = Adaptation.objects.visible_to(reader).filter(pk=introduction.adaptation_id)
    sides = _sides(introduction, reader)
    context: dict[str, object] = {
        "introduction": introduction,
        "project": project,
        "sides": sides,
        "rests_for_reader": introduction.rests_now
        and introduction.rests_for_id in own_teams(reader).values_list("pk", flat=True),
        "withdraws": can_withdraw_introduction(reader, introduction),
        "told": introduction.told.select_related("person"),
        "adaptation": seen.select_related("project__team__city").first(),
        "adapts": _may_adapt(introduction, project, reader),
    }
    if any(side.answers for side in sides):
        context |= {"answer_form": AnswerIntroductionForm(), "rest_form": RestForm()}
    if can_say_it_helped(reader, introduction):
        context["helped_form"] = HelpedForm(initial=_told(introduction, reader))
    return render(request, "engagement/introduction_detail.html", {**context, **more}, status=status)


def _may_adapt(introduction: Introduction, project: Project | None, reader: User) -> bool:
    """The project of the other team, once they have been introduced, and as long as nothing has come of it."""
    if project is None or introduction.state != IntroductionState.ACCEPTED or introduction.adaptation_id:
        return False
    pair = own_teams(reader).filter(pk__in=(introduction.from_team_id, introduction.to_team_id))
    return bool(can_adapt_project(reader, project)) and pair.exclude(pk=project.team_id).exists()


def _told(introduction: Introduction, reader: User) -> dict[str, object]:
    told = introduction.told.filter(person=reader).first()
    return {"helped": told.said, "note": told.note} if told else {}
