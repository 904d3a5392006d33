"""The demo has digests of past weeks: sent by the real code with the clock of then, in mails that went nowhere."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from engagement.choices import DigestState, Stream
from engagement.digests import leave
from engagement.digests.archive import whole
from engagement.models import Digest
from innoteams.accounts.models import User
from innoteams.demo.load import load_demo
from innoteams.demo.people import accounts
from innoteams.demo.story_digests import UNLUCKY, WEEKS, send_past_digests

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 26, 9, 30, tzinfo=dt.UTC)


def quiet(line: str) -> None: ...


@pytest.fixture(scope="module")
def sent(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Counter[str]]:
    """Loaded once for all tests here, which only read; rolled back at the end."""
    block = transaction.atomic()
    # As pytest-django's own: claims are committed for good, of which nothing is left here.
    block._from_testcase = True  # type: ignore[attr-defined]  # of Django, for its own test cases
    with django_db_blocker.unblock(), block, time_machine.travel(NOW, tick=True):
        assert load_demo(say=quiet)
        yield send_past_digests(timezone.now(), say=quiet)
        transaction.set_rollback(True)


@pytest.fixture
def demo(sent: Counter[str], db: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def test_whoever_a_visitor_can_sign_in_as_has_some(demo: None) -> None:
    got = Digest.objects.filter(state=DigestState.SENT, stream=Stream.NETWORK).values_list("person__email", flat=True)
    counted = Counter(got)

    assert set(counted) == {account.email for account in accounts()}
    assert all(number == WEEKS - (email == UNLUCKY) for email, number in counted.items())
    assert not mail.outbox


def test_they_were_due_and_sent_in_the_past_and_all_may_still_be_read(demo: None) -> None:
    rows = Digest.objects.filter(state=DigestState.SENT)

    assert not rows.filter(due_at__gte=timezone.now()).exists()
    assert not rows.filter(sent_at__gte=timezone.now()).exists()
    lead = User.objects.get(email="lead@tel-aviv-yafo.demo.example")
    theirs = list(rows.filter(person=lead))
    assert whole(theirs, lead) == {digest.pk for digest in theirs}


def test_the_week_of_loading_is_left_to_the_worker(demo: None) -> None:
    this_week = "{}-W{:02}".format(*NOW.isocalendar())

    assert not Digest.objects.filter(period_key=this_week).exists()


def test_operators_see_runs_of_every_stream_and_one_to_look_at(demo: None) -> None:
    assert set(Digest.objects.values_list("stream", flat=True)) == set(Stream.values)
    unknown = Digest.objects.get(state=DigestState.UNKNOWN)
    assert (unknown.person.email, unknown.stream) == (UNLUCKY, Stream.NETWORK)


def test_two_people_let_coordinators_look_at_what_they_chose(demo: None) -> None:
    coordinator = User.objects.get(email="coordinator@27eregion.demo.example")

    found = {person.email: streams for person, streams in leave.previews_for(coordinator).items()}

    assert found == {
        "lead@dunkirk.demo.example": [Stream.NETWORK, Stream.ACTIONS],
        "lead@mulhouse.demo.example": [Stream.NETWORK],
    }


def test_asked_again_it_sends_nothing(demo: None) -> None:
    assert not send_past_digests(timezone.now(), say=quiet)
