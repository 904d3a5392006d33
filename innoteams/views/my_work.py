"""My work: what waits for me across all my roles, my projects, what I follow, the next session."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, Q, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cities import joining
from cities.models import Invitation, Team
from cities.standing import standing_of
from engagement.coaching.promised import kept_lately
from engagement.models import CoachingEngagement, CoachingSession, EngagementCoach, Question
from engagement.waiting import waiting_for
from innoteams.accounts.models import User
from innoteams.lib.carried import as_json, from_json, keep
from projects.choices import Verb
from projects.lessons import lessons_for
from projects.models import Activity, Project

MOST_PROJECTS = 6
MOST_NEWS = 8
_COACH = {"person": ("id", "name", "timezone")}
ADAPTED = (Verb.ADAPTATION_STARTED, Verb.ADAPTATION_REPORTED)


@dataclass(frozen=True, slots=True)
class News:
    """Who did what, as one line that leads there."""

    at: dt.datetime
    url: str
    title: str
    language: str
    who: str
    did: str


@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, User)  # noqa: S101 - login is required by default
    items = waiting_for(person)
    context = {
        "items": items,
        "late": sum(item.is_late for item in items),
        "standing": standing_of(person),
        "offers": lessons_for(person),
        "projects": _projects(person),
        "news": _news(person),
        "session": _next_session(person),
        "kept": kept_lately(person),
    }
    return render(request, "my_work.html", context)


@require_POST
def invitation_open(request: HttpRequest, pk: int) -> HttpResponse:
    """An invitation to a verified address of one's own is opened from here as by its link, which is then not needed."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101 - login is required by default
    proven = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    rows = Invitation.objects.usable().filter(email__in=[address.lower() for address in proven])
    joining.remember(request, get_object_or_404(rows, pk=pk))
    return redirect("invitation_waiting")


def _projects(person: User) -> list[Project]:
    rows = Project.objects.filter(team__in=Team.objects.of_member(person)).select_related("team__city").defer("words")
    # What the team wrote itself comes before what public sources tell of its city.
    own = Case(When(Q(source_line="") | Q(claimed_at__isnull=False), then=0), default=1)
    return list(rows.order_by(own, "-updated_at", "-pk")[:MOST_PROJECTS])


def _news(person: User) -> list[News]:
    """The newest of what is followed elsewhere and of what others made of the own team's work, as far as it is seen."""
    own = Team.objects.of_member(person)
    followed = Project.objects.followed_by(person).exclude(team__in=own)
    elsewhere = Q(project__in=followed.values("pk"))
    taken_up = Q(project__team__in=own, project=F("adaptation__source"), verb__in=ADAPTED) & ~Q(actor=person)
    rows = Activity.objects.visible_to(person).newsworthy().filter(elsewhere | taken_up)
    rows = rows.select_related("project__team__city", "adaptation__project__team__city").order_by("-at", "-pk")
    asked = Question.objects.visible_to(person).filter(project__team__in=own).exclude(author=person)
    asked = asked.select_related("author", "team__city", "project").order_by("-asked_at", "-pk")
    # An adaptation is written down on both its projects; whoever follows both hears of it once.
    once = {(row.verb, row.adaptation_id or -row.pk): row for row in reversed(rows[: 2 * MOST_NEWS])}
    found = [_told(row) for row in once.values()] + [_asked(question) for question in asked[:MOST_NEWS]]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_NEWS]


def _told(row: Activity) -> News:
    project, words = row.project, row.get_verb_display()
    if row.adaptation is not None and row.adaptation.source_id == project.pk:
        # It happened to a project, and another city did it: that one is the news.
        started = row.verb == Verb.ADAPTATION_STARTED
        words = (_("started from “%(title)s”") if started else _("told what came of “%(title)s”")) % {
            "title": project.title
        }
        project = row.adaptation.project
    return News(row.at, project.get_absolute_url(), project.title, project.language, project.team.city.name, words)


def _asked(question: Question) -> News:
    who = question.team.city.name if question.team else str(question.author)
    url = f"{reverse('project_questions', args=[question.project.slug])}#question-{question.pk}"  # type: ignore[union-attr]  # only questions about a project come here
    return News(question.asked_at, url, question.text, question.language, who, _("asked your team"))


def _next_session(person: User) -> CoachingSession | None:
    """With the coaches of its engagement, who come along in the same query."""
    coaches = EngagementCoach.objects.filter(engagement=OuterRef("engagement"), ends_on=None).order_by("pk")
    rows = CoachingSession.objects.planned().filter(
        engagement__in=CoachingEngagement.objects.visible_to(person).current(), starts_at__gte=timezone.now()
    )
    rows = rows.annotate(carried=ArraySubquery(coaches.values(row=as_json(EngagementCoach, _COACH))))
    session: Any = rows.select_related("engagement__team__city").order_by("starts_at").first()
    if session is not None:
        keep(session.engagement, "coaches", [from_json(EngagementCoach, _COACH, row) for row in session.carried])
    found: CoachingSession | None = session
    return found
