"""What is planted for the leak test can be found by those who may read it; else that test proves nothing."""

import pytest

from tests.access.table import all_rows, client_of, plant_all
from tests.cast import KINDS, Cast


@pytest.mark.django_db
def test_each_canary_is_seen_by_its_readers_somewhere(cast: Cast) -> None:
    """A canary that nobody can read proves nothing."""
    canaries = plant_all(cast)
    unseen = {(canary.word, kind) for canary in canaries for kind in canary.readers}
    for kind in KINDS:
        client = client_of(cast, kind)
        for row in all_rows():
            if row.method == "get" and row.crawl and any(kind == reader for _, reader in unseen):
                response = client.get(row.url(cast))
                body = b"".join(response) if response.streaming else response.content
                unseen = {(word, reader) for word, reader in unseen if reader != kind or word.encode() not in body}
    assert not unseen
