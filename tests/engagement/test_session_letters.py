"""Mails about sessions and the calendar part that goes along."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from pytest_django import Settings

from cities.models import Membership
from engagement.choices import Drawer, LetterKind
from engagement.coaching import engagements, notes
from engagement.models import CoachingEngagement, CoachingSession, Commitment, Letter
from innoteams import urls
from innoteams.accounts.models import User
from innoteams.demo import mailbox
from innoteams.lib.maildir import MaildirBackend
from tests.cast import Cast, make_cast
from tests.engagement import accompany_scenes as scenes
from tests.engagement.calendar_scenes import (
    WEDNESDAY,
    addresses,
    calendar_of,
    only_event,
    parsed,
    planned,
    post,
    tell,
    utc,
    whole,
)

urlpatterns = [path("mailbox/", include(mailbox.urlpatterns)), *urls.urlpatterns]

STARTS = utc("2026-10-14 16:00")


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with time_machine.travel(WEDNESDAY, tick=False):
        yield make_cast()


@pytest.fixture
def engagement(cast: Cast) -> CoachingEngagement:
    User.objects.filter(pk=cast.coach.pk).update(timezone="America/Anchorage")
    return scenes.engagement(cast)


@pytest.fixture
def session(cast: Cast, engagement: CoachingEngagement) -> CoachingSession:
    return planned(engagement, STARTS, planned_by=cast.coach, guests="Somebody else <guest@city.example>")


def move(session: CoachingSession, to: dt.datetime) -> None:
    session.starts_at, session.sequence = to, session.sequence + 1
    session.save()


def call_off(session: CoachingSession, by: User, why: str = "The mayor calls.") -> None:
    session.called_off_at, session.called_off_by, session.called_off_why = timezone.now(), by, why
    session.save()


# --- What stands in it ---------------------------------------------------------------------------------------------


def test_the_mail_tells_the_hour_on_both_clocks(cast: Cast, session: CoachingSession) -> None:
    tell(LetterKind.SESSION_PLANNED, session, cast.tel_aviv_lead, cast.coach)
    by_address = {min(addresses([message])): message for message in post()}
    to_lead, to_coach = by_address[cast.tel_aviv_lead.email], by_address[cast.coach.email]
    assert to_lead.subject == to_coach.subject == "Coaching session on 14 October, Tel Aviv Yafo"
    for message in (to_lead, to_coach):
        for part in (str(message.body), str(message.alternatives[0][0])):
            assert "Wednesday 14 October 2026, 7 p.m." in part
            assert "Wednesday 14 October 2026, 8 a.m." in part
            assert f"/coaching/sessions/{session.pk}/" in part
    day = "Wednesday 14 October 2026"
    assert f"Your time: {day}, 7 p.m. (Asia/Jerusalem)\nCoach: {day}, 8 a.m." in str(to_lead.body)
    assert f"Your time: {day}, 8 a.m. (America/Anchorage)\nTel Aviv Yafo: {day}, 7 p.m." in str(to_coach.body)
    assert "because you coach the team" in str(to_coach.body)
    assert "because you belong to the team" in str(to_lead.body)


def test_one_clock_is_told_once(cast: Cast, engagement: CoachingEngagement) -> None:
    User.objects.filter(pk=cast.coach.pk).update(timezone="Asia/Jerusalem")
    tell(LetterKind.SESSION_PLANNED, planned(engagement, STARTS), cast.tel_aviv_lead)
    assert str(post()[0].body).count("Wednesday 14") == 1


def test_the_hour_is_that_of_the_day_itself_though_clocks_change_before_it(
    cast: Cast, engagement: CoachingEngagement
) -> None:
    """Israel goes back on 25 October 2026, Alaska a week later."""
    tell(LetterKind.SESSION_PLANNED, planned(engagement, utc("2026-10-27 16:00")), cast.tel_aviv_lead)
    body = str(post()[0].body)
    assert "Tuesday 27 October 2026, 6 p.m. (Asia/Jerusalem)" in body
    assert "Tuesday 27 October 2026, 8 a.m. (America/Anchorage)" in body


def test_calendar_programs_find_it_as_the_last_alternative_and_as_a_file(cast: Cast, session: CoachingSession) -> None:
    tell(LetterKind.SESSION_PLANNED, session, cast.tel_aviv_lead)
    mixed = parsed(post()[0])
    assert [part.get_content_type() for part in mixed.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    alternative = list(mixed.walk())[4]
    assert alternative.get_param("method") == "REQUEST"
    assert alternative.get_content_charset() == "utf-8"
    file = list(mixed.walk())[5]
    assert file.get_filename() == "invite.ics"
    assert file.get_content().decode().replace("\r\n", "\n") == alternative.get_content().replace("\r\n", "\n")


def test_the_calendar_says_when_where_and_with_whom_and_never_what_about(cast: Cast, session: CoachingSession) -> None:
    tell(LetterKind.SESSION_PLANNED, session, cast.tel_aviv_lead)
    [message] = post()
    calendar = calendar_of(message)
    event = only_event(calendar)
    assert (calendar["method"], event["status"], event["class"]) == ("REQUEST", "CONFIRMED", "PRIVATE")
    assert event["uid"] == f"session-{session.pk}@localhost"
    assert event["sequence"] == 0
    assert event["dtstart"].to_ical() == b"20261014T160000Z"
    assert event["dtend"].to_ical() == b"20261014T170000Z"
    assert event["summary"] == "Coaching session, Tel Aviv Yafo"
    assert event["location"] == "https://meet.example/room"
    assert event["url"].endswith(f"/coaching/sessions/{session.pk}/")
    assert event["organizer"] == "mailto:network@innoteams.example"
    people = (cast.coach, cast.tel_aviv_lead, cast.tel_aviv_member, cast.tel_aviv_observer)
    assert {str(one) for one in event["attendee"]} == {f"mailto:{person.email}" for person in people}
    assert {one.params["RSVP"] for one in event["attendee"]} == {"FALSE"}
    [alarm] = event.walk("VALARM")
    assert alarm["trigger"].dt == dt.timedelta(minutes=-15)
    text = calendar.to_ical().decode()
    assert "secret-aim" not in text
    assert "guest@city.example" not in text
    assert "secret-aim" in str(message.body)


def test_an_answer_to_the_mail_goes_to_who_planned_it(cast: Cast, session: CoachingSession) -> None:
    tell(LetterKind.SESSION_PLANNED, session, cast.tel_aviv_lead, cast.coach)
    assert [message.reply_to for message in post()] == [[f"Coach <{cast.coach.email}>"], []]


def test_a_name_cannot_break_out_of_its_line(cast: Cast, engagement: CoachingEngagement) -> None:
    User.objects.filter(pk=cast.coach.pk).update(name='Ana"\r\nATTENDEE:mailto:x@y.example;;:')
    session = planned(engagement, STARTS, place="Room 3\r\nATTENDEE:mailto:x@y.example")
    tell(LetterKind.SESSION_PLANNED, session, cast.tel_aviv_lead)
    event = only_event(calendar_of(post()[0]))
    assert len(event["attendee"]) == 4
    assert "mailto:x@y.example" not in [str(one) for one in event["attendee"]]


def test_a_move_keeps_the_event_and_counts_up(cast: Cast, session: CoachingSession) -> None:
    tell(LetterKind.SESSION_PLANNED, session, cast.tel_aviv_lead)
    first = only_event(calendar_of(post()[0]))
    move(session, utc("2026-10-15 16:00"))
    tell(LetterKind.SESSION_MOVED, session, cast.tel_aviv_lead)
    [message] = post()
    assert message.subject == "Moved to 15 October: coaching session, Tel Aviv Yafo"
    second = only_event(calendar_of(message))
    assert second["uid"] == first["uid"]
    assert (first["sequence"], second["sequence"]) == (0, 1)
    assert second["dtstart"].to_ical() == b"20261015T160000Z"


def test_calling_off_takes_it_out_of_calendars_and_says_why(cast: Cast, session: CoachingSession) -> None:
    call_off(session, cast.coach)
    tell(LetterKind.SESSION_CALLED_OFF, session, cast.tel_aviv_lead)
    [message] = post()
    assert message.subject == "Called off: coaching session on 14 October, Tel Aviv Yafo"
    assert "Coach has called it off." in str(message.body)
    assert "The mayor calls." in str(message.body)
    calendar = calendar_of(message)
    assert (calendar["method"], only_event(calendar)["status"]) == ("CANCEL", "CANCELLED")
    assert not calendar.walk("VALARM")


def test_each_reads_it_in_the_own_language(cast: Cast, session: CoachingSession) -> None:
    User.objects.filter(pk=cast.tel_aviv_lead.pk).update(language="fr")
    tell(LetterKind.SESSION_PLANNED, session, cast.tel_aviv_lead)
    [message] = post()
    assert message.extra_headers["Content-Language"] == "fr"


def test_nothing_of_notes_and_hidden_projects_is_in_any_of_them(cast: Cast, session: CoachingSession) -> None:
    engagement = session.engagement
    for drawer in Drawer:
        notes.write_note(by=cast.coach, engagement=engagement, drawer=drawer, text="zznote", session=session)
    hidden = cast.projects["team"]
    Commitment.objects.create(
        engagement=engagement, text="zzpromise", owner=cast.coach, due_on=dt.date(2026, 10, 9), project=hidden
    )
    tell(LetterKind.SESSION_PLANNED, session, cast.coach, cast.tel_aviv_lead)
    tell(LetterKind.SESSION_SOON, session, cast.coach, cast.tel_aviv_lead)
    messages = post()
    assert len(messages) == 4
    for message in messages:
        assert not [word for word in ("zznote", "zzpromise", hidden.title) if word in whole(message)]


# --- When it is not sent any more ----------------------------------------------------------------------------------


def _moved(cast: Cast, session: CoachingSession) -> None:
    move(session, utc("2026-10-15 16:00"))


def _called_off(cast: Cast, session: CoachingSession) -> None:
    call_off(session, cast.coach)


def _logged(cast: Cast, session: CoachingSession) -> None:
    CoachingSession.objects.filter(pk=session.pk).update(logged_at=timezone.now())


def _ended(cast: Cast, session: CoachingSession) -> None:
    engagements.end_engagement(by=cast.coordinator, engagement=session.engagement)
    # What is told instead: that it is called off.
    Letter.objects.filter(kind=LetterKind.SESSION_CALLED_OFF).delete()


def _left(cast: Cast, session: CoachingSession) -> None:
    Membership.objects.filter(person=cast.tel_aviv_lead).update(ends_on=timezone.now().date())


def _deactivated(cast: Cast, session: CoachingSession) -> None:
    User.objects.filter(pk=cast.tel_aviv_lead.pk).update(is_active=False)


@pytest.mark.parametrize("happened", [_moved, _called_off, _logged, _ended, _left, _deactivated])
@pytest.mark.parametrize("kind", [LetterKind.SESSION_PLANNED, LetterKind.SESSION_MOVED, LetterKind.SESSION_SOON])
def test_a_letter_that_is_not_true_any_more_is_closed_unsent(
    cast: Cast, session: CoachingSession, kind: LetterKind, happened: Callable[[Cast, CoachingSession], None]
) -> None:
    tell(kind, session, cast.tel_aviv_lead)
    happened(cast, session)
    assert post() == []
    assert not Letter.objects.filter(closed_at=None, kind=kind).exists()
    assert not Letter.objects.filter(sent_at__isnull=False).exists()


def test_about_what_is_over_nobody_is_told(cast: Cast, session: CoachingSession) -> None:
    call_off(session, cast.coach)
    tell(LetterKind.SESSION_CALLED_OFF, session, cast.tel_aviv_lead)
    tell(LetterKind.SESSION_PLANNED, planned(session.engagement, utc("2026-10-08 09:00")), cast.tel_aviv_lead)
    with time_machine.travel(utc("2026-10-14 17:01"), tick=False):
        assert post() == []


def test_a_coach_who_has_left_is_not_asked_to_log(cast: Cast, session: CoachingSession) -> None:
    tell(LetterKind.SESSION_TO_LOG, session, cast.coach)
    session.engagement.coaches.update(ends_on=timezone.now().date())
    assert post() == []


# --- The demo's mailbox --------------------------------------------------------------------------------------------


@pytest.mark.urls(__name__)
def test_the_demo_mailbox_shows_a_mail_with_a_calendar_part(
    cast: Cast, session: CoachingSession, settings: Settings, tmp_path: Path, client: Client
) -> None:
    settings.DEMO, settings.MAILBOX_DIR = True, tmp_path / "mailbox"
    tell(LetterKind.SESSION_PLANNED, session, cast.tel_aviv_lead)
    MaildirBackend().send_messages(post())
    [file] = (tmp_path / "mailbox" / "new").iterdir()
    page = client.get(f"/mailbox/{file.name}/").content.decode()
    assert "Your time: Wednesday 14 October 2026, 7 p.m." in page
    assert "DTSTART:20261014T160000Z" in page
    assert "Coaching session on 14 October" in client.get(f"/mailbox/{file.name}/html/").content.decode()
