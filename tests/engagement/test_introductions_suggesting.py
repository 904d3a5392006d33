"""The matcher: who is suggested to whom and why, from what everybody signed in sees, and what a team does with it."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cities.models import Team, Tie, Topic
from cities.querysets import today
from engagement import introductions
from engagement.choices import IntroductionState
from engagement.introductions import suggesting
from engagement.introductions.refusals import SuggestionGone
from engagement.models import Introduction, Question, Suggestion
from innoteams.lib.verdicts import NotAllowed
from projects.choices import Outcome, Phase, Visibility
from projects.models import Project
from projects.stuck import say_stuck
from tests.cast import Cast, join, make_city, make_person, make_project, make_team, make_topic
from tests.engagement.accompany_scenes import client_of, introduction, somebody


@pytest.fixture
def heat(cast: Cast) -> Topic:
    """A topic that only these tests work on; the cast's own projects say nothing about it."""
    return make_topic("street-heat")


@pytest.fixture(autouse=True)
def _quiet_cast(cast: Cast) -> None:
    Project.objects.update(visibility=Visibility.TEAM)


def reachable(slug: str, **fields: object) -> Team:
    team = make_team(make_city(slug, **fields))
    join(team, make_person(), "lead")
    return team


def ahead(cast: Cast, heat: Topic) -> tuple[Project, Project]:
    """Mulhouse investigates what Tel Aviv has ideas for."""
    ours = make_project(cast.mulhouse, title="Our shade", topics=(heat,), phase=Phase.INVESTIGATE)
    theirs = make_project(cast.tel_aviv, title="Their shade", topics=(heat,), phase=Phase.GENERATE)
    return ours, theirs


def round_now() -> int:
    return suggesting.refresh(timezone.now())


def pairs() -> set[tuple[str, str]]:
    rows = Suggestion.objects.filter(closed_at=None).values_list("for_team__slug", "with_team__slug")
    return set(rows)


def codes(suggestion: Suggestion) -> list[str]:
    return [reason["code"] for reason in suggestion.reasons]


# --- Who, and why --------------------------------------------------------------------------------------------------


def test_the_same_problem_one_phase_ahead_is_suggested_to_the_one_behind(cast: Cast, heat: Topic) -> None:
    _ours, theirs = ahead(cast, heat)
    assert round_now() == 1
    found = Suggestion.objects.get()
    assert (found.for_team, found.with_team, found.project) == (cast.mulhouse, cast.tel_aviv, theirs)
    assert (found.reason, codes(found)[0]) == ("same_problem", "one_phase_ahead")


@pytest.mark.parametrize("phase", [Phase.INVESTIGATE, Phase.PREPARE, Phase.DELIVER_ADAPT])
def test_level_or_far_ahead_is_not(cast: Cast, heat: Topic, phase: str) -> None:
    _ours, theirs = ahead(cast, heat)
    Project.objects.filter(pk=theirs.pk).update(phase=phase)
    assert round_now() == 0


def test_who_has_brought_it_to_an_end_is_suggested(cast: Cast, heat: Topic) -> None:
    _ours, theirs = ahead(cast, heat)
    Project.objects.filter(pk=theirs.pk).update(phase=Phase.DELIVER_ADAPT, outcome=Outcome.SUSTAINED)
    round_now()
    found = Suggestion.objects.get()
    assert (found.reason, codes(found)[:2]) == ("done_it", ["done_what_you_begin", "has_done"])


def test_who_asks_meets_who_has_stopped_it_with_a_lesson(cast: Cast, heat: Topic) -> None:
    theirs = make_project(cast.tel_aviv, topics=(heat,), outcome=Outcome.STOPPED, lesson="<p>Trees need water.</p>")
    asked = Question.objects.create(author=cast.mulhouse_lead, team=cast.mulhouse, text="Who has planted?")
    asked.topics.add(heat)
    round_now()
    found = Suggestion.objects.get()
    assert (found.for_team, found.project, found.question) == (cast.mulhouse, theirs, asked)
    assert codes(found)[:2] == ["asks", "has_lesson"]


@pytest.mark.parametrize(("country", "suggested"), [("DE", True), ("FR", False)])
def test_neighbours_across_a_border_with_a_topic_in_common(
    cast: Cast, heat: Topic, country: str, suggested: bool
) -> None:
    freiburg = reachable("freiburg", country=country)
    Tie.objects.create(city=cast.mulhouse.city, neighbour=freiburg.city)
    for team in (cast.mulhouse, freiburg):
        make_project(team, topics=(heat,))
    round_now()
    both = {("mulhouse", "freiburg"), ("freiburg", "mulhouse")}
    assert pairs() == (both if suggested else set())


def test_a_score_is_the_sum_of_its_stored_reasons(cast: Cast, heat: Topic) -> None:
    ahead(cast, heat)
    round_now()
    found = Suggestion.objects.get()
    assert found.score == pytest.approx(sum(reason["weight"] for reason in found.reasons))


