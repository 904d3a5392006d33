"""What a person's digest holds. These sentences were written before the weights were set."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from cities.models import Tie, Topic
from engagement.choices import ItemKind
from engagement.digests.exposure import Turns
from engagement.digests.network.picking import MOST_ITEMS, MOST_OF_A_CITY
from engagement.digests.network.readers import Asked
from engagement.digests.network.selection import Selection, choose
from engagement.models import Answer
from innoteams.accounts.models import User
from projects.choices import Outcome, Phase, Verb, Visibility
from projects.models import Follow, Project
from tests.cast import Cast, join, make_city, make_person, make_project, make_team, make_topic
from tests.engagement.digest_scenes import DAY, ask, happen, only, prefer, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobodys_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose turn it is differs from week to week; test_select_exposure.py holds that."""
    monkeypatch.setattr(Turns, "due", lambda _turns, _day: [])


def selection_for(*people: User, days: float = 30, now: dt.datetime | None = None) -> list[Selection]:
    now = now or timezone.now()
    return choose([Asked(person.pk, now - days * DAY, now) for person in people])[1]


def projects_for(person: User, days: float = 30) -> list[Project]:
    """In the order shown."""
    [selection] = selection_for(person, days=days)
    return [item.project for item in selection.items if item.project]


def codes_for(person: User, project: Project) -> list[str]:
    """Why this project rather than another, the weightiest first."""
    [selection] = selection_for(person)
    [item] = [item for item in selection.items if item.project == project]
    return [reason.code for reason in item.reasons if reason.code not in ("news", "fresh")]


@pytest.fixture
def reader(cast: Cast) -> User:
    """Mulhouse lead, whose team has a project on loneliness, in its second phase."""
    make_project(cast.mulhouse, title="Neighbours' table", topics=(cast.topic,), phase=Phase.GENERATE)
    return cast.mulhouse_lead


# --- Who may see it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["mulhouse_lead", "stranger", "coach", "coordinator", "funder_coordinator", "administrator"]
)
def test_only_what_the_person_sees_is_chosen(cast: Cast, kind: str) -> None:
    for project in cast.projects.values():
        happen(project)
    person = cast.person(kind)
    assert isinstance(person, User)

    chosen = projects_for(person)

    assert chosen
    assert set(chosen) <= set(Project.objects.visible_to(person))


def test_the_own_teams_news_are_left_out(cast: Cast) -> None:
    for project in cast.projects.values():
        happen(project)

    assert projects_for(cast.tel_aviv_member) == []


def test_a_coach_is_told_of_what_the_programme_may_see_and_of_nothing_narrower(cast: Cast) -> None:
    for project in cast.projects.values():
        happen(project)
        Follow.objects.create(person=cast.coach, project=project)

    assert {project.visibility for project in projects_for(cast.coach)} == {Visibility.PROGRAMME, Visibility.NETWORK}


# --- What is news -------------------------------------------------------------------------------------------------


def test_news_of_a_project_become_one_entry_with_the_newest_first(cast: Cast, reader: User) -> None:
    project = cast.projects["network"]
    shared, entry = happen(project, days_ago=3), happen(project, Verb.JOURNAL_ADDED, days_ago=1)

    [selection] = selection_for(reader)

    [item] = [item for item in selection.items if item.kind == ItemKind.PROJECT]
    assert [news.pk for news in item.news] == [entry.pk, shared.pk]


def test_an_edit_is_no_news(cast: Cast, reader: User) -> None:
    happen(cast.projects["network"], Verb.PROJECT_CHANGED)

    assert projects_for(reader) == []


def test_from_the_network_to_the_public_is_no_news_for_the_network(cast: Cast, reader: User) -> None:
    happen(cast.projects["public"], Verb.PROJECT_SHARED, facts={"from": "network", "to": "public"})

    assert projects_for(reader) == []


def test_what_lies_before_the_window_is_not_told(cast: Cast, reader: User) -> None:
    happen(cast.projects["network"], days_ago=8)

    assert projects_for(reader, days=7) == []


def test_what_a_sent_digest_has_shown_is_told_again_only_when_something_happens(cast: Cast, reader: User) -> None:
    only(reader)
    prefer(reader, cadence="daily")
    happen(cast.projects["network"], days_ago=0.001)
    run()

    assert projects_for(reader) == []
    happen(cast.projects["network"], Verb.JOURNAL_ADDED, days_ago=0)
    assert projects_for(reader) == [cast.projects["network"]]


def test_what_was_being_saved_while_the_last_digest_was_built_is_in_the_next(cast: Cast, reader: User) -> None:
    happen(cast.projects["network"], days_ago=7 + 5 / 1440)

    assert projects_for(reader, days=7) == [cast.projects["network"]]


# --- What comes first ---------------------------------------------------------------------------------------------


def far_away(topics: tuple[Topic, ...] = (), **fields: object) -> Project:
    """Another city that has nothing in common with Mulhouse."""
    team = make_team(make_city(country="CO", languages=["es"], timezone="America/Bogota"))
    project = make_project(team, topics=topics, **fields)
    happen(project)
    return project


