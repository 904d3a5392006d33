"""What keeps a digest back: a full minute, a full day, a hold, an address that bounced; and what a wrong clock does not
spoil."""

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django import Settings

from engagement import reach
from engagement.choices import Cadence, DigestState, Stream, SuppressionCause
from engagement.digests import ledger, planning, tick
from engagement.digests.building import build
from engagement.digests.delivery import clock_from, deliver, deliver_one_by_one
from engagement.digests.periods import zone_of
from engagement.models import Digest, DigestHold, DigestItem, Suppression
from innoteams.accounts.models import User
from projects.choices import Verb
from projects.models import Project
from tests.cast import Cast
from tests.engagement.digest_scenes import DAY, digest_of, happen, make_readers, only, plan_and_build, prefer, run

pytestmark = pytest.mark.django_db

SENT, BUILT, UNKNOWN, SKIPPED = DigestState.SENT, DigestState.BUILT, DigestState.UNKNOWN, DigestState.SKIPPED


@pytest.fixture
def news(cast: Cast) -> Project:
    happen(cast.projects["network"])
    return cast.projects["network"]


@pytest.fixture
def reader(cast: Cast, news: Project) -> User:
    only(cast.mulhouse_lead)
    return cast.mulhouse_lead


# --- A full minute ------------------------------------------------------------------------------------------------


def test_in_a_full_minute_the_rest_waits_for_the_next_without_an_attempt(
    cast: Cast, news: Project, settings: Settings
) -> None:
    settings.DIGESTS_PER_MINUTE = 2
    only(*make_readers(5))
    now = timezone.now().replace(second=10)
    pks = plan_and_build(now)

    assert deliver(pks, clock_from(now)) == {SENT: 2}
    assert set(Digest.objects.filter(state=BUILT).values_list("reason", "attempts")) == {("full_minute", 0)}
    assert tick.waiting(now + dt.timedelta(seconds=20), [Stream.NETWORK]).built == []

    later = now + dt.timedelta(minutes=1)
    assert deliver(tick.waiting(later, [Stream.NETWORK]).built, clock_from(later)) == {SENT: 2}


def test_a_full_domain_does_not_hold_up_the_others(cast: Cast, news: Project, settings: Settings) -> None:
    settings.DIGESTS_PER_MINUTE_TO_A_DOMAIN = 1
    readers = make_readers(4)
    for place in (1, 3):
        User.objects.filter(pk=readers[place].pk).update(email=f"reader{place}@elsewhere.example")
    only(*readers)
    now = timezone.now().replace(second=10)

    assert deliver(plan_and_build(now), clock_from(now)) == {SENT: 2}
    sent = Digest.objects.filter(state=SENT).values_list("person__email", flat=True)
    assert {address.rpartition("@")[2] for address in sent} == {"city.example", "elsewhere.example"}