def test_the_same_facts_give_the_same_suggestions(cast: Cast, heat: Topic) -> None:
    ahead(cast, heat)
    round_now()
    first = list(Suggestion.objects.values("for_team", "with_team", "score", "reasons"))
    Suggestion.objects.all().delete()
    round_now()
    assert list(Suggestion.objects.values("for_team", "with_team", "score", "reasons")) == first


# --- From what everybody may see -----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [Visibility.TEAM, Visibility.PROGRAMME])
@pytest.mark.parametrize("whose", [0, 1])
def test_what_not_everybody_signed_in_sees_is_no_reason(cast: Cast, heat: Topic, level: str, whose: int) -> None:
    hidden = ahead(cast, heat)[whose]
    Project.objects.filter(pk=hidden.pk).update(visibility=level)
    assert round_now() == 0


def test_being_stuck_changes_nothing(cast: Cast, heat: Topic) -> None:
    ours, _theirs = ahead(cast, heat)
    round_now()
    before = Suggestion.objects.values_list("score", "reasons").get()
    say_stuck(by=cast.mulhouse_lead, project=ours, why="Nobody waters.")
    round_now()
    assert Suggestion.objects.values_list("score", "reasons").get() == before


def test_a_question_about_a_project_that_not_everybody_sees_is_no_reason(cast: Cast, heat: Topic) -> None:
    make_project(cast.tel_aviv, topics=(heat,), outcome=Outcome.DELIVERED)
    hidden = make_project(cast.mulhouse, topics=(heat,), visibility=Visibility.PROGRAMME, outcome=Outcome.STOPPED)
    Question.objects.create(author=cast.mulhouse_lead, team=cast.mulhouse, text="Who?", project=hidden)
    assert round_now() == 0


def test_entries_from_public_sources_are_no_reason(cast: Cast, heat: Topic) -> None:
    _ours, theirs = ahead(cast, heat)
    Project.objects.filter(pk=theirs.pk).update(source_line="A newspaper")
    assert round_now() == 0


def test_what_is_narrowed_is_gone_at_once_and_closed_by_the_next_round(cast: Cast, heat: Topic) -> None:
    _ours, theirs = ahead(cast, heat)
    round_now()
    Project.objects.filter(pk=theirs.pk).update(visibility=Visibility.TEAM)
    page = client_of(cast.mulhouse_lead).get(reverse("introduction_list")).content.decode()
    assert "Their shade" not in page
    assert "Whom you might meet" not in page
    assert Suggestion.objects.filter(closed_at=None).exists()
    round_now()
    assert Suggestion.objects.get().closed_by is None
    assert Suggestion.objects.get().closed_at is not None


def test_a_team_that_nobody_is_left_in_is_not_suggested(cast: Cast, heat: Topic) -> None:
    ahead(cast, heat)
    round_now()
    cast.tel_aviv.memberships.update(ends_on=today())
    round_now()
    assert pairs() == set()


# --- How often, and not again --------------------------------------------------------------------------------------


def test_three_are_open_for_a_team_the_best_first(cast: Cast, heat: Topic) -> None:
    make_project(cast.mulhouse, topics=(heat,), phase=Phase.INVESTIGATE)
    for number in range(5):
        proven = {"outcome": Outcome.SCALED} if number < 2 else {}
        make_project(reachable(f"other-{number}", languages=["es"]), topics=(heat,), phase=Phase.GENERATE, **proven)
    round_now()
    named = set(Suggestion.objects.filter(for_team=cast.mulhouse).values_list("with_team__slug", flat=True))
    assert named == {"other-0", "other-1", "other-2"}


def test_one_team_is_not_suggested_to_everybody(cast: Cast, heat: Topic) -> None:
    make_project(cast.tel_aviv, topics=(heat,), phase=Phase.GENERATE)
    for number in range(7):
        make_project(reachable(f"other-{number}"), topics=(heat,), phase=Phase.INVESTIGATE)
    round_now()
    assert Suggestion.objects.filter(with_team=cast.tel_aviv).count() == suggesting.MOST_OF_ONE


def test_a_second_round_makes_nothing(cast: Cast, heat: Topic) -> None:
    ahead(cast, heat)
    assert (round_now(), round_now()) == (1, 0)


@pytest.mark.parametrize("state", ["asked", "resting", "declined", "accepted", "withdrawn"])
@pytest.mark.parametrize("turned", [False, True])
def test_a_pair_that_has_an_introduction_is_not_suggested(cast: Cast, heat: Topic, state: str, turned: bool) -> None:
    ahead(cast, heat)
    round_now()
    fields: dict[str, object] = {"answered_at": timezone.now()}
    if state == IntroductionState.RESTING:
        fields |= {"rests_until": today(), "rests_for": cast.tel_aviv}
    if turned:
        fields |= {"from_team": cast.tel_aviv, "to_team": cast.mulhouse, "asked_by": cast.tel_aviv_lead}
    introduction(cast, state, **fields)
    round_now()
    assert pairs() == set()


def test_after_a_year_a_declined_pair_is_suggested_again(cast: Cast, heat: Topic) -> None:
    ahead(cast, heat)
    long_ago = timezone.now() - introductions.REST_AFTER_NO
    introduction(cast, IntroductionState.DECLINED, answered_at=long_ago)
    assert round_now() == 1


