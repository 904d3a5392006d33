"""The whole project: its facts, its point, its people, its page, and how fresh it is."""

import datetime as dt
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from cities.distance import kilometres
from cities.models import City
from projects.audience import Audience
from projects.choices import CostBand, Visibility
from projects.freshness import freshness
from projects.models import Project
from projects.points import KEPT_DECIMALS, Point, PointRefused, kept_point, point_of, whereabouts
from projects.records import ContactNotOfTeam, SuccessorIsContact, change_project, log_project
from tests.cast import Cast, make_project

LATITUDES = st.floats(-85, 85)
LONGITUDES = st.floats(-180, 180)


@pytest.fixture
def lead(client: Client, cast: Cast) -> Client:
    client.force_login(cast.tel_aviv_lead)
    return client


def change(cast: Cast, project: Project, **fields: Any) -> Project:
    return change_project(by=cast.tel_aviv_lead, project=project, version=project.version, **fields)


def edit(client: Client, project: Project, topic: str, **changed: object) -> Any:
    data = {
        "title": project.title,
        "problem": project.problem,
        "for_whom": project.for_whom,
        "language": project.language,
        "topics_1": topic,
        "version": project.version,
        **changed,
    }
    return client.post(f"/projects/{project.slug}/edit/", data)


def text_of(client: Client, project: Project) -> str:
    response = client.get(project.get_absolute_url())
    assert response.status_code == 200
    return str(response.content.decode())


# --- people -------------------------------------------------------------------------------------------------------


def test_the_successor_is_somebody_of_the_team_and_not_the_contact(cast: Cast) -> None:
    project = change(cast, cast.projects["network"], contact=cast.tel_aviv_lead)
    with pytest.raises(SuccessorIsContact):
        change(cast, project, successor=cast.tel_aviv_lead)
    with pytest.raises(ContactNotOfTeam) as refusal:
        change(cast, project, successor=cast.mulhouse_lead)
    assert refusal.value.field == "successor"
    project = change(cast, project, successor=cast.tel_aviv_member)
    # Changing the contact to the successor is the same mistake from the other side.
    with pytest.raises(SuccessorIsContact):
        change(cast, project, contact=cast.tel_aviv_member)
    assert change(cast, project, contact=cast.tel_aviv_member, successor=None).contact == cast.tel_aviv_member


def test_a_coach_or_a_former_member_is_not_named(cast: Cast) -> None:
    for person in (cast.coach, cast.former_member):
        with pytest.raises(ContactNotOfTeam):
            change(cast, cast.projects["network"], contact=person)


def test_whoever_is_named_already_stays_when_something_else_is_changed(cast: Cast) -> None:
    project = make_project(cast.tel_aviv, contact=cast.former_member)
    assert change(cast, project, title="Other", contact=cast.former_member).title == "Other"


def test_a_successor_takes_the_place_of_a_contact_who_left(client: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, contact=cast.former_member, successor=cast.tel_aviv_member)
    client.force_login(cast.stranger)
    text = text_of(client, project)
    assert cast.former_member.name not in text
    assert cast.tel_aviv_member.name in text
    assert "has taken over" in text


def test_a_successor_who_left_is_not_named(client: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, contact=cast.tel_aviv_lead, successor=cast.former_member)
    client.force_login(cast.stranger)
    assert cast.former_member.name not in text_of(client, project)


def test_visitors_read_no_names(client: Client, cast: Cast) -> None:
    project = make_project(
        cast.tel_aviv, contact=cast.tel_aviv_lead, successor=cast.tel_aviv_member, visibility="public"
    )
    text = text_of(client, project)
    assert cast.tel_aviv_lead.name not in text
    assert cast.tel_aviv_member.name not in text


# --- the point ----------------------------------------------------------------------------------------------------


def test_half_a_point_is_refused_at_the_missing_number(lead: Client, cast: Cast) -> None:
    project = cast.projects["network"]
    response = edit(lead, project, cast.topic.slug, latitude="47.75")
    assert response.status_code == 200
    assert "both its latitude and its longitude" in str(response.context["form"].errors)
    assert not Project.objects.get(pk=project.pk).has_point


def test_numbers_the_wrong_way_round_are_named_as_such(lead: Client, cast: Cast) -> None:
    response = edit(lead, cast.projects["network"], cast.topic.slug, latitude="7.34", longitude="47.75")
    assert "the wrong way round" in str(response.context["form"].errors["latitude"])
    assert 'value="7.34"' in response.content.decode()


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("91", "7"), ("nan", "7"), ("1e400", "7"), ("x", "7"), ("47.7", "inf"), ("0", "0")]
)
def test_points_that_cannot_be_are_refused_and_kept_in_the_form(
    lead: Client, cast: Cast, latitude: str, longitude: str
) -> None:
    project = cast.projects["network"]
    response = edit(lead, project, cast.topic.slug, latitude=latitude, longitude=longitude)
    assert response.status_code == 200
    assert {"latitude", "longitude"} & set(response.context["form"].errors)
    assert Project.objects.get(pk=project.pk).version == project.version


