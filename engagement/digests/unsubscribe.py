"""The opaque key in the footer of a person's mails of one stream: whoever holds it may slow down, pause or stop that
stream, undo it, and nothing else. It holds no address and can be revoked."""

import re
import secrets
from collections.abc import Callable, Iterable
from email import message_from_bytes
from email.policy import default
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date

from engagement.choices import Cadence, Stream
from engagement.digests import preferences
from engagement.models import DigestPreference, UnsubscribeKey

if TYPE_CHECKING:
    from innoteams.accounts.models import User

_STOP_MAIL = re.compile(r"\bstop\s+(?P<key>[\w-]{16,64})")
_VERBS: dict[str, Callable[..., DigestPreference]] = {
    "slower": preferences.slow_down,
    "pause": preferences.pause,
    "resume": preferences.resume,
    "stop": preferences.stop,
    **{pace: partial(preferences.set_pace, cadence=pace) for pace in Cadence if pace != Cadence.OFF},
}


def keys_for(person_ids: Iterable[int], stream: str = Stream.NETWORK) -> dict[int, str]:
    """The open key of every person asked for, made where there is none: at most three queries, whoever asks beside."""
    wanted = set(person_ids)
    rows = UnsubscribeKey.objects.filter(person__in=wanted, stream=stream, revoked_at=None)
    found = dict(rows.values_list("person_id", "key"))
    if missing := sorted(wanted - set(found)):
        made = [UnsubscribeKey(person_id=pk, stream=stream, key=secrets.token_urlsafe(24)) for pk in missing]
        UnsubscribeKey.objects.bulk_create(made, ignore_conflicts=True)
        found = dict(rows.all().values_list("person_id", "key"))
    return found


def find(key: str) -> UnsubscribeKey | None:
    """The row of a key that works; None for one that never was or was revoked."""
    return UnsubscribeKey.objects.select_related("person").filter(key=key, revoked_at=None).first()


@transaction.atomic
def act(found: UnsubscribeKey, action: str) -> DigestPreference:
    """“slower”, “pause”, “resume” or “stop” the key's stream, bring it at a pace (“daily”, “weekly”, “fortnightly”,
    “monthly”), or “undo” the last of these. Raises PreferenceRefused where that is not possible, KeyError for any other
    word."""
    held = UnsubscribeKey.objects.select_for_update().select_related("person").get(pk=found.pk)
    before = preferences.preference_of(held.person, held.stream)
    if action == "undo":
        after = _restore(held)
        held.before = None
    else:
        after = _VERBS[action](by=held.person, stream=held.stream)
        # A scanner and then the person may press the same button: the second press must not spoil the way back.
        if _kept(before) != _kept(after):
            held.before = _kept(before)
    held.save(update_fields=["before"])
    return after


def act_on_mail(raw: bytes) -> DigestPreference | None:
    """For mails to the address in List-Unsubscribe: “stop” and the key in the subject, whoever sent it. None where
    the subject holds no key that works."""
    subject = str(message_from_bytes(raw, policy=default)["Subject"] or "")
    named = _STOP_MAIL.search(subject)
    found = find(named["key"]) if named else None
    return act(found, "stop") if found else None


@transaction.atomic
def revoke(*, by: "User") -> None:
    """The links in every digest sent so far, of whichever stream, stop working; the next ones bring new links."""
    UnsubscribeKey.objects.filter(person=by, revoked_at=None).update(revoked_at=timezone.now())


def _kept(preference: DigestPreference) -> dict[str, str | None]:
    until = preference.paused_until
    return {"cadence": preference.cadence, "paused_until": until.isoformat() if until else None}


def _restore(held: UnsubscribeKey) -> DigestPreference:
    now = preferences.preference_of(held.person, held.stream)
    if not held.before:
        return now
    until = held.before["paused_until"]
    return preferences.choose(
        by=held.person,
        stream=held.stream,
        cadence=held.before["cadence"],
        weekday=now.weekday,
        local_hour=now.local_hour,
        paused_until=parse_date(until) if until else None,
    )