def test_the_queries_do_not_grow_with_the_network(cast: Cast, heat: Topic) -> None:
    ahead(cast, heat)
    with CaptureQueriesContext(connection) as few:
        round_now()
    for number in range(8):
        make_project(reachable(f"other-{number}"), topics=(heat,), phase=list(Phase)[number % 4])
    Suggestion.objects.all().delete()
    with CaptureQueriesContext(connection) as many:
        round_now()
    assert len(many) <= len(few)


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_leaves_at_once(cast: Cast, heat: Topic) -> None:
    ahead(cast, heat)
    made: list[int] = []

    def work() -> None:
        try:
            made.append(round_now())
        finally:
            connection.close()

    with transaction.atomic():
        made.append(round_now())
        other = threading.Thread(target=work)
        other.start()
        other.join()
    assert made == [1, 0]
    assert Suggestion.objects.count() == 1


# --- What a team does with one -------------------------------------------------------------------------------------


@pytest.fixture
def suggestion(cast: Cast, heat: Topic) -> Suggestion:
    ahead(cast, heat)
    round_now()
    found: Suggestion = Suggestion.objects.get()
    return found


def test_the_page_says_whom_and_why(cast: Cast, suggestion: Suggestion) -> None:
    page = client_of(cast.mulhouse_lead).get(reverse("introduction_list")).content.decode()
    assert "Whom you might meet" in page
    assert "The same problem, one phase ahead of you: Street Heat" in page
    assert "Their shade" in page


@pytest.mark.parametrize("kind", ["tel_aviv_lead", "coordinator", "administrator", "stranger"])
def test_nobody_else_is_told_of_it(cast: Cast, suggestion: Suggestion, kind: str) -> None:
    client = client_of(somebody(cast, kind))
    assert "Their shade" not in client.get(reverse("introduction_list")).content.decode()
    assert client.post(reverse("suggestion_set_aside", args=[suggestion.pk])).status_code == 404


def test_the_page_of_the_other_city_says_so_to_the_team_alone(cast: Cast, suggestion: Suggestion) -> None:
    url = cast.tel_aviv.city.get_absolute_url()
    said = "You two might have something to say to each other"
    assert said in client_of(cast.mulhouse_lead).get(url).content.decode()
    assert said not in client_of(cast.stranger).get(url).content.decode()


def test_asking_begins_with_a_message_and_takes_the_suggestion_up(cast: Cast, suggestion: Suggestion) -> None:
    url = f"{reverse('introduction_create')}?team={cast.tel_aviv.slug}&suggestion={suggestion.pk}"
    client = client_of(cast.mulhouse_lead)
    page = client.get(url).content.decode()
    assert "We are working on “Our shade”, and you are further on with “Their shade”." in page
    client.post(
        url, {"from_team": cast.mulhouse.pk, "reason": "same_problem", "message": "Shall we?", "language": "en"}
    )
    suggestion.refresh_from_db()
    asked = Introduction.objects.get()
    assert (suggestion.introduction, asked.project) == (asked, suggestion.project)
    assert suggestion.closed_at is not None


def test_a_suggestion_that_went_meanwhile_loses_no_message(cast: Cast, suggestion: Suggestion) -> None:
    url = f"{reverse('introduction_create')}?team={cast.tel_aviv.slug}&suggestion={suggestion.pk}"
    Suggestion.objects.update(closed_at=timezone.now())
    client_of(cast.mulhouse_lead).post(
        url, {"from_team": cast.mulhouse.pk, "reason": "same_problem", "message": "Shall we?", "language": "en"}
    )
    assert Introduction.objects.get().message == "Shall we?"


def test_set_aside_it_stays_away_and_one_click_brings_it_back(cast: Cast, suggestion: Suggestion) -> None:
    client = client_of(cast.mulhouse_lead)
    page = client.post(reverse("suggestion_set_aside", args=[suggestion.pk]), follow=True).content.decode()
    assert "Set aside: Tel Aviv Yafo is not suggested" in page
    assert reverse("suggestion_bring_back", args=[suggestion.pk]) in page
    assert round_now() == 0
    client.post(reverse("suggestion_bring_back", args=[suggestion.pk]))
    suggestion.refresh_from_db()
    assert suggestion.closed_at is None


def test_an_observer_does_not_decide(cast: Cast, suggestion: Suggestion) -> None:
    observer = make_person()
    join(cast.mulhouse, observer, "observer")
    with pytest.raises(NotAllowed):
        suggesting.set_aside(by=observer, suggestion=suggestion)


def test_what_was_taken_up_is_not_brought_back(cast: Cast, suggestion: Suggestion) -> None:
    introductions.ask(
        by=cast.mulhouse_lead,
        from_team=cast.mulhouse,
        to_team=cast.tel_aviv,
        reason="other",
        message="Shall we?",
        language="en",
        suggestion=suggestion,
    )
    with pytest.raises(SuggestionGone):
        suggesting.bring_back(by=cast.mulhouse_lead, suggestion=suggestion)
