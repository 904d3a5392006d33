"""My work: everything that waits for a person, across roles, the oldest promise first."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cities.models import Invitation
from cities.querysets import today
from engagement.choices import CheckInState, IntroductionState
from engagement.models import CheckIn, Commitment
from engagement.waiting import Waiting, waiting_for
from innoteams.accounts.models import User
from projects.models import Follow, Project
from tests.cast import Cast, accompany, join, make_city, make_person, make_project, make_team
from tests.engagement.accompany_scenes import (
    answered,
    client_of,
    drafted,
    engagement,
    introduction,
    logged,
    period,
    session,
    somebody,
    submitted,
)

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _nothing_else_waits(cast: Cast) -> None:
    """The cast's own draft would wait for its lead."""
    Project.objects.filter(team=cast.tel_aviv).update(created_by=None)


def kinds(person: User) -> list[str]:
    return [item.kind for item in waiting_for(person)]


def the_one(person: User) -> Waiting:
    [item] = waiting_for(person)
    return item


def invite(cast: Cast, email: str, **fields: object) -> Invitation:
    values: dict[str, object] = {
        "team": cast.boston,
        "email": email,
        "key_digest": "0" * 64,
        "expires_at": timezone.now() + 3 * DAY,
        "invited_by": cast.administrator,
        **fields,
    }
    return Invitation.objects.create(**values)


def test_nothing_waits_for_somebody_new(cast: Cast) -> None:
    assert waiting_for(cast.stranger) == []


def test_a_drafted_check_in_waits_for_the_people_who_write_it(cast: Cast) -> None:
    drafted(cast)
    assert kinds(cast.tel_aviv_lead) == kinds(cast.tel_aviv_member) == ["check_in_drafted"]
    assert kinds(cast.tel_aviv_observer) == kinds(cast.coordinator) == []


def test_a_sent_one_waits_for_the_coordinator_who_answers(cast: Cast) -> None:
    submitted(cast)
    assert kinds(cast.coordinator) == ["check_in_answer"]
    assert kinds(cast.funder_coordinator) == kinds(cast.tel_aviv_lead) == []


def test_a_returned_one_waits_for_the_team_again(cast: Cast) -> None:
    answered(cast, submitted(cast), CheckInState.RETURNED)
    assert kinds(cast.tel_aviv_lead) == ["check_in_returned"]


def test_an_accepted_one_waits_for_nobody(cast: Cast) -> None:
    answered(cast, submitted(cast), CheckInState.ACCEPTED)
    assert kinds(cast.tel_aviv_lead) == kinds(cast.coordinator) == []


def test_a_check_in_past_its_day_is_late(cast: Cast) -> None:
    drafted(cast, period(cast.programme, due_in=-1))
    assert the_one(cast.tel_aviv_lead).is_late


def test_an_invitation_to_a_verified_address_waits(cast: Cast) -> None:
    invite(cast, cast.stranger.email.upper())
    assert kinds(cast.stranger) == ["invitation"]


@pytest.mark.parametrize(
    "fields",
    [{"expires_at": timezone.now() - DAY}, {"withdrawn_at": timezone.now()}, {"accepted_at": timezone.now()}],
)
def test_an_invitation_that_is_over_does_not(cast: Cast, fields: dict[str, object]) -> None:
    invite(cast, cast.stranger.email, **fields)
    assert kinds(cast.stranger) == []


def test_an_address_that_is_not_verified_shows_nobodys_invitation(cast: Cast) -> None:
    invite(cast, cast.stranger.email)
    cast.stranger.emailaddress_set.update(verified=False)
    assert kinds(cast.stranger) == []


def test_an_invitation_is_opened_from_here(cast: Cast) -> None:
    one = invite(cast, cast.stranger.email)
    client = client_of(cast.stranger)
    response = client.post(reverse("invitation_open", args=[one.pk]))
    assert response["Location"] == reverse("invitation_waiting")
    assert client_of(cast.mulhouse_lead).post(reverse("invitation_open", args=[one.pk])).status_code == 404


def test_an_introduction_waits_for_the_asked_team(cast: Cast) -> None:
    introduction(cast)
    assert kinds(cast.tel_aviv_member) == ["introduction"]
    assert kinds(cast.mulhouse_lead) == kinds(cast.tel_aviv_observer) == []


@pytest.mark.parametrize(("days", "waits"), [(29, []), (31, ["introduction_helped"])])
def test_a_month_later_the_asker_is_asked_whether_it_helped(cast: Cast, days: int, waits: list[str]) -> None:
    introduction(cast, IntroductionState.ACCEPTED, answered_at=timezone.now() - days * DAY)
    assert kinds(cast.mulhouse_lead) == waits


@pytest.mark.parametrize(("days", "waits"), [(-3, ["commitment"]), (14, ["commitment"]), (15, [])])
def test_a_commitment_waits_from_two_weeks_before(cast: Cast, days: int, waits: list[str]) -> None:
    Commitment.objects.create(
        engagement=engagement(cast), text="Call", owner=cast.tel_aviv_member, due_on=today() + days * DAY
    )
    assert kinds(cast.tel_aviv_member) == waits


def test_a_commitment_is_done_in_place(cast: Cast) -> None:
    one = Commitment.objects.create(
        engagement=engagement(cast), text="Call the housing office", owner=cast.coach, due_on=today()
    )
    client = client_of(cast.coach)
    assert "Call the housing office" in client.get(reverse("my_work")).content.decode()
    response = client.post(the_one(cast.coach).ways[0].url, {"next": reverse("my_work")})
    assert response["Location"] == reverse("my_work")
    one.refresh_from_db()
    assert one.done_at
    assert kinds(cast.coach) == []