def test_a_followed_project_comes_before_everything(cast: Cast, reader: User) -> None:
    alike = far_away(topics=(cast.topic,), phase=Phase.PREPARE)
    followed = far_away()
    Follow.objects.create(person=reader, project=followed)

    assert projects_for(reader)[:2] == [followed, alike]
    assert codes_for(reader, followed)[0] == "follows_project"


def test_a_followed_city_or_topic_counts(cast: Cast, reader: User) -> None:
    other, of_city, of_topic = far_away(), far_away(), far_away(topics=(make_topic("housing"),))
    Follow.objects.create(person=reader, city=of_city.team.city)
    Follow.objects.create(person=reader, topic=make_topic("housing"))

    assert projects_for(reader)[-1] == other
    assert codes_for(reader, of_city)[0] == "follows_city"
    assert codes_for(reader, of_topic)[0] == "follows_topic"


def test_the_same_topic_comes_before_another(cast: Cast, reader: User) -> None:
    other, alike = far_away(topics=(make_topic("air"),)), far_away(topics=(cast.topic,))

    assert projects_for(reader) == [alike, other]
    assert "shared_topic" in codes_for(reader, alike)


def test_a_first_topic_counts_more_than_a_third(cast: Cast, reader: User) -> None:
    third = far_away(topics=(make_topic("air"), make_topic("noise"), cast.topic))
    first = far_away(topics=(cast.topic, make_topic("air"), make_topic("noise")))

    assert projects_for(reader) == [first, third]


def test_one_phase_ahead_comes_before_the_same_phase_and_that_before_a_far_one(cast: Cast, reader: User) -> None:
    far = far_away(topics=(cast.topic,), phase=Phase.DELIVER_ADAPT)
    same = far_away(topics=(cast.topic,), phase=Phase.GENERATE)
    ahead = far_away(topics=(cast.topic,), phase=Phase.PREPARE)

    assert projects_for(reader) == [ahead, same, far]
    assert "phase_ahead" in codes_for(reader, ahead)
    assert "phase_same" in codes_for(reader, same)


def test_own_work_that_ended_is_near_to_no_phase(cast: Cast, reader: User) -> None:
    Project.objects.filter(team=cast.mulhouse).update(outcome=Outcome.STOPPED)

    assert "phase_ahead" not in codes_for(reader, far_away(topics=(cast.topic,), phase=Phase.PREPARE))


def test_a_neighbour_comes_before_a_stranger(cast: Cast, reader: User) -> None:
    stranger, neighbour = far_away(), far_away()
    Tie.objects.create(city=cast.mulhouse.city, neighbour=neighbour.team.city)

    assert projects_for(reader) == [neighbour, stranger]
    assert codes_for(reader, neighbour)[0] == "neighbours"


def test_the_same_language_and_country_tip_the_scales(cast: Cast, reader: User) -> None:
    stranger = far_away()
    near = make_project(make_team(make_city(country="FR", languages=["fr"])))
    happen(near)

    assert projects_for(reader) == [near, stranger]
    assert {"same_language", "same_country"} <= set(codes_for(reader, near))


def test_the_same_kind_counts_where_it_is_not_just_a_city(cast: Cast) -> None:
    region = make_team(make_city(kind="region", country="FR", languages=["fr"]))
    person = make_person()
    join(region, person)
    other = make_project(make_team(make_city(kind="region", country="CO", languages=["es"])))
    happen(other)

    assert "same_kind" in codes_for(person, other)


def test_rare_words_in_common_count_and_common_ones_do_not(cast: Cast, reader: User) -> None:
    make_project(cast.mulhouse, title="Repair café in the laundrette", problem="Household appliances are thrown away")
    plain = far_away(problem="Something does not work for somebody.")
    alike = far_away(problem="Appliances are thrown away; a laundrette could repair them")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE projects_project")

    assert projects_for(reader) == [alike, plain]
    assert "same_words" in codes_for(reader, alike)
    assert not {"same_words", "some_words"} & set(codes_for(reader, plain))


def test_a_decided_pilot_says_more_than_a_journal_entry(cast: Cast, reader: User) -> None:
    journal = far_away()
    journal.activity.update(verb=Verb.JOURNAL_ADDED)
    decided = far_away()
    decided.activity.update(verb=Verb.PILOT_DECIDED)

    assert projects_for(reader) == [decided, journal]


def test_fresh_news_come_before_old_ones(cast: Cast, reader: User) -> None:
    old, fresh = far_away(), far_away()
    old.activity.update(at=timezone.now() - 20 * DAY)

    assert projects_for(reader) == [fresh, old]


# --- Variety ------------------------------------------------------------------------------------------------------


def test_there_are_at_most_seven_items_two_of_a_city_and_one_city_to_meet(cast: Cast, reader: User) -> None:
    crowded = make_team(make_city(country="CO", languages=["es"]))
    for _ in range(5):
        happen(make_project(crowded, topics=(cast.topic,)))
    for _ in range(9):
        far_away()

    [selection] = selection_for(reader)

    assert len(selection.items) == MOST_ITEMS
    assert sum(item.city == crowded.city for item in selection.items) == MOST_OF_A_CITY
    assert selection.items[-1].kind == ItemKind.CITY
    assert selection.more == 14 - sum(bool(item.news) for item in selection.items)


