"""What a monitor hears about digests."""

import datetime as dt

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from engagement.choices import DigestState
from innoteams import health
from tests.cast import Cast
from tests.engagement.run_scenes import kept


def oldest(client: Client) -> float | None:
    found: float | None = client.get("/healthz").json()["digest_oldest_due_seconds"]
    return found


def test_nothing_is_due_where_everything_went_out(cast: Cast, client: Client) -> None:
    kept(cast.stranger)
    kept(cast.mulhouse_lead, state=DigestState.PLANNED, due_at=timezone.now() + dt.timedelta(hours=2))

    assert oldest(client) is None


def test_the_age_of_the_oldest_that_waits_is_told(cast: Cast, client: Client) -> None:
    kept(cast.stranger, state=DigestState.PLANNED, due_at=timezone.now() - dt.timedelta(minutes=50))
    kept(cast.mulhouse_lead, state=DigestState.BUILT, due_at=timezone.now() - dt.timedelta(minutes=20))

    assert oldest(client) == pytest.approx(3000, abs=30)


def test_a_table_that_is_being_changed_does_not_silence_the_rest(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_now: dt.datetime) -> float | None:
        raise DatabaseError

    monkeypatch.setattr(health, "oldest_due_seconds", breaks)

    said = client.get("/healthz").json()

    assert said["digest_oldest_due_seconds"] is None
    assert said["database"] == "ok"
