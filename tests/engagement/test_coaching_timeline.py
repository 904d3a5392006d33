"""The timeline of an engagement: everything that the reader sees, month by month, and never a note."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cities.querysets import today
from engagement.choices import Drawer, Moment, Sharing
from engagement.coaching import commitments, engagements, notes, sessions
from engagement.coaching.timeline import Entry, by_month, timeline_of
from engagement.models import CoachingEngagement, Reflection
from innoteams.accounts.models import User
from projects.choices import Phase
from projects.models import PhaseMove
from projects.phases import move_phase
from tests.cast import Cast, make_person
from tests.engagement.accompany_scenes import client_of, engagement, session
from tests.engagement.coaching_scenes import DAY, planned, utc


def lived_in(cast: Cast) -> CoachingEngagement:
    """An engagement with one of everything."""
    opened = engagement(cast)
    held = session(opened, days=0, aim="A session held")
    sessions.log_session(by=cast.coach, session=held, version=1, happened="We walked.", lessons="Knock first.")
    ahead = planned(opened, cast.coach, timezone.now() + 40 * DAY, aim="A session planned")
    off = planned(opened, cast.coach, timezone.now() + 3 * DAY, aim="A session off")
    sessions.call_off_session(by=cast.coach, session=off, version=1, why="A strike.")
    kept = commitments.commit(
        by=cast.coach, engagement=opened, text="A promise kept", owner=cast.coach, due_on=today() + DAY
    )
    commitments.settle(by=cast.coach, commitment=kept)
    for drawer in Drawer:
        notes.write_note(by=cast.coach, engagement=opened, session=ahead, drawer=drawer, text=f"Never told {drawer}")
    return opened


def titles(opened: CoachingEngagement, reader: User) -> list[str]:
    fetched = CoachingEngagement.objects.with_coaches().get(pk=opened.pk)
    return [entry.title for entry in timeline_of(fetched, reader)]


def test_it_tells_everything_in_order_and_no_note(cast: Cast) -> None:
    opened = lived_in(cast)
    assert titles(opened, cast.tel_aviv_lead) == [
        "The coaching begins", "A session held", "A promise kept", "A session off", "A session planned",
    ]  # fmt: skip
    page = client_of(cast.coach).get(reverse("engagement_timeline", args=[opened.pk])).content.decode()
    for words in ("A session held", "Knock first.", "A strike.", "A promise kept", "Hear residents", "Called off"):
        assert words in page
    assert "Never told" not in page


def test_phases_of_projects_are_told_to_whoever_sees_them(cast: Cast) -> None:
    opened = engagement(cast)
    for level in ("team", "network"):
        move_phase(by=cast.tel_aviv_lead, project=cast.projects[level], to=Phase.GENERATE, note="Enough heard.")
    assert PhaseMove.objects.count() == 2
    assert "Tel Aviv at level team" in titles(opened, cast.tel_aviv_lead)
    assert "Tel Aviv at level team" not in titles(opened, cast.coach)
    assert "Tel Aviv at level network" in titles(opened, cast.coach)


def test_a_reflection_is_told_to_whoever_may_read_it_and_never_quoted(cast: Cast) -> None:
    opened = engagement(cast)
    Reflection.objects.create(
        engagement=opened,
        moment=Moment.START,
        culture="Quoted nowhere",
        sharing=Sharing.TEAM,
        written_at=timezone.now(),
    )
    assert any("looks back" in title for title in titles(opened, cast.tel_aviv_member))
    assert not any("looks back" in title for title in titles(opened, cast.coach))
    page = client_of(cast.tel_aviv_lead).get(reverse("engagement_timeline", args=[opened.pk])).content.decode()
    assert "Quoted nowhere" not in page


def test_coaches_who_leave_and_the_end_are_told(cast: Cast) -> None:
    second = make_person("Second coach")
    opened = engagements.open_engagement(by=cast.coordinator, coaches=[cast.coach, second], team=cast.tel_aviv)
    engagements.take_out_coach(by=second, engagement=opened, coach=second)
    engagements.end_engagement(by=cast.coach, engagement=opened)
    assert titles(opened, cast.tel_aviv_lead)[-2:] == ["Second coach leaves", "The coaching ends"]


def test_every_month_has_its_place_also_an_empty_one() -> None:
    entries = [Entry(utc(2026, 11, 30, 23, 30), "session", "Late", "a"), Entry(utc(2027, 2, 1), "session", "Next", "b")]
    months = by_month(entries, dt.UTC)
    assert [(month.first, len(month.entries)) for month in months] == [
        (dt.date(2026, 11, 1), 1), (dt.date(2026, 12, 1), 0), (dt.date(2027, 1, 1), 0), (dt.date(2027, 2, 1), 1),
    ]  # fmt: skip
    paris = by_month(entries, make_zone("Europe/Paris"))
    assert paris[0].first == dt.date(2026, 12, 1)
    assert by_month([], dt.UTC) == []


def make_zone(name: str) -> dt.tzinfo:
    return User(timezone=name).zone


@pytest.mark.parametrize("many", [1, 40])
def test_the_timeline_costs_the_same_for_one_session_and_for_forty(
    cast: Cast, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    opened = engagement(cast)
    for number in range(many):
        session(opened, days=-14 * number)
        one = commitments.commit(by=cast.coach, engagement=opened, text="x", owner=cast.coach, due_on=today())
        commitments.settle(by=cast.coach, commitment=one)
    client = client_of(cast.tel_aviv_lead)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("engagement_timeline", args=[opened.pk])).content.decode()
    # Older months are folded; the last ones stand open.
    assert page.count('<details class="month" open>') <= 7


def test_the_engagements_page_asks_for_the_picture_alone(cast: Cast) -> None:
    opened = lived_in(cast)
    url = reverse("engagement_timeline", args=[opened.pk])
    part = client_of(cast.coach).get(url, headers={"hx-request": "true", "hx-target": "strip"}).content.decode()
    assert part.lstrip().startswith("<figure")
    assert f'href="{url}#session-' in part
    assert f'hx-get="{url}"' in client_of(cast.coach).get(opened.get_absolute_url()).content.decode()
