"""What a stream answers when it is asked to compose: each digest with what it would say, nothing stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from engagement.models import Digest, DigestItem, DigestPreference
from innoteams.lib.mail import Rendered


@dataclass
class Draft:
    """`items` are unsaved, in the order shown, ranks from 1, without their digest. `rendered` is None where there is
    nothing worth a mail."""

    digest: Digest
    items: list[DigestItem] = field(default_factory=list)
    rendered: Rendered | None = None


class Compose(Protocol):
    """Drafts in the order of the digests, in a number of queries that does not depend on how many there are."""

    def __call__(
        self,
        digests: Sequence[Digest],
        preferences: Mapping[int, DigestPreference],
        stop_urls: Mapping[int, str],
    ) -> list[Draft]: ...
