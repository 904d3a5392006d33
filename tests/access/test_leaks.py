"""Nothing that must not leak stands on any page of anybody who may not read it."""

import pytest

from tests.access.table import all_rows, client_of, plant_all
from tests.cast import KINDS, Cast


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.django_db
def test_nothing_leaks_on_any_page(kind: str, cast: Cast) -> None:
    canaries = plant_all(cast)
    hidden = [canary.word for canary in canaries if canary.hidden_from(kind)]
    client = client_of(cast, kind)
    leaks = []
    for row in all_rows():
        if row.method == "get" and row.crawl:
            response = client.get(row.url(cast))
            body = b"".join(response) if response.streaming else response.content
            leaks += [f"{row.name}: {word}" for word in hidden if word.encode() in body]
    assert not leaks
