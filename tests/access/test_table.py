"""Who gets which page: every URL × every kind of person, and nothing that must not leak on any of them."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.table import LOGIN, Row, all_rows, plant_all
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


def client_of(cast: Cast, kind: str) -> Client:
    client = Client()
    person = cast.person(kind)
    if not isinstance(person, AnonymousUser):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


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
