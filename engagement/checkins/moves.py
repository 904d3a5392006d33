"""The life of a check-in: written, sent, sent back or accepted. Every move leaves who, when and why."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cities.models import Coordination
from engagement import letters
from engagement.choices import WITH_THE_TEAM, CheckInState, LetterKind
from engagement.models import CheckIn, CheckInMove, CheckInVersion
from engagement.permissions import answers_check_in, writes_check_in
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.models import Activity

# Every legal move; whatever is not here does not happen.
MOVES = frozenset(
    {
        (CheckInState.DRAFTED, CheckInState.SUBMITTED),
        (CheckInState.SUBMITTED, CheckInState.RETURNED),
        (CheckInState.RETURNED, CheckInState.SUBMITTED),
        (CheckInState.SUBMITTED, CheckInState.ACCEPTED),
    }
)


class MovedMeanwhile(Refused):
    """Somebody sent or answered it since the form was opened; what was typed has to be kept by the caller."""


class SavedMeanwhile(Refused):
    """Somebody of the team saved since the form was opened. Saving again with the new version writes over it."""


class NothingToSend(Refused):
    """Neither a word nor a line."""


class NoWords(Refused):
    """A check-in is never answered without a word."""


@dataclass(frozen=True)
class LineChoice:
    included: bool
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """What a team writes. Lines that are not named stay as they are."""

    hard: str
    help_wanted: str
    language: str
    lines: Mapping[int, LineChoice] = field(default_factory=dict)


@transaction.atomic
def save_sheet(*, by: User, check_in: CheckIn, version: int, sheet: Sheet) -> CheckIn:
    """Keeps the words and lines without sending them. Raises NotAllowed, MovedMeanwhile or SavedMeanwhile."""
    now = _locked(check_in)
    demand(writes_check_in(by, now))
    if now.state not in WITH_THE_TEAM:
        raise MovedMeanwhile(_last_move(now))
    if now.version != version:
        raise SavedMeanwhile(_last_save(now))
    _write(now, sheet, by)
    return now


@transaction.atomic
def submit(*, by: User, check_in: CheckIn, version: int, sheet: Sheet) -> CheckIn:
    """Saves and sends: from now on the coach and the coordinators read this version.

    Raises what save_sheet raises, and NothingToSend.
    """
    now = save_sheet(by=by, check_in=check_in, version=version, sheet=sheet)
    # What only the team sees is not sent, also not for later: the team sends it by sharing it first.
    kept_back = Activity.objects.filter(check_in_lines__check_in=now).of_team_alone()
    sendable = now.lines.filter(included=True).exclude(activity__in=kept_back.values("pk"))
    lines = [[line.anchor, line.note] for line in sendable]
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
def send_back(*, by: User, check_in: CheckIn, version: int, words: str) -> CheckIn:
    """Back to the team, with what it is asked for. Raises NotAllowed, NoWords or MovedMeanwhile."""
    return _answer(by, check_in, version, words, CheckInState.RETURNED)


@transaction.atomic
def accept(*, by: User, check_in: CheckIn, version: int, words: str) -> CheckIn:
    """Accepts it, with an answer. Raises NotAllowed, NoWords or MovedMeanwhile."""
    return _answer(by, check_in, version, words, CheckInState.ACCEPTED)


def _answer(by: User, check_in: CheckIn, version: int, words: str, to: CheckInState) -> CheckIn:
    now = _locked(check_in)
    demand(answers_check_in(by, now))
    if now.state != CheckInState.SUBMITTED or now.version != version:
        raise MovedMeanwhile(_last_move(now))
    if not words.strip():
        raise NoWords(_("A check-in is answered in words: one sentence is enough."))
    now.answered_at = timezone.now()
    _move(now, to, by, words.strip(), ["answered_at"])
    kind = LetterKind.CHECK_IN_ACCEPTED if to == CheckInState.ACCEPTED else LetterKind.CHECK_IN_RETURNED
    letters.write(kind, [(person, now) for person in _team_readers(now)])
    return now


def _locked(check_in: CheckIn) -> CheckIn:
    """As it is now, held until the transaction ends: the second of two people waits, then sees what the first did."""
    rows = CheckIn.objects.select_for_update(of=("self",)).select_related("team", "period__programme__operator")
    found: CheckIn = rows.get(pk=check_in.pk)
    return found


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


def _move(now: CheckIn, to: CheckInState, by: User, words: str, fields: list[str]) -> None:
    """The one writer of the state."""
    before = CheckInState(now.state)
    if (before, to) not in MOVES:
        raise MovedMeanwhile(_last_move(now))
    now.state = to
    now.version += 1
    now.save(update_fields=["state", "version", *fields])
    CheckInMove.objects.create(check_in=now, from_state=before, to_state=to, words=words, by=by)


def _coordinators(check_in: CheckIn) -> list[User]:
    operator = check_in.period.programme.operator_id
    rows = Coordination.objects.current().filter(operator=operator, person__is_active=True).select_related("person")
    return [row.person for row in rows.order_by("pk")]


def _team_readers(check_in: CheckIn) -> list[User]:
    """The leads, and whoever wrote it."""
    people = {person.pk: person for person, _about in letters.to_leads([check_in])}
    if check_in.author and check_in.author.is_active:
        people.setdefault(check_in.author.pk, check_in.author)
    return list(people.values())


def _last_move(check_in: CheckIn) -> str:
    """Who did what while the form was open, for the person whose move came second."""
    move = check_in.moves.select_related("by").order_by("-at", "-pk").first()
    if move is None:
        return _("This check-in has changed since you opened it. What you typed is kept below.")
    sentences = {
        CheckInState.SUBMITTED: _("%(who)s sent this check-in at %(when)s. What you typed is kept below."),
        CheckInState.RETURNED: _("%(who)s sent this check-in back at %(when)s. What you typed is kept below."),
        CheckInState.ACCEPTED: _("%(who)s accepted this check-in at %(when)s. What you typed is kept below."),
    }
    return sentences[CheckInState(move.to_state)] % {"who": _name(move.by), "when": _moment(move.at)}


def _last_save(check_in: CheckIn) -> str:
    if check_in.saved_by is None or check_in.saved_at is None:
        return _("This check-in has changed since you opened it. What you typed is kept below.")
    return _(
        "%(who)s saved this check-in at %(when)s, while you were writing. Theirs is shown beside yours; "
        "saving again keeps yours."
    ) % {"who": _name(check_in.saved_by), "when": _moment(check_in.saved_at)}


def _name(person: User | None) -> str:
    return person.name if person else _("Somebody")


def _moment(moment: dt.datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
