"""`manage.py digests`: the tick by hand, as of any time."""

import datetime as dt
from io import StringIO

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command
from django.utils import timezone

from engagement.choices import DigestState
from engagement.models import Digest, UnsubscribeKey
from innoteams.accounts.models import User
from tests.cast import Cast
from tests.engagement.digest_scenes import DAY, digest_of, happen, only

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(cast: Cast) -> User:
    only(cast.mulhouse_lead)
    happen(cast.projects["network"])
    return cast.mulhouse_lead


def run(**options: object) -> str:
    out = StringIO()
    call_command("digests", stdout=out, verbosity=0, **options)
    return out.getvalue()


def test_it_plans_builds_sends_and_counts_by_state(reader: User) -> None:
    assert "  sent: +1\n" in run()
    assert [message.to for message in outbox.outbox] == [["Mulhouse lead <mulhouse.lead@cast.example>"]]


def test_run_again_it_says_that_nothing_was_due(reader: User) -> None:
    run()

    assert "nothing was due" in run()
    assert len(outbox.outbox) == 1


def test_it_runs_as_of_the_time_given(reader: User) -> None:
    run(now=(timezone.now() + 20 * DAY).isoformat())

    assert timezone.now() + 12 * DAY < digest_of(reader).due_at < timezone.now() + 20 * DAY


def test_a_time_without_an_offset_is_utc(reader: User) -> None:
    assert "Digests as of 2030-01-02 03:04 UTC" in run(now="2030-01-02T03:04")
    assert "Digests as of 2030-02-01 22:30 UTC" in run(now="2030-02-02T00:30+02:00")
    assert "Digests as of 2030-03-03 00:00 UTC" in run(now="2030-03-03")


@pytest.mark.parametrize("text", ["soon", "2026-13-01T00:00", "08:00", "2026-02-30"])
def test_what_is_no_time_is_told_in_a_sentence(text: str, reader: User) -> None:
    with pytest.raises(CommandError, match="--now takes a time such as"):
        run(now=text)


def test_a_dry_run_keeps_and_sends_nothing(reader: User) -> None:
    told = run(dry_run=True)

    assert "  built: +1\n" in told
    assert "1 would have been sent; nothing was kept or sent" in told
    assert not Digest.objects.exists()
    assert not UnsubscribeKey.objects.exists()
    assert outbox.outbox == []


def test_skipped_ones_are_counted_with_their_reason(reader: User) -> None:
    run()
    old = {"state": DigestState.BUILT, "due_at": timezone.now() - 20 * DAY, "period_key": "2020-W01"}
    Digest.objects.filter(stream="network").update(**old)

    assert "skipped (superseded): +1" in run(now=(timezone.now() + dt.timedelta(days=8)).isoformat())
