"""Adaptations on the network's map: only what has two ends here, and only what a narrowed map is about."""

import json

import pytest
from django.test import Client

from projects.choices import LinkKind
from projects.models import Adaptation, CityLink
from tests.cast import Cast, make_project, make_topic

pytestmark = pytest.mark.django_db


def lines(query: str = "") -> list[tuple[str, str, str]]:
    features = json.loads(Client().get(f"/map/cities.json{query}").content)["features"]
    found = [feature["properties"] for feature in features if feature["geometry"]["type"] == "LineString"]
    return [(line["from"], line["to"], line["kind"]) for line in found]


def test_what_came_from_outside_has_no_arc(cast: Cast) -> None:
    Adaptation.objects.create(project=make_project(cast.mulhouse, visibility="public"), outside_name="Barcelona")
    assert lines() == []
    assert "Barcelona" not in Client().get("/map/").content.decode()


def test_a_narrowed_map_draws_only_the_arcs_of_its_projects(cast: Cast) -> None:
    rent = make_topic("rent")
    source = make_project(cast.tel_aviv, visibility="public", topics=(rent,))
    own = make_project(cast.mulhouse, visibility="public", topics=(rent,))
    Adaptation.objects.create(project=own, source=source)
    link = CityLink.objects.create(slug="l", kind=LinkKind.STUDIED, city=cast.mulhouse.city, what="It.")
    link.idea_from.add(cast.boston.city)
    adapted = ("tel-aviv-yafo", "mulhouse", "adaptation")
    assert sorted(lines()) == sorted([adapted, ("boston", "mulhouse", "documented")])
    assert lines("?topic=rent") == [adapted]
    make_topic("quiet")
    assert lines("?topic=quiet") == []


def test_both_kinds_of_arc_have_their_legend(cast: Cast) -> None:
    page = Client().get("/map/").content.decode()
    assert "one adapted from the other" in page
    assert "learned from it, as a public source tells" in page
