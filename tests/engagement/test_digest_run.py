"""A run of digests: what it costs, and that at any moment at most one of them is on its way."""

from collections import deque
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from cities.choices import Right
from engagement.choices import CheckInState, DigestState, Stream
from engagement.digests import delivery, ledger
from engagement.digests.actions import settled_meanwhile
from engagement.digests.delivery import deliver
from engagement.digests.looking import look
from engagement.models import CheckIn, Digest, Introduction
from innoteams.accounts.models import User
from innoteams.lib import mail
from innoteams.lib.courier import Courier, UnclearError
from projects.models import Project
from tests.cast import Cast, join, make_city, make_person, make_team
from tests.engagement import accompany_scenes as scenes
from tests.engagement.action_scenes import DAY, DUE, draft, on, up_to
from tests.engagement.digest_scenes import Sink, happen, make_readers, only, plan_and_build, sink_of

pytestmark = pytest.mark.django_db

SENT, BUILT, CLAIMED, UNKNOWN = DigestState.SENT, DigestState.BUILT, DigestState.CLAIMED, DigestState.UNKNOWN


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with sink_of(settings) as sink:
        yield sink


@pytest.fixture
def news(cast: Cast) -> Project:
    happen(cast.projects["network"])
    return cast.projects["network"]


def built(number: int) -> tuple[list[User], list[int]]:
    readers = make_readers(number)
    only(*readers)
    return readers, plan_and_build()


def steps_of(pk: int) -> list[str]:
    return [step["to"] for step in Digest.objects.get(pk=pk).trail]


# --- One at a time ------------------------------------------------------------------------------------------------


def test_the_one_that_was_taken_is_noted_and_the_next_claimed_at_once(cast: Cast, news: Project) -> None:
    _readers, pks = built(2)
    first, second = (Digest.objects.get(pk=pk) for pk in pks)
    now = timezone.now()
    assert ledger.claim(first, now)

    with CaptureQueriesContext(connection) as asked:
        assert ledger.sent_and_claim(first, second, now)

    assert len(asked) == 1
    assert [Digest.objects.get(pk=pk).state for pk in pks] == [SENT, CLAIMED]
    assert steps_of(first.pk) == ["planned", "built", "claimed", "sent"]
    assert steps_of(second.pk) == ["planned", "built", "claimed"]
    assert (second.attempts, second.lease_until) == (1, now + ledger.LEASE)


def test_a_claim_that_another_worker_won_does_not_keep_the_one_before_from_being_noted(
    cast: Cast, news: Project
) -> None:
    _readers, pks = built(2)
    first, second = (Digest.objects.get(pk=pk) for pk in pks)
    now = timezone.now()
    assert ledger.claim(first, now)
    assert ledger.claim(Digest.objects.get(pk=second.pk), now)

    assert not ledger.sent_and_claim(first, second, now)

    assert Digest.objects.get(pk=first.pk).state == SENT
    assert steps_of(second.pk) == ["planned", "built", "claimed"]


def test_what_ran_out_of_its_lease_meanwhile_is_noted_as_sent_all_the_same(cast: Cast, news: Project) -> None:
    _readers, pks = built(2)
    first, second = (Digest.objects.get(pk=pk) for pk in pks)
    now = timezone.now()
    assert ledger.claim(first, now)
    ledger.sweep(now + 2 * ledger.LEASE)
    assert Digest.objects.get(pk=first.pk).state == UNKNOWN

    assert ledger.sent_and_claim(first, second, now + 2 * ledger.LEASE)

    assert steps_of(first.pk)[-2:] == ["unknown", "sent"]


@pytest.mark.django_db(transaction=True)
def test_at_any_moment_one_alone_is_claimed_and_all_before_it_are_noted(sink: Sink, cast: Cast, news: Project) -> None:
    _readers, pks = built(6)
    seen: list[list[str]] = []
    real = Courier.send

    def watching(courier: Courier, *what: Any) -> None:
        seen.append([Digest.objects.get(pk=pk).state for pk in pks])
        real(courier, *what)

    with mock.patch.object(Courier, "send", watching):
        assert deliver(pks, timezone.now) == {SENT: 6}

    assert seen == [[SENT] * place + [CLAIMED] + [BUILT] * (5 - place) for place in range(6)]
    assert set(Digest.objects.values_list("state", flat=True)) == {SENT}


@pytest.mark.parametrize(
    ("owner", "name", "states"),
    [
        # Before the second is claimed.
        (delivery, "take_place", [SENT, BUILT, BUILT]),
        # The second was claimed, and nobody knows what became of it.
        (Courier, "send", [SENT, CLAIMED, BUILT]),
    ],
)
def test_whatever_breaks_after_a_mail_was_taken_it_is_noted_as_sent(
    cast: Cast, news: Project, owner: Any, name: str, states: list[str]
) -> None:
    _readers, pks = built(3)
    calls, real = [], getattr(owner, name)

    def breaking(*words: Any) -> Any:
        calls.append(words)
        if len(calls) == 2:
            raise ZeroDivisionError
        return real(*words)

    with mock.patch.object(owner, name, breaking), pytest.raises(ZeroDivisionError):
        deliver(pks, timezone.now)

    assert [Digest.objects.get(pk=pk).state for pk in pks] == states


