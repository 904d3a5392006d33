"""The evidence ladder: one definition, in Python for a page and in SQL for many projects."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, composite

from projects.choices import RUNGS, VISIBILITIES, Phase, ReadingKind, ResultKind, Rung
from projects.ladder import MEANING, Ladder, height_of, ladder_of
from projects.models import Adaptation, Indicator, Pilot, Project, PublishedResult, Reading
from tests.cast import Cast, make_project

DAY = dt.date(2026, 5, 1)
LEVELS = st.sampled_from(VISIBILITIES)
PART_LEVELS = st.sampled_from(["", "", "", *VISIBILITIES])


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def project(cast: Cast) -> Project:
    return make_project(cast.tel_aviv, approach="<p>We try.</p>")


def counts(project: Project, *values: int, kind: str = "counted", days: int = 1, **fields: Any) -> Indicator:
    indicator = Indicator.objects.create(project=project, name="Visits", unit="people", **fields)
    for place, value in enumerate(values):
        day = DAY + dt.timedelta(days + place)
        Reading.objects.create(indicator=indicator, value=value, read_on=day, source="s", kind=kind)
    return indicator


BASELINE: dict[str, Any] = {"baseline": Decimal(1), "baseline_on": DAY}


def ladder(project: Project, reader: Any = None) -> Ladder:
    return ladder_of(Project.objects.for_page(reader or project.created_by or _somebody(project)).get(pk=project.pk))


def _somebody(project: Project) -> Any:
    return project.team.memberships.first().person  # type: ignore[union-attr]  # every team of the cast has one


def in_lists(project: Project) -> str:
    return str(Project.objects.with_rung().get(pk=project.pk).rung)


def standing(project: Project) -> str:
    """As the page says it, which is as the lists say it."""
    on_page = ladder(project).standing or ""
    assert on_page == in_lists(project)
    return on_page


# --- the rungs ------------------------------------------------------------------------------------------------------


def test_a_problem_alone_is_the_ground_and_what_is_tried_the_first_rung(cast: Cast) -> None:
    bare = make_project(cast.tel_aviv)
    assert standing(bare) == ""
    Pilot.objects.create(project=bare, title="t", hypothesis="h")
    assert standing(bare) == Rung.DESCRIBED


def test_a_claim_does_not_climb(project: Project) -> None:
    counts(project, 5, 6, kind="claimed", **BASELINE)
    assert standing(project) == Rung.DESCRIBED


def test_a_counted_reading_climbs_and_a_withdrawn_one_does_not(project: Project) -> None:
    reading = counts(project, 5).readings.get()
    assert standing(project) == Rung.COUNTED
    Reading.objects.filter(pk=reading.pk).update(withdrawn_at=timezone.now())
    assert standing(project) == Rung.DESCRIBED


@pytest.mark.parametrize(
    ("fields", "values", "rung"),
    [
        (BASELINE, (5,), Rung.COUNTED),
        (BASELINE, (5, 6), Rung.FOLLOWED),
        ({"baseline": Decimal(1)}, (5, 6), Rung.COUNTED),
        ({"baseline_on": DAY}, (5, 6), Rung.COUNTED),
        ({**BASELINE, "baseline_on": DAY + dt.timedelta(1)}, (5, 6), Rung.COUNTED),
    ],
)
def test_following_takes_a_dated_baseline_and_two_readings_after_it(
    project: Project, fields: dict[str, Any], values: tuple[int, ...], rung: str
) -> None:
    counts(project, *values, **fields)
    assert standing(project) == rung


def test_comparing_takes_readings_from_there_of_the_indicator_that_is_followed(project: Project) -> None:
    indicator = counts(project, 5, 6, **BASELINE, compared_with="Jaffa")
    assert standing(project) == Rung.FOLLOWED
    Reading.objects.create(indicator=indicator, value=1, read_on=DAY, source="s", is_comparison=True)
    assert standing(project) == Rung.COMPARED


def test_a_comparison_is_no_reading_of_ones_own(project: Project) -> None:
    indicator = counts(project, compared_with="Jaffa")
    Reading.objects.create(indicator=indicator, value=1, read_on=DAY, source="s", is_comparison=True)
    assert standing(project) == Rung.DESCRIBED


def compared(project: Project) -> Project:
    indicator = counts(project, 5, 6, **BASELINE, compared_with="Jaffa")
    Reading.objects.create(indicator=indicator, value=1, read_on=DAY, source="s", is_comparison=True)
    return project


@pytest.mark.parametrize(
    ("fields", "told", "rung"),
    [
        ({}, "", Rung.COMPARED),
        ({}, "It works.", Rung.REPEATED),
        ({"visibility": "programme"}, "It works.", Rung.COMPARED),
        ({"phase": Phase.DELIVER_ADAPT}, "", Rung.COMPARED),
    ],
)
def test_repeating_takes_another_team_that_told_what_came_of_it(
    cast: Cast, project: Project, fields: dict[str, Any], told: str, rung: str
) -> None:
    other = make_project(cast.mulhouse, **fields)
    Adaptation.objects.create(project=other, source=compared(project), came_of_it=told)
    assert standing(project) == rung


def test_an_adaptation_that_is_delivered_and_counted_repeats_without_words(cast: Cast, project: Project) -> None:
    other = make_project(cast.mulhouse, phase=Phase.DELIVER_ADAPT)
    Adaptation.objects.create(project=other, source=compared(project))
    counts(other, 7)
    assert standing(project) == Rung.REPEATED


def test_the_same_team_does_not_repeat_itself(cast: Cast, project: Project) -> None:
    Adaptation.objects.create(project=make_project(cast.tel_aviv), source=compared(project), came_of_it="It works.")
    assert standing(project) == Rung.COMPARED


def test_a_rung_above_a_gap_waits_for_the_one_below(cast: Cast, project: Project) -> None:
    Adaptation.objects.create(project=make_project(cast.mulhouse), source=project, came_of_it="It works.")
    assert standing(project) == Rung.DESCRIBED
    steps = ladder(project).steps
    assert [step.state for step in steps] == ["reached", "next", "", "", ""]
    assert [step.waits for step in steps] == [False, False, False, False, True]


def test_what_a_source_published_counts_as_counted_and_no_further(cast: Cast) -> None:
    told = make_project(cast.tel_aviv, approach="<p>x</p>", source_line="A newspaper", visibility="public")
    PublishedResult.objects.create(project=told, what="Visits", value="40", kind=ResultKind.CLAIMED)
    assert standing(told) == Rung.DESCRIBED
    PublishedResult.objects.create(project=told, what="Before", value="10", kind=ResultKind.BASELINE)
    PublishedResult.objects.create(project=told, what="Visits", value="41", kind=ResultKind.COUNTED)
    assert standing(told) == Rung.COUNTED


def test_a_part_that_fewer_people_see_does_not_lift_the_project_for_anybody(project: Project) -> None:
    indicator = counts(project, 5)
    for level, rung in (("team", Rung.DESCRIBED), ("network", Rung.COUNTED), ("public", Rung.COUNTED)):
        Indicator.objects.filter(pk=indicator.pk).update(visibility=level)
        assert standing(project) == rung


# --- page and lists agree on anything -------------------------------------------------------------------------------


@composite
def evidence(draw: DrawFn) -> dict[str, Any]:
    """A project with random parts, as plain values."""
    days = st.integers(-2, 4)
    reading = st.tuples(days, st.sampled_from(ReadingKind.values), st.booleans(), st.booleans())
    indicator = st.fixed_dictionaries(
        {
            "visibility": PART_LEVELS,
            "baseline": st.sampled_from([None, Decimal(0)]),
            "baseline_on": st.sampled_from([None, DAY]),
            "compared_with": st.sampled_from(["", "Jaffa"]),
            "readings": st.lists(reading, max_size=5),
        }
    )
    adaptation = st.fixed_dictionaries(
        {
            "own": st.booleans(),
            "visibility": LEVELS,
            "phase": st.sampled_from([Phase.PREPARE, Phase.DELIVER_ADAPT]),
            "came_of_it": st.sampled_from(["", "It works."]),
            "indicators": st.lists(indicator, max_size=1),
        }
    )
    return draw(
        st.fixed_dictionaries(
            {
                "visibility": LEVELS,
                "approach": st.sampled_from(["", "<p>x</p>"]),
                "pilots": st.lists(PART_LEVELS, max_size=2),
                "results": st.lists(st.sampled_from(ResultKind.values), max_size=2, unique=True),
                "indicators": st.lists(indicator, max_size=3),
                "adaptations": st.lists(adaptation, max_size=2),
            }
        )
    )


def write(project: Project, indicators: list[dict[str, Any]]) -> None:
    for fields in indicators:
        given = {name: value for name, value in fields.items() if name != "readings"}
        indicator = Indicator.objects.create(project=project, name="n", unit="u", **given)
        rows = [
            Reading(
                indicator=indicator,
                value=1,
                read_on=DAY + dt.timedelta(days),
                source="s",
                kind=kind,
                is_comparison=beside,
                withdrawn_at=timezone.now() if gone else None,
            )
            for days, kind, beside, gone in fields["readings"]
        ]
        Reading.objects.bulk_create(rows)


def wide(level: str, project: str) -> bool:
    return not level or VISIBILITIES.index(level) >= VISIBILITIES.index(project)  # type: ignore[arg-type]


def sound(indicator: dict[str, Any], *, beside: bool, after: int = -9) -> int:
    return sum(
        not gone and kind != "claimed" and of_other == beside and days > after
        for days, kind, of_other, gone in indicator["readings"]
    )


def expected(facts: dict[str, Any]) -> str:
    """The definition once more, on the plain values."""
    level = facts["visibility"]
    seen = [one for one in facts["indicators"] if wide(one["visibility"], level)]
    followed = [
        one
        for one in seen
        if None not in (one["baseline"], one["baseline_on"]) and sound(one, beside=False, after=0) > 1
    ]
    holds = [
        bool(facts["approach"]) or any(wide(pilot, level) for pilot in facts["pilots"]),
        any(sound(one, beside=False) for one in seen) or bool({"measured", "counted"} & set(facts["results"])),
        bool(followed),
        any(one["compared_with"] and sound(one, beside=True) for one in followed),
        any(_repeats(one) for one in facts["adaptations"]),
    ]
    height = next((place for place, there in enumerate(holds) if not there), 5)
    return RUNGS[height - 1] if height else ""


def _repeats(adaptation: dict[str, Any]) -> bool:
    level = adaptation["visibility"]
    counted = any(wide(one["visibility"], level) and sound(one, beside=False) for one in adaptation["indicators"])
    told = adaptation["came_of_it"] or (adaptation["phase"] == Phase.DELIVER_ADAPT and counted)
    return bool(not adaptation["own"] and level in {"network", "public"} and told)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(facts=evidence())
def test_page_lists_and_definition_agree_on_any_project(cast: Cast, facts: dict[str, Any]) -> None:
    project = make_project(cast.tel_aviv, visibility=facts["visibility"], approach=facts["approach"])
    for level in facts["pilots"]:
        Pilot.objects.create(project=project, title="t", hypothesis="h", visibility=level)
    for kind in facts["results"]:
        PublishedResult.objects.create(project=project, what=kind, value="1", kind=kind)
    write(project, facts["indicators"])
    for one in facts["adaptations"]:
        team = cast.tel_aviv if one["own"] else cast.mulhouse
        other = make_project(team, visibility=one["visibility"], phase=one["phase"])
        Adaptation.objects.create(project=other, source=project, came_of_it=one["came_of_it"])
        write(other, one["indicators"])
    assert in_lists(project) == expected(facts)
    for person in (cast.tel_aviv_lead, cast.stranger, cast.visitor):
        page = Project.objects.visible_to(person).for_page(person).filter(pk=project.pk).first()
        assert page is None or (ladder_of(page).standing or "") == expected(facts)


@given(st.sets(st.sampled_from(RUNGS)))
def test_the_height_is_where_the_first_rung_is_missing(holds: set[Rung]) -> None:
    height = height_of(frozenset(holds))
    assert set(RUNGS[:height]) <= holds
    assert height == len(RUNGS) or RUNGS[height] not in holds


# --- the next rung on the page --------------------------------------------------------------------------------------


def test_the_next_act_leads_from_the_ground_to_the_top(cast: Cast) -> None:
    project = make_project(cast.tel_aviv)
    pages = [ladder(project).act]
    Project.objects.filter(pk=project.pk).update(approach="<p>x</p>")
    pages.append(ladder(project).act)
    indicator = counts(project)
    pages.append(ladder(project).act)
    Reading.objects.create(indicator=indicator, value=1, read_on=DAY + dt.timedelta(1), source="s")
    pages.append(ladder(project).act)
    Indicator.objects.filter(pk=indicator.pk).update(**BASELINE)
    pages.append(ladder(project).act)
    Reading.objects.create(indicator=indicator, value=2, read_on=DAY + dt.timedelta(2), source="s")
    pages.append(ladder(project).act)
    Indicator.objects.filter(pk=indicator.pk).update(compared_with="Jaffa")
    pages.append(ladder(project).act)
    Reading.objects.create(indicator=indicator, value=2, read_on=DAY, source="s", is_comparison=True)
    pages.append(ladder(project).act)
    assert [act.page for act in pages if act] == [
        "project_edit", "indicator_add", "reading_add", "indicator_change", "reading_add", "indicator_change",
        "reading_add", "",
    ]  # fmt: skip
    Adaptation.objects.create(project=make_project(cast.mulhouse), source=project, came_of_it="It works.")
    assert ladder(project).act is None
    assert ladder(project).next is None


def test_a_writer_gets_the_link_to_the_next_act_and_a_reader_nothing_to_do(
    client: Client, cast: Cast, project: Project
) -> None:
    client.force_login(cast.tel_aviv_lead)
    page = client.get(project.get_absolute_url()).content.decode()
    assert 'aria-label="Evidence ladder"' in page
    assert f'<a href="/projects/{project.slug}/indicators/new/">Choose an indicator</a>' in page
    client.force_login(cast.stranger)
    page = client.get(project.get_absolute_url()).content.decode()
    assert 'aria-label="Evidence ladder"' in page
    assert "Choose an indicator" not in page
    assert "/indicators/new/" not in page


def test_every_rung_says_what_it_takes() -> None:
    assert set(MEANING) == set(RUNGS)
