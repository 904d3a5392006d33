"""Sessions: planned on every clock, with a drafted agenda; moved, called off, logged; two people at the same form."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cities.choices import Right
from cities.querysets import today
from engagement.choices import LetterKind
from engagement.coaching import commitments, engagements, sessions
from engagement.coaching.agenda import draft, drafted_for, extended, news_since
from engagement.coaching.carrying import carried_over
from engagement.coaching.sessions import (
    CalledOff,
    ChangedMeanwhile,
    LoggedAlready,
    LoggedMeanwhile,
    NoReason,
    NotHeldYet,
)
from engagement.models import CoachingEngagement, CoachingSession, Commitment, Letter
from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from innoteams.lib.verdicts import NotAllowed
from projects.choices import Verb
from tests.cast import Cast, join, make_person, make_project
from tests.engagement.accompany_scenes import client_of, engagement, logged, session, somebody
from tests.engagement.coaching_scenes import DAY, HOUR, boston_lead, of_boston, paris_coach, planned, utc, written_to

NOW = utc(2026, 10, 20)
TEAM_AND_COACH = {"Coach", "Tel Aviv lead", "Tel Aviv member", "Tel Aviv observer"}


def promise(of: CoachingEngagement, owner: User, text: str, **fields: object) -> Commitment:
    values: dict[str, object] = {"due_on": today() + 9 * DAY, **fields}
    return Commitment.objects.create(engagement=of, owner=owner, text=text, **values)


def page_of(person: User, url: str) -> str:
    return client_of(person).get(url).content.decode()


# --- Planning ----------------------------------------


@pytest.mark.parametrize("kind", ["coach", "tel_aviv_lead", "tel_aviv_member"])
def test_everybody_else_of_the_pair_gets_word(cast: Cast, kind: str) -> None:
    person = somebody(cast, kind)
    one = planned(engagement(cast), person, timezone.now() + DAY)
    assert written_to(LetterKind.SESSION_PLANNED, one) == TEAM_AND_COACH - {person.name}


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "coordinator", "mulhouse_lead"])
def test_others_do_not_plan(cast: Cast, kind: str) -> None:
    opened = engagement(cast)
    with pytest.raises(NotAllowed):
        planned(opened, somebody(cast, kind), timezone.now() + DAY)


def test_we_met_yesterday_is_planned_to_be_logged_and_nobody_is_written_to(cast: Cast) -> None:
    opened, client = engagement(cast), client_of(cast.coach)
    day = (timezone.now() - DAY).date()
    response = client.post(
        reverse("session_create", args=[opened.pk]), {"day": day, "hour": "10:00", "aim": "We met"}, follow=True
    )
    assert "It lies in the past, so it can be logged now." in response.content.decode()
    assert 'name="happened"' in response.content.decode()
    assert not Letter.objects.filter(session__isnull=False).exists()


def test_the_clock_by_which_the_hour_was_chosen_is_kept(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        coach = paris_coach()
        opened = of_boston(cast, coach)
        typed = {"day": "2026-10-28", "hour": "14:30", "zone": "America/New_York", "minutes": "90", "aim": "Aim"}
        response = client_of(coach).post(reverse("session_create", args=[opened.pk]), typed)
        assert response.status_code == 302
    one = CoachingSession.objects.get()
    assert (one.starts_at, one.planned_zone, one.minutes) == (utc(2026, 10, 28, 18, 30), "America/New_York", 90)


def test_the_form_shows_the_hour_on_every_clock_and_where_they_change(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        coach = paris_coach()
        url = reverse("session_create", args=[of_boston(cast, coach).pk])
        client = client_of(coach)
        typed = {"day": "2026-10-28", "hour": "14:30", "aim": "A kept aim", "agenda": "A kept agenda"}
        page = client.post(url, {**typed, "look": "clocks"}).content.decode()
        part = client.get(url, typed, headers={"hx-request": "true", "hx-target": "clocks"}).content.decode()
    for shown in (page, part):
        assert "Wed 28 Oct 2026, 2:30 p.m." in shown
        assert "Wed 28 Oct 2026, 9:30 a.m." in shown
        assert "On that day Boston is 5 hours behind Paris, not 6 hours as today." in shown
    assert "A kept aim" in page
    assert "A kept agenda" in page
    assert part.lstrip().startswith("<div")
    assert not CoachingSession.objects.exists()


@pytest.mark.parametrize(
    ("day", "hour", "sentence"),
    [("2027-03-28", "02:30", "there is no 2:30 a.m."), ("2026-10-25", "02:30", "2:30 a.m. comes twice")],
)
def test_an_hour_that_is_none_or_two_is_told_and_what_was_typed_stays(
    cast: Cast, day: str, hour: str, sentence: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        coach = paris_coach()
        url = reverse("session_create", args=[of_boston(cast, coach).pk])
        typed = {"day": day, "hour": hour, "aim": "A kept aim", "place": "Room 4"}
        response = client_of(coach).post(url, typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    for kept in ("A kept aim", "Room 4", day, hour):
        assert kept in page


def test_the_same_hour_next_time_is_proposed_on_the_clock_it_was_planned_by(cast: Cast) -> None:
    """Boston's lead, in Jerusalem's place, would see 14:30 in Paris move by an hour; Paris keeps it."""
    with time_machine.travel(NOW, tick=False):
        coach = paris_coach()
        opened = of_boston(cast, coach)
        engagements.change_period(by=cast.administrator, engagement=opened, rhythm="weekly", planned_until=None)
        planned(opened, coach, utc(2026, 10, 19, 12, 30), zone="Europe/Paris", place="Video call", minutes=45)
        page = page_of(boston_lead(cast), reverse("session_create", args=[opened.pk]))
    assert 'value="2026-10-26"' in page
    assert 'value="14:30"' in page
    assert '<option value="Europe/Paris" selected>' in page
    assert '<option value="45" selected>' in page
    assert 'value="Video call"' in page
    assert "Mon 26 Oct 2026, 9:30 a.m." in page


def test_jerusalem_and_paris_part_for_two_days_in_spring(cast: Cast) -> None:
    with time_machine.travel(utc(2026, 3, 20), tick=False):
        coach = paris_coach()
        opened = engagements.open_engagement(by=cast.coordinator, coaches=[coach], team=cast.tel_aviv)
        one = planned(opened, coach, utc(2026, 3, 28, 9))
        page = page_of(coach, one.get_absolute_url())
    assert "Sat 28 Mar 2026, 10 a.m." in page
    assert "Sat 28 Mar 2026, noon" in page
    assert "On that day Tel Aviv Yafo is 2 hours ahead of Paris, not 1 hour as today." in page


def test_a_session_stays_at_its_moment_when_the_clocks_change_after_planning(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        coach = paris_coach()
        opened = of_boston(cast, coach)
        one = planned(opened, coach, utc(2026, 10, 28, 13, 30))
    with time_machine.travel(utc(2026, 10, 27), tick=False):
        page = page_of(coach, one.get_absolute_url())
    assert "Wed 28 Oct 2026, 2:30 p.m." in page
    assert "Wed 28 Oct 2026, 9:30 a.m." in page
    assert "as today" not in page


# --- The agenda ----------------------------------------


def test_the_agenda_is_drafted_from_what_is_open_and_what_was_logged_since(cast: Cast) -> None:
    opened = engagement(cast)
    session(opened, days=-10)
    promise(opened, cast.tel_aviv_member, "Send the <guide>")
    old = logged(cast.projects["network"], at=timezone.now() - 20 * DAY)
    logged(cast.projects["network"], Verb.CONSULTATION_ADDED)
    logged(cast.projects["network"], Verb.JOURNAL_ADDED)
    logged(cast.projects["network"], Verb.JOURNAL_ADDED)
    drafted = drafted_for(cast.coach, opened)
    words = plain(drafted)
    assert "Send the <guide> (Tel Aviv member)" in words
    assert "Wrote in the journal (2×), logged a consultation: Tel Aviv at level network" in words
    assert f"/projects/{old.project.slug}/" in drafted


@pytest.mark.parametrize("kind", ["coach", "tel_aviv_lead"])
def test_whoever_drafts_it_only_what_every_coach_sees_goes_in(cast: Cast, kind: str) -> None:
    opened = engagement(cast)
    for project in cast.projects.values():
        logged(project)
    words = plain(drafted_for(somebody(cast, kind), opened))
    assert "Tel Aviv at level programme" in words
    assert "Tel Aviv at level team" not in words


def test_news_is_found_in_one_query(cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    opened = engagement(cast)
    for _number in range(5):
        logged(make_project(cast.tel_aviv))
    opened = CoachingEngagement.objects.with_coaches().get(pk=opened.pk)
    with django_assert_max_num_queries(1):
        assert len(news_since(cast.tel_aviv_lead, opened, timezone.now() - DAY)) == 5


def test_a_long_draft_can_be_kept(cast: Cast) -> None:
    opened = engagement(cast)
    for number in range(40):
        promise(opened, cast.coach, f"{number} " + "long words " * 20)
        logged(make_project(cast.tel_aviv, title=f"{number} " + "long title " * 10))
    drafted = drafted_for(cast.coach, opened)
    assert "and 28 more" in plain(drafted)
    one = planned(opened, cast.coach, timezone.now() + DAY)
    response = client_of(cast.coach).post(
        reverse("session_agenda", args=[one.pk]), {"version": 1, "aim": "Aim", "agenda": drafted}
    )
    assert response.status_code == 302


def test_nothing_open_and_nothing_new_drafts_nothing(cast: Cast) -> None:
    assert draft([], []) == ""
    assert drafted_for(cast.coach, engagement(cast)) == ""


def test_what_came_up_later_is_added_below_and_only_once(cast: Cast) -> None:
    opened = engagement(cast)
    promise(opened, cast.coach, "Call the mayor")
    one = planned(opened, cast.coach, timezone.now() + DAY, agenda=drafted_for(cast.coach, opened))
    logged(cast.projects["network"])
    page = page_of(cast.tel_aviv_lead, one.get_absolute_url())
    assert "1 thing has come up that is not in it yet" in page
    more = extended(one.agenda, cast.tel_aviv_lead, opened)
    assert plain(more).count("Call the mayor") == 1
    assert "Tel Aviv at level network" in plain(more)
    assert extended(more, cast.tel_aviv_lead, opened) == more
    again = page_of(cast.tel_aviv_lead, reverse("session_agenda", args=[one.pk]) + "?again=1")
    assert "Tel Aviv at level network" in again
    one.refresh_from_db()
    assert "level network" not in one.agenda


def test_the_agenda_is_text_with_form_and_nothing_else(cast: Cast) -> None:
    one = planned(engagement(cast), cast.coach, timezone.now() + DAY)
    url = reverse("session_agenda", args=[one.pk])
    written = {"version": 1, "aim": "Aim", "agenda": "<p>First <b>this</b></p><script>alert(1)</script>"}
    assert client_of(cast.coach).post(url, written).status_code == 422
    written["agenda"] = '<p>First <b>this</b> <a href="javascript:alert(1)">x</a></p>'
    assert client_of(cast.coach).post(url, written).status_code == 422
    written["agenda"] = "<p>First <b>this</b></p>"
    assert client_of(cast.coach).post(url, written).status_code == 302
    one.refresh_from_db()
    assert one.agenda == "<p>First <strong>this</strong></p>"


# --- Moving ----------------------------------------


def test_a_session_is_moved_and_everybody_else_gets_word(cast: Cast) -> None:
    one = planned(engagement(cast), cast.coach, timezone.now() + DAY)
    later = one.starts_at + DAY
    moved = sessions.move_session(by=cast.tel_aviv_lead, session=one, version=1, starts_at=later, minutes=60)
    assert (moved.starts_at, moved.sequence, moved.version) == (later, 1, 2)
    assert written_to(LetterKind.SESSION_MOVED, one) == TEAM_AND_COACH - {"Tel Aviv lead"}


def test_the_same_again_moves_nothing(cast: Cast) -> None:
    one = planned(engagement(cast), cast.coach, timezone.now() + DAY)
    sessions.move_session(by=cast.coach, session=one, version=1, starts_at=one.starts_at, minutes=60)
    one.refresh_from_db()
    assert (one.sequence, one.version) == (0, 1)
    assert not written_to(LetterKind.SESSION_MOVED, one)


def test_moved_into_the_past_nobody_is_written_to(cast: Cast) -> None:
    one = planned(engagement(cast), cast.coach, timezone.now() + DAY)
    moved = sessions.move_session(
        by=cast.coach, session=one, version=1, starts_at=timezone.now() - HOUR, minutes=60, place=""
    )
    assert moved.sequence == 1
    assert not written_to(LetterKind.SESSION_MOVED, one)


def test_the_form_to_move_shows_the_hour_on_the_clock_it_was_chosen_by(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        coach = paris_coach()
        opened = of_boston(cast, coach)
        one = planned(opened, coach, utc(2026, 11, 10, 13, 30), zone="Europe/Paris")
        client = client_of(boston_lead(cast))
        url = reverse("session_move", args=[one.pk])
        page = client.get(url).content.decode()
        assert 'value="14:30"' in page
        assert '<option value="Europe/Paris" selected>' in page
        looked = client.post(
            url, {"day": "2026-10-28", "hour": "14:30", "zone": "Europe/Paris", "version": 1, "look": "1"}
        )
        assert "On that day Paris is 5 hours ahead of Boston" in looked.content.decode()
        part = client.get(url, {"day": "2026-10-28", "hour": "14:30"}, headers={"hx-target": "clocks"}).content.decode()
        assert "2:30 p.m." in part
        done = client.post(url, {"day": "2026-11-11", "hour": "09:00", "zone": "America/New_York", "version": 1})
        assert done.status_code == 302
    one.refresh_from_db()
    assert (one.starts_at, one.planned_zone) == (utc(2026, 11, 11, 14), "America/New_York")


# --- Calling off ----------------------------------------


def test_calling_off_says_why_and_everybody_else_gets_word(cast: Cast) -> None:
    one = planned(engagement(cast), cast.coach, timezone.now() + DAY)
    client, url = client_of(cast.tel_aviv_member), reverse("session_call_off", args=[one.pk])
    refused = client.post(url, {"version": 1, "why": " "})
    assert refused.status_code == 422
    assert "Say in a few words why" in refused.content.decode()
    assert client.post(url, {"version": 1, "why": "The room is flooded."}).status_code == 302
    one.refresh_from_db()
    assert (one.called_off_why, one.sequence, one.version) == ("The room is flooded.", 1, 2)
    assert written_to(LetterKind.SESSION_CALLED_OFF, one) == TEAM_AND_COACH - {"Tel Aviv member"}
    assert "The room is flooded." in page_of(cast.tel_aviv_observer, one.get_absolute_url())


def test_a_verb_wants_the_reason_too(cast: Cast) -> None:
    one = planned(engagement(cast), cast.coach, timezone.now() + DAY)
    with pytest.raises(NoReason):
        sessions.call_off_session(by=cast.coach, session=one, version=1, why="  ")


def test_we_did_not_meet_is_said_without_a_mail(cast: Cast) -> None:
    one = session(engagement(cast), days=-1)
    sessions.call_off_session(by=cast.coach, session=one, version=1, why="The train stood still.")
    assert not Letter.objects.filter(session=one).exists()


def test_what_is_called_off_or_logged_is_not_arranged_any_more(cast: Cast) -> None:
    opened = engagement(cast)
    off, held = planned(opened, cast.coach, timezone.now() + DAY), session(opened, days=-1)
    off = sessions.call_off_session(by=cast.coach, session=off, version=1, why="Ill.")
    held = sessions.log_session(by=cast.coach, session=held, version=1, happened="We met.")
    with pytest.raises(CalledOff):
        sessions.move_session(by=cast.coach, session=off, version=2, starts_at=timezone.now() + DAY, minutes=60)
    with pytest.raises(LoggedAlready):
        sessions.call_off_session(by=cast.coach, session=held, version=2, why="Ill.")
    for one, sentence in ((off, "called off. Plan a new one"), (held, "is logged, so it took place")):
        for name in ("session_move", "session_call_off", "session_agenda"):
            page = client_of(cast.coach).get(reverse(name, args=[one.pk]), follow=True).content.decode()
            assert sentence in page


def test_what_took_place_after_all_is_logged_and_the_calling_off_taken_back(cast: Cast) -> None:
    one = session(engagement(cast), days=-1)
    off = sessions.call_off_session(by=cast.tel_aviv_lead, session=one, version=1, why="Nobody can.")
    assert "It took place after all" in page_of(cast.coach, one.get_absolute_url())
    again = sessions.log_session(by=cast.coach, session=off, version=2, happened="We met on the stairs.")
    assert (again.called_off_at, again.called_off_why) == (None, "")
    assert again.logged_at is not None


# --- Logging ----------------------------------------


def test_who_was_there_is_ticked_and_guests_are_named(cast: Cast) -> None:
    opened = engagement(cast)
    one = session(opened, days=-1)
    client = client_of(cast.coach)
    page = client.get(one.get_absolute_url()).content.decode()
    assert page.count('name="attended"') == 4
    typed = {
        "version": 1,
        "attended": [cast.coach.pk, cast.tel_aviv_member.pk],
        "guests": "Dana from the welfare department",
        "happened": "<h3>We walked</h3><p>Twice.</p>",
        "lessons": "Knock.",
    }
    assert client.post(one.get_absolute_url(), typed).status_code == 302
    one.refresh_from_db()
    assert set(one.attended.all()) == {cast.coach, cast.tel_aviv_member}
    page = page_of(cast.tel_aviv_observer, one.get_absolute_url())
    assert "Dana from the welfare department" in page
    assert "<h3>We walked</h3>" in page


def test_nobody_else_can_be_ticked(cast: Cast) -> None:
    one = session(engagement(cast), days=-1)
    typed = {"version": 1, "attended": [cast.mulhouse_lead.pk], "happened": "Kept words"}
    response = client_of(cast.coach).post(one.get_absolute_url(), typed)
    assert response.status_code == 422
    assert "Kept words" in response.content.decode()


def test_whoever_has_left_since_stays_among_those_who_were_there(cast: Cast) -> None:
    opened, guest_member = engagement(cast), make_person("Was there")
    part = join(cast.tel_aviv, guest_member)
    one = session(opened, days=-1)
    sessions.log_session(by=cast.coach, session=one, version=1, happened="We met.", attended=[guest_member])
    part.ends_on = today()
    part.save()
    page = page_of(cast.coach, one.get_absolute_url())
    assert f'value="{guest_member.pk}"' in page
    assert "Was there" in page


def test_a_session_is_not_logged_before_it_begins(cast: Cast) -> None:
    one = planned(engagement(cast), cast.coach, timezone.now() + DAY)
    with pytest.raises(NotHeldYet):
        sessions.log_session(by=cast.coach, session=one, version=1, happened="In advance.")


def test_carried_commitments_say_for_how_many_sessions(cast: Cast) -> None:
    opened = engagement(cast)
    first = session(opened, days=-30)
    promise(opened, cast.coach, "An old promise", session=first)
    promise(opened, cast.coach, "A new promise")
    session(opened, days=-20), session(opened, days=-10)
    off = session(opened, days=-5)
    sessions.call_off_session(by=cast.coach, session=off, version=1, why="Ill.")
    page = page_of(cast.coach, session(opened, days=2).get_absolute_url())
    assert "carried over 2 sessions" in page
    assert page.count("carried over") == 1


def test_the_longest_carried_come_first(cast: Cast) -> None:
    opened = engagement(cast)
    first, second = session(opened, days=-30), session(opened, days=-20)
    late = promise(opened, cast.coach, "Late", session=second)
    early = promise(opened, cast.coach, "Early", session=first)
    held = [one.starts_at for one in (first, second)]
    assert [(one.commitment, one.times) for one in carried_over([late, early], held)] == [(early, 1), (late, 0)]


# --- Two people at the same form ----------------------------------------


def test_who_logged_meanwhile_is_named_and_a_second_try_counts(cast: Cast) -> None:
    one = session(engagement(cast), days=-1)
    sessions.log_session(by=cast.coach, session=one, version=1, happened="The coach's words.")
    with pytest.raises(LoggedMeanwhile, match="Coach logged this session"):
        sessions.log_session(by=cast.tel_aviv_lead, session=one, version=1, happened="The lead's words.")
    again = sessions.log_session(by=cast.tel_aviv_lead, session=one, version=2, happened="Both.")
    assert again.version == 3


def test_the_form_that_comes_back_carries_the_version_that_stands(cast: Cast) -> None:
    one = session(engagement(cast), days=-1)
    sessions.log_session(by=cast.coach, session=one, version=1, happened="Told by the coach.")
    client = client_of(cast.tel_aviv_lead)
    typed = {"version": 1, "happened": "Told by the lead.", "guests": "A kept guest", "attended": [cast.coach.pk]}
    response = client.post(one.get_absolute_url(), typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert 'name="version" value="2"' in page
    for words in ("Told by the coach.", "Told by the lead.", "A kept guest"):
        assert words in page


def test_logging_a_session_that_was_called_off_meanwhile_loses_no_word(cast: Cast) -> None:
    one = session(engagement(cast), days=-1)
    sessions.call_off_session(by=cast.coach, session=one, version=1, why="Nobody came.")
    client, typed = client_of(cast.tel_aviv_lead), {"version": 1, "happened": "I was there."}
    response = client.post(one.get_absolute_url(), typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Coach called this session off while you were writing" in page
    assert "Nobody came." in page
    assert "I was there." in page
    assert client.post(one.get_absolute_url(), {**typed, "version": 2}).status_code == 302


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("session_agenda", {"aim": "My aim", "agenda": "My agenda"}),
        ("session_call_off", {"why": "My reason"}),
        ("session_move", {"day": "2030-01-01", "hour": "10:00", "place": "My place"}),
    ],
)
def test_the_second_reads_what_the_first_made_of_it(cast: Cast, name: str, typed: dict[str, str]) -> None:
    with time_machine.travel(utc(2029, 12, 1), tick=False):
        one = planned(engagement(cast), cast.coach, timezone.now() + 5 * DAY)
        sessions.write_agenda(by=cast.coach, session=one, version=1, aim="Their aim", agenda="Their agenda")
        response = client_of(cast.tel_aviv_lead).post(reverse(name, args=[one.pk]), {**typed, "version": 1})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody changed this session while you were writing" in page
    for words in ("Their aim", "Their agenda", *typed.values()):
        assert words in page
    assert 'name="version" value="2"' in page


def test_an_agenda_changed_meanwhile_is_refused_by_the_verb(cast: Cast) -> None:
    one = planned(engagement(cast), cast.coach, timezone.now() + DAY)
    sessions.write_agenda(by=cast.coach, session=one, version=1, aim="Aim", agenda="First")
    with pytest.raises(ChangedMeanwhile) as refused:
        sessions.write_agenda(by=cast.tel_aviv_lead, session=one, version=1, aim="Aim", agenda="Second")
    assert refused.value.theirs.agenda == "<p>First</p>"


# --- Who may ----------------------------------------


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "coordinator", "administrator", "mulhouse_lead"])
def test_others_arrange_and_log_nothing(cast: Cast, kind: str) -> None:
    one, person = session(engagement(cast), days=-1), somebody(cast, kind)
    acts: list[Callable[[], object]] = [
        lambda: sessions.log_session(by=person, session=one, version=1, happened="x"),
        lambda: sessions.move_session(by=person, session=one, version=1, starts_at=timezone.now(), minutes=60),
        lambda: sessions.call_off_session(by=person, session=one, version=1, why="x"),
        lambda: sessions.write_agenda(by=person, session=one, version=1, aim="x", agenda="x"),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_a_new_lead_goes_on_with_what_the_one_who_left_had_planned(cast: Cast) -> None:
    one = planned(engagement(cast), cast.tel_aviv_lead, timezone.now() + DAY)
    cast.tel_aviv.memberships.current().filter(person=cast.tel_aviv_lead).update(ends_on=today())
    new = make_person("New lead")
    join(cast.tel_aviv, new, Right.LEAD)
    moved = sessions.move_session(by=new, session=one, version=1, starts_at=one.starts_at + DAY, minutes=60)
    assert "Tel Aviv lead" not in written_to(LetterKind.SESSION_MOVED, moved)
    assert client_of(cast.tel_aviv_lead).get(one.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("many", [1, 25])
def test_a_session_costs_the_same_for_little_and_for_much(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    opened = engagement(cast)
    one = planned(opened, cast.coach, timezone.now() + DAY, agenda="An agenda")
    for number in range(many):
        session(opened, days=-number - 1)
        commitments.commit(by=cast.coach, engagement=opened, text="x", owner=cast.coach, due_on=today())
        logged(make_project(cast.tel_aviv))
    client = client_of(cast.coach)
    with django_assert_max_num_queries(20):
        client.get(one.get_absolute_url())
    with django_assert_max_num_queries(20):
        client.get(reverse("session_create", args=[opened.pk]))


def test_a_session_far_away_is_refused(cast: Cast) -> None:
    opened = engagement(cast)
    day = today() + dt.timedelta(days=1000)
    response = client_of(cast.coach).post(
        reverse("session_create", args=[opened.pk]), {"day": day, "hour": "10:00", "aim": "Kept"}
    )
    assert response.status_code == 422
    assert "more than two years away" in response.content.decode()