def test_one_that_cannot_be_written_ahead_fails_in_its_turn_and_leaves_the_one_before_sent(
    sink: Sink, cast: Cast, news: Project
) -> None:
    readers, pks = built(3)
    User.objects.filter(pk=readers[1].pk).update(email="not an address")

    assert deliver(pks, timezone.now) == {SENT: 2, DigestState.FAILED: 1}
    assert [sink.count(person) for person in readers] == [1, 0, 1]


def test_an_answer_that_never_comes_leaves_that_one_unknown_and_the_others_sent(cast: Cast, news: Project) -> None:
    _readers, pks = built(3)
    calls, real = [], Courier.send

    def breaking(courier: Courier, *what: Any) -> None:
        calls.append(what)
        real(courier, *what)
        if len(calls) == 2:
            raise UnclearError

    with mock.patch.object(Courier, "send", breaking):
        assert deliver(pks, timezone.now) == {SENT: 2, UNKNOWN: 1}
    assert steps_of(pks[0])[-1] == steps_of(pks[2])[-1] == "sent"


# --- What it costs ------------------------------------------------------------------------------------------------


def test_a_mail_costs_one_statement_and_its_share_of_a_look(sink: Sink, cast: Cast, news: Project) -> None:
    _readers, pks = built(20)

    with CaptureQueriesContext(connection) as alone:
        look(pks, timezone.now())
    with CaptureQueriesContext(connection) as asked, mock.patch.object(delivery, "LOOK_IS_GOOD_FOR", 60):
        assert deliver(pks, timezone.now) == {SENT: 20}

    # A claim at first, a settling at last, and one of both between each two.
    assert len(asked) == len(alone) + 20 + 1


def test_a_look_costs_the_same_for_one_and_for_twenty(cast: Cast, news: Project) -> None:
    _readers, pks = built(20)

    counts = []
    for few in (pks[:1], pks):
        with CaptureQueriesContext(connection) as asked:
            assert len(look(few, timezone.now()).ready) == len(few)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize(
    ("good_for", "sizes"),
    [
        # A slow mail server, or one that takes what it is given.
        (0, [4, *[1] * 11]),
        (600, [4, 8, 3]),
    ],
)
def test_as_many_are_looked_at_as_go_out_in_time(cast: Cast, news: Project, good_for: float, sizes: list[int]) -> None:
    _readers, pks = built(15 if good_for else 12)
    found = []

    def counting(few: list[int], *rest: Any) -> Any:
        found.append(len(few))
        return look(few, *rest)

    with (
        mock.patch.object(delivery, "look", counting),
        mock.patch.object(delivery, "LOOK_IS_GOOD_FOR", good_for),
        Courier() as courier,
    ):
        batch = delivery._Batch(deque(pks), courier, timezone.now, at_a_look=4)
        while batch.queue:
            batch.send_a_few()

    assert found == sizes
    assert set(Digest.objects.values_list("state", flat=True)) == {SENT}


# --- What waits, asked of many at once ----------------------------------------------------------------------------


@pytest.fixture
def town_leads(cast: Cast) -> list[User]:
    """Twenty readers for whom a check-in and an introduction wait, each of their own."""
    leads = []
    with on(DUE - 20 * DAY):
        for number in range(20):
            team = make_team(make_city(f"town-{number}"))
            join(team, lead := make_person(f"Lead {number}"), Right.LEAD)
            draft(cast, team=team)
            scenes.introduction(cast, to_team=team)
            leads.append(lead)
    only(*leads)
    return leads


def built_actions(people: list[User]) -> list[Digest]:
    up_to(DUE - DAY)
    with on(DUE):
        plan_and_build(timezone.now(), Stream.ACTIONS)
    found = Digest.objects.select_related("person").filter(stream=Stream.ACTIONS, person__in=people, state=BUILT)
    return list(found.order_by("person"))


def test_whether_it_still_waits_is_asked_of_twenty_as_of_one(town_leads: list[User]) -> None:
    digests, counts = built_actions(town_leads), []
    assert len(digests) == 20
    with on(DUE):
        for few in (digests[:1], digests):
            with CaptureQueriesContext(connection) as asked:
                assert settled_meanwhile(few) == set()
            counts.append(len(asked))

    assert counts[0] == counts[1] <= 10


def test_of_twenty_only_what_waits_no_longer_is_written_anew_and_not_mailed(town_leads: list[User]) -> None:
    digests = built_actions(town_leads)
    done, taken_back = digests[3], digests[11]
    with on(DUE):
        check_in = CheckIn.objects.get(team__memberships__person=done.person)
        CheckIn.objects.filter(pk=check_in.pk).update(state=CheckInState.ACCEPTED)
        Introduction.objects.filter(to_team__memberships__person=taken_back.person).delete()
        assert settled_meanwhile(digests) == {done.pk, taken_back.pk}

        outbox.outbox = []
        deliver([digest.pk for digest in digests], timezone.now)

    anew = {digest.pk for digest in digests if steps_of(digest.pk).count("planned") == 2}
    assert anew == {done.pk, taken_back.pk}
    told = {message.to[0]: str(message.body) for message in outbox.outbox}
    assert len(told) >= 18
    assert "Check-in" not in told.get(mail.address_line(done.person), "")
