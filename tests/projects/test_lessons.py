"""Lessons are offered to teams at similar work, while they may see them, until they have said whether it helps."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cities.models import Team, Topic
from engagement.digests.network.scoring import MATERIAL
from innoteams.lib.verdicts import NotAllowed
from projects.choices import NEWSWORTHY, Decision, Outcome, Verb
from projects.endings import Answers
from projects.lessons import OfOwnTeam, answer_lesson, lessons_for, lessons_for_project, take_back_answer
from projects.models import Activity, Ending, LessonAnswer, Pilot, Project
from projects.phases import conclude
from projects.pilots import decide_pilot, start_pilot
from projects.sharing import share_project
from tests.cast import Cast, join, make_person, make_project, make_team, make_topic


@pytest.fixture
def heat(db: None) -> Topic:
    return make_topic("heat")


@pytest.fixture
def ours(cast: Cast, heat: Topic) -> Project:
    """Of Mulhouse, about to deliver."""
    return make_project(cast.mulhouse, title="Rues fraîches", topics=(heat,), phase="prepare")


def stopped_project(cast: Cast, *topics: Topic, advice: str = "Plant trees.", **fields: object) -> Ending:
    project = make_project(cast.tel_aviv, topics=topics, **fields)
    conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.STOPPED, ending=Answers(advice=advice))
    ending: Ending = project.endings.get()
    return ending


def stopped_pilot(cast: Cast, *topics: Topic, **fields: object) -> Ending:
    project = make_project(cast.tel_aviv, topics=topics, **fields)
    pilot = start_pilot(by=cast.tel_aviv_lead, project=project, title="Sails", hypothesis="h")
    decide_pilot(by=cast.tel_aviv_lead, pilot=pilot, decision=Decision.STOP, ending=Answers(advice="Trees."))
    return Ending.objects.get(pilot=pilot)


def offered(cast: Cast) -> list[Ending]:
    return [offer.ending for offer in lessons_for(cast.mulhouse_lead)]


# --- who is offered what -------------------------------------------------------------------------------------------


def test_a_lesson_is_offered_to_a_team_at_similar_work(cast: Cast, ours: Project, heat: Topic) -> None:
    of_project, of_pilot = stopped_project(cast, heat), stopped_pilot(cast, heat)
    assert offered(cast) == [of_pilot, of_project]
    first = lessons_for(cast.mulhouse_lead)[0]
    assert (first.ours, first.topic, first.saying.team) == (ours, heat, cast.mulhouse)
    assert lessons_for(cast.tel_aviv_lead) == lessons_for(cast.stranger) == lessons_for(cast.visitor) == []


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": Outcome.STOPPED},
        {"outcome": Outcome.DELIVERED},
        {"phase": "investigate"},
        {"source_line": "A newspaper"},
    ],
    ids=str,
)
def test_nothing_is_offered_where_it_cannot_change_what_is_done(
    cast: Cast, ours: Project, heat: Topic, change: dict[str, str]
) -> None:
    stopped_project(cast, heat)
    Project.objects.filter(pk=ours.pk).update(**change)
    assert not offered(cast)


def test_an_undecided_pilot_makes_early_work_live_enough(cast: Cast, ours: Project, heat: Topic) -> None:
    ending = stopped_project(cast, heat)
    Project.objects.filter(pk=ours.pk).update(phase="investigate")
    pilot = start_pilot(by=cast.mulhouse_lead, project=ours, title="Voiles", hypothesis="h")
    assert offered(cast) == [ending]
    decide_pilot(by=cast.mulhouse_lead, pilot=pilot, decision=Decision.STOP, ending=Answers(advice="Arbres."))
    assert not offered(cast)


def test_without_a_shared_topic_nothing_is_offered(cast: Cast, ours: Project) -> None:
    stopped_project(cast, make_topic("housing"))
    stopped_project(cast)
    assert not offered(cast)


def test_after_eighteen_months_it_is_offered_no_more(cast: Cast, ours: Project, heat: Topic) -> None:
    ending = stopped_project(cast, heat)
    Ending.objects.update(ended_at=timezone.now() - dt.timedelta(days=540))
    assert offered(cast) == [ending]
    Ending.objects.update(ended_at=timezone.now() - dt.timedelta(days=560))
    assert not offered(cast)


def test_a_shared_first_topic_comes_before_a_fresher_ending(cast: Cast, ours: Project, heat: Topic) -> None:
    first = stopped_project(cast, heat)
    fresher = stopped_project(cast, make_topic("housing"), heat)
    freshest = stopped_project(cast, make_topic("housing"), heat)
    assert offered(cast) == [first, freshest, fresher]


def test_at_most_three_are_offered(cast: Cast, ours: Project, heat: Topic) -> None:
    for _ in range(5):
        stopped_project(cast, heat)
    assert len(offered(cast)) == 3
    assert len(lessons_for_project(cast.mulhouse_lead, ours, most=2)) == 2


def test_what_was_taken_up_again_is_offered_no_more(cast: Cast, ours: Project, heat: Topic) -> None:
    ending = stopped_project(cast, heat)
    conclude(by=cast.tel_aviv_lead, project=ending.project, outcome=Outcome.IN_PROGRESS, note="A new mayor.")
    assert not offered(cast)


# --- and who is not to know ----------------------------------------------------------------------------------------


def test_narrowing_the_project_takes_the_offer_back_at_once(cast: Cast, ours: Project, heat: Topic) -> None:
    ending = stopped_project(cast, heat)
    assert offered(cast) == [ending]
    share_project(by=cast.tel_aviv_lead, project=ending.project, visibility="programme")
    assert not offered(cast)


def test_narrowing_the_pilot_takes_the_offer_back_at_once(cast: Cast, ours: Project, heat: Topic) -> None:
    ending = stopped_pilot(cast, heat)
    assert offered(cast) == [ending]
    Pilot.objects.update(visibility="team")
    assert not offered(cast)


def test_a_narrowed_lesson_is_not_offered_to_a_second_team_of_the_same_person(
    cast: Cast, ours: Project, heat: Topic
) -> None:
    """An offer is the team's, so everybody of the team must be able to read it."""
    ending = stopped_pilot(cast, heat)
    join(cast.boston, cast.coach, "member")
    make_project(cast.boston, topics=(heat,), phase="prepare")
    assert [offer.ending for offer in lessons_for(cast.coach)] == [ending]
    Pilot.objects.update(visibility="programme")
    assert not lessons_for(cast.coach)


