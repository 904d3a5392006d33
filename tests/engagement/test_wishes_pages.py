"""Each kind of digest at its own pace: on the page of one's digests, and behind the link in a mail's footer."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagement.choices import Cadence, DigestState, Stream
from engagement.digests import preferences, unsubscribe
from engagement.digests.habits import habit_in_words
from engagement.models import Digest, DigestPreference
from innoteams.accounts.models import User
from tests.access.rows_digest import sent
from tests.cast import Cast

pytestmark = pytest.mark.django_db

LIST = "/digests/"
SAVE = "/digests/preferences/"
HABIT = {"cadence": "monthly", "weekday": "4", "local_hour": "17", "paused_until": ""}
# A Monday, at 10 in Paris.
MONDAY = dt.datetime(2026, 9, 14, 8, tzinfo=dt.UTC)


@pytest.fixture
def me(cast: Cast) -> User:
    User.objects.filter(pk=cast.mulhouse_lead.pk).update(language="en")
    cast.mulhouse_lead.refresh_from_db()
    return cast.mulhouse_lead


@pytest.fixture
def mine(me: User, client: Client) -> Client:
    client.force_login(me)
    return client


def stop_url(person: User, stream: str) -> str:
    return reverse("digest_stop", args=[unsubscribe.keys_for([person.pk], stream)[person.pk]])


def wish(person: User, stream: str) -> DigestPreference:
    return preferences.preference_of(person, stream)


def cards(client: Client) -> dict[str, Any]:
    return {card.stream: card for card in client.get(LIST).context["cards"]}


# --- The page -------------------------------------------------------------------------------------------------------


def test_everybody_has_two_kinds_and_coordinators_a_third(cast: Cast, client: Client) -> None:
    shown = {}
    for kind in ("stranger", "coach", "coordinator", "funder_coordinator"):
        client.force_login(cast.person(kind))  # type: ignore[arg-type]  # none of them is the visitor
        shown[kind] = list(cards(client))

    two, three = [Stream.NETWORK, Stream.ACTIONS], list(Stream)
    assert shown == {"stranger": two, "coach": two, "coordinator": three, "funder_coordinator": three}


def test_each_kind_says_when_it_comes_next_by_default(cast: Cast) -> None:
    with time_machine.travel(MONDAY, tick=False):
        client = Client()
        client.force_login(cast.coordinator)
        found = cards(client)

    due = {stream: card.next.at for stream, card in found.items()}
    assert due[Stream.NETWORK] == dt.datetime(2026, 9, 15, 8, tzinfo=dt.UTC)
    assert due[Stream.ACTIONS] == dt.datetime(2026, 9, 15, 8, tzinfo=dt.UTC)
    assert due[Stream.COORDINATION] == dt.datetime(2026, 9, 21, 8, tzinfo=dt.UTC)
    assert all(card.is_default for card in found.values())


def test_one_kind_is_saved_and_the_others_stay(mine: Client, me: User) -> None:
    assert mine.post(SAVE, {**HABIT, "stream": "actions"}).status_code == 302

    saved = wish(me, Stream.ACTIONS)
    assert (saved.cadence, saved.weekday, saved.local_hour) == (Cadence.MONTHLY, 4, 17)
    assert DigestPreference.objects.count() == 1
    page = mine.get(LIST).content.decode()
    assert "Default: every working day at 08:00 (Europe/Paris)." in page
    assert page.count("This is the default.") == 1


def test_what_was_typed_stays_in_its_own_card(mine: Client, me: User) -> None:
    answer = mine.post(SAVE, {**HABIT, "stream": "actions", "paused_until": "2020-01-01"})

    assert answer.status_code == 422
    found = {card.stream: card for card in answer.context["cards"]}
    assert found[Stream.ACTIONS].form["paused_until"].value() == "2020-01-01"
    assert found[Stream.ACTIONS].form.errors
    assert not found[Stream.NETWORK].form.is_bound
    assert not DigestPreference.objects.exists()


@pytest.mark.parametrize("stream", ["coordination", "other", ""])
def test_a_kind_that_is_not_for_the_person_is_not_found(mine: Client, stream: str) -> None:
    assert mine.post(SAVE, {**HABIT, "stream": stream}).status_code == 404
    assert not DigestPreference.objects.exists()


def test_a_coordinator_saves_the_third(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)

    assert client.post(SAVE, {**HABIT, "stream": "coordination"}).status_code == 302

    assert wish(cast.coordinator, Stream.COORDINATION).cadence == Cadence.MONTHLY


def test_every_field_of_the_page_has_an_id_of_its_own(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    page = client.get(LIST).content.decode()

    ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    assert {f"id_{stream}_cadence" for stream in Stream} <= set(ids)


def test_what_waits_comes_on_working_days_where_it_comes_daily(mine: Client, me: User) -> None:
    page = mine.get(LIST).content.decode()

    assert page.count("every working day</option>") == 1
    assert page.count(">every day</option>") == 1


def test_a_pause_is_told_with_the_day_it_ends(mine: Client, me: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        mine.force_login(me)
        mine.post(SAVE, {**HABIT, "cadence": "weekly", "stream": "network", "paused_until": "2026-10-01"})
        page = mine.get(LIST).content.decode()

    assert "Paused until Oct. 1, 2026." in page
    assert "<strong>Friday, 2 October 2026</strong> at <strong>17:00</strong>" in page


def test_the_page_costs_the_same_for_everybody(cast: Cast, client: Client) -> None:
    client.force_login(cast.coordinator)
    client.get(LIST)
    with CaptureQueriesContext(connection) as without:
        client.get(LIST)
    for stream in Stream:
        preferences.stop(by=cast.coordinator, stream=stream)
    with CaptureQueriesContext(connection) as with_all:
        client.get(LIST)

    assert len(without) == len(with_all) <= 10


def test_the_list_tells_the_kinds_apart(mine: Client, me: User, cast: Cast) -> None:
    sent(cast, word="one")
    Digest.objects.create(
        person=me,
        stream=Stream.ACTIONS,
        period_key="2026-09-14",
        state=DigestState.SENT,
        due_at=MONDAY,
        window_start=MONDAY,
        window_end=MONDAY,
        language="en",
        timezone="Europe/Paris",
        subject="A check-in is due",
    )

    page = mine.get(LIST).content.decode()

    assert page.count("<span>Network digest</span>") == page.count("<span>What waits for me</span>") == 1


# --- The footer's link ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", Stream.values)
def test_the_link_of_a_kind_says_which_it_is_and_changes_nothing_when_opened(
    me: User, client: Client, stream: str
) -> None:
    page = client.get(stop_url(me, stream)).content.decode()

    assert f'<h1 class="page-header__title">{Stream(stream).label}</h1>' in page.replace("\n", "")
    assert "Opening it changed nothing" in page
    assert not DigestPreference.objects.exists()


@pytest.mark.parametrize("stream", Stream.values)
def test_one_click_stops_that_kind_alone(me: User, stream: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(stop_url(me, stream), {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    off = [one for one in Stream if wish(me, one).cadence == Cadence.OFF]
    assert off == [stream]


@pytest.mark.parametrize("stream", Stream.values)
def test_a_mail_to_the_lists_address_stops_that_kind_alone(me: User, stream: str) -> None:
    key = unsubscribe.keys_for([me.pk], stream)[me.pk]

    unsubscribe.act_on_mail(f"Subject: stop {key}\r\n\r\n".encode())

    assert [one for one in Stream if wish(me, one).cadence == Cadence.OFF] == [stream]


@pytest.mark.parametrize("pace", [pace for pace in Cadence.values if pace != Cadence.OFF])
def test_any_pace_is_chosen_there_and_undone(me: User, client: Client, pace: str) -> None:
    url = stop_url(me, Stream.ACTIONS)
    preferences.stop(by=me, stream=Stream.ACTIONS)

    answer = client.post(url, {"do": pace}).content.decode()
    assert wish(me, Stream.ACTIONS).cadence == pace
    assert "Done. It now comes" in answer

    client.post(url, {"do": "undo"})
    assert wish(me, Stream.ACTIONS).cadence == Cadence.OFF


def test_a_daily_one_comes_weekly_where_it_is_wanted_less_often(me: User, client: Client) -> None:
    client.post(stop_url(me, Stream.ACTIONS), {"do": "slower"})

    saved = wish(me, Stream.ACTIONS)
    assert (saved.cadence, saved.weekday) == (Cadence.WEEKLY, 0)


def test_off_is_not_chosen_as_a_pace(me: User, client: Client) -> None:
    assert client.post(stop_url(me, Stream.ACTIONS), {"do": "off"}).status_code == 422


def test_a_pause_can_be_ended_there(me: User, client: Client) -> None:
    url = stop_url(me, Stream.NETWORK)
    client.post(url, {"do": "pause"})

    assert "The pause is over." in client.post(url, {"do": "resume"}).content.decode()
    assert wish(me, Stream.NETWORK).paused_until is None


def test_replacing_the_links_replaces_those_of_all_kinds(me: User, mine: Client) -> None:
    old = [stop_url(me, stream) for stream in Stream]

    mine.post(reverse("digest_links_renew"))

    assert [mine.get(url).status_code for url in old] == [404] * 3
    assert [mine.get(stop_url(me, stream)).status_code for stream in Stream] == [200] * 3


@pytest.mark.parametrize(
    ("stream", "cadence", "words"),
    [
        (Stream.ACTIONS, Cadence.DAILY, "every working day at 08:00 (Europe/Paris)"),
        (Stream.NETWORK, Cadence.DAILY, "every day at 08:00 (Europe/Paris)"),
        (Stream.ACTIONS, Cadence.WEEKLY, "every week, on Tuesday at 08:00 (Europe/Paris)"),
    ],
)
def test_a_habit_reads_as_it_is_kept(stream: str, cadence: str, words: str) -> None:
    assert habit_in_words(DigestPreference(stream=stream, cadence=cadence), "Europe/Paris") == words
