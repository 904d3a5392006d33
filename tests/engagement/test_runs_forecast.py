"""A dry run: what would be sent, to the digest what then is sent, and nothing kept."""

import datetime as dt
from collections.abc import Sequence

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from engagement import tasks
from engagement.choices import Cadence, DigestState, Stream, SuppressionCause
from engagement.digests import forecast, operating, rehearsal
from engagement.digests.drafts import Compose, Draft
from engagement.digests.streams import STREAMS, Kind
from engagement.models import Digest, DigestItem, Suppression, UnsubscribeKey
from engagement.reach import hash_of
from innoteams.accounts.models import User
from projects.models import Project
from tests.cast import Cast, join, make_person
from tests.engagement.accompany_scenes import client_of
from tests.engagement.digest_scenes import DAY, happen, only, plan_and_build, prefer
from tests.engagement.run_scenes import kept

pytestmark = pytest.mark.django_db


def cast_to(compose: object) -> Compose:
    """A double that takes what `compose` takes."""
    return compose  # type: ignore[return-value]  # a double


@pytest.fixture
def reader(cast: Cast) -> User:
    only(cast.mulhouse_lead)
    happen(cast.projects["network"])
    return cast.mulhouse_lead


def network(now: dt.datetime | None = None) -> forecast.StreamForecast:
    [found] = forecast.forecast(now or timezone.now(), [Stream.NETWORK])
    return found


def test_it_tells_what_is_then_sent_and_keeps_nothing(reader: User, cast: Cast) -> None:
    found = network()

    assert not Digest.objects.exists()
    assert not UnsubscribeKey.objects.exists()
    assert found.ends == {("sent", ""): 1, ("empty", ""): 0}
    assert found.languages == {"fr": 1}
    plan_and_build()
    shown = set(DigestItem.objects.values_list("project__team__city", flat=True)) | set(
        DigestItem.objects.values_list("city", flat=True)
    )
    assert set(found.people_of_city) == shown - {None}


def test_who_wants_none_or_is_not_reached_is_counted_with_the_reason(reader: User, cast: Cast) -> None:
    paused, unreached = make_person("Paused"), make_person("Unreached")
    join(cast.mulhouse, paused)
    prefer(paused, paused_until=timezone.now().date() + 10 * DAY)
    Suppression.objects.create(address_hash=hash_of(unreached.email), cause=SuppressionCause.BOUNCE)

    found = network()

    assert found.ends["skipped", "paused"] == 1
    assert found.ends["skipped", "suppressed"] == 1
    assert found.number("sent") == 1


def test_nothing_to_say_is_told_as_such(cast: Cast) -> None:
    only(cast.tel_aviv_lead)
    Project.objects.all().delete()

    found = network()

    assert found.number("sent") + found.number("empty") == 1


def test_what_is_written_already_counts_with_what_it_holds(reader: User, cast: Cast) -> None:
    plan_and_build()

    found = network()

    assert found.number("sent") == 1
    assert found.people_of_city[cast.tel_aviv.city_id] == 1


def test_an_older_one_that_waits_gives_way_to_the_newer(reader: User) -> None:
    kept(reader, key="2020-W01", state=DigestState.BUILT, due_at=timezone.now() - 20 * DAY)

    found = network()

    assert (found.number("sent"), found.ends["skipped", "superseded"]) == (1, 1)


def test_a_stream_that_is_held_would_send_nothing(reader: User) -> None:
    operating.hold_stream(by=None, stream=Stream.NETWORK, why="Moving.")

    found = network()

    assert (found.number("sent"), found.number("held")) == (0, 1)


def test_as_of_a_week_from_now_it_has_the_next_period(reader: User) -> None:
    prefer(reader, cadence=Cadence.WEEKLY)
    plan_and_build()
    Digest.objects.update(state=DigestState.SENT, window_end=timezone.now() - 20 * DAY)
    assert not network().ends.total()

    assert network(timezone.now() + 7 * DAY).ends.total() == 1