def test_an_own_lesson_is_not_offered_to_oneself(cast: Cast, heat: Topic) -> None:
    make_project(cast.tel_aviv, topics=(heat,), phase="prepare")
    stopped_project(cast, heat)
    assert not lessons_for(cast.tel_aviv_lead)


def test_observers_and_people_who_left_are_offered_nothing(cast: Cast, ours: Project, heat: Topic) -> None:
    stopped_project(cast, heat)
    observer = make_person()
    join(cast.mulhouse, observer, "observer")
    assert not lessons_for(observer)
    cast.mulhouse_lead.memberships.update(ends_on=timezone.now().date())
    assert not offered(cast)


# --- answering -----------------------------------------------------------------------------------------------------


def say(cast: Cast, ending: Ending, usefulness: str = "useful", team: Team | None = None) -> LessonAnswer:
    return answer_lesson(by=cast.mulhouse_lead, ending=ending, team=team or cast.mulhouse, usefulness=usefulness)


def test_what_a_team_answered_is_offered_to_it_no_more_until_it_takes_it_back(
    cast: Cast, ours: Project, heat: Topic
) -> None:
    ending = stopped_project(cast, heat)
    say(cast, ending)
    say(cast, ending, "not_for_us")
    assert LessonAnswer.objects.get().usefulness == "not_for_us"
    assert not offered(cast)
    take_back_answer(by=cast.mulhouse_lead, ending=ending, team=cast.mulhouse)
    take_back_answer(by=cast.mulhouse_lead, ending=ending, team=cast.mulhouse)
    assert offered(cast) == [ending]


def test_of_two_teams_of_one_person_each_answers_for_itself(cast: Cast, ours: Project, heat: Topic) -> None:
    ending = stopped_project(cast, heat)
    join(cast.boston, cast.mulhouse_lead, "member")
    boston = make_project(cast.boston, topics=(heat,), phase="deliver_adapt")
    say(cast, ending)
    [offer] = lessons_for(cast.mulhouse_lead)
    assert offer.ours == boston


def test_only_people_who_write_for_a_team_answer_for_it(cast: Cast, heat: Topic) -> None:
    ending = stopped_project(cast, heat)
    with pytest.raises(NotAllowed):
        say(cast, ending, team=cast.boston)
    with pytest.raises(OfOwnTeam):
        answer_lesson(by=cast.tel_aviv_lead, ending=ending, team=cast.tel_aviv, usefulness="useful")
    with pytest.raises(NotAllowed):
        take_back_answer(by=cast.stranger, ending=ending, team=cast.mulhouse)


