"""Introductions: asked with a reason, answered freely, addresses only after a yes and only to the two."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cities.models import Team
from engagement import introductions
from engagement.choices import IntroductionReason, IntroductionState, LetterKind
from engagement.introductions import (
    AnsweredMeanwhile,
    AskedAlready,
    AskerHasLeft,
    DeclinedRecently,
    NobodyThere,
    OwnTeam,
    TooMany,
)
from engagement.models import Introduction, Letter
from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed
from projects.choices import Visibility
from tests.cast import Cast, join, make_person, make_project, make_team
from tests.engagement.accompany_scenes import client_of, introduction, somebody

TYPED = {"reason": IntroductionReason.SAME_PROBLEM, "message": "How did you begin?", "language": "en"}


def ask(
    cast: Cast, *, by: User | None = None, from_team: Team | None = None, to_team: Team | None = None
) -> Introduction:
    return introductions.ask(
        by=by or cast.mulhouse_lead,
        from_team=from_team or cast.mulhouse,
        to_team=to_team or cast.tel_aviv,
        reason=IntroductionReason.SAME_PROBLEM,
        message="How did you begin?",
        language="en",
    )


def reachable_team() -> Team:
    team = make_team()
    join(team, make_person(), "lead")
    return team


# --- Asking --------------------------------------------------------------------------------------------------------


def test_asking_tells_the_leads_of_the_other_team(cast: Cast) -> None:
    ask(cast)
    letter = Letter.objects.get()
    assert (letter.kind, letter.person) == (LetterKind.INTRODUCTION_ASKED, cast.tel_aviv_lead)


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "coach", "coordinator", "administrator", "stranger"])
def test_only_leads_and_members_ask_in_a_teams_name(cast: Cast, kind: str) -> None:
    with pytest.raises(NotAllowed):
        ask(cast, by=somebody(cast, kind), from_team=cast.tel_aviv, to_team=cast.mulhouse)


def test_a_team_is_not_introduced_to_itself(cast: Cast) -> None:
    with pytest.raises(OwnTeam):
        ask(cast, to_team=cast.mulhouse)


def test_a_team_without_people_cannot_be_asked(cast: Cast) -> None:
    with pytest.raises(NobodyThere):
        ask(cast, to_team=cast.boston)


def test_the_same_team_is_not_asked_twice_at_once(cast: Cast) -> None:
    ask(cast)
    with pytest.raises(AskedAlready, match="Your team has asked this team already"):
        ask(cast)


def test_who_was_asked_answers_instead_of_asking_back(cast: Cast) -> None:
    first = ask(cast)
    with pytest.raises(AskedAlready, match="waits for your answer") as refusal:
        ask(cast, by=cast.tel_aviv_lead, from_team=cast.tel_aviv, to_team=cast.mulhouse)
    assert refusal.value.introduction == first


def test_a_declined_pair_rests_for_a_year(cast: Cast) -> None:
    introductions.decline(by=cast.tel_aviv_lead, introduction=ask(cast))
    with pytest.raises(DeclinedRecently, match="It can be asked for again from"):
        ask(cast)


def test_it_rests_in_the_other_direction_too(cast: Cast) -> None:
    introductions.decline(by=cast.tel_aviv_lead, introduction=ask(cast))
    with pytest.raises(DeclinedRecently):
        ask(cast, by=cast.tel_aviv_lead, from_team=cast.tel_aviv, to_team=cast.mulhouse)


def test_after_a_year_it_may_be_asked_again(cast: Cast) -> None:
    introduction(cast, IntroductionState.DECLINED, answered_at=timezone.now() - dt.timedelta(days=366))
    assert introductions.rests_until(cast.mulhouse, cast.tel_aviv) is None
    ask(cast)


def test_what_was_taken_back_does_not_rest(cast: Cast) -> None:
    introductions.withdraw(by=cast.mulhouse_lead, introduction=ask(cast))
    ask(cast)


def test_five_are_asked_for_in_a_week(cast: Cast) -> None:
    for _ in range(5):
        ask(cast, to_team=reachable_team())
    with pytest.raises(TooMany, match="You asked for 5 introductions"):
        ask(cast)
    Introduction.objects.update(asked_at=timezone.now() - dt.timedelta(days=8))
    ask(cast)


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_asking_at_once_make_one_introduction(cast: Cast) -> None:
    colleague = make_person()
    join(cast.mulhouse, colleague)
    at_once = threading.Barrier(2)

    def work(by: User) -> None:
        try:
            at_once.wait()
            ask(cast, by=by)
        except AskedAlready:
            pass
        finally:
            connection.close()

    both = [threading.Thread(target=work, args=[by]) for by in (cast.mulhouse_lead, colleague)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert Introduction.objects.count() == 1


# --- Answering -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["tel_aviv_lead", "tel_aviv_member"])
def test_a_lead_or_member_of_the_asked_team_accepts(cast: Cast, kind: str) -> None:
    by = somebody(cast, kind)
    accepted = introductions.accept(by=by, introduction=ask(cast), words="With pleasure.")
    assert (accepted.state, accepted.answered_by, accepted.answer) == ("accepted", by, "With pleasure.")


def test_a_yes_writes_one_letter_for_the_two(cast: Cast) -> None:
    introductions.accept(by=cast.tel_aviv_member, introduction=ask(cast))
    assert Letter.objects.filter(kind=LetterKind.INTRODUCTION_ACCEPTED).count() == 1


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "mulhouse_lead", "coordinator", "stranger", "administrator"])
def test_others_do_not_answer(cast: Cast, kind: str) -> None:
    with pytest.raises(NotAllowed):
        introductions.accept(by=somebody(cast, kind), introduction=ask(cast))


def test_nobody_is_introduced_to_somebody_who_has_left(cast: Cast) -> None:
    asked = ask(cast)
    cast.mulhouse_lead.memberships.update(ends_on=timezone.now().date())
    with pytest.raises(AskerHasLeft):
        introductions.accept(by=cast.tel_aviv_lead, introduction=asked)


def test_the_second_answer_is_told_who_was_first(cast: Cast) -> None:
    asked = ask(cast)
    introductions.decline(by=cast.tel_aviv_lead, introduction=asked)
    with pytest.raises(AnsweredMeanwhile, match="Tel Aviv lead declined"):
        introductions.accept(by=cast.tel_aviv_member, introduction=asked)


def test_only_the_asker_takes_it_back(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        introductions.withdraw(by=cast.tel_aviv_lead, introduction=ask(cast))


# --- The pages -----------------------------------------------------------------------------------------------------


def page_of(cast: Cast, kind: str, one: Introduction) -> str:
    return client_of(somebody(cast, kind)).get(one.get_absolute_url()).content.decode()


@pytest.mark.parametrize("kind", ["mulhouse_lead", "tel_aviv_lead", "tel_aviv_member", "tel_aviv_observer"])
@pytest.mark.parametrize("state", ["asked", "declined", "withdrawn"])
def test_no_address_is_shown_before_a_yes(cast: Cast, kind: str, state: str) -> None:
    one = introduction(cast, state, answered_by=None if state == "asked" else cast.tel_aviv_lead)
    Introduction.objects.update(answered_at=timezone.now())
    page = page_of(cast, kind, one)
    others = {cast.mulhouse_lead.email, cast.tel_aviv_lead.email} - {somebody(cast, kind).email}
    assert not any(address in page for address in others)


@pytest.mark.parametrize(
    ("kind", "sees"), [("mulhouse_lead", True), ("tel_aviv_lead", True), ("tel_aviv_member", False)]
)
def test_after_a_yes_the_two_see_each_others_address(cast: Cast, kind: str, sees: bool) -> None:
    one = introductions.accept(by=cast.tel_aviv_lead, introduction=ask(cast))
    page = page_of(cast, kind, one)
    assert all(f"mailto:{one}" in page for one in (cast.mulhouse_lead.email, cast.tel_aviv_lead.email)) is sees


@pytest.mark.parametrize("kind", ["coach", "coordinator", "funder_coordinator", "administrator", "stranger"])
def test_nobody_else_sees_it(cast: Cast, kind: str) -> None:
    one = introduction(cast)
    client = client_of(somebody(cast, kind))
    assert client.get(one.get_absolute_url()).status_code == 404
    assert one.message not in client.get(reverse("introduction_list")).content.decode()


def test_asking_begins_on_a_project(cast: Cast) -> None:
    project = cast.projects["network"]
    url = f"{reverse('introduction_create')}?project={project.slug}"
    client = client_of(cast.mulhouse_lead)
    assert project.title in client.get(url).content.decode()
    response = client.post(url, {**TYPED, "from_team": cast.mulhouse.pk})
    asked = Introduction.objects.get()
    assert response["Location"] == asked.get_absolute_url()
    assert (asked.to_team, asked.project) == (cast.tel_aviv, project)


@pytest.mark.parametrize("query", ["project=tel-aviv-team", "project=nowhere", "team=nowhere"])
def test_what_one_does_not_see_cannot_be_asked_about(cast: Cast, query: str) -> None:
    assert client_of(cast.mulhouse_lead).get(f"{reverse('introduction_create')}?{query}").status_code == 404


def test_a_refusal_keeps_the_message(cast: Cast) -> None:
    introductions.decline(by=cast.tel_aviv_lead, introduction=ask(cast))
    url = f"{reverse('introduction_create')}?team={cast.tel_aviv.slug}"
    response = client_of(cast.mulhouse_lead).post(url, {**TYPED, "from_team": cast.mulhouse.pk})
    page = response.content.decode()
    assert response.status_code == 422
    assert "An introduction between these two teams was declined" in page
    assert "How did you begin?" in page


def test_nobody_asks_in_the_name_of_a_foreign_team(cast: Cast) -> None:
    url = f"{reverse('introduction_create')}?team={cast.tel_aviv.slug}"
    response = client_of(cast.mulhouse_lead).post(url, {**TYPED, "from_team": cast.boston.pk})
    assert response.status_code == 422
    assert not Introduction.objects.exists()


def test_a_project_made_private_since_is_not_named(cast: Cast) -> None:
    project = make_project(cast.tel_aviv, title="Soon private")
    one = introduction(cast, project=project)
    assert "Soon private" in page_of(cast, "mulhouse_lead", one)
    project.visibility = Visibility.TEAM
    project.save()
    assert "Soon private" not in page_of(cast, "mulhouse_lead", one)


def test_the_second_answer_on_the_page_keeps_the_words(cast: Cast) -> None:
    one = introduction(cast)
    introductions.decline(by=cast.tel_aviv_lead, introduction=one)
    response = client_of(cast.tel_aviv_member).post(
        reverse("introduction_answer", args=[one.pk]), {"words": "We would love to.", "accept": "1"}
    )
    assert "Tel Aviv lead declined this introduction" in response.content.decode()
    assert "We would love to." in response.content.decode()


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_costs_the_same_for_one_and_for_thirty(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(many):
        introduction(cast, from_team=make_team())
    client = client_of(cast.tel_aviv_lead)
    with django_assert_max_num_queries(7):
        client.get(reverse("introduction_list"))
