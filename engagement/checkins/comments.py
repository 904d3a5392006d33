"""Words about a part of what was sent: a reviewer asks, the coach and the team answer, the reviewer says that it is
settled. Nothing settles itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engagement.checkins import reading
from engagement.checkins.holding import MovedMeanwhile, held, last_move
from engagement.checkins.parts import ACTIVITY, COMMITMENT, PROJECT, TEXTS, key_in, part_of
from engagement.choices import CheckInState
from engagement.models import CheckIn, CheckInComment, CheckInVersion
from engagement.permissions import answers_check_in, can_comment_check_in
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.differences import Change


class NothingSaid(Refused):
    """No comment holds a word."""


class NotOnIt(Refused):
    """The part is not (any more) on what this person reads."""


@dataclass(frozen=True)
class Remark:
    part: str
    text: str
    asks: bool = False


@dataclass(frozen=True)
class Since:
    """What became of a part since somebody asked about it."""

    comment: CheckInComment
    line: reading.Line | None = None
    changes: list[Change] = field(default_factory=list)
    lines_added: list[reading.Line] = field(default_factory=list)
    lines_removed: list[reading.Line] = field(default_factory=list)
    is_gone: bool = False
    # The team took back what was asked about, so it is not shown any more and cannot be compared with.
    is_taken_back: bool = False
    # Said about the part after the question.
    replies: list[CheckInComment] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        return self.is_gone or bool(self.lines_added or self.lines_removed) or any(one.kind for one in self.changes)


@transaction.atomic
def comment(*, by: User, check_in: CheckIn, number: int, remarks: Sequence[Remark]) -> list[CheckInComment]:
    """Writes comments on the version with that number. One that asks is the reviewer's, while the check-in waits for
    an answer. Raises NotAllowed, NothingSaid, NotOnIt or MovedMeanwhile; nothing is written then."""
    now = held(check_in)
    demand(can_comment_check_in(by, now))
    if not any(remark.text.strip() for remark in remarks):
        raise NothingSaid(_("Write a word first."))
    if any(remark.asks for remark in remarks):
        demand(answers_check_in(by, now))
        if now.state != CheckInState.SUBMITTED:
            raise MovedMeanwhile(last_move(now))
    return write(by, now, number, remarks)


@transaction.atomic
def settle(*, by: User, comment: CheckInComment) -> CheckInComment:
    """What was asked for is there. A second click changes nothing."""
    demand(answers_check_in(by, held(comment.check_in)))
    open_one = CheckInComment.objects.filter(pk=comment.pk, asks=True, settled_at=None)
    open_one.update(settled_at=timezone.now(), settled_by=by)
    comment.refresh_from_db()
    return comment


@transaction.atomic
def unsettle(*, by: User, comment: CheckInComment) -> CheckInComment:
    """Undo: it is not there after all."""
    demand(answers_check_in(by, held(comment.check_in)))
    CheckInComment.objects.filter(pk=comment.pk).update(settled_at=None, settled_by=None)
    comment.refresh_from_db()
    return comment


def write(by: User, now: CheckIn, number: int, remarks: Sequence[Remark]) -> list[CheckInComment]:
    """For verbs that hold the check-in: each remark with words, once; the same one sent again is the same comment."""
    said = [remark for remark in remarks if remark.text.strip()]
    if not said:
        return []
    version = now.versions.filter(number=number, taken_back_at=None).first()
    if version is None:
        raise MovedMeanwhile(last_move(now))
    there = parts_of(version, reading.seen_by(by, reading.anchors_of([version])))
    written = []
    for remark in said:
        if remark.part not in there:
            raise NotOnIt(_("A part you commented on is not there any more. What you typed is kept below."))
        one, _new = CheckInComment.objects.get_or_create(
            check_in=now, version=version, part=remark.part, author=by, text=remark.text.strip(), asks=remark.asks
        )
        written.append(one)
    return written


def parts_of(version: CheckInVersion, seen: reading.Seen) -> set[str]:
    """All that can be commented on by whoever sees this of it."""
    lines = seen.lines(version)
    projects = {part_of(PROJECT, line.project.pk) for line in lines if line.project}
    return {*TEXTS, *projects, *(line.anchor for line in lines)}


def open_questions(check_in: CheckIn) -> "list[CheckInComment]":
    """Asked and not settled."""
    return list(check_in.comments.filter(asks=True, settled_at=None))


def seen_of(comments: Iterable[CheckInComment], seen: reading.Seen, told: set[str]) -> list[CheckInComment]:
    """Those about parts that are seen; `told` are the anchors of all that this person may read of the check-in."""

    def is_seen(part: str) -> bool:
        if part in TEXTS:
            return True
        if (key := key_in(part, ACTIVITY)) is not None:
            return key in seen.activities
        if (key := key_in(part, COMMITMENT)) is not None:
            return part in told and key in seen.commitments
        return key_in(part, PROJECT) in seen.projects

    return [one for one in comments if is_seen(one.part)]


def changed_since(
    asked: CheckInComment, newest: CheckInVersion, seen: reading.Seen, comments: Iterable[CheckInComment]
) -> Since:
    """The difference of exactly the part that was asked about, from the version it was asked of to the newest."""
    before = asked.version
    replies = [one for one in comments if one.part == asked.part and one.pk > asked.pk]
    if before.taken_back_at is not None:
        return Since(asked, is_taken_back=True, replies=replies)
    if asked.part in TEXTS:
        changes = reading.compare_texts(getattr(before, asked.part), getattr(newest, asked.part))
        return Since(asked, changes=changes, replies=replies)
    old, new = seen.lines(before), seen.lines(newest)
    if (project := key_in(asked.part, PROJECT)) is not None:
        old, new = ([line for line in lines if line.project and line.project.pk == project] for lines in (old, new))
        added, removed = reading.without(new, old), reading.without(old, new)
        return Since(asked, lines_added=added, lines_removed=removed, is_gone=not new, replies=replies)
    line = next((one for one in new if one.anchor == asked.part), None)
    was = next((one for one in old if one.anchor == asked.part), None)
    notes = reading.compare_texts(was.note if was else "", line.note if line else "")
    return Since(asked, line=line or was, changes=notes if line else [], is_gone=line is None, replies=replies)
