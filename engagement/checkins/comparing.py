"""What changed since the last check-in of the team that was accepted, as far as the reader sees it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, OuterRef, Q, Subquery

from engagement.checkins import reading
from engagement.choices import CheckInState
from engagement.models import CheckIn, CheckInMove, CheckInVersion
from innoteams.accounts.models import User
from projects.choices import LIVE_OUTCOMES, Outcome, Verb
from projects.differences import Change
from projects.figures import figure_text, full_text
from projects.models import Activity, Indicator, Project, Reading

_TOLD = (Verb.PROJECT_LOGGED, Verb.PHASE_MOVED, Verb.OUTCOME_CHANGED)


@dataclass(frozen=True)
class LastTime:
    """The accepted check-in before this one: what was sent, and the answer."""

    check_in: CheckIn
    version: CheckInVersion
    words: str
    by: str
    at: dt.datetime | None


@dataclass(frozen=True)
class Turned:
    """A project that began, ended or moved on in between."""

    project: Project
    before: str = ""
    now: str = ""


@dataclass(frozen=True)
class Figure:
    indicator: Indicator
    then: str
    now: str


@dataclass(frozen=True)
class SinceLastTime:
    last: LastTime
    hard: list[Change]
    help_wanted: list[Change]
    begun: list[Project]
    moved: list[Turned]
    ended: list[Turned]
    figures: list[Figure]

    @property
    def differs(self) -> bool:
        words = any(change.kind for change in [*self.hard, *self.help_wanted])
        return words or bool(self.begun or self.moved or self.ended or self.figures)


def last_accepted(check_in: CheckIn, reader: User) -> LastTime | None:
    """Of the same team in the same programme, of an earlier period; one query."""
    earlier = CheckIn.objects.visible_to(reader).filter(
        team=check_in.team_id,
        period__programme=check_in.period.programme_id,
        period__starts_on__lt=check_in.period.starts_on,
        state=CheckInState.ACCEPTED,
    )
    answer = CheckInMove.objects.filter(check_in=OuterRef("check_in"), to_state=CheckInState.ACCEPTED).order_by("-pk")
    versions = CheckInVersion.objects.filter(check_in__in=earlier, taken_back_at=None).annotate(
        words=Subquery(answer.values("words")[:1]),
        answered_by=Subquery(answer.values("by__name")[:1]),
        answered=Subquery(answer.values("at")[:1]),
    )
    newest = versions.select_related("check_in__period").order_by("-check_in__period__starts_on", "-number").first()
    if newest is None:
        return None
    return LastTime(newest.check_in, newest, newest.words or "", newest.answered_by or "", newest.answered)


def since_last_time(last: LastTime, check_in: CheckIn, sent: CheckInVersion, reader: User) -> SinceLastTime:
    """The words that were sent, and what became of the team's projects and figures in between; two queries."""
    begun, moved, ended = _projects(last, check_in, reader)
    return SinceLastTime(
        last=last,
        hard=reading.compare_texts(last.version.hard, sent.hard),
        help_wanted=reading.compare_texts(last.version.help_wanted, sent.help_wanted),
        begun=begun,
        moved=moved,
        ended=ended,
        figures=_figures(last, check_in, reader),
    )


def _projects(last: LastTime, check_in: CheckIn, reader: User) -> tuple[list[Project], list[Turned], list[Turned]]:
    start = dt.datetime.combine(last.check_in.period.ends_on + dt.timedelta(days=1), dt.time(), dt.UTC)
    end = dt.datetime.combine(check_in.period.ends_on + dt.timedelta(days=1), dt.time(), dt.UTC)
    rows = Activity.objects.visible_to(reader).filter(
        project__team=check_in.team_id, verb__in=_TOLD, at__gte=start, at__lt=end
    )
    begun: dict[int, Project] = {}
    moved: dict[int, Turned] = {}
    ended: dict[int, Turned] = {}
    related = rows.select_related("project", "phase_move", "outcome_move").defer("project__words")
    for one in related.order_by("project__title", "at", "pk"):
        key, project = one.project_id, one.project
        if one.verb == Verb.PROJECT_LOGGED:
            begun[key] = project
        elif one.phase_move:
            before = moved[key].before if key in moved else one.phase_move.from_phase
            moved[key] = Turned(project, before, one.phase_move.to_phase)
        elif one.outcome_move and one.outcome_move.to_outcome not in LIVE_OUTCOMES:
            ended[key] = Turned(project, now=str(Outcome(one.outcome_move.to_outcome).label))
        else:
            # Taken up again.
            ended.pop(key, None)
    return list(begun.values()), [one for one in moved.values() if one.before != one.now], list(ended.values())


def _figures(last: LastTime, check_in: CheckIn, reader: User) -> list[Figure]:
    """Indicators whose newest value is another one than at the end of the period before; then the baseline counts
    where nothing had been read yet."""
    current = Reading.objects.filter(indicator=OuterRef("pk"), withdrawn_at=None, is_comparison=False)
    newest = current.order_by("-read_on", "-pk").values("value")
    rows = (
        Indicator.objects.visible_to(reader)
        .filter(project__team=check_in.team_id)
        .annotate(
            then=Subquery(newest.filter(read_on__lte=last.check_in.period.ends_on)[:1]),
            now=Subquery(newest.filter(read_on__lte=check_in.period.ends_on)[:1]),
        )
        .filter(now__isnull=False)
        .filter(~Q(now=F("then")) | Q(then=None))
        .select_related("project")
        .defer("project__words")
        .order_by("project__title", "pk")
    )
    return [
        Figure(one, _as_told(one.then, one) or _as_told(one.baseline, one), full_text(one.now, one)) for one in rows
    ]


def _as_told(value: Decimal | None, of: Indicator) -> str:
    return "" if value is None else figure_text(value, of)
