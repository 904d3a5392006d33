"""The coordination stream."""

from collections.abc import Mapping, Sequence

from engagement.digests.drafts import Draft
from engagement.models import Digest, DigestPreference


def compose(
    digests: Sequence[Digest], preferences: Mapping[int, DigestPreference], stop_urls: Mapping[int, str]
) -> list[Draft]:
    return [Draft(digest) for digest in digests]
