"""What a stream answers when it is asked to compose: each digest with what it would say, nothing stored."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol

from engagement.models import Digest, DigestItem, DigestPreference
from innoteams.lib.bulk import AsJson
from innoteams.lib.mail import Rendered


@dataclass(slots=True)
class Kept:
    """The row of an item, as a `DigestItem` names its columns. Lighter than an instance of the model, of which a batch
    would need thousands, only to have them written."""

    rank: int
    kind: str
    score: float
    reasons: Sequence[Mapping[str, object]] | AsJson
    told: Sequence[int] = ()
    digest_id: int | None = None
    project_id: int | None = None
    question_id: int | None = None
    city_id: int | None = None
    team_id: int | None = None
    check_in_id: int | None = None
    session_id: int | None = None
    commitment_id: int | None = None
    introduction_id: int | None = None
    suggestion_id: int | None = None
    pin_id: int | None = None
    newest_activity_id: int | None = None


@dataclass
class Draft:
    """`kept` are in the order shown, ranks from 1. `rendered` is None where there is nothing worth a mail."""

    digest: Digest
    kept: list[Kept] = field(default_factory=list)
    rendered: Rendered | None = None

    @property
    def items(self) -> list[DigestItem]:
        """To be looked at: unsaved, and without their digest."""
        return [_item(one) for one in self.kept]


def _item(kept: Kept) -> DigestItem:
    values = asdict(kept)
    if isinstance(kept.reasons, AsJson):
        values["reasons"] = json.loads(kept.reasons)
    return DigestItem(**values)


class Compose(Protocol):
    """Drafts in the order of the digests, in a number of queries that does not depend on how many there are."""

    def __call__(
        self,
        digests: Sequence[Digest],
        preferences: Mapping[int, DigestPreference],
        stop_urls: Mapping[int, str],
    ) -> list[Draft]: ...
