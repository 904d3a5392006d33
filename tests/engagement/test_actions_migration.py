"""What the change from letters to digests does to what people had chosen and were told."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from engagement.choices import Cadence, DigestState, Stream
from engagement.digests.planning import window_of
from engagement.models import Digest, DigestPreference, Letter
from tests.cast import Cast

move = import_module("engagement.migrations.0012_promises_are_told_in_digests")
DAY = dt.timedelta(days=1)


class _Before:
    """The models, as they were when a person's wish about promises was a column of its own."""

    def __init__(self, off: list[int]) -> None:
        self.off = off

    def get_model(self, app: str, name: str) -> object:
        if name != "ReminderPreference":
            return apps.get_model(app, name)
        off = self.off

        class Rows:
            def filter(self, **_wanted: object) -> "Rows":
                return self

            def values_list(self, *_names: str, **_flat: bool) -> list[int]:
                return off

        return type("ReminderPreference", (), {"objects": Rows()})


def letter(cast: Cast, *, days_ago: int, sent: bool) -> Letter:
    at = timezone.now() - days_ago * DAY
    return Letter.objects.create(
        kind="promises",
        person=cast.tel_aviv_lead,
        day=at.date(),
        next_attempt_at=at,
        closed_at=at if sent else None,
        sent_at=at if sent else None,
    )


def test_who_had_switched_promises_off_gets_no_such_digest(cast: Cast) -> None:
    chosen = DigestPreference.objects.create(person=cast.coach, stream=Stream.ACTIONS, cadence=Cadence.WEEKLY)
    move.move_to_digests(_Before([cast.tel_aviv_lead.pk, cast.coach.pk]), None)
    stopped = DigestPreference.objects.get(person=cast.tel_aviv_lead)
    assert (stopped.stream, stopped.cadence) == (Stream.ACTIONS, Cadence.OFF)
    # A wish that is there already stays.
    chosen.refresh_from_db()
    assert chosen.cadence == Cadence.WEEKLY


def test_letters_that_wait_are_closed_and_what_was_told_lately_is_not_told_again(cast: Cast) -> None:
    waiting = letter(cast, days_ago=0, sent=False)
    told = letter(cast, days_ago=1, sent=True)
    letter(cast, days_ago=30, sent=True)
    move.move_to_digests(_Before([]), None)
    waiting.refresh_from_db()
    assert waiting.closed_at
    assert waiting.sent_at is None
    before = Digest.objects.get()
    assert (before.person, before.stream, before.state) == (cast.tel_aviv_lead, Stream.ACTIONS, DigestState.EMPTY)
    starts = window_of([cast.tel_aviv_lead.pk], timezone.now(), Stream.ACTIONS)
    assert starts[cast.tel_aviv_lead.pk] == told.sent_at


@pytest.mark.django_db
def test_the_column_is_gone() -> None:
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "engagement_reminderpreference")
    assert {column.name for column in columns} == {"person_id", "sessions"}
