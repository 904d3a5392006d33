"""Who gets which page: every URL × every kind of person."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.table import LOGIN, Row, all_rows, client_of
from tests.cast import KINDS, Cast

# Django's own administration is one row; its many URLs are behind the same door (admin.site.login).
NAMESPACES_OF_LIBRARIES = {"admin"}


def _names(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace not in NAMESPACES_OF_LIBRARIES:
                yield from _names(entry)
        elif isinstance(entry, URLPattern):
            yield entry.name or str(entry.pattern)


def outcome(client: Client, row: Row, cast: Cast) -> int | str:
    response = getattr(client, row.method)(row.url(cast), row.data)
    if response.status_code == 302 and response.url.startswith("/accounts/login/?next="):
        return LOGIN
    return int(response.status_code)


def test_every_url_has_a_row() -> None:
    missing = set(_names(get_resolver())) - {row.name for row in all_rows()}
    assert not missing, f"These URLs have no row in tests/access/rows_*.py: {sorted(missing)}"


def test_every_row_is_a_url() -> None:
    gone = {row.name for row in all_rows()} - set(_names(get_resolver())) - {"admin:index"}
    assert not gone


def _label(row: Row) -> str:
    return f"{row.method}-{row.name}"


@pytest.mark.parametrize("row", all_rows(), ids=_label)
@pytest.mark.django_db
def test_each_kind_of_person_gets_what_the_table_says(row: Row, cast: Cast) -> None:
    expected = {kind: row.expected(kind) for kind in KINDS}
    found = {kind: outcome(client_of(cast, kind), row, cast) for kind in KINDS}
    assert found == expected
