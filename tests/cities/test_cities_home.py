"""The first page."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.choices import Outcome, Visibility
from projects.network_data import load_network
from projects.stories import honest_stories
from tests.cast import Cast, make_project, make_team

pytestmark = pytest.mark.django_db


def test_the_three_stories_of_the_real_network_are_honest_ones() -> None:
    load_network(say=lambda line: None)
    stories = [story.project.slug for story in honest_stories()]
    assert stories[:2] == ["centennial-go-centennial", "tel-aviv-loneliness-older-residents"]
    assert len({story.project.team.city_id for story in honest_stories()}) == 3


def test_a_story_that_is_no_longer_public_gives_its_place_to_another() -> None:
    load_network(say=lambda line: None)
    first = honest_stories()[1].project
    first.visibility = Visibility.TEAM
    first.save(update_fields=["visibility"])
    assert first not in [story.project for story in honest_stories()]
    assert len(honest_stories()) == 3


def test_invented_projects_are_no_stories(cast: Cast) -> None:
    make_project(make_team(), visibility=Visibility.PUBLIC, outcome=Outcome.STOPPED, lesson="It.", is_demo=True)
    assert honest_stories() == []


def test_an_empty_network_has_a_first_page() -> None:
    assert Client().get("/").status_code == 200


def test_people_of_the_network_go_to_their_work(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").headers["Location"] == "/my-work/"


def test_the_first_page_asks_the_database_little() -> None:
    load_network(say=lambda line: None)
    with CaptureQueriesContext(connection) as queries:
        body = Client().get("/").content.decode()
    assert len(queries) <= 12
    assert "Free rides to the light-rail station" in body


def test_the_first_page_counts_public_projects_only(cast: Cast) -> None:
    assert Client().get("/").context["projects"] == 1
