"""The tree of who learned from whom: several generations, rings, and nothing that the reader does not see."""

import itertools

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from projects.choices import LinkKind, Visibility
from projects.lineage import MOST_GENERATIONS, MOST_LINKS, Lineage, Node, lineage_of
from projects.models import Adaptation, CityLink, Project
from tests.cast import Cast, make_city, make_project, make_team

_numbers = itertools.count()


def chain(*projects: Project) -> None:
    """Each came from the one before."""
    for source, project in itertools.pairwise(projects):
        Adaptation.objects.create(project=project, source=source, kept="k")


def all_nodes(nodes: list[Node]) -> list[Node]:
    return [one for node in nodes for one in [node, *all_nodes(node.nodes)]]


def names(nodes: list[Node]) -> list[str]:
    return [node.project.title if node.project else node.adaptation.outside_name for node in all_nodes(nodes)]


def of(project: Project, person: object) -> Lineage:
    return lineage_of(Project.objects.select_related("team__city").get(pk=project.pk), person)  # type: ignore[arg-type]


def family(cast: Cast, *levels: str) -> list[Project]:
    return [make_project(make_team(), title=f"Generation {n}", visibility=level) for n, level in enumerate(levels)]


def test_a_tree_goes_back_to_the_first_and_on_to_the_last(cast: Cast) -> None:
    generations = family(cast, *["network"] * 5)
    chain(*generations)
    tree = of(generations[2], cast.stranger)
    assert names(tree.came_from) == ["Generation 1", "Generation 0"]
    assert names(tree.led_to) == ["Generation 3", "Generation 4"]
    assert [node.generation for node in all_nodes(tree.led_to)] == [1, 2]


def test_a_hidden_middle_generation_cuts_the_branch_and_is_not_told_of(client: Client, cast: Cast) -> None:
    generations = family(cast, "network", "network", "team", "network")
    chain(*generations)
    tree = of(generations[0], cast.stranger)
    assert names(tree.led_to) == ["Generation 1"]
    assert names(of(generations[3], cast.stranger).came_from) == []
    hidden = generations[2]
    assert hidden.team.city not in {city for arc in tree.arcs for city in (arc.source, arc.learner)}
    client.force_login(cast.stranger)
    for shown in (page(client, generations[0]), page(client, generations[3])):
        assert hidden.team.city.name not in shown
        assert "Generation 2" not in shown


def test_a_ring_ends_and_says_so(cast: Cast) -> None:
    ring = family(cast, *["network"] * 3)
    chain(*ring, ring[0])
    tree = of(ring[0], cast.stranger)
    assert names(tree.led_to) == ["Generation 1", "Generation 2", "Generation 0"]
    assert all_nodes(tree.led_to)[-1].again
    assert all_nodes(tree.came_from)[-1].again


def test_work_from_outside_is_a_leaf(cast: Cast) -> None:
    first, second = family(cast, "network", "network")
    chain(first, second)
    Adaptation.objects.create(project=first, outside_name="Barcelona", kept="k")
    tree = of(second, cast.stranger)
    assert names(tree.came_from) == ["Generation 0", "Barcelona"]
    assert [(arc.source, arc.learner) for arc in tree.arcs] == [(first.team.city, second.team.city)]


def test_a_long_line_ends_with_the_last_generation_shown(cast: Cast) -> None:
    generations = family(cast, *["network"] * (MOST_GENERATIONS + 3))
    chain(*generations)
    assert len(all_nodes(of(generations[0], cast.stranger).led_to)) == MOST_GENERATIONS


