"""Whether somebody else may read what a digest says, and what is taken out of it before they do."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from cities.models import Coordination
from engagement.choices import ItemKind, Stream
from engagement.digests import leave
from engagement.digests.archive import kept_items
from engagement.digests.seen import seen_items
from engagement.models import Digest, DigestItem
from innoteams.accounts.models import User
from innoteams.lib.verdicts import YES, Verdict, no


def words_of(digest: Digest, reader: User) -> Verdict:
    """Whether the reader may read what this digest says.

    Its recipient, as far as everything in it is still shared with them. An administrator and a coordinator only what
    they may see anyway; a coordinator besides only with the person's leave; what waits for somebody never.
    """
    if digest.person_id != reader.pk:
        verdict = _words_of_another(digest, reader)
        if not verdict:
            return verdict
    if not kept_items(digest, reader).is_whole:
        return no(gettext_lazy("It holds something that is not shared with you, or is not shared any more."))
    return YES


def _words_of_another(digest: Digest, reader: User) -> Verdict:
    if digest.stream == Stream.ACTIONS:
        return no(gettext_lazy("What waits for somebody is read by that person alone."))
    if not reader.is_staff and not leave.is_given(digest.person_id, digest.stream):
        return no(gettext_lazy("This person has not given coordinators leave to read along."))
    if digest.stream == Stream.COORDINATION and not _coordinates_the_same(digest, reader):
        return no(gettext_lazy("What coordinators are told is read by coordinators of the same organisation."))
    return YES


def _coordinates_the_same(digest: Digest, reader: User) -> bool:
    rows = Coordination.objects.current().filter(person__in=(digest.person_id, reader.pk))
    operators: dict[int, set[int]] = {digest.person_id: set(), reader.pk: set()}
    for person, operator in rows.values_list("person_id", "operator_id"):
        operators[person].add(operator)
    return bool(operators[digest.person_id]) and operators[digest.person_id] <= operators[reader.pk]


def both_see(items: Sequence[DigestItem], stream: str, reader: User) -> list[DigestItem]:
    """Of the items of somebody else's next digest, given their leave, those that the reader may see as well. What
    waits for somebody and is told of a team (whom they coach or invited) has no page of its own that would tell who
    may read it: it stays theirs."""
    seen = seen_items(items, reader)
    return [item for item in seen if item.kind != ItemKind.TEAM] if stream == Stream.ACTIONS else seen


# Whoever holds the key in a footer may stop the stream: it is the recipient's, not the operator's.
_KEY_IN_A_LINK = re.compile(r"(/digests/(?:[a-z_-]+/)+)[^\s\"'<>/?&]{12,}")
_KEY_IN_A_SUBJECT = re.compile(r"((?:subject=)?stop(?:%20|\s))[\w-]{16,64}")
_LOCAL_PART = re.compile(r"[^\s<>@:;,\"'(]+(?=@)")


def without_keys(text: str) -> str:
    """The mail without what in its links lets whoever holds it act as the recipient."""
    return _KEY_IN_A_SUBJECT.sub(r"\1…", _KEY_IN_A_LINK.sub(r"\1…", text))


def without_addresses(text: str) -> str:
    """What a mail server said, with the domain of an address and not the address."""
    return _LOCAL_PART.sub("…", text)
