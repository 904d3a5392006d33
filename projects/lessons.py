"""What one team learned when something stopped is offered to teams that are at work on something like it.

An offer is computed when it is read and stored nowhere, so that narrowing the project or the pilot takes it back at
once. It is no duty: a team may say whether the lesson helps, and then it is offered no more.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cities.models import Team, Topic
from cities.permissions import can_write_for
from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand
from projects.choices import OPEN_TO_ALL, Decision, Phase, Usefulness
from projects.models import Ending, LessonAnswer, Pilot, Project, ProjectTopic
from projects.permissions import Person
from projects.refusals import RefusedField

# A lesson is offered for so long; afterwards it is found by those who look for it.
OFFERED_FOR = dt.timedelta(days=548)
MOST = 3
# Where a lesson can still change what is done.
_AT_WORK = (Phase.PREPARE, Phase.DELIVER_ADAPT)


class OfOwnTeam(RefusedField):
    """A team's own lesson is not offered to it."""

    field = "team"


@dataclass(frozen=True, slots=True)
class Saying:
    """What one of the reader's teams says of a lesson: "" while it has said nothing."""

    team: Team
    usefulness: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A lesson, with the live project that it may help and the topic they share; the project's team is asked."""

    ending: Ending
    ours: Project
    topic: Topic

    @property
    def saying(self) -> Saying:
        return Saying(self.ours.team)


def lessons_for(person: Person, *, most: int = MOST) -> list[Offer]:
    """For all teams that the person writes for, the best first. Three queries, whatever there is."""
    ours = _at_work(Project.objects.filter(team__in=Team.objects.active().writable_by(person)))
    endings = _offered(person, ours, most)
    if not endings:
        return []
    projects = Project.objects.select_related("team").defer("words").in_bulk({row.ours for row in endings})
    return _offers(endings, projects, Topic.objects.in_bulk({row.shared for row in endings}))


def lessons_for_project(person: Person, project: Project, *, most: int = MOST) -> list[Offer]:
    """For one project of a team that the person writes for. One query, where its topics are prefetched."""
    mine = Project.objects.filter(pk=project.pk, team__in=Team.objects.active().writable_by(person))
    topics = {ranked.topic_id: ranked.topic for ranked in project.ranked_topics.all()}
    return _offers(_offered(person, _at_work(mine), most), {project.pk: project}, topics)


def sayings_of(person: Person, project: Project, endings: Iterable[Ending]) -> dict[int, list[Saying]]:
    """By ending of the project: what the teams of the person say of it; nothing for its own team's people.
    Two queries, and none where there is nothing to say."""
    open_ones = [ending for ending in endings if _is_open(project, ending)]
    if not open_ones:
        return {}
    teams = list(Team.objects.active().writable_by(person).select_related("city").order_by("pk"))
    if not teams or any(team.pk == project.team_id for team in teams):
        return {}
    said = {
        (answer.ending_id, answer.team_id): answer.usefulness
        for answer in LessonAnswer.objects.filter(ending__in=open_ones, team__in=teams)
    }
    sayings: dict[int, list[Saying]] = defaultdict(list)
    for ending in open_ones:
        for team in teams:
            sayings[ending.pk].append(Saying(team, said.get((ending.pk, team.pk), "")))
    return dict(sayings)


@transaction.atomic
def answer_lesson(*, by: User, ending: Ending, team: Team, usefulness: str) -> LessonAnswer:
    """A team says whether a lesson helps it. Saying it twice is saying it once; the last word counts."""
    demand(can_write_for(by, team))
    if ending.project.team_id == team.pk:
        raise OfOwnTeam(_("This is what your own team learned; others say whether it helps them."))
    answer, _made = LessonAnswer.objects.update_or_create(
        ending=ending, team=team, defaults={"usefulness": Usefulness(usefulness), "by": by}
    )
    return answer


@transaction.atomic
def take_back_answer(*, by: User, ending: Ending, team: Team) -> None:
    """As if nothing had been said: it may be offered again."""
    demand(can_write_for(by, team))
    LessonAnswer.objects.filter(ending=ending, team=team).delete()


def _at_work(projects: QuerySet[Project]) -> Any:
    """Live ones that are written by their team, about to deliver or with a pilot that nobody has decided about."""
    undecided = Pilot.objects.filter(project=OuterRef("pk"), decision=Decision.UNDECIDED)
    own = Q(source_line="") | Q(claimed_at__isnull=False)
    return projects.live().filter(own, Q(phase__in=_AT_WORK) | Exists(undecided))  # type: ignore[attr-defined]  # ours


def _offered(person: Person, ours: Any, most: int) -> list[Any]:
    """Endings with the keys of the project (`ours`) and of the topic (`shared`) that bring them here."""
    told = Ending.objects.visible_to(person).open_to_all().standing()
    elsewhere = told.filter(ended_at__gte=timezone.now() - OFFERED_FOR).exclude(
        project__team__in=Team.objects.of_member(person)
    )
    pairs = _pairs(ours).order_by("rank", "topic__ranked_projects__rank", "-project__updated_at", "-project")
    rows = (
        elsewhere.annotate(
            ours=Subquery(pairs.values("project")[:1]),
            shared=Subquery(pairs.values("topic")[:1]),
            is_first=Exists(_pairs(ours, rank=1, topic__ranked_projects__rank=1)),
        )
        .filter(ours__isnull=False)
        .select_related("project__team__city", "pilot")
        .defer("project__words")
        .order_by("-is_first", "-ended_at", "-pk")
    )
    return list(rows[:most])


def _pairs(ours: Any, **more: object) -> QuerySet[ProjectTopic]:
    """Topics of our projects that the outer ending's project has too, without those of teams that answered."""
    answered = LessonAnswer.objects.filter(ending=OuterRef(OuterRef("pk")), team=OuterRef("project__team"))
    return ProjectTopic.objects.filter(
        ~Exists(answered),
        project__in=ours.values("pk"),
        topic__ranked_projects__project=OuterRef("project"),
        **more,
    )


def _offers(endings: list[Any], projects: dict[int, Project], topics: dict[int, Topic]) -> list[Offer]:
    there = [row for row in endings if row.ours in projects and row.shared in topics]
    return [Offer(row, projects[row.ours], topics[row.shared]) for row in there]


def _is_open(project: Project, ending: Ending) -> bool:
    """What `open_to_all` asks of the database."""
    level = ending.pilot.visibility if ending.pilot else ""
    return project.visibility in OPEN_TO_ALL and level in ("", *OPEN_TO_ALL)