def test_a_session_that_was_held_waits_for_the_coach_to_log_it(cast: Cast) -> None:
    opened = engagement(cast)
    session(opened, days=-1)
    session(opened, days=1)
    assert kinds(cast.coach) == ["session"]


def test_my_own_draft_waits_for_me(cast: Cast) -> None:
    make_project(cast.tel_aviv, visibility="team", created_by=cast.tel_aviv_member)
    assert kinds(cast.tel_aviv_member) == ["draft"]
    assert kinds(cast.tel_aviv_lead) == []


@pytest.mark.parametrize(("days", "waits"), [(365, []), (366, ["confirm"])])
def test_a_project_nobody_confirmed_for_a_year_waits(cast: Cast, days: int, waits: list[str]) -> None:
    make_project(cast.mulhouse, last_confirmed_on=today() - days * DAY)
    assert kinds(cast.mulhouse_lead) == waits


def test_the_oldest_promise_comes_first_and_what_has_no_day_last(cast: Cast) -> None:
    make_project(cast.tel_aviv, visibility="team", created_by=cast.tel_aviv_lead)
    drafted(cast, period(cast.programme, due_in=3))
    introduction(cast)
    Commitment.objects.create(engagement=engagement(cast), text="Call", owner=cast.tel_aviv_lead, due_on=today() - DAY)
    assert kinds(cast.tel_aviv_lead) == ["commitment", "check_in_drafted", "introduction", "reflection", "draft"]


def test_one_person_with_several_roles_finds_all_of_it(cast: Cast) -> None:
    join(cast.mulhouse, cast.coordinator, "lead")
    submitted(cast)
    introduction(cast, from_team=cast.tel_aviv, to_team=cast.mulhouse, asked_by=cast.tel_aviv_lead)
    assert set(kinds(cast.coordinator)) == {"check_in_answer", "introduction"}


# --- The page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("tel_aviv_lead", "A good moment to log"),
        ("coordinator", "Everything is answered"),
        ("coach", "All logged, nothing due"),
        ("stranger", "You belong to no team yet"),
    ],
)
def test_an_empty_list_teaches(cast: Cast, kind: str, sentence: str) -> None:
    assert sentence in client_of(somebody(cast, kind)).get(reverse("my_work")).content.decode()


def test_news_of_what_i_follow_is_there_as_far_as_i_see_it(cast: Cast) -> None:
    for level in ("network", "team"):
        Follow.objects.create(person=cast.mulhouse_lead, project=cast.projects[level])
        logged(cast.projects[level])
    page = client_of(cast.mulhouse_lead).get(reverse("my_work")).content.decode()
    assert "Tel Aviv at level network" in page
    assert "Tel Aviv at level team" not in page


def test_the_next_session_is_told_in_both_times(cast: Cast) -> None:
    session(engagement(cast), aim="Walk through the courtyard")
    page = client_of(cast.tel_aviv_lead).get(reverse("my_work")).content.decode()
    assert "Walk through the courtyard" in page
    assert "Asia/Jerusalem" in page


@pytest.mark.parametrize("many", [1, 30])
def test_it_costs_at_most_twelve_queries_however_much_waits(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # Somebody who is everything at once.
    person = make_person(second_factor=True)
    join(cast.tel_aviv, person, "lead")
    cast.operator.coordinations.create(person=person, starts_on=today() - DAY)
    opened = engagement(cast)
    of = period(cast.programme)
    for number in range(many):
        team = make_team(make_city())
        accompany(team.city, cast.programme)
        CheckIn.objects.create(period=of, team=team, state=CheckInState.SUBMITTED, submitted_at=timezone.now())
        introduction(cast, from_team=team)
        Commitment.objects.create(engagement=opened, text=f"Promise {number}", owner=person, due_on=today())
        project = make_project(team, title=f"Elsewhere {number}")
        Follow.objects.create(person=person, project=project)
        logged(project)
        make_project(cast.tel_aviv, visibility="team", created_by=person)
        session(opened, days=number + 1)
    client = client_of(person)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("my_work")).content.decode()
    # And the team is asked once to look back at the start of its coaching.
    assert page.count('class="waiting"') == 4 * many + 1


def test_whether_an_introduction_helped_is_told_in_place(cast: Cast) -> None:
    one = introduction(cast, IntroductionState.ACCEPTED, answered_at=timezone.now() - 31 * DAY)
    yes, *_others = the_one(cast.mulhouse_lead).ways
    response = client_of(cast.mulhouse_lead).post(yes.url, {**yes.sent, "next": reverse("my_work")})
    assert response["Location"] == reverse("my_work")
    one.refresh_from_db()
    assert one.helped
    assert kinds(cast.mulhouse_lead) == []


def test_that_a_project_is_still_true_is_said_in_place(cast: Cast) -> None:
    project = make_project(cast.mulhouse, last_confirmed_on=today() - 400 * DAY)
    [way] = the_one(cast.mulhouse_lead).ways
    response = client_of(cast.mulhouse_lead).post(way.url, {"next": reverse("my_work")})
    assert response["Location"] == reverse("my_work")
    assert kinds(cast.mulhouse_lead) == []
    project.refresh_from_db()
    assert project.last_confirmed_on
    assert project.last_confirmed_on >= today()


def test_a_way_back_to_another_site_is_not_taken(cast: Cast) -> None:
    project = make_project(cast.mulhouse, last_confirmed_on=today() - 400 * DAY)
    url = reverse("project_confirm", args=[project.slug])
    response = client_of(cast.mulhouse_lead).post(url, {"next": "https://elsewhere.example/"})
    assert response["Location"] == project.get_absolute_url()
