"""Coaching: the coach's right comes and goes with the engagement; three drawers, and the private one is private."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cities.choices import Right
from cities.models import Membership, MembershipChange, Team
from cities.querysets import today
from engagement.choices import Drawer
from engagement.coaching import commitments, engagements, notes, sessions
from engagement.coaching.commitments import NotOfThePair
from engagement.coaching.engagements import CoachesAlready, CoachOfOwnTeam
from engagement.coaching.sessions import LoggedMeanwhile
from engagement.models import CoachingEngagement, CoachingNote, CoachingSession, Commitment
from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed
from projects.models import Project
from tests.cast import Cast, join, make_person
from tests.engagement.accompany_scenes import client_of, engagement, session, somebody

TOMORROW = dt.timedelta(days=1)


def promise(of: CoachingEngagement, owner: User, text: str = "Add a reading") -> Commitment:
    return commitments.commit(by=owner, engagement=of, text=text, owner=owner, due_on=today() + TOMORROW)


# --- Opening and ending --------------------------------------------------------------------------------------------


def test_opening_gives_the_coach_the_right_in_the_team(cast: Cast) -> None:
    coach = make_person("New coach")
    opened = engagements.open_engagement(by=cast.coordinator, coaches=[coach], team=cast.tel_aviv)
    assert opened.coaches.get().membership.right == Right.COACH
    assert cast.tel_aviv in Team.objects.coached_by(coach)
    assert MembershipChange.objects.filter(person=coach, event="joined").exists()


def test_a_coach_who_has_the_right_already_keeps_that_one(cast: Cast) -> None:
    engagement(cast)
    assert Membership.objects.coaches().filter(person=cast.coach).count() == 1


def test_ending_takes_the_right_away_at_once(cast: Cast) -> None:
    opened = engagement(cast)
    ended = engagements.end_engagement(by=cast.coordinator, engagement=opened)
    assert ended.ends_on == today()
    assert cast.tel_aviv not in Team.objects.coached_by(cast.coach)
    assert MembershipChange.objects.filter(person=cast.coach, event="ended").exists()


def test_a_coach_may_come_back_later(cast: Cast) -> None:
    engagements.end_engagement(by=cast.coordinator, engagement=engagement(cast))
    engagement(cast)
    assert cast.tel_aviv in Team.objects.coached_by(cast.coach)


@pytest.mark.parametrize("kind", ["coordinator", "administrator", "coach", "tel_aviv_lead"])
def test_who_may_end_it(cast: Cast, kind: str) -> None:
    ended = engagements.end_engagement(by=somebody(cast, kind), engagement=engagement(cast))
    assert ended.ends_on is not None


@pytest.mark.parametrize("kind", ["tel_aviv_member", "funder_coordinator", "other_coordinator", "mulhouse_lead"])
def test_who_may_not_end_it(cast: Cast, kind: str) -> None:
    with pytest.raises(NotAllowed):
        engagements.end_engagement(by=somebody(cast, kind), engagement=engagement(cast))


@pytest.mark.parametrize("kind", ["coach", "tel_aviv_lead", "funder_coordinator", "other_coordinator", "stranger"])
def test_only_the_coordinator_or_an_administrator_opens_one(cast: Cast, kind: str) -> None:
    with pytest.raises(NotAllowed):
        engagements.open_engagement(by=somebody(cast, kind), coaches=[cast.stranger], team=cast.tel_aviv)


def test_a_coach_comes_from_outside_the_team(cast: Cast) -> None:
    with pytest.raises(CoachOfOwnTeam):
        engagements.open_engagement(by=cast.coordinator, coaches=[cast.tel_aviv_member], team=cast.tel_aviv)


def test_a_lead_of_another_city_may_coach(cast: Cast) -> None:
    opened = engagements.open_engagement(by=cast.coordinator, coaches=[cast.mulhouse_lead], team=cast.tel_aviv)
    assert opened.current_coaches == [cast.mulhouse_lead]


def test_a_pair_has_one_open_engagement(cast: Cast) -> None:
    engagement(cast)
    with pytest.raises(CoachesAlready):
        engagement(cast)


def test_the_page_to_open_one_keeps_what_was_typed(cast: Cast) -> None:
    typed = {"team": cast.tel_aviv.pk, "coaches": [cast.tel_aviv_member.pk], "aims": "Hear residents first"}
    response = client_of(cast.coordinator).post(reverse("engagement_create"), typed)
    assert response.status_code == 422
    assert "A coach comes from outside" in response.content.decode()
    assert "Hear residents first" in response.content.decode()


def test_a_coordinator_cannot_name_a_team_of_another_programme(cast: Cast) -> None:
    typed = {"team": cast.mulhouse.pk, "coaches": [cast.coach.pk]}
    assert client_of(cast.coordinator).post(reverse("engagement_create"), typed).status_code == 422
    assert not CoachingEngagement.objects.exists()


# --- Sessions ------------------------------------------------------------------------------------------------------


def test_a_session_is_planned_by_the_planners_clock_and_shown_in_both(cast: Cast) -> None:
    opened = engagement(cast)
    day = today() + dt.timedelta(days=30)
    typed = {"day": day.isoformat(), "hour": "14:30", "aim": "Choose a question"}
    client = client_of(cast.tel_aviv_lead)
    response = client.post(reverse("session_create", args=[opened.pk]), typed)
    assert response.status_code == 302
    planned = CoachingSession.objects.get()
    assert planned.starts_at.astimezone(cast.tel_aviv_lead.zone).hour == 14
    page = client.get(planned.get_absolute_url()).content.decode()
    assert "UTC" in page
    assert "Asia/Jerusalem" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"day": "", "hour": ""}, "Give a day."),
        ({"day": "2026-12-01", "hour": ""}, "Give an hour."),
        ({"day": "2026-13-40", "hour": "14:30"}, "Write the day as year-month-day"),
        ({"day": "2026-12-01", "hour": "25:99"}, "Write the hour as 14:30."),
        ({"day": "9999-12-31", "hour": "23:59"}, "more than two years away"),
        ({"day": "0001-01-01", "hour": "00:00"}, "more than two years away"),
    ],
)
def test_a_day_that_cannot_be_is_refused_at_the_field(cast: Cast, typed: dict[str, str], sentence: str) -> None:
    opened = engagement(cast)
    response = client_of(cast.tel_aviv_lead).post(
        reverse("session_create", args=[opened.pk]), {"aim": "Kept aim", **typed}
    )
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "Kept aim" in response.content.decode()


def test_a_session_is_logged(cast: Cast) -> None:
    held = session(engagement(cast), days=-1)
    logged = sessions.log_session(by=cast.coach, session=held, version=1, happened="We walked.")
    assert (logged.happened, logged.logged_by) == ("<p>We walked.</p>", cast.coach)


def test_a_log_is_not_written_over_unseen(cast: Cast) -> None:
    held = session(engagement(cast), days=-1)
    sessions.log_session(by=cast.coach, session=held, version=1, happened="The coach's words.")
    with pytest.raises(LoggedMeanwhile, match="Coach logged"):
        sessions.log_session(by=cast.tel_aviv_lead, session=held, version=1, happened="The lead's words.")


def test_the_second_to_log_reads_both_texts_on_the_page(cast: Cast) -> None:
    held = session(engagement(cast), days=-1)
    sessions.log_session(by=cast.coach, session=held, version=1, happened="The coach wrote this.")
    response = client_of(cast.tel_aviv_lead).post(
        held.get_absolute_url(), {"happened": "The lead wrote this.", "version": "1"}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "The coach wrote this." in page
    assert "The lead wrote this." in page


# --- Commitments ---------------------------------------------------------------------------------------------------


def test_open_commitments_are_carried_over_to_the_next_session(cast: Cast) -> None:
    opened = engagement(cast)
    promise(opened, cast.coach, "Send the guide")
    page = client_of(cast.tel_aviv_lead).get(session(opened).get_absolute_url()).content.decode()
    assert "Send the guide" in page


def test_a_commitment_is_kept_and_may_be_opened_again(cast: Cast) -> None:
    one = promise(engagement(cast), cast.tel_aviv_member)
    done = commitments.settle(by=cast.coach, commitment=one)
    assert done.done_by == cast.coach
    again = commitments.settle(by=cast.tel_aviv_lead, commitment=one)
    assert again.done_by == cast.coach
    assert commitments.reopen(by=cast.tel_aviv_lead, commitment=one).done_at is None


def test_only_somebody_of_the_pair_promises(cast: Cast) -> None:
    opened = engagement(cast)
    with pytest.raises(NotOfThePair):
        commitments.commit(
            by=cast.coach, engagement=opened, text="Call", owner=cast.mulhouse_lead, due_on=today() + TOMORROW
        )


def test_a_day_in_the_past_is_refused_at_the_field(cast: Cast) -> None:
    opened = engagement(cast)
    typed = {"text": "Call the mayor", "owner": cast.coach.pk, "due_on": "2020-01-01"}
    response = client_of(cast.coach).post(reverse("commitment_create", args=[opened.pk]), typed)
    assert response.status_code == 422
    assert "This day is over" in response.content.decode()
    assert "Call the mayor" in response.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_a_form_does_not_lead_away_from_the_portal(cast: Cast, elsewhere: str) -> None:
    one = promise(engagement(cast), cast.coach)
    response = client_of(cast.coach).post(reverse("commitment_settle", args=[one.pk]), {"next": elsewhere})
    assert response["Location"].startswith("/coaching/")


# --- Notes ---------------------------------------------------------------------------------------------------------


NOTE_READERS = {
    Drawer.PRIVATE: {"coach"},
    Drawer.TEAM: {"coach", "tel_aviv_lead", "tel_aviv_member", "tel_aviv_observer"},
    Drawer.COORDINATORS: {
        "coach", "tel_aviv_lead", "tel_aviv_member", "tel_aviv_observer", "coordinator", "funder_coordinator",
    },
}  # fmt: skip
EVERYBODY = (*NOTE_READERS[Drawer.COORDINATORS], "other_coordinator", "administrator", "mulhouse_lead", "former_member")


@pytest.mark.parametrize("drawer", list(Drawer))
def test_each_drawer_has_its_readers(cast: Cast, drawer: str) -> None:
    notes.write_note(by=cast.coach, engagement=engagement(cast), drawer=drawer, text="Slow down.")
    readers = {kind for kind in EVERYBODY if CoachingNote.objects.visible_to(somebody(cast, kind)).exists()}
    assert readers == NOTE_READERS[Drawer(drawer)]


def test_a_note_is_private_unless_somebody_chooses_otherwise(cast: Cast) -> None:
    page = client_of(cast.coach).get(engagement(cast).get_absolute_url()).content.decode()
    assert re.search(r'<input[^>]*value="private"[^>]*checked', page)


@pytest.mark.parametrize("drawer", ["", "everybody"])
def test_a_note_in_no_drawer_is_not_kept(cast: Cast, drawer: str) -> None:
    opened = engagement(cast)
    response = client_of(cast.coach).post(
        reverse("note_create", args=[opened.pk]), {"drawer": drawer, "text": "Typed text stays."}
    )
    assert response.status_code == 422
    assert "Typed text stays." in response.content.decode()
    assert not CoachingNote.objects.exists()


def test_coordinators_read_what_is_shared_with_them_on_the_coaching_page(cast: Cast) -> None:
    opened = engagement(cast)
    notes.write_note(by=cast.coach, engagement=opened, drawer=Drawer.COORDINATORS, text="For the coordinators.")
    notes.write_note(by=cast.coach, engagement=opened, drawer=Drawer.TEAM, text="For the team.")
    page = client_of(cast.coordinator).get(reverse("engagement_list")).content.decode()
    assert "For the coordinators." in page
    assert "For the team." not in page


def test_nothing_is_written_after_the_end(cast: Cast) -> None:
    ended = engagements.end_engagement(by=cast.coordinator, engagement=engagement(cast))
    with pytest.raises(NotAllowed, match="has ended"):
        notes.write_note(by=cast.tel_aviv_lead, engagement=ended, drawer=Drawer.TEAM, text="Late.")


# --- Who sees the pages --------------------------------------------------------------------------------------------


def test_a_coach_of_one_team_who_leads_another_sees_only_what_each_right_shows(cast: Cast) -> None:
    coach = make_person("Both")
    join(cast.mulhouse, coach, Right.LEAD)
    engagements.open_engagement(by=cast.coordinator, coaches=[coach], team=cast.tel_aviv)
    seen = {project.title for project in Project.objects.visible_to(coach)}
    assert "Tel Aviv at level programme" in seen
    assert "Tel Aviv at level team" not in seen


@pytest.mark.parametrize("many", [1, 30])
def test_the_engagement_costs_the_same_for_one_session_and_for_thirty(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    opened = engagement(cast)
    for number in range(many):
        session(opened, days=number - 5)
        promise(opened, cast.coach)
        notes.write_note(by=cast.coach, engagement=opened, drawer=Drawer.TEAM, text="A note.")
    client = client_of(cast.coach)
    with django_assert_max_num_queries(20):
        client.get(opened.get_absolute_url())
