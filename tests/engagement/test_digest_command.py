"""`manage.py digests`: the tick by hand, as of any time."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from engagement.choices import DigestState, Stream
from engagement.digests import audit
from engagement.models import Digest, DigestHold, UnsubscribeKey
from innoteams.accounts.models import User
from tests.cast import Cast, make_person
from tests.engagement.digest_scenes import DAY, digest_of, happen, only
from tests.engagement.run_scenes import kept

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

    assert "nothing was kept or sent" in told
    assert "  would be sent: 1\n" in told
    assert "tel-aviv-yafo\n" in told
    assert not Digest.objects.exists()
    assert not UnsubscribeKey.objects.exists()
    assert outbox.outbox == []


def test_skipped_ones_are_counted_with_their_reason(reader: User) -> None:
    run(stream="network")
    Digest.objects.update(state=DigestState.BUILT, due_at=timezone.now() - 20 * DAY, period_key="2020-W01")

    assert "skipped (superseded): +1" in run(stream="network", now=(timezone.now() + dt.timedelta(days=8)).isoformat())


def test_it_runs_one_stream_alone(reader: User) -> None:
    run(stream="actions", now=(timezone.now() + DAY).isoformat())

    assert not Digest.objects.exclude(stream=Stream.ACTIONS).exists()


def test_a_dry_run_says_who_is_shown_to_nobody_and_in_which_languages(reader: User) -> None:
    told = run(dry_run=True, stream="network")

    assert "by language: fr 1" in told
    assert "shown to nobody (1): mulhouse" in told
    assert "actions" not in told


# --- The ledger ----------------------------------------------------------------------------------------------------


def ledger(**options: object) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(run(ledger=True, json=True, **options))
    return rows


def test_the_ledger_is_one_array_of_every_row_with_its_items(cast: Cast) -> None:
    digest = kept(cast.mulhouse_lead, project=cast.projects["network"])
    kept(cast.stranger, state=DigestState.EMPTY, reason="nothing_new")

    first, second = ledger()

    assert first["id"] == digest.pk
    assert (first["person"], first["address"]) == (cast.mulhouse_lead.pk, "mulhouse.lead@cast.example")
    assert (first["stream"], first["period"], first["state"]) == ("network", "2026-W40", "sent")
    assert first["message_id"] == digest.message_id
    assert first["trail"] == digest.trail
    assert first["items"] == [
        {
            "rank": 1,
            "kind": "project",
            "about": {"project": cast.projects["network"].pk, "project_slug": "tel-aviv-network"},
            "score": 4.5,
            "reasons": digest.items.get().reasons,
        }
    ]
    assert (second["state"], second["reason"], second["items"], second["sent_at"]) == ("empty", "nothing_new", [], None)


def test_the_ledger_holds_no_words_and_on_demand_no_address(cast: Cast) -> None:
    kept(cast.mulhouse_lead, project=cast.projects["network"])

    told = run(ledger=True, json=True, no_addresses=True)

    assert "Words" not in told
    assert "A subject of its own" not in told
    assert "mulhouse.lead@" not in told
    assert "address" not in json.loads(told)[0]


def test_an_empty_ledger_is_an_empty_array(db: None) -> None:
    assert ledger() == []


def test_the_ledger_is_narrowed_by_stream_state_and_time(cast: Cast) -> None:
    kept(cast.stranger)
    kept(cast.stranger, key="2026-W39", due_at=timezone.now() - 10 * DAY)
    kept(cast.stranger, key="2026-10-01", stream=Stream.ACTIONS, state=DigestState.FAILED)

    assert len(ledger()) == 3
    assert [row["period"] for row in ledger(stream="actions")] == ["2026-10-01"]
    assert [row["period"] for row in ledger(state="failed")] == ["2026-10-01"]
    since = (timezone.now() - 5 * DAY).isoformat()
    assert {row["period"] for row in ledger(since=since)} == {"2026-W40", "2026-10-01"}


def test_the_ledger_as_a_table_tells_state_and_reason(cast: Cast) -> None:
    kept(cast.stranger, state=DigestState.SKIPPED, reason="paused")

    assert "skipped (paused)" in run(ledger=True)


def test_two_queries_for_each_portion_of_the_ledger(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(audit, "AT_ONCE", 4)
    for _number in range(9):
        kept(make_person(), project=cast.projects["network"])

    with django_assert_num_queries(2 * 3 + 1):
        entries = list(audit.entries(audit.ledger_rows()))

    assert len(entries) == 9
    assert all(len(entry["items"]) == 1 for entry in entries)


# --- Runs, and acts ------------------------------------------------------------------------------------------------


def test_runs_are_told_with_their_states_and_what_waits(cast: Cast) -> None:
    kept(cast.stranger)
    kept(cast.mulhouse_lead, state=DigestState.SKIPPED, reason="paused")
    kept(cast.tel_aviv_lead, state=DigestState.BUILT)

    told = run(runs=True)

    assert "network: 1 due and not settled, the oldest since" in told
    assert "network 2026-W40: built 1, sent 1, skipped 1; skipped: paused 1; languages: en 2, fr 1" in told


def test_one_digest_is_shown_as_sent_with_scores_reasons_and_trail(cast: Cast) -> None:
    digest = kept(cast.mulhouse_lead, project=cast.projects["network"])

    told = run(show=digest.pk)

    assert "Words in text" in told
    assert "1. project  score 4.50  shared_topic +3.00, fresh +1.50" in told
    assert "planner: · → planned" in told


def test_a_stream_is_held_and_released(cast: Cast) -> None:
    assert "Held back: network" in run(hold="network", why="The server moves.")
    assert DigestHold.objects.get(released_at=None).why == "The server moves."
    assert "Held back: network, since" in run(runs=True)

    run(release="network")
    assert not DigestHold.objects.filter(released_at=None).exists()


def test_an_unknown_one_is_sent_again_with_a_warning(cast: Cast) -> None:
    digest = kept(cast.stranger, state=DigestState.UNKNOWN)

    assert "unknown → built; it goes out with the next tick. The person may get it twice." in run(resend=digest.pk)
    digest.refresh_from_db()
    assert digest.trail[-1]["by"] == "shell"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"runs": True, "ledger": True}, "Only one at a time: --runs or --ledger."),
        ({"json": True}, "--json goes with --ledger."),
        ({"runs": True, "now": "2030-01-01"}, "--now goes with --dry-run or the tick itself."),
        ({"no_addresses": True, "dry_run": True}, "--no-addresses goes with --ledger."),
        ({"why": "because"}, "--why goes with --hold or --resend."),
        ({"hold": "network"}, "Say why"),
        ({"release": "network"}, "This stream is not held back."),
        ({"show": 12345}, "There is no digest 12345"),
        ({"resend": 12345}, "There is no digest 12345"),
        ({"ledger": True, "since": "soon"}, "--since takes a time such as"),
    ],
)
def test_what_does_not_go_together_is_told_in_a_sentence(options: dict[str, object], sentence: str, db: None) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(**options)