def test_of_a_crowd_the_nearest_are_shown_and_the_page_says_there_are_more(cast: Cast) -> None:
    hub, team = make_project(cast.tel_aviv), make_team()
    rows = [make_project(team) for _ in range(MOST_LINKS + 5)]
    Adaptation.objects.bulk_create(Adaptation(project=row, source=hub) for row in rows)
    tree = of(hub, cast.stranger)
    assert tree.is_cut
    assert len(all_nodes(tree.led_to)) == MOST_LINKS


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    levels=st.lists(st.sampled_from(list(Visibility)), min_size=2, max_size=7),
    pairs=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14),
    kind=st.sampled_from(["visitor", "stranger", "coach", "tel_aviv_member", "mulhouse_lead"]),
)
def test_whatever_the_graph_nothing_unseen_is_in_it_and_everything_seen_and_joined_is(
    cast: Cast, levels: list[Visibility], pairs: set[tuple[int, int]], kind: str
) -> None:
    run = next(_numbers)
    teams = (cast.tel_aviv, cast.mulhouse, cast.boston)
    nodes = [
        make_project(teams[n % 3], title=f"run {run} node {n}", visibility=level) for n, level in enumerate(levels)
    ]
    edges = [(a, b) for a, b in sorted(pairs) if a != b and a < len(nodes) and b < len(nodes)]
    for a, b in edges:
        Adaptation.objects.create(project=nodes[b], source=nodes[a])
    person = cast.person(kind)
    seen = set(Project.objects.visible_to(person).values_list("pk", flat=True))
    for start, root in enumerate(nodes):
        if root.pk not in seen:
            continue
        tree = of(root, person)
        forward = reachable(start, [(a, b) for a, b in edges if {nodes[a].pk, nodes[b].pk} <= seen])
        shown = {node.project.pk for node in all_nodes(tree.led_to) if node.project}
        assert shown <= seen
        assert shown - {root.pk} == {nodes[n].pk for n in forward} - {root.pk}
        first_time = [node.project.pk for node in all_nodes(tree.led_to) if node.project and not node.again]
        assert len(first_time) == len(set(first_time))
        for arc in tree.arcs:
            assert {arc.source.pk, arc.learner.pk} <= {p.team.city_id for p in nodes if p.pk in seen}


def reachable(start: int, edges: list[tuple[int, int]]) -> set[int]:
    found: set[int] = set()
    edge = {start}
    for _ in range(MOST_GENERATIONS):
        edge = {b for a, b in edges if a in edge} - found
        found |= edge
    return found


# --- the page -----------------------------------------------------------------------------------------------------


def page(client: Client, project: Project) -> str:
    return client.get(project.get_absolute_url()).content.decode()


def test_the_page_draws_the_tree_and_the_map_with_its_list(client: Client, cast: Cast) -> None:
    source, own = cast.projects["public"], make_project(cast.mulhouse, visibility="public", title="Bancs")
    type(cast.mulhouse.city).objects.filter(pk=cast.mulhouse.city_id).update(latitude=60.0, longitude=10.0)
    chain(source, own)
    shown = page(client, source)
    assert "Bancs" in shown
    assert "Mulhouse learned from Tel Aviv Yafo" in shown
    assert 'class="world__tip"' in shown


def test_a_documented_link_is_marked_with_its_source_and_what_is_unverified(client: Client, cast: Cast) -> None:
    project = cast.projects["public"]
    link = CityLink.objects.create(
        slug="l",
        kind=LinkKind.STUDIED,
        city=cast.tel_aviv.city,
        project=project,
        what="They came to look.",
        source="A paper",
    )
    link.idea_from.add(cast.boston.city)
    shown = page(client, project)
    for words in ("Documented by a public source", "They came to look.", "A paper", "unverified", "Boston", "studied"):
        assert words in shown


def test_a_same_theme_is_told_and_not_drawn(client: Client, cast: Cast) -> None:
    project = cast.projects["public"]
    link = CityLink.objects.create(
        slug="l", kind=LinkKind.SAME_THEME, city=cast.tel_aviv.city, project=project, what="Alike.", source="Ours"
    )
    link.idea_from.add(cast.boston.city)
    shown = page(client, project)
    assert "same theme only" in shown
    assert "lineage-map" not in shown


def test_a_project_that_learned_from_nobody_has_no_such_section(client: Client, cast: Cast) -> None:
    assert 'id="adapted"' not in page(client, cast.projects["public"])
    client.force_login(cast.tel_aviv_lead)
    assert "This came from elsewhere" in page(client, cast.projects["public"])


@pytest.mark.parametrize("many", [1, 30])
def test_a_tree_costs_the_same_whatever_it_holds(
    cast: Cast, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    root = make_project(cast.tel_aviv)
    for _ in range(many):
        chain(root, make_project(make_team()), make_project(make_team()))
        link = CityLink.objects.create(
            slug=f"l{next(_numbers)}", kind="studied", city=make_city(), project=root, what="w"
        )
        link.idea_from.add(make_city())
    project = Project.objects.select_related("team__city").get(pk=root.pk)
    with django_assert_num_queries(3):
        lineage_of(project, cast.visitor)