@pytest.mark.parametrize("pasted", ["47.7612, 7.3498", "47,7612; 7,3498", "(47.7612, 7.3498)", "47.7612 7.3498"])
def test_two_numbers_pasted_into_one_field_are_a_point_and_no_house(lead: Client, cast: Cast, pasted: str) -> None:
    project = cast.projects["network"]
    assert edit(lead, project, cast.topic.slug, latitude=pasted).status_code == 302
    after = Project.objects.get(pk=project.pk)
    assert (after.latitude, after.longitude) == (47.761, 7.35)


def test_a_point_is_taken_away_again(lead: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, latitude=47.76, longitude=7.35, topics=(cast.topic,))
    assert edit(lead, project, cast.topic.slug, latitude="", longitude="").status_code == 302
    assert not Project.objects.get(pk=project.pk).has_point


def test_the_page_tells_the_part_of_the_city_and_no_coordinates(client: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, latitude=47.791, longitude=7.343, neighbourhood="Around the market")
    client.force_login(cast.stranger)
    text = text_of(client, project)
    assert "Around the market" in text
    assert "about 4 km north of the centre" in text
    assert "47.79" not in text


@given(LATITUDES, LONGITUDES, st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
def test_a_point_near_the_city_is_kept_to_a_hundred_metres(lat: float, lon: float, north: float, east: float) -> None:
    city = City(latitude=lat, longitude=lon)
    point = Point(lat + north, max(-180.0, min(180.0, lon + east)))
    if kilometres(city, point) > 299:
        return
    kept = kept_point(city, *point)
    assert kept is not None
    assert kilometres(kept, point) < 0.12
    assert kept == Point(round(kept.latitude, KEPT_DECIMALS), round(kept.longitude, KEPT_DECIMALS))


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_no_point_further_than_three_hundred_kilometres_is_kept(lat: float, lon: float, a: float, b: float) -> None:
    city = City(latitude=lat, longitude=lon)
    if kilometres(city, Point(a, b)) > 300:
        with pytest.raises(PointRefused):
            kept_point(city, a, b)


@given(LATITUDES, LONGITUDES, st.floats(-2, 2), st.floats(-2, 2))
def test_a_point_is_drawn_inside_its_picture_and_told_in_kilometres(
    lat: float, lon: float, north: float, east: float
) -> None:
    city = City(latitude=lat, longitude=lon)
    project = Project(latitude=lat + north, longitude=lon + east)
    place = whereabouts(project, city)
    shown = point_of(project)
    assert place is not None
    assert shown is not None
    assert 0 <= place.x <= place.size
    assert 0 <= place.y <= place.size
    assert place.km == round(kilometres(city, shown))
    assert str(place)


@pytest.mark.parametrize(
    ("north", "east", "words"),
    [(0.1, 0, "north"), (0, 0.15, "east"), (-0.1, 0, "south"), (0, -0.15, "west"), (0.1, 0.1487, "north-east")],
)
def test_directions_are_as_on_a_map(north: float, east: float, words: str) -> None:
    city = City(latitude=47.75, longitude=7.34)
    place = whereabouts(Project(latitude=47.75 + north, longitude=7.34 + east), city)
    assert f"km {words} of the centre" in str(place)


def test_a_point_in_the_centre_says_so() -> None:
    city = City(latitude=47.75, longitude=7.34)
    assert str(whereabouts(Project(latitude=47.752, longitude=7.341), city)) == "in the centre"
    assert whereabouts(Project(), city) is None


# --- would it fit? ------------------------------------------------------------------------------------------------


def test_the_reader_sees_both_cities_side_by_side(client: Client, cast: Cast) -> None:
    City.objects.filter(pk=cast.tel_aviv.city_id).update(population=460_000)
    project = make_project(cast.mulhouse)
    client.force_login(cast.tel_aviv_lead)
    text = text_of(client, project)
    assert "100,000" in text
    assert "460,000" in text
    assert "you: <bdi>Tel Aviv Yafo</bdi>" in text


def test_at_home_nothing_is_compared(client: Client, cast: Cast) -> None:
    client.force_login(cast.tel_aviv_lead)
    assert "you: <bdi>" not in text_of(client, cast.projects["network"])


def test_the_facts_stand_on_the_page_in_words(client: Client, cast: Cast) -> None:
    project = make_project(
        cast.tel_aviv,
        cost_band=CostBand.UNDER_50K,
        staff_time="Two people, one day a week",
        competence="Leave to close a street",
        conditions="<p>A <strong>school</strong> that opens its gate</p>",
        reusable="The letter to parents",
        lasting_owner="Parks department",
    )
    client.force_login(cast.stranger)
    text = text_of(client, project)
    for words in (
        "10,000 to 50,000",
        "Two people, one day a week",
        "Leave to close a street",
        "<strong>school</strong>",
        "The letter to parents",
        "Parks department",
    ):
        assert words in text


def test_a_public_source_without_facts_says_that_it_has_none(client: Client, cast: Cast) -> None:
    entry = make_project(cast.tel_aviv, source_line="CityLab, July 2017", visibility="public")
    assert "says nothing of cost" in text_of(client, entry)


def test_an_empty_part_teaches_its_team_only(client: Client, cast: Cast) -> None:
    client.force_login(cast.tel_aviv_lead)
    assert "Rough answers are enough" in text_of(client, cast.projects["network"])
    client.force_login(cast.mulhouse_lead)
    assert "Rough answers are enough" not in text_of(client, cast.projects["network"])


def test_the_page_reads_in_the_order_in_which_a_reader_asks(client: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, lesson="Start small.", cost_band="none", topics=(cast.topic,))
    make_project(cast.mulhouse, topics=(cast.topic,))
    client.force_login(cast.tel_aviv_lead)
    text = text_of(client, project)
    marks = [
        "problem-title",
        "phase-title",
        "pilots-title",
        "learned-title",
        "fit-title",
        "talk-title",
        "similar-title",
    ]
    places = [text.index(f'id="{mark}"') for mark in marks]
    assert places == sorted(places)


# --- how fresh it is ----------------------------------------------------------------------------------------------


def aged(days: int, **fields: object) -> Project:
    confirmed = dt.date(2026, 5, 15) - dt.timedelta(days=days)
    return Project(last_confirmed_on=confirmed, shared_at=timezone.now(), **fields)


@pytest.mark.parametrize(
    ("days", "asked", "old"), [(0, False, False), (320, False, False), (345, True, False), (370, True, True)]
)
def test_the_team_is_asked_a_month_before_readers_are_told(days: int, asked: bool, old: bool) -> None:
    fresh = freshness(aged(days), today=dt.date(2026, 5, 15))
    assert (fresh.is_asked, fresh.is_old) == (asked, old)


def test_age_is_told_in_words() -> None:
    today = dt.date(2026, 5, 15)
    assert freshness(aged(3), today).age == "less than a month ago"
    assert freshness(aged(31), today).age == "1 month ago"
    assert freshness(aged(430), today).unconfirmed_for == "not confirmed for 14 months"
    assert freshness(aged(1200), today).unconfirmed_for == "not confirmed for 3 years"
    with translation.override("fr"):
        assert freshness(aged(430), today).age


def test_a_draft_a_stopped_project_and_a_public_source_are_not_asked() -> None:
    today = dt.date(2026, 5, 15)
    draft = Project(last_confirmed_on=dt.date(2024, 1, 1))
    for project in (draft, aged(900, outcome="stopped"), aged(900, source_line="A newspaper")):
        assert not freshness(project, today).is_asked
        assert not freshness(project, today).is_old


def test_one_press_says_that_it_is_still_true(client: Client, cast: Cast) -> None:
    long_ago = timezone.localdate() - dt.timedelta(days=430)
    project = make_project(cast.tel_aviv, last_confirmed_on=long_ago)
    client.force_login(cast.mulhouse_lead)
    type(cast.mulhouse_lead).objects.filter(pk=cast.mulhouse_lead.pk).update(language="en")
    assert "not confirmed for 14 months" in text_of(client, project)
    client.force_login(cast.tel_aviv_lead)
    assert "Is all of this still true?" in text_of(client, project)
    client.post(f"/projects/{project.slug}/confirm/")
    assert "Is all of this still true?" not in text_of(client, project)
    assert "not confirmed for" not in text_of(client, project)


# --- the form in sections -----------------------------------------------------------------------------------------


def test_every_field_stands_in_exactly_one_section(lead: Client, cast: Cast) -> None:
    cast.tel_aviv.city.departments.create(name="Welfare")
    form = lead.get(f"/projects/{cast.projects['network'].slug}/edit/").context["form"]
    names = [field.name for section in form.sections for field in section.fields]
    assert sorted(names) == sorted(field.name for field in form.visible_fields())


def test_a_link_to_a_part_opens_its_section(lead: Client, cast: Cast) -> None:
    url = f"/projects/{cast.projects['network'].slug}/edit/"
    closed = {section.key for section in lead.get(url).context["form"].sections if not section.is_open}
    assert closed == {"where", "takes", "keeps"}
    opened = {section.key for section in lead.get(url, {"open": "takes"}).context["form"].sections if section.is_open}
    assert "takes" in opened


def test_a_section_with_something_wrong_is_open(lead: Client, cast: Cast) -> None:
    response = edit(lead, cast.projects["network"], cast.topic.slug, staff_time="x" * 500)
    takes = next(section for section in response.context["form"].sections if section.key == "takes")
    assert takes.is_open
    assert takes.is_wrong


def test_all_the_facts_are_saved_together(lead: Client, cast: Cast) -> None:
    project = cast.projects["network"]
    given = {
        "cost_band": "under_250k",
        "staff_time": "Half a year",
        "competence": "Planning law",
        "conditions": "A mayor who asks for it",
        "reusable": "The drawings",
        "lasting_owner": "Housing office",
        "contact": cast.tel_aviv_lead.pk,
        "successor": cast.tel_aviv_member.pk,
        "latitude": "47.76",
        "longitude": "7.35",
    }
    assert edit(lead, project, cast.topic.slug, **given).status_code == 302
    after = Project.objects.get(pk=project.pk)
    assert (after.cost_band, after.staff_time, after.lasting_owner) == ("under_250k", "Half a year", "Housing office")
    assert after.successor == cast.tel_aviv_member
    assert "A mayor who asks for it" in after.conditions
    assert after.version == project.version + 1


def test_an_unknown_cost_band_is_refused(lead: Client, cast: Cast) -> None:
    response = edit(lead, cast.projects["network"], cast.topic.slug, cost_band="gratis")
    assert "cost_band" in response.context["form"].errors


# --- the short form -----------------------------------------------------------------------------------------------


def test_a_draft_begun_is_offered_to_its_author_alone(client: Client, cast: Cast) -> None:
    keep = {"team": cast.tel_aviv.pk, "title": "Half a thought", "phase": "investigate"}
    client.force_login(cast.tel_aviv_lead)
    client.post("/projects/drafts/", {**keep, "draft_key": "6f1c7c2e-7d0a-4a7e-9f39-8d6f5f1b0a11"})
    assert "Half a thought" in client.get("/projects/new/").content.decode()
    carried_on = client.get("/projects/new/?draft=6f1c7c2e-7d0a-4a7e-9f39-8d6f5f1b0a11").context["form"]
    assert carried_on["title"].value() == "Half a thought"
    client.force_login(cast.tel_aviv_member)
    text = client.get("/projects/new/?draft=6f1c7c2e-7d0a-4a7e-9f39-8d6f5f1b0a11").content.decode()
    assert "Half a thought" not in text


def test_a_key_of_nothing_opens_an_empty_form(lead: Client) -> None:
    assert lead.get("/projects/new/?draft=nonsense%00").context["form"]["title"].value() in (None, "")


def test_a_new_project_takes_its_facts_with_it(cast: Cast) -> None:
    project = log_project(
        by=cast.tel_aviv_lead,
        team=cast.tel_aviv,
        title="Cool streets",
        cost_band="none",
        latitude=47.7512,
        longitude=7.3398,
    )
    assert (project.cost_band, project.latitude, project.longitude) == ("none", 47.751, 7.34)
    with pytest.raises(PointRefused):
        log_project(by=cast.tel_aviv_lead, team=cast.tel_aviv, title="Far", latitude=7.3, longitude=47.7)


@pytest.mark.parametrize(
    ("people", "cities", "words"),
    [
        (1, 1, "1 person in 1 city"),
        (3, 1, "3 people in 1 city"),
        (12, 3, "12 people in 3 cities"),
        (2, 0, "2 people then"),
    ],
)
def test_who_would_see_it_is_said_in_right_words(people: int, cities: int, words: str) -> None:
    seen = Audience(Visibility.NETWORK, people, cities)
    assert words in render_to_string("projects/_seen_then.html", {"seen": seen})


# --- finding by it ------------------------------------------------------------------------------------------------


def test_projects_are_found_by_cost_and_by_having_a_lesson(lead: Client, cast: Cast) -> None:
    make_project(cast.mulhouse, title="Cheap", cost_band="none", lesson="Start small.")
    make_project(cast.mulhouse, title="Dear", cost_band="over_1m")
    cheap = lead.get("/projects/", {"cost": ["none", "under_10k"]}).context
    assert [project.title for project in cheap["page_obj"]] == ["Cheap"]
    assert cheap["facets"].counts("cost") == {"none": 1, "under_10k": 0, "over_1m": 1}
    told = lead.get("/projects/", {"told": "lesson"}).context
    assert [project.title for project in told["page_obj"]] == ["Cheap"]
    assert lead.get("/projects/", {"told": "nonsense"}).context["facets"].total == 0
