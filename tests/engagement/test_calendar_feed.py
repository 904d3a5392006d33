"""A person's private calendar address, one session as a file, and the page where both are found."""

import datetime as dt
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from playwright.sync_api import Page
from pytest_django import DjangoAssertNumQueries

from cities import memberships
from cities.models import Membership
from engagement import calendar_feeds
from engagement.choices import Drawer
from engagement.coaching import engagements, notes
from engagement.models import CalendarFeed, CoachingEngagement, CoachingSession, Commitment, ReminderPreference
from innoteams.accounts.models import User
from innoteams.lib.logs import without_keys
from innoteams.own_data import own_data
from innoteams.views.own_account import leave_and_close
from tests.browser import SignIn
from tests.cast import Cast, coordinate, make_cast, make_person
from tests.engagement import accompany_scenes as scenes
from tests.engagement.calendar_scenes import WEDNESDAY, parsed_calendar, planned, utc

DAY = dt.timedelta(days=1)


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with time_machine.travel(WEDNESDAY, tick=False):
        yield make_cast()


@pytest.fixture
def engagement(cast: Cast) -> CoachingEngagement:
    return scenes.engagement(cast)


def address_of(person: User) -> str:
    return f"/calendar/{calendar_feeds.open_feed(by=person).key}.ics"


def read(address: str) -> Any:
    response = Client().get(address)
    assert response.status_code == 200
    return parsed_calendar(response.content)


def uids(address: str) -> set[str]:
    return {str(event["uid"]).partition("@")[0] for event in read(address).walk("VEVENT")}


# --- What stands there ---------------------------------------------------------------------------------------------


def test_a_calendar_program_reads_the_sessions_without_signing_in(cast: Cast, engagement: CoachingEngagement) -> None:
    session = planned(engagement, utc("2026-10-14 16:00"), sequence=2)
    for person in (cast.coach, cast.tel_aviv_lead, cast.tel_aviv_observer):
        [event] = read(address_of(person)).walk("VEVENT")
        assert event["uid"] == f"session-{session.pk}@localhost"
        assert event["sequence"] == 2
        assert event["dtstart"].to_ical() == b"20261014T160000Z"
        assert event["summary"] == "Coaching session, Tel Aviv Yafo"
        assert event["status"] == "CONFIRMED"
        assert event["class"] == "PRIVATE"


def test_it_goes_back_ninety_days_and_ahead_without_end(cast: Cast, engagement: CoachingEngagement) -> None:
    planned(engagement, WEDNESDAY - dt.timedelta(days=90, minutes=1))
    inside = [planned(engagement, WEDNESDAY + days * DAY) for days in (-90, 0, 700)]
    assert uids(address_of(cast.coach)) == {f"session-{one.pk}" for one in inside}


def test_what_was_called_off_or_overtaken_by_the_end_is_marked_so(cast: Cast, engagement: CoachingEngagement) -> None:
    off = planned(engagement, WEDNESDAY + DAY, called_off_at=timezone.now())
    ahead = planned(engagement, WEDNESDAY + 2 * DAY)
    held = planned(engagement, WEDNESDAY - DAY, logged_at=timezone.now())
    engagements.end_engagement(by=cast.coordinator, engagement=engagement)
    statuses = {
        str(event["uid"]).partition("@")[0]: str(event["status"])
        for event in read(address_of(cast.tel_aviv_lead)).walk("VEVENT")
    }
    assert statuses == {
        f"session-{off.pk}": "CANCELLED",
        f"session-{ahead.pk}": "CANCELLED",
        f"session-{held.pk}": "CONFIRMED",
    }


