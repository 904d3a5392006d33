"""Reflections: the team's own, shared by the team, compared over time, asked for at three moments."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from cities.querysets import today
from engagement.choices import Moment, Sharing, Statement
from engagement.coaching import engagements, reflections
from engagement.coaching.comparison import HEIGHT, WIDTH, comparison_of
from engagement.coaching.moments import AROUND_MIDDLE, ASKED_FOR, asked_on
from engagement.coaching.reflections import NothingSaid, Words
from engagement.models import CoachingEngagement, Reflection, ReflectionStep
from engagement.waiting import waiting_for
from innoteams.lib.verdicts import NotAllowed
from projects.locking import EditedMeanwhile
from projects.models import Project
from tests.cast import Cast
from tests.engagement.accompany_scenes import client_of, engagement, somebody

DAY = dt.timedelta(days=1)


def written(
    cast: Cast, moment: str = Moment.START, sharing: str = Sharing.TEAM, *, step: int = 2, words: str = "We try small."
) -> Reflection:
    opened = cast.tel_aviv.engagements.first() or engagement(cast)
    one = reflections.reflect(
        by=cast.tel_aviv_lead,
        engagement=opened,
        moment=moment,
        version=0,
        steps=dict.fromkeys(Statement.values, step),
        words=Words(culture=words),
    )
    return reflections.share_reflection(by=cast.tel_aviv_lead, reflection=one, sharing=sharing)


# --- Who writes, who reads, who shares -----------------------------------------------------------------------------

TEAM = {"tel_aviv_lead", "tel_aviv_member", "tel_aviv_observer"}
READERS = {
    Sharing.TEAM: TEAM,
    Sharing.COACHES: TEAM | {"coach"},
    Sharing.COORDINATORS: TEAM | {"coach", "coordinator", "funder_coordinator"},
}
ASKED = (*READERS[Sharing.COORDINATORS], "other_coordinator", "administrator", "mulhouse_lead", "former_member")


@pytest.mark.django_db
@pytest.mark.parametrize("sharing", list(Sharing))
def test_each_way_of_sharing_has_its_readers(cast: Cast, sharing: Sharing) -> None:
    written(cast, sharing=sharing)
    readers = {kind for kind in ASKED if Reflection.objects.visible_to(somebody(cast, kind)).exists()}
    assert readers == READERS[sharing]


@pytest.mark.django_db
def test_a_new_one_is_the_teams_alone_and_narrowing_holds_at_once(cast: Cast) -> None:
    assert written(cast).sharing == Sharing.TEAM
    one = Reflection.objects.get()
    client, url = client_of(cast.tel_aviv_member), reverse("reflection_share", args=[one.pk])
    client.post(url, {"sharing": "coaches"})
    page = reverse("reflection_list", args=[one.engagement_id])
    assert "We try small." in client_of(cast.coach).get(page).content.decode()
    client.post(url, {"sharing": "team"})
    again = client_of(cast.coach).get(page).content.decode()
    assert "We try small." not in again
    assert "Nothing is shared" in again


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["coach", "tel_aviv_observer", "coordinator", "mulhouse_lead"])
def test_only_people_who_write_for_the_team_write_and_share(cast: Cast, kind: str) -> None:
    one = written(cast, sharing=Sharing.COORDINATORS)
    by = somebody(cast, kind)
    with pytest.raises(NotAllowed):
        reflections.share_reflection(by=by, reflection=one, sharing=Sharing.TEAM)
    with pytest.raises(NotAllowed):
        reflections.reflect(
            by=by, engagement=one.engagement, moment=Moment.END, version=0, steps={}, words=Words("Mine")
        )


@pytest.mark.django_db
def test_the_coach_sees_only_the_moments_that_are_shared(cast: Cast) -> None:
    written(cast, Moment.START, Sharing.COACHES, words="At the start.")
    written(cast, Moment.MIDDLE, Sharing.TEAM, words="In the middle.")
    opened = CoachingEngagement.objects.get()
    page = client_of(cast.coach).get(opened.get_absolute_url()).content.decode()
    assert 'data-moment="start"' in page
    assert 'data-moment="middle"' not in page


@pytest.mark.django_db
def test_what_is_not_shared_with_coordinators_is_not_found_by_them(cast: Cast) -> None:
    url = reverse("reflection_list", args=[written(cast, sharing=Sharing.COACHES).engagement_id])
    assert client_of(cast.coordinator).get(url).status_code == 404
    assert client_of(cast.coach).get(url).status_code == 200


@pytest.mark.django_db
def test_coordinators_find_what_is_shared_with_them_and_nothing_else(cast: Cast) -> None:
    written(cast, Moment.START, Sharing.COACHES)
    client, url = client_of(cast.coordinator), reverse("reflections_shared")
    assert "Nothing is shared with you" in client.get(url).content.decode()
    written(cast, Moment.END, Sharing.COORDINATORS)
    page = client.get(url).content.decode()
    assert "Tel Aviv" in page
    assert "At the end" in page
    assert "At the start" not in page


# --- Writing -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_written_on_the_page_and_mended_there(cast: Cast) -> None:
    opened = engagement(cast)
    client, url = client_of(cast.tel_aviv_member), reverse("reflection_write", args=[opened.pk, "start"])
    typed = {"step_try_small": "4", "culture": "We ask first.", "language": "en", "version": "0"}
    client.post(url, typed)
    one = Reflection.objects.get()
    assert (one.steps.get().step, one.written_by, one.version) == (4, cast.tel_aviv_member, 1)
    client.post(url, typed | {"step_try_small": "5", "step_say_failed": "1", "version": "1"})
    assert dict(one.steps.values_list("statement", "step")) == {"try_small": 5, "say_failed": 1}


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [{}, {"step_try_small": "9", "culture": "x"}, {"culture": "y" * 3001}])
def test_what_cannot_be_kept_comes_back_with_what_was_typed(cast: Cast, typed: dict[str, str]) -> None:
    url = reverse("reflection_write", args=[engagement(cast).pk, "start"])
    answer = client_of(cast.tel_aviv_lead).post(url, {"language": "en", "residents": " ", **typed})
    assert answer.status_code == 422
    assert typed.get("culture", "") in answer.content.decode()
    assert not Reflection.objects.exists()


@pytest.mark.django_db
def test_nothing_said_is_not_a_reflection(cast: Cast) -> None:
    with pytest.raises(NothingSaid):
        reflections.reflect(
            by=cast.tel_aviv_lead, engagement=engagement(cast), moment="start", version=0, steps={}, words=Words(" ")
        )


@pytest.mark.django_db
def test_the_second_to_save_sees_both(cast: Cast) -> None:
    one = written(cast, words="The first words.")
    with pytest.raises(EditedMeanwhile):
        reflections.reflect(
            by=cast.tel_aviv_member, engagement=one.engagement, moment="start", version=0, steps={}, words=Words("x")
        )
    client = client_of(cast.tel_aviv_member)
    url = reverse("reflection_write", args=[one.engagement_id, "start"])
    typed = {"culture": "The second words.", "language": "en", "version": "0"}
    answer = client.post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody of your team saved this" in page
    assert "first" in page
    assert "The second words." in page
    assert client.post(url, typed | {"version": "1"}).status_code == 302


@pytest.mark.django_db
def test_a_moment_that_does_not_exist_is_not_found(cast: Cast) -> None:
    url = reverse("reflection_write", args=[engagement(cast).pk, "yesterday"])
    assert client_of(cast.tel_aviv_lead).get(url).status_code == 404


@pytest.mark.django_db
def test_it_can_be_written_when_the_coaching_has_ended(cast: Cast) -> None:
    engagements.end_engagement(by=cast.coordinator, engagement=engagement(cast))
    assert written(cast, Moment.END).moment == Moment.END


# --- The picture ---------------------------------------------------------------------------------------------------


def _drawn(answers: dict[str, dict[str, int]]) -> list[Reflection]:
    """Reflections in memory, with their steps as if they were prefetched."""
    found = []
    for key, (moment, steps) in enumerate(answers.items(), start=1):
        one = Reflection(pk=key, moment=moment, written_at=dt.datetime(2026, 5, 3, tzinfo=dt.UTC))
        rows = [ReflectionStep(statement=name, step=step) for name, step in steps.items()]
        one._prefetched_objects_cache = {"steps": rows}  # type: ignore[attr-defined]  # what prefetch_related fills
        found.append(one)
    return found


answers = st.dictionaries(
    st.sampled_from(Moment.values), st.dictionaries(st.sampled_from(Statement.values), st.integers(1, 5))
)


@given(answers)
def test_every_answer_is_drawn_once_inside_the_strip(given_answers: dict[str, dict[str, int]]) -> None:
    comparison = comparison_of(_drawn(given_answers))
    strips = [strip for part in comparison.parts for strip in part.strips]
    assert [strip.statement for strip in strips] == list(Statement)
    drawn = {(point.moment, strip.statement, point.step) for strip in strips for point in strip.points}
    assert drawn == {(m, name, step) for m, steps in given_answers.items() for name, step in steps.items()}
    for strip in strips:
        assert all(8 <= point.x <= WIDTH - 8 and 8 <= point.y <= HEIGHT - 8 for point in strip.points)
        assert len({point.y for point in strip.points}) == len(strip.points)
        assert [point.step for point in strip.points] == [step for step in strip.steps if step]


@pytest.mark.django_db
def test_the_picture_says_in_words_what_it_shows(cast: Cast) -> None:
    written(cast, Moment.START, step=2)
    written(cast, Moment.END, step=4)
    url = reverse("reflection_list", args=[cast.tel_aviv.engagements.get().pk])
    page = client_of(cast.tel_aviv_observer).get(url).content.decode()
    assert 'aria-label="At the start: 2 of 5; At the end: 4 of 5"' in page
    assert "The same as a table" in page


# --- When it is asked for ------------------------------------------------------------------------------------------


@given(
    length=st.one_of(st.none(), st.integers(0, 800)),
    ended=st.one_of(st.none(), st.integers(0, 800)),
    on=st.integers(-10, 900),
)
def test_at_most_one_moment_is_asked_for_and_only_for_a_while(length: int | None, ended: int | None, on: int) -> None:
    start = dt.date(2026, 1, 5)
    planned = None if length is None else start + length * DAY
    of = CoachingEngagement(
        starts_on=start, planned_until=planned, ends_on=None if ended is None else start + ended * DAY
    )
    asked = asked_on(of, start + on * DAY)
    if asked is None:
        return
    moment, until = asked
    assert dt.timedelta(0) <= until - (start + on * DAY) <= max(ASKED_FOR, 2 * AROUND_MIDDLE)
    if moment == Moment.MIDDLE:
        assert ended is None
        assert length is not None
        assert abs(on - length / 2) <= AROUND_MIDDLE.days + 1
    if moment == Moment.END:
        assert of.ends_on or of.planned_until


def _waits(cast: Cast, day: dt.date) -> list[str]:
    with time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC), tick=False):
        return [item.title for item in waiting_for(cast.tel_aviv_lead) if item.kind == "reflection"]


@pytest.mark.django_db
def test_a_lead_is_asked_at_three_moments(cast: Cast) -> None:
    opened = engagement(cast)
    Project.objects.filter(team=cast.tel_aviv).update(created_by=None)
    start = today()
    CoachingEngagement.objects.update(planned_until=start + 200 * DAY)
    assert _waits(cast, start + 10 * DAY) == ["Look ahead: the start of your coaching"]
    assert _waits(cast, start + 60 * DAY) == []
    assert _waits(cast, start + 100 * DAY) == ["Look back: the middle of your coaching"]
    assert _waits(cast, start + 205 * DAY) == ["Look back: the end of your coaching"]
    assert [item.kind for item in waiting_for(cast.tel_aviv_member)] == []
    written(cast, Moment.MIDDLE)
    assert _waits(cast, start + 100 * DAY) == []
    assert opened.reflections.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 3])
def test_comparing_costs_the_same_for_one_moment_and_for_three(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for moment in list(Moment)[:many]:
        written(cast, moment)
    url = reverse("reflection_list", args=[cast.tel_aviv.engagements.get().pk])
    client = client_of(cast.tel_aviv_lead)
    with django_assert_max_num_queries(11):
        client.get(url)
