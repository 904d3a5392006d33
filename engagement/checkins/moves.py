"""The life of a check-in: written, sent, taken back, sent back or accepted. Every move leaves who, when and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.models import Coordination
from cities.permissions import belongs_to
from engagement import letters
from engagement.checkins import comments, reading
from engagement.checkins.comments import Remark
from engagement.checkins.holding import MovedMeanwhile, SavedMeanwhile, held, last_move, last_save
from engagement.choices import WITH_THE_TEAM, CheckInState, LetterKind
from engagement.models import CheckIn, CheckInMove, CheckInVersion
from engagement.permissions import answers_check_in, writes_check_in
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.choices import Visibility
from projects.models import Activity

__all__ = ["MovedMeanwhile", "SavedMeanwhile"]

# Every legal move; whatever is not here does not happen. Back from submitted to drafted is the team's alone, and so is
# the way back to returned where it was sent from there: it takes back what nobody has answered yet.
MOVES = frozenset(
    {
        (CheckInState.DRAFTED, CheckInState.SUBMITTED),
        (CheckInState.SUBMITTED, CheckInState.DRAFTED),
        (CheckInState.SUBMITTED, CheckInState.RETURNED),
        (CheckInState.RETURNED, CheckInState.SUBMITTED),
        (CheckInState.SUBMITTED, CheckInState.ACCEPTED),
    }
)


class NothingToSend(Refused):
    """Neither a word nor a line."""


class NoWords(Refused):
    """A check-in is never accepted without a word, nor sent back without a word or a question about a part."""


@dataclass(frozen=True)
class LineChoice:
    included: bool
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """What a team writes. Lines that are not named stay as they are. `replies` are words about parts (by their names)
    on which the reviewer or the coach commented: they are read as soon as the sheet is saved."""

    hard: str
    help_wanted: str
    language: str
    lines: Mapping[int, LineChoice] = field(default_factory=dict)
    replies: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def save_sheet(*, by: User, check_in: CheckIn, version: int, sheet: Sheet) -> CheckIn:
    """Keeps the words and lines without sending them. Raises NotAllowed, MovedMeanwhile or SavedMeanwhile."""
    now = held(check_in)
    demand(writes_check_in(by, now))
    if now.state not in WITH_THE_TEAM:
        raise MovedMeanwhile(last_move(now))
    if now.version != version:
        raise SavedMeanwhile(last_save(now))
    _write(now, sheet, by)
    return now


@transaction.atomic
def submit(*, by: User, check_in: CheckIn, version: int, sheet: Sheet) -> CheckIn:
    """Saves and sends: from now on the coach and the coordinators read this version.

    Raises what save_sheet raises, and NothingToSend.
    """
    now = save_sheet(by=by, check_in=check_in, version=version, sheet=sheet)
    lines = _sendable(now)
    if not (now.hard.strip() or now.help_wanted.strip() or lines):
        raise NothingToSend(_("There is nothing on it yet: leave a line switched on, or write a sentence."))
    now.submitted_at = timezone.now()
    now.author = now.author or by
    CheckInVersion.objects.create(
        check_in=now,
        number=now.versions.count() + 1,
        hard=now.hard,
        help_wanted=now.help_wanted,
        language=now.language,
        lines=lines,
        submitted_by=by,
        submitted_at=now.submitted_at,
    )
    _move(now, CheckInState.SUBMITTED, by, "", ["submitted_at", "author"])
    letters.write(LetterKind.CHECK_IN_SUBMITTED, [(person, now) for person in _coordinators(now)])
    return now


@transaction.atomic
def take_back(*, by: User, check_in: CheckIn, version: int) -> CheckIn:
    """The team goes on writing on what nobody has answered yet; others read it as it was before it was sent, which is
    not at all where it was never answered. Raises NotAllowed or MovedMeanwhile."""
    now = held(check_in)
    demand(writes_check_in(by, now))
    if now.state != CheckInState.SUBMITTED or now.version != version:
        raise MovedMeanwhile(last_move(now))
    sent, before = reading.latest_two(now)
    if sent is not None:
        sent.taken_back_at = timezone.now()
        sent.save(update_fields=["taken_back_at"])
    now.submitted_at = before.submitted_at if before else None
    came_from = now.moves.filter(to_state=CheckInState.SUBMITTED).order_by("-at", "-pk").values_list("from_state")
    (state,) = came_from[0]
    _move(now, CheckInState(state), by, "", ["submitted_at"], takes_back=True)
    letters.drop(LetterKind.CHECK_IN_SUBMITTED, now)
    return now


@transaction.atomic
def send_back(*, by: User, check_in: CheckIn, version: int, words: str = "", remarks: Sequence[Remark] = ()) -> CheckIn:
    """Back to the team for just the parts that are asked about, with words about the whole or without. Raises
    NotAllowed, NoWords, comments.NotOnIt or MovedMeanwhile."""
    return _answer(by, check_in, version, words, remarks, CheckInState.RETURNED)


@transaction.atomic
def accept(*, by: User, check_in: CheckIn, version: int, words: str, remarks: Sequence[Remark] = ()) -> CheckIn:
    """Accepts it, with an answer. Raises NotAllowed, NoWords, comments.NotOnIt or MovedMeanwhile."""
    return _answer(by, check_in, version, words, remarks, CheckInState.ACCEPTED)


def _answer(
    by: User, check_in: CheckIn, version: int, words: str, remarks: Sequence[Remark], to: CheckInState
) -> CheckIn:
    now = held(check_in)
    demand(answers_check_in(by, now))
    if now.state != CheckInState.SUBMITTED or now.version != version:
        raise MovedMeanwhile(last_move(now))
    newest, _before = reading.latest_two(now)
    comments.write(by, now, newest.number if newest else 0, remarks)
    _demand_words(now, to, words)
    now.answered_at = timezone.now()
    _move(now, to, by, words.strip(), ["answered_at"])
    kind = LetterKind.CHECK_IN_ACCEPTED if to == CheckInState.ACCEPTED else LetterKind.CHECK_IN_RETURNED
    letters.write(kind, [(person, now) for person in _team_readers(now)])
    return now


def _demand_words(now: CheckIn, to: CheckInState, words: str) -> None:
    if words.strip():
        return
    if to == CheckInState.ACCEPTED:
        raise NoWords(_("A check-in is answered in words: one sentence is enough."))
    if not comments.open_questions(now):
        raise NoWords(_("Say what you ask for: a sentence here, or a question at one of the parts."))


def _sendable(now: CheckIn) -> list[list[str]]:
    """What only the team sees is not sent, also not for later: the team sends it by sharing it first."""
    kept_back = Activity.objects.filter(check_in_lines__check_in=now).of_team_alone()
    private = Q(activity__in=kept_back.values("pk")) | Q(commitment__project__visibility=Visibility.TEAM)
    opened_again = Q(commitment__isnull=False, commitment__done_at=None)
    lines = now.lines.filter(included=True).exclude(private).exclude(opened_again)
    return [[line.anchor, line.note] for line in lines]


def _write(now: CheckIn, sheet: Sheet, by: User) -> None:
    now.hard, now.help_wanted, now.language = sheet.hard, sheet.help_wanted, sheet.language
    now.saved_by, now.saved_at = by, timezone.now()
    now.version += 1
    now.save(update_fields=["hard", "help_wanted", "language", "saved_by", "saved_at", "version"])
    changed = []
    for line in now.lines.filter(pk__in=sheet.lines):
        choice = sheet.lines[line.pk]
        line.included, line.note = choice.included, choice.note.strip()
        changed.append(line)
    now.lines.bulk_update(changed, ["included", "note"])
    _reply(now, sheet, by)


def _reply(now: CheckIn, sheet: Sheet, by: User) -> None:
    """Under the version that was commented on last, which is the one the team answers about."""
    said = {part: words for part, words in sheet.replies.items() if words.strip()}
    for part, words in said.items():
        asked = now.comments.filter(part=part).order_by("-pk").first()
        if asked is not None:
            now.comments.create(version=asked.version, part=part, author=by, text=words.strip())


def _move(now: CheckIn, to: CheckInState, by: User, words: str, fields: list[str], *, takes_back: bool = False) -> None:
    """The one writer of the state."""
    before = CheckInState(now.state)
    if (before, to) not in MOVES:
        raise MovedMeanwhile(last_move(now))
    now.state = to
    now.version += 1
    now.save(update_fields=["state", "version", *fields])
    CheckInMove.objects.create(check_in=now, from_state=before, to_state=to, words=words, by=by, takes_back=takes_back)


def _coordinators(check_in: CheckIn) -> list[User]:
    operator = check_in.period.programme.operator_id
    rows = Coordination.objects.current().filter(operator=operator, person__is_active=True).select_related("person")
    return [row.person for row in rows.order_by("pk")]


def _team_readers(check_in: CheckIn) -> list[User]:
    """The leads, or where there is none any more the members; and whoever wrote it, while still in the team."""
    people = {person.pk: person for person in letters.writers_of(check_in.team_id)}
    author = check_in.author
    if author and author.is_active and belongs_to(author, check_in.team):
        people.setdefault(author.pk, author)
    return list(people.values())