def test_it_is_offered_on_my_work_and_answered_with_one_press(
    client: Client, cast: Cast, ours: Project, heat: Topic
) -> None:
    ending = stopped_pilot(cast, heat)
    client.force_login(cast.mulhouse_lead)
    client.cookies["django_language"] = "en"
    assert "Trees." in client.get("/my-work/").content.decode()
    answer = {"usefulness": "useful", "team": cast.mulhouse.pk, "next": "/my-work/"}
    assert client.post(f"/lessons/{ending.pk}/", answer)["Location"] == "/my-work/"
    assert "Trees." not in client.get("/my-work/").content.decode()
    fragment = client.post(f"/lessons/{ending.pk}/", answer, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert 'value=""' in fragment
    client.post(f"/lessons/{ending.pk}/", {**answer, "usefulness": ""})
    assert not LessonAnswer.objects.exists()


def test_a_get_answers_nothing_and_an_address_elsewhere_is_not_followed(
    client: Client, cast: Cast, heat: Topic
) -> None:
    ending = stopped_pilot(cast, heat)
    client.force_login(cast.mulhouse_lead)
    assert client.get(f"/lessons/{ending.pk}/").status_code == 405
    response = client.post(f"/lessons/{ending.pk}/", {"usefulness": "useful", "next": "https://evil.example/"})
    assert response["Location"] == ending.project.get_absolute_url()


def test_a_lesson_that_is_not_seen_cannot_be_answered(client: Client, cast: Cast, heat: Topic) -> None:
    ending = stopped_pilot(cast, heat)
    Pilot.objects.update(visibility="team")
    client.force_login(cast.mulhouse_lead)
    assert client.post(f"/lessons/{ending.pk}/", {"usefulness": "useful"}).status_code == 404
    client.force_login(cast.tel_aviv_lead)
    assert client.post(f"/lessons/{ending.pk}/", {"usefulness": "useful"}).status_code == 403


def test_the_similar_project_offers_it_to_its_team_alone(
    client: Client, cast: Cast, ours: Project, heat: Topic
) -> None:
    stopped_project(cast, heat, advice="zzadvice")
    client.force_login(cast.mulhouse_lead)
    assert "zzadvice" in client.get(ours.get_absolute_url()).content.decode()
    client.force_login(cast.tel_aviv_lead)
    assert "zzadvice" not in client.get(ours.get_absolute_url()).content.decode()


def test_the_team_that_told_it_sees_to_how_many_it_was_useful_and_to_nobody_whose_name(
    client: Client, cast: Cast, heat: Topic
) -> None:
    ending = stopped_project(cast, heat)
    boston = make_person()
    join(cast.boston, boston, "lead")
    say(cast, ending)
    answer_lesson(by=boston, ending=ending, team=cast.boston, usefulness="useful")
    other = make_team()
    join(other, boston, "lead")
    answer_lesson(by=boston, ending=ending, team=other, usefulness="not_for_us")
    client.force_login(cast.tel_aviv_lead)
    text = client.get(ending.project.get_absolute_url()).content.decode()
    assert "Useful to 2 teams" in text
    assert cast.boston.name not in text
    client.force_login(cast.stranger)
    assert "Useful to" not in client.get(ending.project.get_absolute_url()).content.decode()


def test_a_reader_of_another_team_can_take_an_answer_back_where_the_lesson_stands(
    client: Client, cast: Cast, heat: Topic
) -> None:
    ending = stopped_project(cast, heat)
    client.force_login(cast.mulhouse_lead)
    url = ending.project.get_absolute_url()
    assert "lesson-answer" in client.get(url).content.decode()
    say(cast, ending)
    assert client.get(url).content.decode().count('name="usefulness"') == 1


def test_lessons_cost_the_same_few_questions_however_many_there_are(
    cast: Cast, ours: Project, heat: Topic, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        ending = stopped_project(cast, heat)
        make_project(cast.mulhouse, topics=(heat,), phase="prepare")
        if number % 2:
            say(cast, ending)
    with django_assert_num_queries(3):
        offers = lessons_for(cast.mulhouse_lead)
        assert [str(offer.ending.project.team.city) for offer in offers]
        assert [offer.saying.team.name for offer in offers]


def test_a_page_with_many_endings_costs_what_one_costs(
    client: Client, cast: Cast, heat: Topic, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    project = stopped_project(cast, heat).project
    for number in range(12):
        pilot = start_pilot(by=cast.tel_aviv_lead, project=project, title=f"Try {number}", hypothesis="h")
        decide_pilot(by=cast.tel_aviv_lead, pilot=pilot, decision="stop", ending=Answers(advice="a"))
    for person, most in ((cast.mulhouse_lead, 16), (cast.tel_aviv_lead, 15)):
        client.force_login(person)
        with django_assert_max_num_queries(most):
            client.get(project.get_absolute_url())


# --- told in digests -----------------------------------------------------------------------------------------------


def test_an_ending_with_its_lesson_is_the_weightiest_news(cast: Cast, heat: Topic) -> None:
    assert Verb.ENDED_WITH_LESSON in NEWSWORTHY
    assert MATERIAL[Verb.ENDED_WITH_LESSON] == max(MATERIAL.values())
    ending = stopped_pilot(cast, heat)
    news = Activity.objects.newsworthy().filter(verb=Verb.ENDED_WITH_LESSON)
    assert [one.ending for one in news] == [ending]
    Pilot.objects.update(visibility="team")
    assert not news.all().exists()
