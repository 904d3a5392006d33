"""How introductions go, for coordinators: numbers for their cities, and the state of each that was brokered. Nothing of
what people wrote to each other, and no name of who answered what."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cities.models import Team
from engagement.choices import IntroductionState
from engagement.introductions.matching import reachable_teams
from engagement.models import Introduction
from innoteams.accounts.models import User
from projects.models import Adaptation

# What the figures count.
LOOKED_BACK = dt.timedelta(days=365)


@dataclass
class TeamRow:
    team: Team
    is_reachable: bool
    figures: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Overview:
    total: Counter[str]
    rows: list[TeamRow]

    @property
    def never(self) -> list[Team]:
        """Teams in no introduction of the last twelve months, with somebody who could answer."""
        return [row.team for row in self.rows if row.is_reachable and not row.figures["asked"]]

    @property
    def met(self) -> list[TeamRow]:
        return [row for row in self.rows if row.figures["asked"]]


def overview_for(reader: User) -> Overview:
    """Two queries. An introduction between two teams of theirs counts once in the total, and once for each."""
    teams = Team.objects.active().read_by_coordinator(reader).select_related("city").order_by("city__slug", "pk")
    teams = teams.annotate(is_reachable=Exists(reachable_teams().filter(pk=OuterRef("pk"))))
    rows = {team.pk: TeamRow(team, team.is_reachable) for team in teams}
    total: Counter[str] = Counter()
    seen = Adaptation.objects.visible_to(reader).filter(pk=OuterRef("adaptation"))
    introductions = Introduction.objects.filter(
        Q(from_team__in=list(rows)) | Q(to_team__in=list(rows)), asked_at__gt=timezone.now() - LOOKED_BACK
    ).annotate(is_adapted=Exists(seen))
    facts = introductions.exclude(state=IntroductionState.WITHDRAWN).values_list(
        "from_team_id", "to_team_id", "state", "helped", "is_adapted"
    )
    for from_team, to_team, state, helped, is_adapted in facts:
        theirs = [rows[pk] for pk in (from_team, to_team) if pk in rows]
        counted = _counted(state, helped, is_adapted)
        total.update(counted)
        for row in theirs:
            row.figures.update(counted)
    return Overview(total, list(rows.values()))


def brokered_for(reader: User) -> QuerySet[Introduction]:
    """Those that coordinators of the reader's operators proposed, the newest first, without their texts."""
    rows: QuerySet[Introduction] = Introduction.objects.brokered_of(reader).select_related(
        "from_team__city", "to_team__city", "brokered_by", "brokered_for"
    )
    return rows.defer("message", "answer", "asker_words").order_by("-asked_at", "-pk")


def state_of(one: Introduction) -> str:
    """What a coordinator reads of one: asked, one_yes, resting, accepted, helped, declined or withdrawn."""
    if one.helped:
        return "helped"
    if one.state == IntroductionState.ASKED and one.one_said_yes:
        return "one_yes"
    return str(IntroductionState.ASKED if one.state == IntroductionState.RESTING and not one.rests_now else one.state)


def _counted(state: str, helped: bool | None, is_adapted: bool) -> list[str]:
    """“asked” counts every one, the states each their own."""
    names = {IntroductionState.ASKED: "waiting"}
    counted = ["asked", names.get(IntroductionState(state), state)]
    if helped:
        counted.append("helped")
    if is_adapted:
        counted.append("adapted")
    return counted