def test_it_holds_no_address_no_aim_no_note_and_no_hidden_project(cast: Cast, engagement: CoachingEngagement) -> None:
    session = planned(engagement, WEDNESDAY + DAY, guests="zzguest", agenda="zzagenda", happened="zzhappened")
    hidden = cast.projects["team"]
    for drawer in Drawer:
        notes.write_note(by=cast.coach, engagement=engagement, drawer=drawer, text="zznote", session=session)
    Commitment.objects.create(
        engagement=engagement, text="zzpromise", owner=cast.coach, due_on=dt.date(2026, 10, 9), project=hidden
    )
    for person in (cast.coach, cast.tel_aviv_lead):
        text = Client().get(f"{address_of(person)}?days").content.decode().replace("\r\n ", "")
        for word in ("secret-aim", "zz", hidden.title, "mailto:", "ATTENDEE", "VALARM"):
            assert word not in text


def test_days_are_in_it_for_who_asks_for_them(cast: Cast, engagement: CoachingEngagement) -> None:
    check_in = scenes.drafted(cast)
    mine = Commitment.objects.create(engagement=engagement, text="x", owner=cast.coach, due_on=dt.date(2026, 10, 9))
    done = {"done_at": timezone.now(), "done_by": cast.coach}
    Commitment.objects.create(engagement=engagement, text="x", owner=cast.coach, due_on=dt.date(2026, 10, 9), **done)
    coach, lead, coordinator = (address_of(one) for one in (cast.coach, cast.tel_aviv_lead, cast.coordinator))
    assert uids(coach) == uids(lead) == set()
    assert uids(f"{coach}?days") == {f"commitment-{mine.pk}"}
    assert uids(f"{lead}?days") == {f"check_in-{check_in.pk}"}
    assert uids(f"{coordinator}?days") == set()
    [event] = read(f"{lead}?days").walk("VEVENT")
    assert event["dtstart"].dt == check_in.period.due_on
    assert event["summary"] == "Due: the check-in Quarter 3 of 2026, Tel Aviv Yafo"
    scenes.submitted(cast, check_in)
    assert uids(f"{lead}?days") == set()
    assert uids(f"{coordinator}?days") == {f"answer-{check_in.pk}"}


def test_a_coach_whose_part_ended_reads_nothing_of_it_at_once(cast: Cast, engagement: CoachingEngagement) -> None:
    planned(engagement, WEDNESDAY + DAY)
    address = address_of(cast.coach)
    assert len(uids(address)) == 1
    engagement.coaches.filter(person=cast.coach).update(ends_on=dt.date(2026, 10, 7))
    assert uids(address) == set()


def test_who_left_the_team_reads_nothing_of_it_at_once(cast: Cast, engagement: CoachingEngagement) -> None:
    planned(engagement, WEDNESDAY + DAY)
    address = address_of(cast.tel_aviv_member)
    membership = Membership.objects.get(person=cast.tel_aviv_member)
    memberships.end(by=cast.tel_aviv_member, membership=membership)
    assert uids(address) == set()


def test_a_coordinator_who_only_knows_that_it_exists_reads_no_session(
    cast: Cast, engagement: CoachingEngagement
) -> None:
    planned(engagement, WEDNESDAY + DAY)
    coordinate(cast.operator, cast.stranger)
    assert uids(address_of(cast.stranger)) == uids(address_of(cast.coordinator)) == set()


def test_it_is_in_the_language_of_its_owner_whatever_the_program_asks_for(cast: Cast) -> None:
    check_in = scenes.drafted(cast)
    User.objects.filter(pk=cast.tel_aviv_lead.pk).update(language="fr")
    with translation.override("fr"):
        period = check_in.period.name
    response = Client().get(f"{address_of(cast.tel_aviv_lead)}?days", headers={"accept-language": "en"})
    [event] = parsed_calendar(response.content).walk("VEVENT")
    assert period.startswith("Trimestre")
    assert period in event["summary"]