def test_the_city_to_meet_is_not_ones_own_not_followed_not_in_the_digest(cast: Cast, reader: User) -> None:
    shown = far_away()
    Follow.objects.create(person=reader, city=cast.boston.city)

    [selection] = selection_for(reader)

    met = selection.items[-1]
    assert met.kind == ItemKind.CITY
    assert met.city not in (cast.mulhouse.city, cast.boston.city, shown.team.city)


def test_the_city_to_meet_works_on_what_the_reader_works_on(cast: Cast, reader: User) -> None:
    far_away()
    quiet = make_project(make_team(make_city("quiet-city", country="CO", languages=["es"])), topics=(cast.topic,))
    Project.objects.filter(team=cast.tel_aviv).update(visibility=Visibility.TEAM)

    [selection] = selection_for(reader)

    assert selection.items[-1].city == quiet.team.city
    assert selection.items[-1].reasons[0].code == "city_shares_topic"


def test_what_only_a_team_sees_tells_nobody_what_a_city_works_on(cast: Cast, reader: User) -> None:
    far_away()
    hidden = make_team(make_city("hidden-city", country="CO", languages=["es"]))
    make_project(hidden, topics=(cast.topic,), visibility=Visibility.TEAM)
    Project.objects.filter(team=cast.tel_aviv).update(visibility=Visibility.TEAM)

    [selection] = selection_for(reader)

    assert all(reason.code != "city_shares_topic" for reason in selection.items[-1].reasons)


def test_a_city_to_meet_alone_is_not_worth_a_mail(cast: Cast, reader: User) -> None:
    [selection] = selection_for(reader)

    assert not selection.is_worth_a_mail
    assert selection.items == []


# --- Questions ----------------------------------------------------------------------------------------------------


def questions_for(person: User) -> list[int]:
    [selection] = selection_for(person)
    return [item.question.pk for item in selection.items if item.question]


def test_open_questions_in_ones_topics_are_asked(cast: Cast, reader: User) -> None:
    asked = ask(cast.tel_aviv_lead, topics=(cast.topic,), team=cast.tel_aviv)
    ask(cast.tel_aviv_lead, topics=(make_topic("air"),), team=cast.tel_aviv)
    ask(cast.tel_aviv_lead, topics=(cast.topic,), team=cast.tel_aviv, closed_at=timezone.now())

    assert questions_for(reader) == [asked.pk]


def test_a_question_about_a_project_is_asked_of_those_who_see_it(cast: Cast, reader: User) -> None:
    ask(cast.tel_aviv_lead, project=cast.projects["programme"], team=cast.tel_aviv)
    seen = ask(cast.tel_aviv_lead, project=cast.projects["network"], team=cast.tel_aviv)

    assert questions_for(reader) == [seen.pk]


def test_ones_own_and_answered_questions_are_not_asked(cast: Cast, reader: User) -> None:
    ask(reader, topics=(cast.topic,), team=cast.mulhouse)
    answered = ask(cast.tel_aviv_lead, topics=(cast.topic,), team=cast.tel_aviv)
    Answer.objects.create(question=answered, author=reader, text="We have.")

    assert questions_for(reader) == []


# --- The same on every run ----------------------------------------------------------------------------------------


def test_the_score_is_the_sum_of_its_reasons_and_equals_are_ordered_by_number(cast: Cast, reader: User) -> None:
    at = timezone.now() - DAY
    equals = [far_away() for _ in range(4)]
    for project in equals:
        project.activity.update(at=at)

    [selection] = selection_for(reader)

    assert projects_for(reader) == equals
    for item in selection.items:
        assert item.score == pytest.approx(sum(reason.weight for reason in item.reasons))


def test_several_readers_at_once_get_what_each_gets_alone(cast: Cast, reader: User) -> None:
    for number in range(12):
        far_away(topics=(cast.topic,) if number % 2 else ())
    for project in cast.projects.values():
        happen(project)
    people = [reader, cast.stranger, cast.coach, cast.coordinator, cast.tel_aviv_lead]
    Follow.objects.create(person=cast.stranger, city=cast.tel_aviv.city)

    now = timezone.now()

    together = [[item.order for item in selection.items] for selection in selection_for(*people, now=now)]
    alone = [[item.order for item in selection_for(person, now=now)[0].items] for person in people]

    assert together == alone


def test_old_weeks_are_told_by_their_own_time(cast: Cast, reader: User) -> None:
    """Freshness is measured from the end of the window, so that a past digest can be explained."""
    happen(cast.projects["network"], days_ago=40)
    end = timezone.now() - 39 * DAY

    _pool, [selection] = choose([Asked(reader.pk, end - dt.timedelta(days=7), end)])
    [item] = [item for item in selection.items if item.project]

    assert next(reason.weight for reason in item.reasons if reason.code == "fresh") > 0.8
