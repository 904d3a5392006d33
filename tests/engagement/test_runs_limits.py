"""A dry run knows what a person gets in a day, and how long the set pace makes a run."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from engagement import tasks
from engagement.choices import Cadence, DigestState, Stream
from engagement.digests import forecast, rehearsal
from engagement.digests.limits import had_today, pace_of
from engagement.models import DigestPreference
from innoteams.accounts.models import User
from tests.cast import Cast
from tests.engagement.accompany_scenes import client_of
from tests.engagement.action_scenes import draft
from tests.engagement.digest_scenes import DAY, happen, only, prefer
from tests.engagement.run_scenes import kept

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(cast: Cast) -> User:
    """Of Mulhouse, due in the streams of the network and of what waits."""
    person = cast.mulhouse_lead
    only(person)
    happen(cast.projects["network"])
    draft(cast, due=timezone.localdate() + DAY, team=cast.mulhouse)
    prefer(person, cadence=Cadence.WEEKLY)
    long_ago = timezone.now() - 100 * DAY
    DigestPreference.objects.create(person=person, stream=Stream.ACTIONS, cadence=Cadence.WEEKLY, changed_at=long_ago)
    return person


def dry_run() -> dict[str, forecast.StreamForecast]:
    return {found.stream: found for found in forecast.forecast(timezone.now(), [Stream.ACTIONS, Stream.NETWORK])}


def sent_today(person: User, key: str) -> None:
    now = timezone.now()
    kept(person, key=key, stream=Stream.ACTIONS, sent_at=now, built_at=now, due_at=now - 40 * DAY)


def test_the_second_stream_waits_for_the_next_day_where_one_is_enough(reader: User, settings: Any) -> None:
    settings.DIGESTS_A_DAY = 2
    assert [found.number("sent") for found in dry_run().values()] == [1, 1]

    settings.DIGESTS_A_DAY = 1
    found = dry_run()

    assert found[Stream.ACTIONS].ends["sent", ""] == 1
    assert found[Stream.NETWORK].ends["later", "enough_for_a_day"] == 1
    assert found[Stream.NETWORK].number("sent") == 0


def test_what_went_out_today_counts_in(reader: User, settings: Any) -> None:
    settings.DIGESTS_A_DAY = 1
    sent_today(reader, "2019-W01")

    assert [found.number("later") for found in dry_run().values()] == [1, 1]


def test_no_limit_puts_nothing_off(reader: User, settings: Any) -> None:
    settings.DIGESTS_A_DAY = 0
    for week in ("2019-W01", "2019-W02", "2019-W03"):
        sent_today(reader, week)

    assert [found.number("later") for found in dry_run().values()] == [0, 0]


def test_a_day_is_the_readers_own(cast: Cast) -> None:
    """Half past eleven in the evening in Jerusalem is yesterday at half past midnight there."""
    person = cast.tel_aviv_member
    User.objects.filter(pk=person.pk).update(timezone="Asia/Jerusalem")
    person.refresh_from_db()
    evening = dt.datetime(2026, 3, 3, 21, 30, tzinfo=dt.UTC)
    kept(person, sent_at=evening, built_at=evening, due_at=evening)

    assert had_today([person], evening + dt.timedelta(minutes=15)) == Counter({person.pk: 1})
    assert not had_today([person], evening + dt.timedelta(hours=1))


def test_what_failed_was_no_mail(cast: Cast) -> None:
    kept(cast.tel_aviv_member, state=DigestState.FAILED, built_at=timezone.now())

    assert not had_today([cast.tel_aviv_member], timezone.now())


def test_without_a_pace_the_mail_server_decides(settings: Any) -> None:
    settings.DIGESTS_PER_MINUTE = settings.DIGESTS_PER_MINUTE_TO_A_DOMAIN = 0

    assert pace_of({"city.example": 1000}) is None


def test_the_longer_of_both_limits_makes_the_run(settings: Any) -> None:
    settings.DIGESTS_PER_MINUTE, settings.DIGESTS_PER_MINUTE_TO_A_DOMAIN = 100, 10

    spread = pace_of({f"city{number}.example": 5 for number in range(100)})
    assert spread is not None
    assert (spread.minutes, spread.slowest) == (5, "")
    one = pace_of({"big.example": 95, "small.example": 5})
    assert one is not None
    assert (one.minutes, one.slowest) == (10, "big.example")


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60)),
    st.integers(1, 20),
    st.integers(1, 20),
)
def test_a_sender_that_keeps_to_the_pace_needs_just_so_long(
    mails: dict[str, int], per_minute: int, to_a_domain: int
) -> None:
    """Each minute as many as are allowed, to the domains with the most first."""
    with override_settings(DIGESTS_PER_MINUTE=per_minute, DIGESTS_PER_MINUTE_TO_A_DOMAIN=to_a_domain):
        told = pace_of(mails)
    left, minutes = dict(mails), 0
    while any(left.values()):
        minutes += 1
        gone: Counter[str] = Counter()
        for _mail in range(per_minute):
            open_to = [name for name, number in left.items() if number and gone[name] < to_a_domain]
            if not open_to:
                break
            name = max(open_to, key=left.__getitem__)
            left[name] -= 1
            gone[name] += 1
    assert told is not None
    assert told.minutes == minutes


def test_the_page_tells_both(reader: User, cast: Cast, settings: Any) -> None:
    settings.DIGESTS_A_DAY, settings.DIGESTS_PER_MINUTE, settings.DIGESTS_PER_MINUTE_TO_A_DOMAIN = 1, 60, 0
    begun = rehearsal.begin(by=cast.administrator, as_of=timezone.now(), streams=[Stream.ACTIONS, Stream.NETWORK])
    tasks.rehearse_digests(begun.token)

    shown = client_of(cast.administrator).get(reverse("digest_dry_run")).content.decode()

    assert "about <strong>1 minute</strong> (60 mails in a minute)." in shown
    assert "Nobody gets more than 1 digest in a day." in shown
    assert "would come the next day" in shown


def test_the_command_tells_both(reader: User, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DIGESTS_A_DAY, settings.DIGESTS_PER_MINUTE, settings.DIGESTS_PER_MINUTE_TO_A_DOMAIN = 1, 0, 1
    call_command("digests", "--dry-run")

    told = capsys.readouterr().out

    assert "would come the next day (enough_for_a_day): 1" in told
    assert "At the set pace (1 to a domain) it takes about 1 min" in told