def test_by_hand_a_full_minute_is_waited_for(
    cast: Cast, news: Project, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DIGESTS_PER_MINUTE = 2
    only(*make_readers(5))
    start = timezone.now().replace(second=55)
    passed = [0.0]
    monkeypatch.setattr("engagement.digests.delivery.time.sleep", lambda seconds: passed.append(passed[-1] + seconds))

    states = deliver_one_by_one(
        plan_and_build(start),
        lambda: start + dt.timedelta(seconds=passed[-1]),
        patience=float("inf"),
        waits=True,
    )

    assert list(states) == [SENT] * 5
    assert passed[-1] > 60


# --- A full day ---------------------------------------------------------------------------------------------------


def test_who_had_enough_for_a_day_gets_the_rest_the_next_morning(reader: User, settings: Settings) -> None:
    settings.DIGESTS_A_DAY = 1
    User.objects.update(timezone="Asia/Jerusalem")
    reader.refresh_from_db()
    now = timezone.now().replace(hour=9, minute=0)
    prefer(reader, cadence=Cadence.DAILY, local_hour=8)
    Digest.objects.create(
        person=reader,
        stream=Stream.ACTIONS,
        period_key="today",
        state=SENT,
        due_at=now,
        window_start=now - DAY,
        window_end=now,
        language="en",
        timezone="Asia/Jerusalem",
        built_at=now - dt.timedelta(hours=1),
        sent_at=now - dt.timedelta(hours=1),
    )

    assert deliver(plan_and_build(now), clock_from(now)) == {}
    waits = digest_of(reader)
    assert (waits.state, waits.reason, waits.attempts) == (BUILT, "enough_for_a_day", 0)
    assert waits.next_attempt_at is not None
    local = waits.next_attempt_at.astimezone(zone_of("Asia/Jerusalem"))
    assert (local.date() - now.astimezone(local.tzinfo).date()).days == 1
    assert local.hour == 8


def test_no_bound_on_the_day_means_none(reader: User, settings: Settings) -> None:
    settings.DIGESTS_A_DAY = 0

    assert run() == {SENT: 1}


# --- Holds, addresses that bounced, resending -----------------------------------------------------------------------


def test_a_held_stream_is_planned_and_built_but_not_sent_until_it_is_released(reader: User) -> None:
    hold = DigestHold.objects.create(stream=Stream.NETWORK)

    assert run() == {}
    assert digest_of(reader).state == BUILT

    hold.released_at = timezone.now()
    hold.save()
    assert run() == {SENT: 1}


def test_a_hold_set_between_the_look_and_the_claim_still_holds(reader: User) -> None:
    [pk] = plan_and_build()
    digest = Digest.objects.get(pk=pk)
    DigestHold.objects.create(stream=Stream.NETWORK)

    assert not ledger.claim(digest, timezone.now())


def test_one_digest_held_back_does_not_hold_up_the_others(cast: Cast, news: Project) -> None:
    first, second = make_readers(2)
    only(first, second)
    plan_and_build()
    Digest.objects.filter(person=first).update(held_at=timezone.now())

    assert run() == {SENT: 1}
    assert (digest_of(first).state, digest_of(second).state) == (BUILT, SENT)


def test_a_version_written_anew_since_the_look_is_not_sent_unread(reader: User) -> None:
    [pk] = plan_and_build()
    looked_at = Digest.objects.get(pk=pk)
    ledger.rewrite([pk], "narrowed", timezone.now())
    build([pk], timezone.now())

    assert not ledger.claim(looked_at, timezone.now())


@pytest.mark.parametrize("written", [False, True])
def test_nothing_is_sent_to_an_address_that_bounced(reader: User, written: bool) -> None:
    if written:
        plan_and_build()
    Suppression.objects.create(address_hash=reach.hash_of(reader.email.upper()), cause=SuppressionCause.BOUNCE)

    run()

    digest = digest_of(reader)
    assert (digest.state, digest.reason) == (SKIPPED, "suppressed")


def test_an_unknown_one_is_sent_again_by_hand_and_written_anew(reader: User) -> None:
    [pk] = plan_and_build()
    digest = Digest.objects.get(pk=pk)
    now = timezone.now()
    ledger.claim(digest, now)
    ledger.unclear(digest, "no answer", now)

    ledger.resend(pk, by="person 7", now=now)

    assert deliver([pk], clock_from(now)) == {SENT: 1}
    steps = [(step["by"], step["to"]) for step in Digest.objects.get(pk=pk).trail]
    assert ("person 7", "built") in steps


def test_it_is_not_sent_again_once_a_later_one_took_its_window_up(reader: User) -> None:
    prefer(reader, cadence=Cadence.DAILY)
    [pk] = plan_and_build()
    Digest.objects.filter(pk=pk).update(state=UNKNOWN)
    run(timezone.now() + DAY)

    with pytest.raises(ledger.ResendRefused, match="later digest"):
        ledger.resend(pk, by="person 7", now=timezone.now())


@pytest.mark.parametrize("state", [SENT, BUILT, SKIPPED, DigestState.EMPTY])
def test_what_was_sent_or_still_waits_is_not_sent_again(reader: User, state: DigestState) -> None:
    [pk] = plan_and_build()
    Digest.objects.filter(pk=pk).update(state=state)

    with pytest.raises(ledger.ResendRefused, match="Only a digest that failed"):
        ledger.resend(pk, by="person 7", now=timezone.now())


def test_a_provider_that_reports_it_delivered_settles_an_unknown_one(reader: User) -> None:
    [pk] = plan_and_build()
    Digest.objects.filter(pk=pk).update(state=UNKNOWN)
    digest = Digest.objects.get(pk=pk)

    assert ledger.confirmed(digest.message_id, timezone.now())
    assert not ledger.confirmed(digest.message_id, timezone.now())
    assert Digest.objects.get(pk=pk).state == SENT


# --- The clock ----------------------------------------------------------------------------------------------------


def test_a_window_that_a_fast_clock_closed_in_the_future_ends_when_the_clock_is_right_again(reader: User) -> None:
    run()
    ahead = timezone.now() + 3 * DAY
    Digest.objects.update(window_end=ahead)

    planning.plan(timezone.now(), Stream.NETWORK)

    assert digest_of(reader).window_end <= timezone.now()
    happen(Project.objects.get(title__contains="network"), Verb.PILOT_ADDED, days_ago=0)
    run(timezone.now() + 7 * DAY)
    newest = digest_of(reader)
    assert newest.state == SENT
    assert DigestItem.objects.get(digest=newest, project__isnull=False, rank=1).told


def test_a_lease_or_a_waiting_time_beyond_any_that_is_set_counts_as_over(reader: User) -> None:
    [pk] = plan_and_build()
    now = timezone.now()
    Digest.objects.filter(pk=pk).update(next_attempt_at=now + 30 * DAY)
    assert tick.waiting(now, [Stream.NETWORK]).built == [pk]

    Digest.objects.filter(pk=pk).update(state=DigestState.CLAIMED, lease_until=now + 30 * DAY)
    assert ledger.sweep(now) == 1


# --- What is forgotten ----------------------------------------------------------------------------------------------


def test_empty_rows_of_long_ago_are_forgotten_but_for_the_one_the_next_window_starts_from(cast: Cast) -> None:
    person = cast.mulhouse_lead
    now = timezone.now()
    for days in (200, 150, 120):
        Digest.objects.create(
            person=person,
            stream=Stream.ACTIONS,
            period_key=f"day {days}",
            state=DigestState.EMPTY,
            due_at=now - days * DAY,
            window_start=now - (days + 1) * DAY,
            window_end=now - days * DAY,
            language="en",
            timezone="UTC",
        )

    assert ledger.prune(now) == 2
    assert [row.period_key for row in Digest.objects.filter(person=person)] == ["day 120"]
