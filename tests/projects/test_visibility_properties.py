"""Whatever the levels of a project and of its parts, all doors agree about what a person sees."""

import itertools
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cities.models import Membership, Team
from cities.sight import settled_sight
from cities.standing import settled, standing_of
from engagement.digests.sight import sights_of
from innoteams.accounts.models import User
from innoteams.own_data import own_data
from projects.audience import audience, readers
from projects.choices import Visibility
from projects.models import Activity, Attachment, Project
from projects.permissions import Person
from projects.places import counts_by_city
from tests.cast import KINDS, Cast, make_person, make_project
from tests.engagement.test_digest_sight import make_world
from tests.projects.part_scenes import KINDS_OF_PART, Parts, levels_of, make_parts, wider

LEVEL = st.sampled_from(list(Visibility))
OWN = st.fixed_dictionaries({kind: st.sampled_from(["", *Visibility]) for kind in KINDS_OF_PART})
KIND = st.sampled_from(KINDS)
_numbers = itertools.count()
# Each example opens pages: a failure is told as it was found, because looking for a smaller one takes minutes.
few = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def fresh_word() -> str:
    return f"numbat{next(_numbers)}"


def client_of(person: object) -> Client:
    client = Client()
    if isinstance(person, User):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def rows_seen(parts: Parts, person: Person) -> set[str]:
    """By asking each table."""
    return {name for name, row in parts.rows.items() if type(row).objects.visible_to(person).filter(pk=row.pk).exists()}


def rows_on_page(parts: Parts, client: Client) -> set[str]:
    """By opening the page: nothing for who is not let in."""
    response = client.get(parts.project.get_absolute_url())
    if response.status_code == 404:
        return set()
    shown = response.context["project"]
    lists = [shown.pilots, shown.journal, shown.consultations, shown.indicators, shown.endings, shown.attachments]
    lists += [indicator.readings for indicator in shown.indicators.all()]
    found = {row for rows in lists for row in rows.all()}
    text = response.content.decode()
    for name in ("pilot", "journal", "consultation", "indicator", "reading"):
        assert (f"{parts.word}-{name}" in text) == (parts.rows[name] in found), name
    return {name for name, row in parts.rows.items() if row in found}


@few
@given(level=LEVEL, own=OWN, kind=KIND)
def test_page_tables_activity_and_digest_agree_about_every_part(
    cast: Cast, level: str, own: dict[str, str], kind: str
) -> None:
    parts, person = make_parts(cast, level, own, fresh_word()), cast.person(kind)
    expected = parts.seen_with(levels_of(kind))

    assert rows_seen(parts, person) == expected
    assert rows_on_page(parts, client_of(person)) == expected
    heard = set(Activity.objects.visible_to(person).filter(project=parts.project).values_list("pk", flat=True))
    assert heard == {parts.news[name].pk for name in expected}
    if isinstance(person, User):
        _digest_agrees(parts, person, heard)
        written = [entry["text"] for entry in own_data(person)["written"]["journal_entries"]]
        mine = "journal" in expected and kind == "tel_aviv_lead"
        assert (f"{parts.word}-journal" in " ".join(written)) == mine


def _digest_agrees(parts: Parts, person: User, heard: set[int]) -> None:
    """Whoever sees the project may be told all of its news: then no one hears of a part that they do not see."""
    news = set(Activity.objects.newsworthy().filter(project=parts.project).values_list("pk", flat=True))
    told = sights_of([person.pk])[person.pk].sees(parts.project.visibility, parts.project.team_id)
    assert told == (person in readers(parts.project.team, parts.project.visibility))
    if told:
        assert news <= heard


@few
@given(level=LEVEL, own=OWN, kind=KIND)
def test_lists_search_facets_and_map_agree_about_the_project(
    cast: Cast, level: str, own: dict[str, str], kind: str
) -> None:
    """And the levels of its parts make no difference to that; nor do lists and search know their words."""
    parts, person = make_parts(cast, level, own, fresh_word()), cast.person(kind)
    client, seen = client_of(person), level in levels_of(kind)

    assert (client.get(parts.project.get_absolute_url()).status_code == 200) == seen
    listed = client.get("/projects/", {"q": parts.word})
    assert [project.pk for project in listed.context["page_obj"]] == [parts.project.pk] * seen
    assert sum(listed.context["facets"].counts("phase").values()) == listed.context["facets"].total == seen
    found = client.get("/search/", {"q": parts.word})
    assert [hit.row.pk for hit in found.context["found"].projects] == [parts.project.pk] * seen
    assert sum(counts_by_city(Project.objects.visible_to(person).search(parts.word)).values()) == seen
    for response in (listed, found):
        for row in ("pilot", "journal", "consultation", "indicator"):
            assert f"{parts.word}-{row}" not in response.content.decode()


@few
@given(level=LEVEL, own=OWN, kind=KIND, part=st.sampled_from(KINDS_OF_PART))
def test_wider_never_hides_and_narrower_never_shows(
    cast: Cast, level: str, own: dict[str, str], kind: str, part: str
) -> None:
    parts, person = make_parts(cast, level, own, fresh_word()), cast.person(kind)
    before = rows_seen(parts, person)

    for to in wider(level):
        Project.objects.filter(pk=parts.project.pk).update(visibility=to)
        assert before <= rows_seen(parts, person)
    Project.objects.filter(pk=parts.project.pk).update(visibility=level)

    model: Any = Attachment if part == "attachment" else type(parts.rows[part])
    rows = model.objects.filter(project=parts.project)
    for to in Visibility:
        rows.update(visibility=to)
        assert rows_seen(parts, person) <= rows_seen_without_levels(parts, person)
        if own[part] in wider(to):
            assert rows_seen(parts, person) <= before


def rows_seen_without_levels(parts: Parts, person: Person) -> set[str]:
    """All of them, where the project is seen: the most that any level of a part can give."""
    seen = Project.objects.visible_to(person).filter(pk=parts.project.pk).exists()
    return set(parts.rows) if seen else set()


@pytest.mark.parametrize("seed", range(3))
def test_what_is_looked_up_once_is_what_the_database_answers(cast: Cast, seed: int) -> None:
    """For everybody in a network where everything that decides sight is present, past or still to come."""
    make_world(seed)
    for person in User.objects.all():
        sight = standing_of(person).sight
        assert settled_sight(person) is None
        assert sight.member_of == set(Team.objects.of_member(person).values_list("pk", flat=True))
        assert sight.writes_for == set(Team.objects.writable_by(person).values_list("pk", flat=True))
        assert sight.accompanies == set(Team.objects.accompanied_by(person).values_list("pk", flat=True))
        seen = set(Project.objects.visible_to(person).values_list("pk", flat=True))
        assert set(Project.objects.visible_to(settled(person)).values_list("pk", flat=True)) == seen


@pytest.mark.parametrize("seed", range(3))
def test_the_audience_that_is_promised_is_who_sees_it(cast: Cast, seed: int) -> None:
    """Each person once whatever their roles, nobody who is gone, and the cities are those of their teams."""
    make_world(seed)
    make_person(is_active=False)
    people = list(User.objects.filter(is_active=True))
    for team in Team.objects.all():
        for level in Visibility:
            project = make_project(team, visibility=level)
            seeing = {one.pk for one in people if Project.objects.visible_to(one).filter(pk=project.pk).exists()}
            assert set(readers(team, level).values_list("pk", flat=True)) == seeing
            promised = audience(team, level)
            assert promised.people == len(seeing)
            belonging = Membership.objects.current().belonging().filter(person__in=seeing)
            assert promised.cities == len(set(belonging.values_list("team__city", flat=True)))
            project.delete()
