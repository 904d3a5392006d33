"""Scenes of a check-in that goes round: what its tests share."""

import datetime as dt

from django.utils import timezone

from engagement.checkins import comments, moves
from engagement.checkins.comments import Remark
from engagement.choices import CheckInState
from engagement.models import CheckIn, CheckInComment, CheckInLine, CheckInPeriod, CoachingEngagement, Commitment
from innoteams.accounts.models import User
from projects.choices import Verb
from projects.models import Activity, Indicator, Project, Reading
from tests.cast import Cast
from tests.engagement.accompany_scenes import answered, drafted, engagement, logged, period, submitted, with_line


def said(cast: Cast, check_in: CheckIn, part: str, text: str = "Why?", by: User | None = None) -> CheckInComment:
    """A comment that asks nothing."""
    return _comment(by or cast.coordinator, check_in, Remark(part, text))


def asked(cast: Cast, check_in: CheckIn, part: str = "hard", text: str = "How many?") -> CheckInComment:
    return _comment(cast.coordinator, check_in, Remark(part, text, asks=True))


def _comment(by: User, check_in: CheckIn, remark: Remark) -> CheckInComment:
    number = check_in.versions.count()
    [one] = comments.comment(by=by, check_in=check_in, number=number, remarks=[remark])
    return one


def returned_for(cast: Cast, check_in: CheckIn, *parts: str) -> CheckIn:
    for part in parts:
        asked(cast, check_in, part, f"About {part}?")
    return moves.send_back(by=cast.coordinator, check_in=check_in, version=check_in.version)


def sent_with_lines(cast: Cast, *levels: str) -> tuple[CheckIn, list[CheckInLine]]:
    check_in = drafted(cast)
    lines = [with_line(check_in, cast.projects[level]) for level in levels]
    return submitted(cast, check_in), lines


def reading(indicator: Indicator, value: int, on: dt.date, at: dt.datetime | None = None) -> Activity:
    row = Reading.objects.create(indicator=indicator, value=value, read_on=on, source="Door count")
    return logged(indicator.project, Verb.READING_ADDED, at=at, reading=row, indicator=indicator)


def indicator(project: Project, name: str = "Visitors", **fields: object) -> Indicator:
    return Indicator.objects.create(project=project, name=name, unit="people", **fields)


def promise(
    cast: Cast, of: CoachingEngagement | None = None, *, owner: User | None = None, **fields: object
) -> Commitment:
    """Kept, by somebody of the team."""
    values: dict[str, object] = {
        "engagement": of or CoachingEngagement.objects.first() or engagement(cast),
        "text": "Ask nine neighbours",
        "owner": owner or cast.tel_aviv_member,
        "due_on": dt.date(2026, 9, 1),
        "done_at": timezone.now(),
        **fields,
    }
    return Commitment.objects.create(**values)


def accepted_before(cast: Cast, hard: str = "Nobody opens.", words: str = "Try evenings.") -> CheckIn:
    """The check-in of the period before, with its answer."""
    earlier = CheckInPeriod.objects.create(
        programme=cast.programme,
        key="2020-Q1",
        starts_on=dt.date(2020, 1, 1),
        ends_on=dt.date(2020, 3, 31),
        due_on=dt.date(2020, 4, 14),
    )
    return answered(cast, submitted(cast, drafted(cast, earlier), hard=hard), CheckInState.ACCEPTED, words)


__all__ = ["period"]