def test_it_costs_the_same_however_many_sessions_there_are(
    cast: Cast, engagement: CoachingEngagement, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for days in range(30):
        planned(engagement, WEDNESDAY + days * DAY)
    address = address_of(cast.coach)
    with django_assert_num_queries(3):
        Client().get(address)


# --- The address ---------------------------------------------------------------------------------------------------


def test_a_revoked_replaced_or_unknown_address_reads_as_one_that_never_was(cast: Cast) -> None:
    first = address_of(cast.coach)
    calendar_feeds.renew(by=cast.coach)
    second = address_of(cast.coach)
    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    calendar_feeds.revoke(by=cast.coach)
    assert Client().get(second).status_code == 404
    assert Client().get("/calendar/nobody-has-this-key.ics").status_code == 404
    assert Client().get("/calendar/%00.ics").status_code == 404


def test_who_cannot_sign_in_any_more_has_no_calendar(cast: Cast) -> None:
    address = address_of(cast.coach)
    User.objects.filter(pk=cast.coach.pk).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_closing_the_account_revokes_it(cast: Cast) -> None:
    address = address_of(cast.stranger)
    leave_and_close(by=cast.stranger, keep_name=False)
    assert Client().get(address).status_code == 404
    assert not CalendarFeed.objects.filter(revoked_at=None).exists()


def test_the_export_tells_of_it_without_the_key(cast: Cast) -> None:
    key = calendar_feeds.open_feed(by=cast.coach).key
    ReminderPreference.objects.create(person=cast.coach, sessions=False)
    data = own_data(cast.coach)
    assert data["calendar_feeds"] == [{"created_at": WEDNESDAY, "revoked_at": None, "last_read_at": None}]
    assert data["reminders"] == [{"sessions": False}]
    assert key not in str(data)


def test_a_program_that_has_it_is_told_that_nothing_changed(cast: Cast, engagement: CoachingEngagement) -> None:
    session = planned(engagement, WEDNESDAY + DAY)
    address = address_of(cast.coach)
    first = Client().get(address)
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    with time_machine.travel(WEDNESDAY + dt.timedelta(hours=5), tick=False):
        again = Client().get(address, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    session.place = "Town hall"
    session.save()
    changed = Client().get(address, headers={"if-none-match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert Client().head(address).status_code == 200
    assert Client().post(address).status_code == 405


def test_when_it_was_last_read_is_kept_and_nothing_else_changes(cast: Cast) -> None:
    address = address_of(cast.coach)
    Client().get(address)
    assert CalendarFeed.objects.get().last_read_at == WEDNESDAY
    for minutes, expected in ((5, 0), (11, 11)):
        with time_machine.travel(WEDNESDAY + dt.timedelta(minutes=minutes), tick=False):
            Client().get(address)
        assert CalendarFeed.objects.get().last_read_at == WEDNESDAY + dt.timedelta(minutes=expected)


def test_it_is_read_and_guessed_only_so_often(cast: Cast) -> None:
    address = address_of(cast.coach)
    codes = [Client().get(address).status_code for _ in range(121)]
    assert codes == [200] * 120 + [429]
    assert int(Client().get(address).headers["Retry-After"]) > 0
    guesses = [Client().get(f"/calendar/guess-number-{number:03}.ics").status_code for number in range(31)]
    assert guesses == [404] * 30 + [429]


def test_no_log_holds_a_key(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    address = address_of(cast.coach)
    key = CalendarFeed.objects.get().key
    assert key in address
    calendar_feeds.revoke(by=cast.coach)
    with caplog.at_level(logging.DEBUG):
        Client().get(address)
    said = [record.getMessage() for record in caplog.records if record.name == "django.request"]
    assert said == ["Not Found: /calendar/….ics"]
    assert key not in without_keys(f"/digests/stop/{key}/ and /invitations/{key}/enter/")
    assert without_keys("/invitations/12/send-again/ /calendar/reminders/ /calendar/renew/") == (
        "/invitations/12/send-again/ /calendar/reminders/ /calendar/renew/"
    )


def test_the_console_leaves_keys_out() -> None:
    [handler] = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    record = logging.LogRecord("x", logging.WARNING, "", 0, "Not Found: %s", ("/calendar/" + "k" * 43 + ".ics",), None)
    assert handler.filter(record)
    assert record.getMessage() == "Not Found: /calendar/….ics"


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_there_is_one_address() -> None:
    person = make_person()
    at_once = threading.Barrier(4)
    keys = []

    def press() -> None:
        try:
            at_once.wait(timeout=20)
            keys.append(calendar_feeds.renew(by=person).key)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(keys) == 4
    assert CalendarFeed.objects.filter(person=person, revoked_at=None).count() == 1


# --- One session ---------------------------------------------------------------------------------------------------


def test_one_session_is_taken_along_as_a_file_by_who_reads_it(cast: Cast, engagement: CoachingEngagement) -> None:
    session = planned(engagement, WEDNESDAY + DAY)
    response = scenes.client_of(cast.tel_aviv_observer).get(f"/coaching/sessions/{session.pk}.ics")
    calendar = parsed_calendar(response.content)
    [event] = calendar.walk("VEVENT")
    assert (calendar["method"], event["uid"]) == ("PUBLISH", f"session-{session.pk}@localhost")
    assert response.headers["Content-Disposition"] == f'attachment; filename="session-{session.pk}.ics"'
    assert "attendee" not in event
    for person in (cast.coordinator, cast.mulhouse_lead, cast.administrator):
        assert scenes.client_of(person).get(f"/coaching/sessions/{session.pk}.ics").status_code == 404


def test_a_session_called_off_is_handed_out_as_cancelled(cast: Cast, engagement: CoachingEngagement) -> None:
    session = planned(engagement, WEDNESDAY + DAY, called_off_at=timezone.now())
    body = scenes.client_of(cast.coach).get(f"/coaching/sessions/{session.pk}.ics").content
    assert b"STATUS:CANCELLED" in body
    assert b"VALARM" not in body


# --- The page ------------------------------------------------------------------------------------------------------


def test_the_page_makes_shows_replaces_and_revokes_the_address(cast: Cast) -> None:
    client = scenes.client_of(cast.coach)
    assert "There is no such address now." in client.get("/calendar/").content.decode()
    client.post("/calendar/open/")
    key = CalendarFeed.objects.get().key
    client.post("/calendar/open/")
    assert CalendarFeed.objects.get().key == key
    page = client.get("/calendar/")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    text = page.content.decode()
    for address in ("http://testserver/calendar/{}.ics", "webcal://testserver/calendar/{}.ics?days"):
        assert address.format(key) in text
    assert "Not yet: no program has asked for it." in text
    client.post("/calendar/renew/")
    assert key not in client.get("/calendar/").content.decode()
    client.post("/calendar/revoke/")
    assert not CalendarFeed.objects.filter(revoked_at=None).exists()
    assert "There is no such address now." in client.get("/calendar/").content.decode()


def test_looking_changes_nothing(cast: Cast) -> None:
    client = scenes.client_of(cast.coach)
    for page in ("open", "renew", "revoke", "reminders"):
        assert client.get(f"/calendar/{page}/").status_code == 405
    client.get("/calendar/")
    assert not CalendarFeed.objects.exists()
    assert not ReminderPreference.objects.exists()


def test_reminders_are_switched_off_and_on(cast: Cast) -> None:
    client = scenes.client_of(cast.coach)
    client.post("/calendar/reminders/", {})
    assert ReminderPreference.objects.get() == ReminderPreference(person=cast.coach)
    assert not ReminderPreference.objects.get().sessions
    client.post("/calendar/reminders/", {"sessions": "on"})
    assert ReminderPreference.objects.get().sessions


@pytest.mark.django_db(transaction=True)
def test_the_page_works_in_a_browser(page_of: SignIn) -> None:
    page: Page = page_of(make_cast().coach)
    page.goto("/calendar/")
    page.get_by_role("button", name="Make my address").click()
    address = page.get_by_label("Sessions alone").input_value()
    assert CalendarFeed.objects.get().key in address
    page.get_by_label("sessions of the coaching").uncheck()
    page.get_by_role("button", name="Save").click()
    assert not ReminderPreference.objects.get().sessions
    assert not page.get_by_label("sessions of the coaching").is_checked()
    assert CoachingSession.objects.count() == 0
