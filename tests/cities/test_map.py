"""The map: page, list and GeoJSON say the same, to each reader what they may see."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from innoteams.accounts.models import User
from projects.choices import LinkKind, Phase, Visibility
from projects.models import Adaptation, CityLink
from tests.cast import Cast, make_city, make_project, make_team, make_topic

pytestmark = pytest.mark.django_db


def client_of(person: User | None) -> Client:
    client = Client()
    if person:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def drawn(person: User | None = None, query: str = "") -> tuple[dict[str, int], list[tuple[str, str, str]]]:
    """Projects by city, and the lines as (from, to, kind)."""
    answer = client_of(person).get(f"/map/cities.json{query}")
    features = json.loads(answer.content)["features"]
    points = [feature["properties"] for feature in features if feature["geometry"]["type"] == "Point"]
    lines = [feature["properties"] for feature in features if feature["geometry"]["type"] == "LineString"]
    return (
        {point["slug"]: point["projects"] for point in points},
        [(line["from"], line["to"], line["kind"]) for line in lines],
    )


@pytest.mark.parametrize(("kind", "projects"), [("stranger", 2), ("coach", 3), ("tel_aviv_member", 4)])
def test_a_dot_counts_what_the_reader_may_see(cast: Cast, kind: str, projects: int) -> None:
    person = cast.person(kind)
    assert isinstance(person, User)
    assert drawn(person)[0]["tel-aviv-yafo"] == projects


def test_a_visitors_map_counts_public_projects_only(cast: Cast) -> None:
    assert drawn()[0] == {"boston": 0, "mulhouse": 0, "tel-aviv-yafo": 1}


def test_neighbours_outside_the_network_are_not_on_it(cast: Cast) -> None:
    make_city("basel", in_network=False)
    assert "basel" not in drawn()[0]


def test_topic_and_phase_narrow_dots_and_list_alike(cast: Cast) -> None:
    rent = make_topic("rent")
    make_project(cast.boston, topics=(rent,), phase=Phase.PREPARE, visibility=Visibility.PUBLIC)
    assert drawn(query="?topic=rent&phase=prepare")[0] == {"boston": 1}
    assert drawn(query="?topic=rent&phase=generate")[0] == {}
    body = Client().get("/map/?topic=rent").content.decode()
    assert 'data-city="boston"' in body
    assert 'data-city="mulhouse"' not in body
    assert "/map/cities.json?topic=rent" in body


def test_a_hidden_project_of_a_topic_does_not_bring_its_city_onto_the_map(cast: Cast) -> None:
    secret = make_topic("secret")
    make_project(cast.boston, topics=(secret,), visibility=Visibility.TEAM)
    assert drawn(cast.stranger, "?topic=secret")[0] == {}


def test_an_adaptation_is_a_line_only_where_both_ends_are_seen(cast: Cast) -> None:
    source = cast.projects["network"]
    ours = make_project(cast.mulhouse, visibility=Visibility.TEAM)
    Adaptation.objects.create(project=ours, source=source)
    line = ("tel-aviv-yafo", "mulhouse", "adaptation")
    assert line in drawn(cast.mulhouse_lead)[1]
    assert drawn(cast.tel_aviv_lead)[1] == []
    ours.visibility = Visibility.PUBLIC
    ours.save(update_fields=["visibility"])
    assert line in drawn(cast.stranger)[1]
    assert drawn()[1] == []


def test_a_documented_exchange_is_a_line_and_a_same_theme_is_not(cast: Cast) -> None:
    for kind in (LinkKind.STUDIED, LinkKind.SAME_THEME):
        link = CityLink.objects.create(slug=kind, kind=kind, city=cast.mulhouse.city, what="It.")
        link.idea_from.add(cast.boston.city)
    assert drawn()[1] == [("boston", "mulhouse", "documented")]


def test_a_documented_link_about_a_hidden_project_is_not_drawn(cast: Cast) -> None:
    link = CityLink.objects.create(
        slug="l", kind=LinkKind.STUDIED, city=cast.tel_aviv.city, project=cast.projects["team"], what="It."
    )
    link.idea_from.add(cast.boston.city)
    assert drawn(cast.stranger)[1] == []
    assert len(drawn(cast.tel_aviv_lead)[1]) == 1


def test_every_line_of_the_map_stands_in_words_below_it(cast: Cast) -> None:
    link = CityLink.objects.create(slug="l", kind=LinkKind.ADAPTED, city=cast.mulhouse.city, what="It.")
    link.idea_from.add(cast.boston.city)
    assert "Who learned from whom" in Client().get("/map/").content.decode()


def test_the_answer_is_not_kept_by_any_shared_cache(cast: Cast) -> None:
    assert "private" in Client().get("/map/cities.json").headers["Cache-Control"]


@pytest.mark.parametrize("query", ["?topic=nothing", "?phase=%00", "?topic=%00&phase=x", "?topic=a&topic=b"])
def test_an_odd_address_draws_a_map_not_an_error(cast: Cast, query: str) -> None:
    assert Client().get(f"/map/{query}").status_code == 200
    assert Client().get(f"/map/cities.json{query}").status_code == 200


def test_where_nothing_fits_the_page_says_so(cast: Cast) -> None:
    make_topic("quiet")
    assert "Nobody works on this yet" in Client().get("/map/?topic=quiet").content.decode()


def test_the_map_asks_the_database_as_often_for_many_as_for_few(cast: Cast) -> None:
    client = client_of(cast.stranger)
    for address in ("/map/?topic=loneliness-ageing", "/map/cities.json"):
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for _number in range(3):
            ours = make_project(make_team(), topics=(cast.topic,))
            Adaptation.objects.create(project=ours, source=cast.projects["network"])
        with CaptureQueriesContext(connection) as many:
            client.get(address)
        assert len(many) == len(few) <= 12
