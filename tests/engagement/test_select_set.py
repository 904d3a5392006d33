"""The table of docs/selection.md, row by row."""

from itertools import pairwise

import pytest
from django.utils import timezone

from cities.models import MembershipPeriod, Team, Tie, Topic
from engagement.choices import FeedbackWish, IntroductionReason, IntroductionState, ItemKind
from engagement.digests.exposure import Turns
from engagement.digests.network.picking import MOST_ITEMS, MOST_OF_A_CITY, MOST_OF_A_TOPIC
from engagement.models import Answer, DigestFeedback, DigestPin, Introduction, Suggestion
from innoteams.accounts.models import User
from projects.choices import Phase, Verb, Visibility
from projects.models import Follow, Project, SavedSearch
from tests.cast import Cast, join, make_person, make_project, make_team, make_topic
from tests.engagement.digest_scenes import DAY, ask, happen
from tests.engagement.select_scenes import (
    codes,
    far_away,
    far_team,
    item_of,
    items,
    old_news,
    projects,
    questions,
    selected,
    send,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def taking_turns() -> None:
    """For the tests in which a team that nobody was shown lately has its place."""


@pytest.fixture(autouse=True)
def _turns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose turn it is differs from week to week; where it does not matter, it is nobody's."""
    if "taking_turns" not in request.fixturenames:
        monkeypatch.setattr(Turns, "due", lambda _turns, _day: [])


@pytest.fixture
def reader(cast: Cast) -> User:
    """Of Mulhouse, whose team works on loneliness in its second phase. Nothing of the cast's is of another's topic."""
    make_project(cast.mulhouse, title="Neighbours' table", topics=(cast.topic,), phase=Phase.GENERATE)
    Project.objects.filter(team=cast.tel_aviv).delete()
    return cast.mulhouse_lead


def in_order(person: User, *expected: Project) -> bool:
    """Those are there, in this order, whatever stands between them."""
    shown = projects(person)
    return all(shown.index(first) < shown.index(second) for first, second in pairwise(expected))


def suggest(team: Team, other: Team, **fields: object) -> Suggestion:
    suggestion = Suggestion.objects.create(for_team=team, with_team=other, reason=IntroductionReason.DONE_IT, **fields)
    Suggestion.objects.filter(pk=suggestion.pk).update(made_at=timezone.now() - DAY)
    return suggestion


def suggestions(person: User) -> list[Suggestion]:
    return [item.suggestion for item in items(person) if item.suggestion]


def pin(cast: Cast, project: Project, **fields: object) -> DigestPin:
    """By the operator that accompanies Mulhouse."""
    values = {"operator": cast.other_programme.operator, "note": "Read this", "until": timezone.localdate() + 9 * DAY}
    return DigestPin.objects.create(project=project, **{**values, **fields})


def say(person: User, wish: str, **about: object) -> None:
    DigestFeedback.objects.create(person=person, wish=wish, **about)


# --- Sources ------------------------------------------------------------------------------------------------------


def test_news_of_another_city(reader: User) -> None:
    project = far_away()

    assert [item.news[0].verb for item in items(reader) if item.project == project] == [Verb.PROJECT_SHARED]


def test_adaptations_begun_and_reported(reader: User) -> None:
    begun, reported = far_away(verb=Verb.ADAPTATION_STARTED), far_away(verb=Verb.ADAPTATION_REPORTED)

    assert projects(reader) == [reported, begun]


def test_a_lesson_of_a_stopped_pilot_comes_before_a_journal_entry(reader: User) -> None:
    journal, lesson = far_away(verb=Verb.JOURNAL_ADDED), far_away(verb=Verb.ENDED_WITH_LESSON)

    assert projects(reader) == [lesson, journal]


def test_a_like_project_from_long_ago_that_was_never_shown(cast: Cast, reader: User) -> None:
    fresh = far_away(topics=(cast.topic,), phase=Phase.PREPARE)
    match = old_news(topics=(cast.topic,), phase=Phase.PREPARE)

    assert projects(reader) == [fresh, match]
    send(reader)
    happen(fresh, Verb.JOURNAL_ADDED, days_ago=0)
    assert match not in [item.project for item in items(reader)]


def test_a_match_says_so(cast: Cast, reader: User) -> None:
    far_away(), far_away()
    match = old_news(topics=(cast.topic,), phase=Phase.PREPARE)

    found = item_of(reader, match)

    assert {"match", "shared_topic", "phase_ahead"} <= codes(found)
    assert found.news == []


def test_followed_things(cast: Cast, reader: User) -> None:
    other, of_city, of_topic, project = far_away(), far_away(), far_away(topics=(make_topic("air"),)), far_away()
    for followed in ({"project": project}, {"city": of_city.team.city}, {"topic": make_topic("air")}):
        Follow.objects.create(person=reader, **followed)

    assert projects(reader)[0] == project
    assert in_order(reader, of_city, other)
    assert in_order(reader, of_topic, other)


def test_a_saved_search_finds_what_fits_it_for_its_person_alone(cast: Cast, reader: User) -> None:
    other, fitting = far_away(title="Cars"), far_away(title="Rainwater")
    search = SavedSearch.objects.create(person=reader, name="Water", query="q=rainwater")

    assert projects(reader) == [fitting, other]
    [reason] = [reason for reason in item_of(reader, fitting).reasons if reason.code == "saved_search"]
    assert reason.facts == {"search": search.pk}
    assert "saved_search" not in codes(item_of(cast.stranger, fitting))


def test_an_open_question_in_ones_topics(cast: Cast, reader: User) -> None:
    asked = ask(cast.tel_aviv_lead, topics=(cast.topic,), team=cast.tel_aviv)
    ask(cast.tel_aviv_lead, topics=(cast.topic,), team=cast.tel_aviv, closed_at=timezone.now())
    ask(reader, topics=(cast.topic,), team=cast.mulhouse)
    answered = ask(cast.tel_aviv_lead, topics=(cast.topic,), team=cast.tel_aviv)
    Answer.objects.create(question=answered, author=make_person(), team=cast.mulhouse, text="We have.")

    assert questions(reader) == [asked]


def test_a_question_of_a_followed_city_or_project(cast: Cast, reader: User) -> None:
    ask(cast.tel_aviv_lead, team=cast.tel_aviv)
    project = make_project(cast.tel_aviv)
    about = ask(cast.stranger, team=cast.boston, project=project)
    Follow.objects.create(person=reader, project=project)

    assert questions(reader) == [about]
    Follow.objects.create(person=reader, city=cast.tel_aviv.city)
    assert len(questions(reader)) == 2


def call_for_help(cast: Cast, days_ago: float) -> Project:
    project = make_project(cast.tel_aviv, topics=(cast.topic,))
    question = ask(cast.tel_aviv_lead, team=cast.tel_aviv, project=project)
    type(question).objects.filter(pk=question.pk).update(asked_at=timezone.now() - days_ago * DAY)
    return project


def test_a_call_for_help_waits_longer_than_news_until_it_is_answered_or_shown(cast: Cast, reader: User) -> None:
    project = call_for_help(cast, days_ago=30)

    [question] = questions(reader)
    [item] = [item for item in items(reader) if item.question]
    assert question.project == project
    assert "call_for_help" in codes(item)

    send(reader)
    assert questions(reader) == []
    assert len(questions(cast.mulhouse_lead)) == 0


def test_a_call_for_help_that_was_answered_waits_no_longer(cast: Cast, reader: User) -> None:
    project = call_for_help(cast, days_ago=30)
    Answer.objects.create(question=project.questions.get(), author=make_person(), text="We did.")

    assert questions(reader) == []


def test_a_call_for_help_does_not_tell_that_a_project_is_stuck(cast: Cast, reader: User) -> None:
    project = call_for_help(cast, days_ago=1)
    before = [reason.stored() for item in items(reader) for reason in item.reasons]
    project.stuck_since, project.stuck_why = timezone.localdate(), "CANARY nobody decides"
    project.save()
    happen(project, Verb.STUCK)

    assert [reason.stored() for item in items(reader) for reason in item.reasons] == before


def test_the_best_suggestion_of_ones_team_alone(cast: Cast, reader: User) -> None:
    others = [far_team() for _ in range(4)]
    for place, team in enumerate(others[:3]):
        suggest(cast.mulhouse, team, score=place)
    suggest(cast.tel_aviv, others[3], score=9)

    assert [one.with_team for one in suggestions(reader)] == [others[2]]


def test_no_suggestion_twice_nor_one_set_aside(cast: Cast, reader: User) -> None:
    suggest(cast.mulhouse, cast.boston, closed_at=timezone.now())
    assert suggestions(reader) == []

    suggest(cast.mulhouse, cast.tel_aviv)
    send(reader)
    assert suggestions(reader) == []


def test_a_suggestion_is_worth_a_mail(cast: Cast, reader: User) -> None:
    suggest(cast.mulhouse, cast.boston)

    assert selected(reader).is_worth_a_mail


def test_a_pin_stands_first_once_for_those_whose_city_the_operator_accompanies(cast: Cast, reader: User) -> None:
    alike, project = far_away(topics=(cast.topic,)), old_news()
    pinned = pin(cast, project)

    first = items(reader)[0]
    assert (first.project, first.pin) == (project, pinned)
    assert first.reasons[0].stored() == {
        "code": "pinned",
        "weight": 20.0,
        "operator": pinned.operator_id,
        "pin": pinned.pk,
    }
    assert not [item for item in items(cast.tel_aviv_member) if item.pin]

    send(reader)
    happen(alike, Verb.PILOT_DECIDED, days_ago=0)
    assert not [item for item in items(reader) if item.pin]


@pytest.mark.parametrize("why_not", ["another operator", "past its day", "taken out"])
def test_no_pin(cast: Cast, reader: User, why_not: str) -> None:
    far_away()
    fields: dict[str, dict[str, object]] = {
        "another operator": {"operator": cast.operator},
        "past its day": {"until": timezone.localdate() - 2 * DAY},
        "taken out": {"removed_at": timezone.now()},
    }
    pin(cast, old_news(), **fields[why_not])

    assert not [item for item in items(reader) if item.pin]


def test_a_pin_is_worth_a_mail_and_a_funder_pins_too(cast: Cast) -> None:
    pin(cast, old_news(), operator=cast.funder)

    assert selected(cast.tel_aviv_member).is_worth_a_mail


# --- One entry ----------------------------------------------------------------------------------------------------


def test_one_entry_with_all_its_reasons(cast: Cast, reader: User) -> None:
    project = far_away(title="Rainwater")
    happen(project, Verb.JOURNAL_ADDED), happen(project, Verb.PILOT_DECIDED)
    Follow.objects.create(person=reader, project=project)
    SavedSearch.objects.create(person=reader, name="Water", query="q=rainwater")
    pin(cast, project)

    found = item_of(reader, project)

    assert {"pinned", "follows_project", "saved_search", "news"} <= codes(found)
    assert len(found.news) == 3


# --- Score --------------------------------------------------------------------------------------------------------


def test_phase_kinship_material_change_and_freshness_order_what_is_else_equal(cast: Cast, reader: User) -> None:
    far, same, ahead = (
        far_away(topics=(cast.topic,), phase=phase) for phase in (Phase.DELIVER_ADAPT, Phase.GENERATE, Phase.PREPARE)
    )
    assert projects(reader) == [ahead, same, far]


def test_a_neighbour_comes_before_a_stranger(cast: Cast, reader: User) -> None:
    stranger, neighbour = far_away(), far_away()
    Tie.objects.create(city=cast.mulhouse.city, neighbour=neighbour.team.city)

    assert projects(reader) == [neighbour, stranger]


def test_a_decided_pilot_and_what_is_fresh_come_first(reader: User) -> None:
    journal, old, decided = (
        far_away(verb=Verb.JOURNAL_ADDED),
        far_away(verb=Verb.PILOT_DECIDED, days_ago=6),
        far_away(verb=Verb.PILOT_DECIDED),
    )
    assert projects(reader) == [decided, old, journal]


def test_more_like_this_raises_the_project_and_in_part_its_city_and_topics(cast: Cast, reader: User) -> None:
    air = make_topic("air")
    liked = far_away(topics=(air,))
    equal, of_city, of_topic = far_away(), far_away(team=liked.team), far_away(topics=(air,))
    say(reader, FeedbackWish.MORE, project=liked)

    assert projects(reader) == [liked, of_topic, of_city, equal]
    assert "more_of_project" in codes(item_of(reader, liked))
    assert "more_like_this" in codes(item_of(reader, of_topic))


def test_less_like_this_takes_the_project_away_and_lowers_its_topics(cast: Cast, reader: User) -> None:
    air = make_topic("air")
    unwanted, of_topic, equal = far_away(topics=(air,)), far_away(topics=(air,)), far_away()
    say(reader, FeedbackWish.LESS, project=unwanted)

    assert projects(reader) == [equal, of_topic]
    Follow.objects.create(person=reader, project=unwanted)
    assert unwanted in projects(reader)


def test_more_and_less_of_a_city(reader: User) -> None:
    less, equal, more = far_away(), far_away(), far_away()
    say(reader, FeedbackWish.LESS, city=less.team.city)
    say(reader, FeedbackWish.MORE, city=more.team.city)

    assert projects(reader) == [more, equal, less]


def test_nothing_at_all_of_a_hidden_city(cast: Cast, reader: User, taking_turns: None) -> None:
    hidden = far_away(topics=(cast.topic,), phase=Phase.PREPARE)
    team, city = hidden.team, hidden.team.city
    old_news(team=team, topics=(cast.topic,), phase=Phase.PREPARE)
    ask(make_person(), team=team, topics=(cast.topic,))
    suggest(cast.mulhouse, team)
    pin(cast, hidden)
    Follow.objects.create(person=reader, city=city)
    far_away()
    assert [item for item in items(reader) if item.city == city]

    say(reader, FeedbackWish.HIDE_CITY, city=city)

    for day in range(0, 70, 7):
        found = selected(reader, days=100, now=timezone.now() + day * DAY)
        assert found.items
        assert not [item for item in found.items if item.city == city]
        assert not [item for item in found.items if item.question and item.question.project == hidden]


def test_what_was_shown_before_comes_after_what_was_never_shown(cast: Cast, reader: User) -> None:
    before = far_away()
    send(reader)
    happen(before, days_ago=0)
    never = far_away(days_ago=0)

    assert projects(reader) == [never, before]
    assert {"shown_before", "city_shown_lately"} <= codes(item_of(reader, before))


def test_a_city_shown_in_each_of_the_last_weeks_tires(cast: Cast, reader: User) -> None:
    tiring = far_team()
    for week in (3, 2, 1):
        far_away(team=tiring, days_ago=7 * week + 1)
        send(reader, at=timezone.now() - 7 * week * DAY)
    again, equal = far_away(team=tiring), far_away()

    assert projects(reader) == [equal, again]
    [tired] = [reason for reason in item_of(reader, again).reasons if reason.code == "city_shown_lately"]
    assert tired.facts == {"city": tiring.city_id, "times": 3}
    assert tired.weight == pytest.approx(-1.2)


def test_what_came_of_an_introduction_counts_a_little(cast: Cast, reader: User) -> None:
    vain, equal, helped = far_away(), far_away(), far_away()
    for project, answer in ((vain, False), (helped, True)):
        Introduction.objects.create(
            asked_by=reader,
            from_team=cast.mulhouse,
            to_team=project.team,
            reason=IntroductionReason.OTHER,
            message="Shall we talk?",
            state=IntroductionState.ACCEPTED,
            helped=answer,
            helped_at=timezone.now(),
        )

    assert projects(reader) == [helped, equal, vain]


# --- Variety ------------------------------------------------------------------------------------------------------


def test_seven_items_two_of_a_city_three_of_a_leading_topic(cast: Cast, reader: User) -> None:
    air = make_topic("air")
    for _ in range(5):
        team = far_team()
        for _ in range(3):
            far_away(team=team, topics=(cast.topic,))
            far_away(team=team, topics=(air, cast.topic))

    found = items(reader)

    assert len(found) <= MOST_ITEMS
    for city in {item.city for item in found}:
        assert sum(item.city == city for item in found) <= MOST_OF_A_CITY
    leading = [item.project.ranked_topics.first().topic_id for item in found if item.project]  # type: ignore[union-attr]
    assert max(leading.count(topic) for topic in leading) == MOST_OF_A_TOPIC


def many_like(topic: Topic, number: int = 20) -> list[Project]:
    """More than fit into a digest, each with a leading topic of its own, shown to somebody else already."""
    return [far_away(topics=(make_topic(f"leading-{place}"), topic), days_ago=2) for place in range(number)]


def test_a_place_is_kept_for_a_team_that_nobody_was_shown(cast: Cast, reader: User, taking_turns: None) -> None:
    loud_teams_were_shown(many_like(cast.topic), cast)
    quiet = old_news()

    found = [item for item in items(reader) if codes(item) & {"quiet_city", "new_city"}]

    assert [item.project for item in found] == [quiet]


def loud_teams_were_shown(better: list[Project], cast: Cast) -> None:
    """To somebody, on the days before: so it is the turn of nobody but a team that comes to the network afterwards."""
    other = make_person()
    for start in range(0, len(better), 5):
        Follow.objects.all().delete()
        for project in better[start : start + 5]:
            Follow.objects.create(person=other, project=project)
        send(other, at=timezone.now() - 1.5 * DAY, days=30)
    for team in (cast.tel_aviv, cast.boston):
        Team.objects.filter(pk=team.pk).update(is_active=False)


def test_a_city_that_joined_lately_is_called_new_and_one_without_projects_comes_itself(
    cast: Cast, reader: User, taking_turns: None
) -> None:
    loud_teams_were_shown(many_like(cast.topic), cast)
    newcomer = far_team()
    MembershipPeriod.objects.create(
        city=newcomer.city, programme=cast.programme, status="active", starts_on=timezone.localdate() - 7 * DAY
    )

    [found] = [item for item in items(reader) if codes(item) & {"quiet_city", "new_city"}]

    assert (found.kind, found.city) == (ItemKind.CITY, newcomer.city)
    assert "new_city" in codes(found)


def test_something_foreign_is_among_it_and_not_the_same_for_everybody(cast: Cast, reader: User) -> None:
    many_like(cast.topic)
    foreign = [far_away(topics=(make_topic(f"foreign-{place}"),)) for place in range(10)]
    colleagues = [make_person() for _ in range(6)]
    for person in colleagues:
        join(cast.mulhouse, person)

    chosen = []
    for person in colleagues:
        [project] = [item.project for item in items(person) if "exploration" in codes(item)]
        chosen.append(project)

    assert set(chosen) <= set(foreign)
    assert len(set(chosen)) > 1


def test_one_city_to_meet_comes_last(cast: Cast, reader: User) -> None:
    shown, hidden = far_away(), far_team()
    Follow.objects.create(person=reader, city=cast.boston.city)
    say(reader, FeedbackWish.HIDE_CITY, city=hidden.city)

    last = items(reader)[-1]

    assert last.kind == ItemKind.CITY
    assert last.city not in (cast.mulhouse.city, cast.boston.city, hidden.city, shown.team.city)


# --- Nothing worth saying -----------------------------------------------------------------------------------------


def test_a_city_a_quiet_team_and_a_match_are_no_news(cast: Cast, reader: User, taking_turns: None) -> None:
    old_news(topics=(cast.topic,), phase=Phase.PREPARE)
    old_news()

    assert not selected(reader).is_worth_a_mail
    assert items(reader) == []


# --- Who sees what ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [Visibility.TEAM, Visibility.PROGRAMME])
def test_nothing_of_a_project_that_the_reader_does_not_see_from_any_source(
    cast: Cast, reader: User, level: Visibility, taking_turns: None
) -> None:
    open_work = far_away()
    secret = far_away(topics=(cast.topic,), phase=Phase.PREPARE, title="CANARY rainwater")
    Follow.objects.create(person=reader, project=secret)
    SavedSearch.objects.create(person=reader, name="Water", query="q=rainwater")
    ask(make_person(), team=secret.team, project=secret)
    suggest(cast.mulhouse, secret.team, project=secret)
    suggest(cast.mulhouse, cast.boston, question=ask(make_person(), team=cast.boston, project=secret))
    say(reader, FeedbackWish.MORE, project=secret)
    pin(cast, secret)
    Project.objects.filter(pk=secret.pk).update(visibility=level)

    for now in (timezone.now() + week * 7 * DAY for week in range(3)):
        found = selected(reader, days=60, now=now)
        kept = [(item.project_id, item.question and item.question.project_id, item.suggestion) for item in found.items]
        assert open_work.pk in [project for project, *_ in kept] or now > timezone.now()
        assert all(project != secret.pk and about != secret.pk and not one for project, about, one in kept)
        told = {reason.code for item in found.items for reason in item.reasons}
        assert not told & {"saved_search", "follows_project", "more_like_this", "more_of_project", "pinned"}


def test_a_narrower_older_project_is_nobodys_match(cast: Cast, reader: User) -> None:
    far_away()
    secret = old_news(topics=(cast.topic,), phase=Phase.PREPARE)
    Project.objects.filter(pk=secret.pk).update(visibility=Visibility.PROGRAMME)

    assert secret not in [item.project for item in items(reader)]


def test_a_team_without_a_city_in_the_network_has_no_turn(cast: Cast, reader: User, taking_turns: None) -> None:
    far_away()
    gone = make_team(is_active=False)

    assert gone.city not in [item.city for item in items(reader)]