def test_one_that_cannot_be_written_hides_no_other(reader: User, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_person("Other")
    join(cast.mulhouse, other)
    compose = STREAMS[Stream.NETWORK].compose

    def breaks(digests: Sequence[Digest], *rest: object) -> list[Draft]:
        if any(digest.person_id == other.pk for digest in digests):
            raise ValueError("one person's data")
        return compose(digests, *rest)  # type: ignore[arg-type]  # handed on as it came

    kind = STREAMS[Stream.NETWORK]
    monkeypatch.setitem(STREAMS, Stream.NETWORK, Kind(cast_to(breaks), kind.readers, kind.good_for))

    found = network()

    assert (found.number("sent"), found.number("failed")) == (1, 1)


def test_what_a_stream_writes_while_it_composes_is_not_kept(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    compose = STREAMS[Stream.NETWORK].compose

    def writes(digests: Sequence[Digest], *rest: object) -> list[Draft]:
        Suppression.objects.create(address_hash="x", cause=SuppressionCause.MANUAL)
        return compose(digests, *rest)  # type: ignore[arg-type]  # handed on as it came

    kind = STREAMS[Stream.NETWORK]
    monkeypatch.setitem(STREAMS, Stream.NETWORK, Kind(cast_to(writes), kind.readers, kind.good_for))
    network()

    assert not Suppression.objects.exists()


def test_it_tells_how_far_it_is(reader: User, cast: Cast) -> None:
    heard: list[tuple[int, int]] = []

    forecast.forecast(timezone.now(), [Stream.NETWORK], lambda done, most: heard.append((done, most)))

    assert heard == [(1, 1), (1, 1)]


def test_many_people_cost_as_many_queries_as_few(reader: User, cast: Cast) -> None:
    def queries() -> int:
        with connection.execute_wrapper(counting):
            count.clear()
            network()
        return len(count)

    count: list[int] = []

    def counting(execute: object, *arguments: object) -> object:
        count.append(1)
        return execute(*arguments)  # type: ignore[operator]  # Django's own

    few = queries()
    for _number in range(8):
        join(cast.mulhouse, make_person())

    assert queries() <= few + 1


# --- On a page -----------------------------------------------------------------------------------------------------


def begin(cast: Cast, **data: str) -> str:
    response = client_of(cast.administrator).post(reverse("digest_dry_run"), data, follow=True)
    return response.content.decode()


def look(cast: Cast, **headers: str) -> str:
    return client_of(cast.administrator).get(reverse("digest_dry_run"), headers=headers).content.decode()


def test_the_page_shows_that_it_goes_on_and_then_what_came_of_it(reader: User, cast: Cast) -> None:
    assert "No dry run within the last hour" in look(cast)
    told = begin(cast)
    assert "A worker is looking who is due" in told
    assert "hx-get" in told

    run = rehearsal.last()
    assert run
    tasks.rehearse_digests(run.token)

    told = look(cast)
    assert "would be sent" in told
    assert "Tel Aviv Yafo" in told
    assert "every 2s" not in told
    assert "<html" not in look(cast, HX_Request="true")


def test_only_one_at_a_time(reader: User, cast: Cast) -> None:
    begin(cast)

    assert "A dry run is going on already" in begin(cast)


def test_asked_twice_a_worker_makes_it_once(reader: User, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(cast)
    run = rehearsal.last()
    assert run
    made: list[object] = []

    def forecast_of(*arguments: object) -> list[forecast.StreamForecast]:
        made.append(arguments)
        return []

    monkeypatch.setattr(rehearsal, "forecast", forecast_of)

    rehearsal.perform(run.token)
    rehearsal.perform(run.token)
    rehearsal.perform("another")

    assert len(made) == 1


def test_one_whose_worker_died_is_told_and_can_be_begun_anew(reader: User, cast: Cast) -> None:
    begin(cast)
    run = rehearsal.last()
    assert run
    rehearsal._keep(rehearsal._with(run, heard_at=timezone.now() - 2 * rehearsal.SILENT_AFTER))
    cache.delete(rehearsal._RUNNING)

    assert "It did not finish" in look(cast)
    assert "A worker is looking who is due" in begin(cast)


def test_one_that_breaks_says_so_and_lets_the_next_begin(
    reader: User, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(cast)
    run = rehearsal.last()
    assert run

    def breaks(*_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(rehearsal, "forecast", breaks)
    with pytest.raises(RuntimeError):
        rehearsal.perform(run.token)

    assert "Something went wrong" in look(cast)
    assert "going on already" not in begin(cast)


def test_without_a_broker_nothing_is_begun(reader: User, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_token: str) -> None:
        raise OSError

    monkeypatch.setattr(tasks.rehearse_digests, "delay", away)

    assert "No worker can be reached" in begin(cast)


def test_a_day_that_is_too_far_off_is_refused_and_stays_typed(reader: User, cast: Cast) -> None:
    told = begin(cast, as_of="2099-01-01T08:00")

    assert "three months ahead at most" in told
    assert "2099-01-01T08:00" in told
