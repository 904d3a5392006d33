"""The same digest in whatever batch, in as many queries for sixty readers as for one."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagement.choices import FeedbackWish, IntroductionReason
from engagement.digests.network.ranking import Ranking
from engagement.digests.network.readers import Asked
from engagement.digests.network.scoring import sum_of
from engagement.digests.network.selection import Selection, choose
from engagement.models import DigestFeedback, DigestPin, Suggestion
from innoteams.accounts.models import User
from projects.choices import Phase, Verb, Visibility
from projects.models import Follow, Project, SavedSearch
from tests.cast import Cast, coordinate, join, make_person, make_project, make_topic
from tests.engagement.digest_scenes import DAY, ask, happen
from tests.engagement.select_scenes import far_team, send

pytestmark = pytest.mark.django_db


def make_world(cast: Cast, seed: int, people: int = 14) -> list[User]:
    """Everything that decides about a digest is in it."""
    chance = random.Random(seed)
    topics = [make_topic(f"topic-{number}") for number in range(6)]
    teams = [cast.mulhouse, cast.tel_aviv, *[far_team(country=chance.choice(["FR", "CO"])) for _ in range(10)]]
    made = [
        make_project(
            chance.choice(teams),
            topics=tuple(chance.sample(topics, 2)),
            phase=chance.choice(Phase.values),
            visibility=chance.choice([*Visibility.values, Visibility.NETWORK, Visibility.PUBLIC]),
        )
        for _ in range(40)
    ]
    for project in chance.sample(made, 25):
        for _ in range(chance.randint(1, 3)):
            happen(project, chance.choice([Verb.PROJECT_SHARED, Verb.JOURNAL_ADDED]), days_ago=chance.uniform(0, 20))
    found = [make_person() for _ in range(people)]
    for person in found:
        for team in chance.sample(teams, chance.randint(0, 2)):
            join(team, person, chance.choice(["member", "coach"]))
        _wish(chance, person, made)
    coordinate(cast.operator, found[0])
    for team in teams[:5]:
        Suggestion.objects.create(for_team=team, with_team=teams[-1], reason=IntroductionReason.OTHER)
        ask(make_person(), team=team, topics=(chance.choice(topics),), project=chance.choice([None, *made]))
    until = timezone.localdate() + 9 * DAY
    DigestPin.objects.create(operator=cast.operator, project=made[0], note="Read", until=until)
    return found


def _wish(chance: random.Random, person: User, made: list[Project]) -> None:
    first, second, third = chance.sample(made, 3)
    Follow.objects.create(person=person, project=first)
    Follow.objects.create(person=person, city=chance.choice([first, second]).team.city)
    SavedSearch.objects.create(person=person, name="One", query=f"phase={second.phase}")
    DigestFeedback.objects.create(person=person, wish=chance.choice(["more", "less"]), project=third)
    if chance.random() < 0.3:
        DigestFeedback.objects.create(person=person, wish=FeedbackWish.HIDE_CITY, city=second.team.city)


def told(selection: Selection) -> list[object]:
    return [
        (item.order, item.city.pk, item.pin_id, [one.pk for one in item.news], [why.stored() for why in item.reasons])
        for item in selection.items
    ] + [selection.more]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_reader_alone_gets_what_they_get_among_many(cast: Cast, seed: int) -> None:
    people = make_world(cast, seed)
    chance, now = random.Random(seed), timezone.now()
    for person in people[:5]:
        send(person, at=now - chance.randint(3, 20) * DAY)
    asked = [Asked(person.pk, now - chance.choice([1, 7, 7, 30]) * DAY, now) for person in people]

    together = [told(selection) for selection in choose(asked)[1]]
    backwards = [told(selection) for selection in choose(asked[::-1])[1]]
    alone = [told(choose([one])[1][0]) for one in asked]

    assert any(len(one) > 5 for one in alone)
    assert together == backwards[::-1] == alone


def test_what_is_counted_fast_is_the_sum_of_the_reasons_and_in_order(cast: Cast) -> None:
    people = make_world(cast, 4)
    now = timezone.now()
    pool, _selections = choose([Asked(person.pk, now - 7 * DAY, now) for person in people])

    for person in people:
        ranking = Ranking(pool.readers[person.pk], pool)
        ranked = list(ranking.best_first())
        expected = {
            pk: sum_of(ranking.reasons(pk))
            for pk in pool.candidates
            if ranking.is_told(pk) and (ranking.news_of(pk) or ranking.is_match(pk))
        }
        assert ranked == sorted(ranked)
        # Each of its parts is rounded to a millionth.
        assert {pk: -minus_points / 1_000_000 for minus_points, pk in ranked} == pytest.approx(expected, abs=1e-5)
        assert ranking.number_with_news() == sum(bool(ranking.news_of(pk)) for _score, pk in ranked)


def test_choosing_asks_as_many_questions_for_sixty_readers_as_for_one(cast: Cast) -> None:
    people = make_world(cast, 5, people=60)
    now = timezone.now()
    asked = [Asked(person.pk, now - 7 * DAY, now) for person in people]

    counts = []
    for batch in (asked[:1], asked[:20], asked):
        with CaptureQueriesContext(connection) as queries:
            choose(batch)
        counts.append(len(queries))

    # One reader may have no team to be suggested anything to, nor a pin to be read whole.
    assert counts[0] <= counts[1] == counts[2] <= 13
