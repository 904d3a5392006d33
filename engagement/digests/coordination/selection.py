"""What one coordinator is told: lines by section, the figures above them, and whether it is worth a mail.

A figure counts all, the lines are the first MOST; each line carries the row it tells of.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cities.models import Team
from engagement.digests.coordination.reading import Facts, Late, Move, Reach
from engagement.models import CheckIn, Digest
from engagement.portfolio import ANSWER_LATE, LATE
from engagement.portfolio.reading import nobody_signed_in
from projects.choices import Verb
from projects.models import Activity, Project

MOST = 12


class Section(StrEnum):
    LATE = "late"
    MOVED = "moved"
    STUCK = "stuck"
    UNREACHED = "unreached"


class Sign(StrEnum):
    """Why a team counts as never reached; reasons keep these words."""

    NEVER_SHOWN = "never_shown"
    GETS_NOTHING = "receives_nothing"
    NOT_SIGNED_IN = "nobody_signed_in"


@dataclass(frozen=True)
class Line:
    """One line: about a team, with the project or the check-in where it tells of one. `code` is its reason."""

    section: Section
    code: str
    team: Team
    is_read_only: bool
    score: float
    project: Project | None = None
    check_in: CheckIn | None = None
    # A draft is its team's alone: that it is late may be told, not more.
    is_open: bool = True
    due: dt.date | None = None
    news: tuple[Activity, ...] = ()
    signs: tuple[Sign, ...] = ()
    gets_nothing: int = 0


@dataclass(frozen=True)
class Figures:
    """Each counts everything of its kind, whether or not a line tells of it."""

    shared: int = 0
    moved_on: int = 0
    outcomes: int = 0
    lessons: int = 0
    sent: int = 0
    accepted: int = 0
    introduced: int = 0
    helped: int = 0
    team_late: int = 0
    answer_late: int = 0
    unlogged: int = 0
    stuck: int = 0
    never_shown: int = 0
    get_nothing: int = 0
    not_signed_in: int = 0

    @property
    def moved(self) -> int:
        return self.shared + self.moved_on + self.outcomes + self.lessons + self.sent + self.accepted + self.met

    @property
    def met(self) -> int:
        return self.introduced + self.helped

    @property
    def late(self) -> int:
        return self.team_late + self.answer_late + self.unlogged


@dataclass(frozen=True)
class Selection:
    figures: Figures = Figures()
    sections: dict[Section, list[Line]] = field(default_factory=dict)
    # By section: what had no place among the first.
    more: dict[Section, int] = field(default_factory=dict)

    @property
    def is_worth_a_mail(self) -> bool:
        """Who is stuck or never reached is told along; of itself it is no news every week."""
        return bool(self.figures.moved or self.figures.late)

    @property
    def lines(self) -> list[Line]:
        return [line for section in Section for line in self.sections.get(section, [])]


def select(digest: Digest, reach: Reach, facts: Facts) -> Selection:
    def inside(at: dt.datetime | None) -> bool:
        return at is not None and digest.window_start < at <= digest.window_end

    activity = [row for row in facts.activity if inside(row.at) and _sees(reach, row.project)]
    moves = _newest_of_each(move for move in facts.moves if inside(move.at) and _reads(reach, move.check_in))
    late = [one for one in facts.late if _reads(reach, one.check_in)]
    stuck = [project for project in facts.stuck if _sees(reach, project)]
    unreached = _unreached(reach, facts)
    met = [one for one in facts.met if not one.teams.isdisjoint(reach.teams)]
    verbs = [row.verb for row in activity]
    figures = Figures(
        shared=verbs.count(Verb.PROJECT_SHARED),
        moved_on=len({row.project_id for row in activity if row.verb == Verb.PHASE_MOVED}),
        outcomes=len({row.project_id for row in activity if row.verb == Verb.OUTCOME_CHANGED}),
        lessons=verbs.count(Verb.ENDED_WITH_LESSON),
        sent=sum(move.to != "accepted" for move in moves),
        accepted=sum(move.to == "accepted" for move in moves),
        introduced=sum(inside(one.accepted_at) for one in met),
        helped=sum(inside(one.helped_at) for one in met),
        team_late=sum(one.state == LATE for one in late),
        answer_late=sum(one.state == ANSWER_LATE for one in late),
        unlogged=sum(count for team, count in facts.unlogged.items() if team in reach.teams),
        stuck=len(stuck),
        never_shown=sum(Sign.NEVER_SHOWN in line.signs for line in unreached),
        get_nothing=sum(line.gets_nothing for line in unreached),
        not_signed_in=sum(Sign.NOT_SIGNED_IN in line.signs for line in unreached),
    )
    return _cut(
        figures,
        {
            Section.LATE: _late(reach, late, digest.window_end.date()),
            Section.MOVED: [*_moved(reach, activity), *_moved_check_ins(reach, moves)],
            Section.STUCK: [_about_project(reach, Section.STUCK, "stuck", project, 100.0) for project in stuck],
            Section.UNREACHED: unreached,
        },
    )


def _cut(figures: Figures, sections: dict[Section, list[Line]]) -> Selection:
    return Selection(
        figures,
        {section: lines[:MOST] for section, lines in sections.items() if lines},
        {section: len(lines) - MOST for section, lines in sections.items() if len(lines) > MOST},
    )


# --- What is seen --------------------------------------------------------------------------------------------------


def _sees(reach: Reach, project: Project) -> bool:
    return project.team_id in reach.teams and reach.sight.sees(project.visibility, project.team_id)


def _reads(reach: Reach, check_in: CheckIn) -> bool:
    return (check_in.period.programme_id, check_in.team_id) in reach.pairs


def _is_read_only(reach: Reach, team_id: int) -> bool:
    """None of the programmes that accompany the team is run by an operator of the reader's: they are funded."""
    return not any(programme in reach.decides for programme, team in reach.pairs if team == team_id)


