"""Every page × every kind of person: what it answers, what must not stand on it, and what must."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from innoteams.lib import pdf
from tests.access.table import plant_all
from tests.access.walk import Walks
from tests.cast import KINDS, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def walks(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Walks]:
    """Planted once for all tests here, which run inside this transaction; what they write goes with each of them."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patched:
        # What a paper says is looked through as well, so it stays words here; tests/engagement draws one.
        patched.setattr(pdf, "pdf_of", str.encode)
        cast = make_cast()
        yield Walks(cast, plant_all(cast), {})
        transaction.set_rollback(True)


@pytest.mark.parametrize("kind", KINDS)
def test_each_page_answers_as_the_table_says(kind: str, walks: Walks) -> None:
    wrong = [
        f"{visit}: {visit.outcome}, not {visit.row.expected(kind)}"
        for visit in walks.of(kind)
        if visit.outcome != visit.row.expected(kind)
    ]
    assert not wrong


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_leaks_on_any_page(kind: str, walks: Walks) -> None:
    hidden = {canary.word for canary in walks.canaries if canary.hidden_from(kind)}
    leaks = [f"{visit}: {word}" for visit in walks.of(kind) for word in sorted(visit.words & hidden)]
    assert not leaks


@pytest.mark.parametrize("kind", KINDS)
def test_each_canary_is_seen_by_its_readers_somewhere(kind: str, walks: Walks) -> None:
    """What nobody can find proves nothing when it is not found."""
    planted = {canary.word for canary in walks.canaries if not canary.hidden_from(kind)}
    seen = {word for visit in walks.of(kind) for word in visit.words}
    assert planted <= seen, sorted(planted - seen)
