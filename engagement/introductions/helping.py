"""A month later: did it help? Asked once by mail, with a link that works without signing in, and on the page."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from engagement import letters
from engagement.choices import Help, IntroductionState, LetterKind
from engagement.models import Introduction, IntroductionHelp, Letter
from engagement.permissions import can_say_it_helped
from engagement.promises import HELPED_AFTER
from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand

# How long the link in the mail works, and until when after a meeting the mail is made up for.
LINK_FOR = dt.timedelta(days=90)
CATCH_UP = dt.timedelta(days=60)
_SALT = "engagement.introductions.helped"


@transaction.atomic
def say_helped(*, by: User, introduction: Introduction, said: str, note: str = "") -> Introduction:
    """What came of it, told by one of the two; may be changed. Raises NotAllowed."""
    rows = Introduction.objects.select_for_update(of=("self",))
    now: Introduction = rows.get(pk=introduction.pk)
    demand(can_say_it_helped(by, now))
    IntroductionHelp.objects.update_or_create(
        introduction=now, person=by, defaults={"said": Help(said), "note": note.strip(), "at": timezone.now()}
    )
    now.helped = meaning(now.told.values_list("said", flat=True))
    now.helped_at = timezone.now()
    now.save(update_fields=["helped", "helped_at"])
    return now


def meaning(answers: Iterable[str]) -> bool | None:
    """One yes is a yes; a no counts where nobody said yes; “not yet” says nothing."""
    said = set(answers)
    if Help.YES in said:
        return True
    return False if Help.NO in said else None


# --- The link ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """Whom a link belongs to, and which introduction it asks about."""

    person: User
    introduction: Introduction


def key_for(introduction: Introduction, person: User) -> str:
    """Signed, not secret in itself: it holds two numbers and no address."""
    return signing.dumps([introduction.pk, person.pk], salt=_SALT)


def find(key: str) -> Held | None:
    """None for a link that was never ours, is older than LINK_FOR, or whose person has closed the account."""
    try:
        introduction_pk, person_pk = signing.loads(key, salt=_SALT, max_age=LINK_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    the_two = Q(asked_by=person_pk) | Q(answered_by=person_pk)
    rows = Introduction.objects.filter(the_two, state=IntroductionState.ACCEPTED)
    introduction = rows.select_related("from_team__city", "to_team__city").filter(pk=introduction_pk).first()
    person = User.objects.filter(pk=person_pk, is_active=True).first()
    return Held(person, introduction) if person and introduction else None


# --- The letter ----------------------------------------------------------------------------------------------------


@transaction.atomic
def write_due(now: dt.datetime) -> int:
    """To each of the two who has not said it on the page; answers how many were asked for. Written once a person,
    whoever asks beside (Letter.letter_of_help_once)."""
    written = 0
    for side in ("asked_by", "answered_by"):
        told = IntroductionHelp.objects.filter(introduction=OuterRef("pk"), person=OuterRef(side))
        posted = Letter.objects.filter(
            introduction=OuterRef("pk"), person=OuterRef(side), kind=LetterKind.INTRODUCTION_HELPED
        )
        rows = Introduction.objects.filter(
            ~Exists(told),
            ~Exists(posted),
            state=IntroductionState.ACCEPTED,
            answered_at__lte=now - HELPED_AFTER,
            answered_at__gt=now - HELPED_AFTER - CATCH_UP,
            **{f"{side}__is_active": True},
        ).select_related(side)
        due = [(getattr(one, side), one) for one in rows.order_by(F("pk"))]
        if due:
            letters.write(LetterKind.INTRODUCTION_HELPED, due, now=now)
        written += len(due)
    return written
