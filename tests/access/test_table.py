"""Every URL is in the table, and what takes a POST answers each kind of person as it says (pages: test_pages.py)."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.table import Row, all_rows, make_signed_in
from tests.access.walk import answer
from tests.cast import KINDS

# Django's own administration is one row; its many URLs are behind the same door (admin.site.login).
NAMESPACES_OF_LIBRARIES = {"admin"}


def _names(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace not in NAMESPACES_OF_LIBRARIES:
                yield from _names(entry)
        elif isinstance(entry, URLPattern):
            yield entry.name or str(entry.pattern)


def test_every_url_has_a_row() -> None:
    missing = set(_names(get_resolver())) - {row.name for row in all_rows()}
    assert not missing, f"These URLs have no row in tests/access/rows_*.py: {sorted(missing)}"


def test_every_row_is_a_url() -> None:
    gone = {row.name for row in all_rows()} - set(_names(get_resolver())) - {"admin:index"}
    assert not gone


def _label(row: Row) -> str:
    return f"{row.method}-{row.name}"


@pytest.mark.parametrize("row", [row for row in all_rows() if row.method != "get"], ids=_label)
@pytest.mark.django_db
def test_what_changes_something_answers_as_the_table_says(row: Row) -> None:
    signed_in = make_signed_in()
    expected = {kind: row.expected(kind) for kind in KINDS}
    found = {kind: answer(signed_in.client_of(kind), row, row.url(signed_in.cast))[0] for kind in KINDS}
    assert found == expected
