"""List, page, search, facets and map cannot disagree: whoever the person and whatever the levels."""

import itertools

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innoteams.accounts.models import User
from projects.choices import Visibility
from projects.models import Activity, Project
from projects.places import counts_by_city
from tests.cast import KINDS, Cast, make_project

LEVELS = st.lists(st.sampled_from(list(Visibility)), min_size=1, max_size=5)
_numbers = itertools.count()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(levels=LEVELS, kind=st.sampled_from(KINDS), elsewhere=st.booleans())
def test_every_door_shows_the_same_projects(cast: Cast, levels: list[str], kind: str, elsewhere: bool) -> None:
    word = f"quokka{next(_numbers)}"
    team = cast.mulhouse if elsewhere else cast.tel_aviv
    projects = [make_project(team, title=f"{word} {level}", visibility=level) for level in levels]
    person = cast.person(kind)
    client = Client()
    if isinstance(person, User):
        client.force_login(person)

    seen = {project.slug for project in projects if client.get(project.get_absolute_url()).status_code == 200}

    listed = client.get("/projects/", {"q": word})
    assert {project.slug for project in listed.context["page_obj"]} == seen
    assert listed.context["facets"].total == len(seen)
    assert sum(listed.context["facets"].counts("phase").values()) == len(seen)
    board = client.get("/projects/", {"q": word, "view": "board"}).context["columns"]
    assert {project.slug for column in board for project in column["projects"]} == seen
    found = client.get("/search/", {"q": word}).context["found"]
    assert {hit.row.slug for hit in found.projects} == seen
    on_map = counts_by_city(Project.objects.visible_to(person).search(word))
    assert sum(on_map.values()) == len(seen)


@pytest.mark.parametrize("kind", KINDS)
def test_what_happened_is_heard_of_by_those_who_see_the_project(cast: Cast, kind: str) -> None:
    person = cast.person(kind)
    for project in cast.projects.values():
        Activity.objects.create(project=project, verb="journal_added")
    heard = set(Activity.objects.visible_to(person).values_list("project", flat=True))
    assert heard == set(Project.objects.visible_to(person).values_list("pk", flat=True))
