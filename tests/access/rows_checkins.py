"""Check-ins that go round by parts: comments, what was taken back, promises of the coaching, the last answer, PDFs."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from cities.querysets import today
from engagement.checkins import comments, moves
from engagement.checkins.comments import Remark
from engagement.checkins.moves import Sheet
from engagement.choices import CheckInState
from engagement.models import CheckIn, CheckInComment, CheckInPeriod, CoachingEngagement, Commitment, Question
from projects.models import Activity
from tests.access.table import Canary, Row
from tests.cast import Cast

WRITERS = ("tel_aviv_lead", "tel_aviv_member")
TEAM = (*WRITERS, "tel_aviv_observer")
PAIR = (*TEAM, "coach")
PROGRAMME = (*PAIR, "coordinator", "funder_coordinator")
OPERATOR_TEAM = (*PAIR, "coordinator")


def _check_in(cast: Cast, key: str, years_ago: int) -> CheckIn:
    ends_on = today() - dt.timedelta(days=365 * years_ago)
    period, _ = CheckInPeriod.objects.get_or_create(
        programme=cast.programme,
        key=key,
        defaults={"starts_on": ends_on - dt.timedelta(days=90), "ends_on": ends_on, "due_on": ends_on},
    )
    check_in, _ = CheckIn.objects.get_or_create(period=period, team=cast.tel_aviv)
    return check_in


def _sent(cast: Cast, check_in: CheckIn, hard: str, help_wanted: str = "") -> CheckIn:
    sheet = Sheet(hard=hard, help_wanted=help_wanted, language="en")
    return moves.submit(by=cast.tel_aviv_lead, check_in=check_in, version=check_in.version, sheet=sheet)


def round_one(cast: Cast) -> CheckIn:
    """Sent, with comments on its words, on a line that the programme sees and on one that is the team's alone since,
    and with one promise switched on and one switched off."""
    check_in = _check_in(cast, "parts", 1)
    if check_in.state != CheckInState.DRAFTED:
        return check_in
    accepted(cast)
    engagement = CoachingEngagement.objects.filter(team=cast.tel_aviv).first()
    engagement = engagement or CoachingEngagement.objects.create(team=cast.tel_aviv, starts_on=today())
    for text, included in (("canary-promise-told", True), ("canary-promise-kept-back", False)):
        kept = Commitment.objects.create(
            engagement=engagement, text=text, owner=cast.tel_aviv_member, due_on=today(), done_at=timezone.now()
        )
        check_in.lines.create(commitment=kept, included=included)
    lines = {}
    for level in ("programme", "network"):
        row = Activity.objects.create(project=cast.projects[level], verb="journal_added", actor=cast.tel_aviv_lead)
        lines[level] = check_in.lines.create(activity=row, note=f"canary-line-{level}")
    check_in = _sent(cast, check_in, "As it was sent.", "canary-wish")
    remarks = [
        Remark("hard", "canary-comment-on-words"),
        Remark(lines["programme"].anchor, "canary-comment-on-line"),
        Remark(lines["network"].anchor, "canary-comment-on-private-line", asks=True),
    ]
    comments.comment(by=cast.coordinator, check_in=check_in, number=1, remarks=remarks)
    # The line on the network project becomes the team's alone without touching the shared cast: its part is narrowed.
    _narrow(cast, lines["network"].activity)
    return check_in


def _narrow(cast: Cast, activity: Activity | None) -> None:
    assert activity is not None
    entry = cast.projects["network"].journal.create(
        happened_on=today(), text="canary-entry-of-the-team", visibility="team", author=cast.tel_aviv_lead
    )
    Activity.objects.filter(pk=activity.pk).update(journal_entry=entry)


def taken_back(cast: Cast) -> CheckIn:
    check_in = _check_in(cast, "back", 3)
    if check_in.moves.exists():
        return check_in
    check_in = _sent(cast, check_in, "canary-taken-back")
    return moves.take_back(by=cast.tel_aviv_lead, check_in=check_in, version=check_in.version)


def accepted(cast: Cast) -> CheckIn:
    check_in = _check_in(cast, "last", 2)
    if check_in.state != CheckInState.DRAFTED:
        return check_in
    check_in = _sent(cast, check_in, "canary-words-of-last-time")
    return moves.accept(
        by=cast.coordinator, check_in=check_in, version=check_in.version, words="canary-answer-of-last-time"
    )


def question(cast: Cast) -> CheckInComment:
    found: CheckInComment | None = round_one(cast).comments.filter(asks=True).first()
    assert found is not None
    return found


def of(readers: tuple[str, ...], status: int = 200) -> "dict[str, int | str]":
    return dict.fromkeys(readers, status)


def _wish(name: str) -> Row:
    return Row(name, lambda cast: f"{reverse(name)}?check_in={round_one(cast).pk}", _WISHING[name])


_WISHING: "dict[str, dict[str, int | str]]" = {
    # Who may ask nothing at all is told so first.
    "question_create": {**of(WRITERS), "stranger": 403, "former_member": 403},
    "introduction_create": of(WRITERS),
}

ROWS = [
    Row("check_in_detail", lambda cast: round_one(cast).get_absolute_url(), of(PROGRAMME)),
    Row("check_in_detail", lambda cast: accepted(cast).get_absolute_url(), of(PROGRAMME)),
    Row("check_in_detail", lambda cast: taken_back(cast).get_absolute_url(), of(TEAM)),
    Row("check_in_pdf", lambda cast: reverse("check_in_pdf", args=[round_one(cast).pk]), of(PROGRAMME)),
    Row("check_in_pdf", lambda cast: reverse("check_in_pdf", args=[taken_back(cast).pk]), of(TEAM)),
    Row(
        "check_in_comment",
        lambda cast: reverse("check_in_comment", args=[round_one(cast).pk]),
        # Nothing is typed, which is said at the form; observers and the funder read along.
        {**of(OPERATOR_TEAM, 422), "tel_aviv_observer": 403, "funder_coordinator": 403},
        method="post",
        data={"version": "1", "sent": "1"},
    ),
    Row(
        "check_in_comment",
        lambda cast: reverse("check_in_comment", args=[taken_back(cast).pk]),
        # Those who read it before it was taken back are told who took it back; nobody else learns that it is there.
        {**of(TEAM, 403), **of(("coach", "coordinator", "funder_coordinator"), 409)},
        method="post",
    ),
    Row(
        "check_in_answer",
        lambda cast: reverse("check_in_answer", args=[taken_back(cast).pk]),
        {**of(TEAM, 403), **of(("coach", "coordinator", "funder_coordinator"), 409)},
        method="post",
        data={"words": "Thank you."},
    ),
    Row(
        "check_in_take_back",
        lambda cast: reverse("check_in_take_back", args=[round_one(cast).pk]),
        # Against an older version, so that it stays where it is.
        {**of(PROGRAMME, 403), **of(WRITERS, 302)},
        method="post",
        data={"version": "1"},
    ),
    _wish("question_create"),
    _wish("introduction_create"),
]


# --- Canaries ------------------------------------------------------------------------------------------------------


def plant(cast: Cast) -> list[Canary]:
    round_one(cast), taken_back(cast)
    Question.objects.create(author=cast.tel_aviv_lead, text="Who has?", check_in=round_one(cast))
    readers = {
        "canary-comment-on-words": PROGRAMME,
        "canary-comment-on-line": PROGRAMME,
        "canary-comment-on-private-line": TEAM,
        "canary-line-programme": PROGRAMME,
        "canary-line-network": TEAM,
        "canary-entry-of-the-team": TEAM,
        "canary-promise-told": PROGRAMME,
        "canary-promise-kept-back": PAIR,
        "canary-taken-back": TEAM,
        "canary-words-of-last-time": PROGRAMME,
        "canary-answer-of-last-time": PROGRAMME,
        "canary-wish": PROGRAMME,
    }
    return [Canary(word, frozenset(kinds)) for word, kinds in readers.items()]
