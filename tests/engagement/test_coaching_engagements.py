"""Who coaches whom, from when to when: joining, leaving, ending, and what becomes of what was planned."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cities import invitations, memberships
from cities.choices import Right
from cities.invitations import CoachAndMember
from cities.memberships import StillCoaching
from cities.models import Team
from cities.querysets import today
from engagement.choices import LetterKind, MeetingRhythm
from engagement.coaching import commitments, engagements
from engagement.coaching.engagements import (
    CoachesAlready,
    CoachOfOwnTeam,
    NobodyChosen,
    NotCoachingAnyMore,
    PeriodIsOver,
)
from engagement.models import CoachingEngagement, CoachingSession
from engagement.waiting import waiting_for
from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed
from projects.models import Project
from tests.cast import Cast, accompany, join, make_person, make_programme, make_team
from tests.engagement.accompany_scenes import client_of, engagement, session, somebody
from tests.engagement.coaching_scenes import DAY, HOUR, coaches_of, planned, utc, written_to

PAIR_WRITES = ("coach", "tel_aviv_lead", "tel_aviv_member")


def residence(cast: Cast, size: int = 3) -> tuple[CoachingEngagement, list[User]]:
    coaches = [make_person(f"Resident {number}") for number in range(1, size + 1)]
    opened = engagements.open_engagement(by=cast.coordinator, coaches=coaches, team=cast.tel_aviv)
    return opened, coaches


# --- Opening and joining ----------------------------------------


def test_a_residence_of_four_is_opened_at_once(cast: Cast) -> None:
    opened, coaches = residence(cast, 4)
    assert set(opened.current_coaches) == set(coaches)
    assert {coach.name for coach in coaches} <= coaches_of(cast.tel_aviv)


def test_one_who_cannot_coach_keeps_the_others_from_being_paired(cast: Cast) -> None:
    with pytest.raises(CoachOfOwnTeam, match="Tel Aviv member belongs to the team"):
        engagements.open_engagement(
            by=cast.coordinator, coaches=[make_person(), cast.tel_aviv_member], team=cast.tel_aviv
        )
    assert not CoachingEngagement.objects.exists()


def test_nobody_is_no_coach(cast: Cast) -> None:
    with pytest.raises(NobodyChosen):
        engagements.open_engagement(by=cast.coordinator, coaches=[], team=cast.tel_aviv)


def test_a_coach_is_added_later_and_reads_from_the_beginning(cast: Cast) -> None:
    opened, second = engagement(cast), make_person("Second coach")
    held = session(opened, days=-3)
    engagements.add_coaches(by=cast.coordinator, engagement=opened, coaches=[second])
    assert CoachingSession.objects.visible_to(second).get() == held
    assert "Second coach" in coaches_of(cast.tel_aviv)


@pytest.mark.parametrize("kind", ["coach", "tel_aviv_lead", "funder_coordinator", "other_coordinator", "stranger"])
def test_coaches_are_added_by_the_coordinator_or_an_administrator(cast: Cast, kind: str) -> None:
    opened = engagement(cast)
    with pytest.raises(NotAllowed):
        engagements.add_coaches(by=somebody(cast, kind), engagement=opened, coaches=[cast.stranger])


def test_nobody_is_added_twice_nor_from_the_team(cast: Cast) -> None:
    opened = engagement(cast)
    with pytest.raises(CoachesAlready, match="Coach coaches the team already"):
        engagements.add_coaches(by=cast.coordinator, engagement=opened, coaches=[cast.coach])
    with pytest.raises(CoachOfOwnTeam):
        engagements.add_coaches(by=cast.coordinator, engagement=opened, coaches=[cast.tel_aviv_observer])


# --- Leaving ----------------------------------------


def test_a_coach_leaves_and_the_others_go_on(cast: Cast) -> None:
    opened, (first, *others) = residence(cast)
    after = engagements.take_out_coach(by=first, engagement=opened, coach=first)
    assert after.ends_on is None
    assert set(CoachingEngagement.objects.get(pk=opened.pk).current_coaches) == set(others)
    assert first.name not in coaches_of(cast.tel_aviv)


def test_a_coach_who_left_early_no_longer_sees_it(cast: Cast) -> None:
    opened, (first, second, _third) = residence(cast)
    engagements.take_out_coach(by=cast.coordinator, engagement=opened, coach=first)
    assert not CoachingEngagement.objects.visible_to(first).exists()
    assert CoachingEngagement.objects.visible_to(second).exists()
    assert client_of(first).get(opened.get_absolute_url()).status_code == 404


def test_nor_when_it_ends_on_the_same_day(cast: Cast) -> None:
    opened, (first, second, _third) = residence(cast)
    engagements.take_out_coach(by=first, engagement=opened, coach=first)
    ended = engagements.end_engagement(by=cast.coordinator, engagement=opened)
    assert not CoachingEngagement.objects.visible_to(first).exists()
    assert CoachingEngagement.objects.visible_to(second).exists()
    assert first not in CoachingEngagement.objects.get(pk=ended.pk).current_coaches


def test_a_coach_who_comes_back_sees_it_again(cast: Cast) -> None:
    opened, (first, *_others) = residence(cast)
    engagements.take_out_coach(by=first, engagement=opened, coach=first)
    engagements.add_coaches(by=cast.coordinator, engagement=opened, coaches=[first])
    assert CoachingEngagement.objects.visible_to(first).exists()
    assert first in CoachingEngagement.objects.get(pk=opened.pk).current_coaches


def test_the_last_coach_leaving_ends_it(cast: Cast) -> None:
    opened = engagement(cast)
    ahead = session(opened, days=3)
    ended = engagements.take_out_coach(by=cast.coach, engagement=opened, coach=cast.coach)
    assert ended.ends_on == today()
    assert CoachingEngagement.objects.visible_to(cast.coach).exists()
    ahead.refresh_from_db()
    assert ahead.called_off_at is not None


@pytest.mark.parametrize("kind", ["tel_aviv_lead", "tel_aviv_member", "other_coordinator"])
def test_others_do_not_send_a_coach_away(cast: Cast, kind: str) -> None:
    opened = engagement(cast)
    with pytest.raises(NotAllowed):
        engagements.take_out_coach(by=somebody(cast, kind), engagement=opened, coach=cast.coach)


def test_whoever_left_does_not_leave_twice(cast: Cast) -> None:
    opened, (first, *_others) = residence(cast)
    engagements.take_out_coach(by=cast.coordinator, engagement=opened, coach=first)
    with pytest.raises(NotCoachingAnyMore):
        engagements.take_out_coach(by=cast.coordinator, engagement=opened, coach=first)


# --- A coach who is something else as well ----------------------------------------


def test_a_lead_of_one_city_who_coaches_another_writes_in_both(cast: Cast) -> None:
    opened = engagements.open_engagement(by=cast.coordinator, coaches=[cast.mulhouse_lead], team=cast.tel_aviv)
    planned(opened, cast.mulhouse_lead, timezone.now() + DAY)
    seen = set(Project.objects.visible_to(cast.mulhouse_lead).values_list("title", flat=True))
    assert "Tel Aviv at level programme" in seen
    assert "Tel Aviv at level team" not in seen
    assert cast.mulhouse in Team.objects.led_by(cast.mulhouse_lead)


def test_a_coach_leaves_the_own_city_and_goes_on_coaching(cast: Cast) -> None:
    join(cast.mulhouse, make_person("Successor"), Right.LEAD)
    opened = engagements.open_engagement(by=cast.coordinator, coaches=[cast.mulhouse_lead], team=cast.tel_aviv)
    own = cast.mulhouse.memberships.current().leads().get(person=cast.mulhouse_lead)
    memberships.end(by=cast.mulhouse_lead, membership=own)
    assert CoachingEngagement.objects.coached_by(cast.mulhouse_lead).get() == opened


def _invited(cast: Cast, person: User, right: str) -> str:
    sealed = invitations.invite(by=cast.administrator, team=cast.tel_aviv, email=person.email, right=right)
    return sealed.invitation.key_digest


def test_a_coach_is_not_invited_into_the_coached_team(cast: Cast) -> None:
    engagement(cast)
    with pytest.raises(CoachAndMember, match="The coaching has to end first"):
        _invited(cast, cast.coach, Right.MEMBER)


def test_whoever_began_to_coach_meanwhile_leaves_the_coaching_before_joining_the_team(cast: Cast) -> None:
    person = make_person("Both")
    digest = _invited(cast, person, Right.MEMBER)
    opened = engagements.open_engagement(by=cast.coordinator, coaches=[person], team=cast.tel_aviv)
    with pytest.raises(CoachAndMember, match="Leave the coaching first"):
        invitations.accept(by=person, digest=digest)
    engagements.take_out_coach(by=person, engagement=opened, coach=person)
    invitations.accept(by=person, digest=digest)
    assert cast.tel_aviv in Team.objects.of_member(person)


def test_somebody_of_the_team_is_not_invited_to_coach_it(cast: Cast) -> None:
    with pytest.raises(CoachAndMember, match="comes from outside"):
        _invited(cast, cast.tel_aviv_member, Right.COACH)


def test_a_coachs_right_is_not_ended_apart_from_the_coaching(cast: Cast) -> None:
    opened = engagement(cast)
    right = opened.coaches.get().membership
    with pytest.raises(StillCoaching, match="Leave the coaching there"):
        memberships.end(by=cast.coach, membership=right)


# --- Ending while something is planned ----------------------------------------


def test_what_is_planned_is_called_off_with_the_reason_and_everybody_gets_word(cast: Cast) -> None:
    opened = engagement(cast)
    ahead, behind = session(opened, days=5), session(opened, days=-2)
    engagements.end_engagement(by=cast.coordinator, engagement=opened, why="The grant ends.")
    ahead.refresh_from_db()
    behind.refresh_from_db()
    assert (ahead.called_off_why, ahead.called_off_by) == ("The grant ends.", cast.coordinator)
    assert (ahead.version, ahead.sequence) == (2, 1)
    assert behind.called_off_at is None
    told = written_to(LetterKind.SESSION_CALLED_OFF, ahead)
    assert told == {"Coach", "Tel Aviv lead", "Tel Aviv member", "Tel Aviv observer"}


def test_without_a_reason_it_says_that_the_coaching_ended_in_the_teams_language(cast: Cast) -> None:
    cast.tel_aviv.language = "fr"
    cast.tel_aviv.save(update_fields=["language"])
    opened = engagement(cast)
    ahead = session(opened, days=5)
    engagements.end_engagement(by=cast.coach, engagement=opened)
    ahead.refresh_from_db()
    assert ahead.called_off_why != ""
    assert "Coach" not in written_to(LetterKind.SESSION_CALLED_OFF, ahead)


def test_what_was_promised_stays_readable_and_as_it_was(cast: Cast) -> None:
    opened = engagement(cast)
    promise = commitments.commit(
        by=cast.coach, engagement=opened, text="Send the guide", owner=cast.coach, due_on=today() + DAY
    )
    engagements.end_engagement(by=cast.tel_aviv_lead, engagement=opened)
    promise.refresh_from_db()
    assert promise.is_open
    for person in (cast.coach, cast.tel_aviv_observer):
        page = client_of(person).get(opened.get_absolute_url())
        assert "Send the guide" in page.content.decode()


def test_a_lead_who_leaves_mid_period_leaves_the_coaching_as_it_is(cast: Cast) -> None:
    opened = engagement(cast)
    ahead = planned(opened, cast.tel_aviv_lead, timezone.now() + DAY)
    join(cast.tel_aviv, make_person("New lead"), Right.LEAD)
    own = cast.tel_aviv.memberships.current().get(person=cast.tel_aviv_lead)
    memberships.end(by=cast.tel_aviv_lead, membership=own)
    assert client_of(cast.tel_aviv_lead).get(opened.get_absolute_url()).status_code == 404
    assert CoachingEngagement.objects.current().get() == opened
    ahead.refresh_from_db()
    assert ahead.called_off_at is None
    assert "Choose a question" in client_of(cast.coach).get(opened.get_absolute_url()).content.decode()


# --- Period and rhythm ----------------------------------------


@pytest.mark.parametrize("kind", [*PAIR_WRITES, "coordinator", "administrator"])
def test_the_pair_and_whoever_opens_change_period_and_rhythm(cast: Cast, kind: str) -> None:
    changed = engagements.change_period(
        by=somebody(cast, kind), engagement=engagement(cast), rhythm="weekly", planned_until=today() + 90 * DAY
    )
    assert (changed.rhythm, changed.planned_until) == ("weekly", today() + 90 * DAY)


@pytest.mark.parametrize("kind", ["tel_aviv_observer", "funder_coordinator", "stranger"])
def test_others_do_not(cast: Cast, kind: str) -> None:
    opened = engagement(cast)
    with pytest.raises(NotAllowed):
        engagements.change_period(by=somebody(cast, kind), engagement=opened, rhythm="weekly", planned_until=None)


def test_a_period_ends_ahead_of_today(cast: Cast) -> None:
    opened = engagement(cast)
    with pytest.raises(PeriodIsOver):
        engagements.change_period(by=cast.coach, engagement=opened, rhythm="free", planned_until=today() - DAY)


def test_when_the_day_comes_the_pair_is_asked_to_look_back_and_nothing_ends(cast: Cast) -> None:
    start = timezone.now()
    opened = engagements.open_engagement(
        by=cast.coordinator, coaches=[cast.coach], team=cast.tel_aviv, planned_until=today() + 60 * DAY
    )
    page = client_of(cast.coach).get(opened.get_absolute_url()).content.decode()
    assert "Look back together" not in page
    with time_machine.travel(start + 61 * DAY, tick=False):
        page = client_of(cast.coach).get(opened.get_absolute_url()).content.decode()
        assert "Look back together" in page
        assert "time to look back" in client_of(cast.coordinator).get(reverse("engagement_list")).content.decode()
        assert CoachingEngagement.objects.coached_by(cast.coach).exists()
        assert "look_back" in {item.kind for item in waiting_for(cast.coach)}
        assert "look_back" in {item.kind for item in waiting_for(cast.tel_aviv_lead)}
        assert "look_back" not in {item.kind for item in waiting_for(cast.tel_aviv_member)}
        # The day itself stays as it is while only the rhythm changes.
        changed = engagements.change_period(
            by=cast.coach, engagement=opened, rhythm="weekly", planned_until=opened.planned_until
        )
        assert changed.rhythm == MeetingRhythm.WEEKLY


# --- Pages ----------------------------------------


def arrange(opened: CoachingEngagement) -> str:
    return reverse("engagement_arrange", args=[opened.pk])


def test_a_coordinator_arranges_without_reading(cast: Cast) -> None:
    opened = engagement(cast)
    session(opened, days=2, aim="A secret aim")
    page = client_of(cast.coordinator).get(arrange(opened)).content.decode()
    assert "You arrange this without reading" in page
    assert "Hear residents" not in page
    assert "A secret aim" not in page
    assert "1 planned session is called off" in page


def test_people_are_found_by_a_part_of_their_name_and_those_ticked_stay(cast: Cast) -> None:
    for number in range(70):
        make_person(f"Aaron {number:02}")
    zoe = make_person("Zoé from far away")
    client, url = client_of(cast.coordinator), reverse("engagement_create")
    page = client.get(url).content.decode()
    assert "Zoé from far away" not in page
    assert "more people: write a part of the name" in page
    typed = {"team": cast.tel_aviv.pk, "aims": "Kept aims", "coaches": [cast.stranger.pk], "find": "zoé", "look": "1"}
    response = client.post(url, typed)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Zoé from far away" in page
    assert "Aaron 01" not in page
    assert f'value="{cast.stranger.pk}" id="id_coaches_0" checked' in page.replace(' class=""', "")
    assert "Kept aims" in page
    assert not CoachingEngagement.objects.exists()
    part = client.post(url, typed, headers={"hx-request": "true", "hx-target": "people"}).content.decode()
    assert part.lstrip().startswith("<div")
    del typed["look"]
    assert client.post(url, {**typed, "coaches": [zoe.pk, cast.stranger.pk]}).status_code == 302
    assert CoachingEngagement.objects.get().coaches.count() == 2


def test_people_are_found_by_the_team_they_are_in(cast: Cast) -> None:
    page = client_of(cast.coordinator).post(reverse("engagement_create"), {"find": "mulhouse", "look": "1"})
    assert "Mulhouse lead (Mulhouse innovation team)" in page.content.decode()
    assert "Stranger" not in page.content.decode()


def test_a_coordinator_adds_a_coach_on_the_page(cast: Cast) -> None:
    opened, client = engagement(cast), client_of(cast.coordinator)
    page = client.get(arrange(opened)).content.decode()
    assert "Tel Aviv member" not in page
    refused = client.post(reverse("coach_add", args=[opened.pk]), {"find": ""})
    assert refused.status_code == 422
    assert "Choose at least one person." in refused.content.decode()
    done = client.post(reverse("coach_add", args=[opened.pk]), {"coaches": [cast.stranger.pk]})
    assert done["Location"] == arrange(opened)
    assert "Stranger" in coaches_of(cast.tel_aviv)


def test_a_coach_leaves_on_the_page_and_is_told_what_follows(cast: Cast) -> None:
    opened, (first, *_others) = residence(cast)
    client = client_of(first)
    page = client.get(arrange(opened)).content.decode()
    assert page.count("Leave the coaching") == 1
    response = client.post(reverse("coach_take_out", args=[opened.pk, first.pk]), follow=True)
    assert "Resident 1 does not coach here any more." in response.content.decode()


def test_the_period_is_kept_on_the_page_and_a_past_day_is_refused(cast: Cast) -> None:
    opened, client = engagement(cast), client_of(cast.tel_aviv_member)
    url = reverse("engagement_period", args=[opened.pk])
    refused = client.post(url, {"rhythm": "monthly", "planned_until": "2020-01-01"})
    assert refused.status_code == 422
    assert "This day is over" in refused.content.decode()
    assert client.post(url, {"rhythm": "monthly", "planned_until": ""}).status_code == 302
    opened.refresh_from_db()
    assert opened.rhythm == MeetingRhythm.MONTHLY


def test_who_oversees_sees_dates_and_the_rhythm_and_no_content(cast: Cast) -> None:
    now = utc(2026, 10, 2)
    with time_machine.travel(now - 60 * DAY, tick=False):
        opened = engagements.open_engagement(
            by=cast.coordinator, coaches=[cast.coach], team=cast.tel_aviv, rhythm="weekly"
        )
    CoachingSession.objects.create(engagement=opened, starts_at=now - 20 * DAY, aim="Secret one")
    CoachingSession.objects.create(engagement=opened, starts_at=now + 3 * HOUR, aim="Secret two")
    with time_machine.travel(now, tick=False):
        page = client_of(cast.coordinator).get(reverse("engagement_list")).content.decode()
    assert "12 September 2026" in page
    assert "2 October 2026" in page
    assert "not kept" in page
    assert "Secret" not in page


@pytest.mark.parametrize("many", [1, 12])
def test_the_list_costs_the_same_for_one_and_for_many(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    programme = make_programme(cast.operator)
    for _number in range(many):
        team = make_team()
        accompany(team.city, programme)
        opened = engagements.open_engagement(by=cast.coordinator, coaches=[cast.coach, make_person()], team=team)
        session(opened, days=2)
        session(opened, days=-2)
    for person in (cast.coach, cast.coordinator):
        client = client_of(person)
        with django_assert_max_num_queries(12):
            client.get(reverse("engagement_list"))


@pytest.mark.parametrize("many", [1, 4])
def test_arranging_costs_the_same_for_one_coach_and_for_four(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    opened, _coaches = residence(cast, many)
    client = client_of(cast.coordinator)
    with django_assert_max_num_queries(20):
        client.get(arrange(opened))


def test_a_day_far_away_is_refused(cast: Cast) -> None:
    typed = {"team": cast.tel_aviv.pk, "coaches": [cast.coach.pk], "planned_until": "9999-12-31"}
    response = client_of(cast.coordinator).post(reverse("engagement_create"), typed)
    assert response.status_code == 422
    assert "more than ten years away" in response.content.decode()


def test_nothing_is_arranged_after_the_end(cast: Cast) -> None:
    opened = engagement(cast)
    ended = engagements.end_engagement(by=cast.coordinator, engagement=opened)
    with pytest.raises(NotAllowed, match="ended already"):
        engagements.add_coaches(by=cast.coordinator, engagement=ended, coaches=[cast.stranger])
    with pytest.raises(NotAllowed):
        engagements.change_period(by=cast.coordinator, engagement=ended, rhythm="weekly", planned_until=None)
    with pytest.raises(NotAllowed):
        engagements.set_aims(by=cast.coach, engagement=ended, aims="New")


def test_planned_until_is_never_before_the_beginning(cast: Cast) -> None:
    with pytest.raises(PeriodIsOver):
        engagements.open_engagement(
            by=cast.coordinator, coaches=[cast.coach], team=cast.tel_aviv, planned_until=today() - dt.timedelta(days=1)
        )