# --- Sections ------------------------------------------------------------------------------------------------------


def _late(reach: Reach, late: Sequence[Late], day: dt.date) -> list[Line]:
    """What the operator owes first, then what teams do; the oldest promise first."""
    return [
        Line(
            Section.LATE,
            one.state,
            one.check_in.team,
            one.check_in.period.programme_id not in reach.decides,
            (400.0 if one.state == ANSWER_LATE else 300.0) + min(99, (day - one.due).days),
            check_in=one.check_in,
            is_open=one.check_in.state != "drafted",
            due=one.due,
        )
        for one in sorted(late, key=lambda one: (one.state != ANSWER_LATE, one.due, one.check_in.pk))
    ]


def _moved(reach: Reach, activity: Sequence[Activity]) -> list[Line]:
    """One line for each project, what ended first: a lesson is worth more than a beginning."""
    weights = {
        Verb.ENDED_WITH_LESSON: 240.0,
        Verb.OUTCOME_CHANGED: 230.0,
        Verb.PHASE_MOVED: 220.0,
        Verb.PROJECT_SHARED: 210.0,
    }
    by_project: dict[int, list[Activity]] = {}
    for row in activity:
        by_project.setdefault(row.project_id, []).append(row)
    lines = [
        _about_project(
            reach, Section.MOVED, "moved", rows[0].project, max(weights[Verb(row.verb)] for row in rows), tuple(rows)
        )
        for rows in by_project.values()
    ]
    # The sort is stable: among equals the newest stays first.
    return sorted(lines, key=lambda line: -line.score)


def _about_project(
    reach: Reach, section: Section, code: str, project: Project, score: float, news: tuple[Activity, ...] = ()
) -> Line:
    read_only = _is_read_only(reach, project.team_id)
    return Line(section, code, project.team, read_only, score, project=project, news=news)


def _newest_of_each(moves: Iterable[Move]) -> list[Move]:
    """A check-in that was sent and then accepted is told as accepted."""
    newest: dict[int, Move] = {}
    for move in moves:
        newest.setdefault(move.check_in.pk, move)
    return list(newest.values())


def _moved_check_ins(reach: Reach, moves: Sequence[Move]) -> list[Line]:
    return [
        Line(
            Section.MOVED,
            "check_in_accepted" if move.to == "accepted" else "check_in_sent",
            move.check_in.team,
            move.check_in.period.programme_id not in reach.decides,
            200.0,
            check_in=move.check_in,
        )
        for move in moves
    ]


def _unreached(reach: Reach, facts: Facts) -> list[Line]:
    """Teams with the most signs first."""
    lines = []
    for pk, team in reach.teams.items():
        holds = {
            Sign.NEVER_SHOWN: pk in facts.never_shown,
            Sign.GETS_NOTHING: facts.gets_nothing[pk] > 0,
            Sign.NOT_SIGNED_IN: nobody_signed_in(facts.last_signed_in.get(pk)),
        }
        if signs := tuple(sign for sign, so in holds.items() if so):
            read_only = _is_read_only(reach, pk)
            score, nothing = float(len(signs)), facts.gets_nothing[pk]
            lines.append(Line(Section.UNREACHED, signs[0], team, read_only, score, signs=signs, gets_nothing=nothing))
    return sorted(lines, key=lambda line: (-line.score, line.team.city.slug, line.team.pk))
