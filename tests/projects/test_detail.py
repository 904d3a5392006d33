"""The page of a project: who sees what on it, and at what cost."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from projects.adaptations import adapt
from projects.charts import chart_of
from projects.choices import ReadingKind, ResultKind
from projects.evidence import choose_indicator, log_consultation
from projects.follows import follow
from projects.journal import write_journal
from projects.models import Adaptation, Indicator, Project, PublishedResult, Reading
from projects.phases import move_phase
from projects.pilots import decide_pilot, start_pilot
from projects.readings import add_reading
from projects.sharing import share_project
from tests.cast import Cast, make_project, make_team, make_topic

DAY = dt.date(2026, 5, 1)


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


def page(client: Client, project: Project) -> str:
    response = client.get(project.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def fill(cast: Cast, project: Project, many: int) -> None:
    """`many` of each part."""
    by = cast.tel_aviv_lead
    for number in range(many):
        start_pilot(by=by, project=project, title=f"Pilot {number}", hypothesis="h")
        write_journal(by=by, project=project, happened_on=DAY, text="t")
        log_consultation(by=by, project=project, held_on=DAY, method="m", heard="h", said="s")
        indicator = choose_indicator(by=by, project=project, name="n", unit="u", target=Decimal(9))
        for value in range(2):
            add_reading(by=by, indicator=indicator, value=Decimal(value), read_on=DAY, source="s")
        PublishedResult.objects.create(project=project, what=f"w{number}", value="v", kind=ResultKind.CLAIMED)
        move_phase(by=by, project=project, to=["generate", "investigate"][number % 2], note="n")
        other = make_project(make_team(), topics=(cast.topic,))
        Adaptation.objects.create(project=other, source=project, kept="k")
        Adaptation.objects.create(project=project, source=make_project(make_team()), kept="k")


@pytest.mark.parametrize("many", [1, 30])
def test_the_page_asks_the_database_the_same_few_times(
    client: Client, cast: Cast, project: Project, django_assert_max_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    fill(cast, project, many)
    for person, most in ((cast.mulhouse_lead, 15), (cast.tel_aviv_lead, 15)):
        client.force_login(person)
        with django_assert_max_num_queries(most):
            page(client, project)


def test_a_member_sees_what_to_do_next_and_others_do_not(client: Client, cast: Cast, project: Project) -> None:
    client.force_login(cast.tel_aviv_member)
    assert "parts are told" in page(client, project)
    client.force_login(cast.mulhouse_lead)
    other = page(client, project)
    assert "parts are told" not in other
    assert "/edit/" not in other


def test_a_draft_says_how_many_would_see_it(client: Client, cast: Cast) -> None:
    draft = make_project(cast.tel_aviv, visibility="team", topics=(cast.topic,))
    client.force_login(cast.tel_aviv_lead)
    text = page(client, draft)
    assert "Share with the network" in text
    assert "Visible to 11 people in 2 cities then." in text


def test_an_observer_reads_a_draft_without_buttons(client: Client, cast: Cast) -> None:
    client.force_login(cast.tel_aviv_observer)
    assert "Share with the network" not in page(client, cast.projects["team"])


def test_an_entry_from_a_public_source_says_so_and_offers_the_team_to_take_it_over(client: Client, cast: Cast) -> None:
    entry = make_project(cast.tel_aviv, source_line="CityLab, July 2017", visibility="public")
    assert "From a public source, not written by the city" in page(client, entry)
    client.force_login(cast.mulhouse_lead)
    assert "take it over" not in page(client, entry)
    client.force_login(cast.tel_aviv_member)
    assert "take it over" in page(client, entry)


def test_the_person_to_talk_to_is_named_to_the_network_with_languages_and_hour_but_without_address(
    client: Client, cast: Cast
) -> None:
    project = make_project(cast.tel_aviv, contact=cast.tel_aviv_lead, visibility="public")
    assert cast.tel_aviv_lead.name not in page(client, project)
    client.force_login(cast.mulhouse_lead)
    text = page(client, project)
    assert cast.tel_aviv_lead.name in text
    assert 'data-timezone="Asia/Jerusalem"' in text
    assert cast.tel_aviv_lead.email not in text


def test_a_contact_who_left_the_team_is_not_named(client: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, contact=cast.former_member)
    client.force_login(cast.stranger)
    text = page(client, project)
    assert cast.former_member.name not in text
    assert "has left" in text


def test_a_stopped_pilot_shows_first_what_was_learned(client: Client, cast: Cast, project: Project) -> None:
    pilot = start_pilot(by=cast.tel_aviv_lead, project=project, title="Sails", hypothesis="Shade helps")
    decide_pilot(by=cast.tel_aviv_lead, pilot=pilot, decision="stop", lessons="Trees beat sails")
    text = page_of(client, cast, project)
    assert text.index("Trees beat sails") < text.index("Shade helps")


def page_of(client: Client, cast: Cast, project: Project) -> str:
    client.force_login(cast.stranger)
    return page(client, project)


def test_everything_that_people_typed_is_escaped(client: Client, cast: Cast, project: Project) -> None:
    evil = "<script>alert(1)</script>"
    Project.objects.filter(pk=project.pk).update(title=evil, problem=evil, for_whom=evil, source_line=evil)
    start_pilot(by=cast.tel_aviv_lead, project=make_project(cast.tel_aviv), title=evil, hypothesis=evil)
    assert "<script>alert" not in page_of(client, cast, project)


def test_a_hidden_adaptation_is_not_told_of(client: Client, cast: Cast, project: Project) -> None:
    own = adapt(
        by=cast.mulhouse_lead,
        source=project,
        team=cast.mulhouse,
        title="Bancs",
        kept="k",
        changed="c",
        problem="p",
        for_whom="w",
    )
    client.force_login(cast.tel_aviv_lead)
    assert "Bancs" not in page(client, project)
    share_project(by=cast.mulhouse_lead, project=own, visibility="network")
    assert "Bancs" in page(client, project)


def test_similar_work_is_of_other_teams_and_only_what_the_reader_sees(client: Client, cast: Cast) -> None:
    heat = make_topic("heat")
    project = make_project(cast.tel_aviv, topics=(heat,))
    near = make_project(cast.boston, title="Near", topics=(heat,))
    make_project(cast.boston, title="Hidden", topics=(heat,), visibility="team")
    make_project(cast.tel_aviv, title="Own", topics=(heat,))
    client.force_login(cast.mulhouse_lead)
    similar = client.get(project.get_absolute_url()).context["similar"]
    assert similar == [near]


def test_following_is_one_press_in_place(client: Client, cast: Cast, project: Project) -> None:
    client.force_login(cast.mulhouse_lead)
    url = f"/follow/project/{project.slug}/"
    body = client.post(url, {"wanted": "on"}, headers={"HX-Request": "true"}).content.decode()
    assert 'aria-pressed="true"' in body
    assert "<html" not in body
    client.post(url, {"wanted": "off"})
    assert not cast.mulhouse_lead.follows.exists()


def test_a_get_follows_nothing(client: Client, cast: Cast, project: Project) -> None:
    client.force_login(cast.mulhouse_lead)
    assert client.get(f"/follow/project/{project.slug}/").status_code == 405
    assert not cast.mulhouse_lead.follows.exists()


def test_a_followed_project_says_so(client: Client, cast: Cast, project: Project) -> None:
    follow(by=cast.stranger, what=project)
    assert "Following" in page_of(client, cast, project)


# --- the picture of an indicator ----------------------------------------------------------------------------------


def reading(value: str, day: dt.date) -> Reading:
    return Reading(value=Decimal(value), read_on=day, source="s", kind=ReadingKind.COUNTED)


def test_higher_values_are_drawn_higher_and_later_days_further() -> None:
    chart = chart_of(Indicator(), [reading("1", DAY), reading("9", DAY + dt.timedelta(days=30))])
    assert chart is not None
    first, second = chart.dots
    assert first.x < second.x
    assert first.y > second.y


def test_baseline_and_target_lie_within_the_picture() -> None:
    chart = chart_of(Indicator(baseline=Decimal(-5), target=Decimal(500)), [reading("7", DAY)])
    assert chart is not None
    assert chart.baseline is not None
    assert chart.target is not None
    assert 0 < chart.target.y < chart.baseline.y < chart.height


def test_nothing_to_compare_is_not_drawn() -> None:
    assert chart_of(Indicator(), []) is None
    assert chart_of(Indicator(), [reading("7", DAY)]) is None


@pytest.mark.parametrize("value", ["0", "-3", "999999999999.9999"])
def test_equal_values_are_a_level_line(value: str) -> None:
    chart = chart_of(Indicator(), [reading(value, DAY), reading(value, DAY)])
    assert chart is not None
    assert chart.dots[0].y == chart.dots[1].y
