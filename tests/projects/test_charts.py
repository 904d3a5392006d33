"""The picture of an indicator: right, readable, and the same for everybody."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from projects.charts import HEIGHT, WIDTH, Chart, chart_of, overlap
from projects.choices import Direction, Measure, ReadingKind
from projects.models import Indicator, Reading

DAY = dt.date(2026, 5, 1)
VALUES = st.one_of(
    st.decimals(min_value=-(10**11), max_value=10**11, places=4),
    st.decimals(min_value=-3, max_value=3, places=4),
    st.sampled_from([Decimal(0), Decimal("0.0001"), Decimal("999999999999.9999")]),
)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1))


def read(value: Any, days: int = 0, **more: Any) -> Reading:
    given = {"source": "list", "kind": ReadingKind.COUNTED, **more}
    return Reading(value=Decimal(str(value)), read_on=DAY + dt.timedelta(days), **given)


def drawn(indicator: Indicator, readings: list[Reading]) -> Chart:
    chart = chart_of(indicator, readings)
    assert chart is not None
    return chart


def svg(indicator: Indicator, readings: list[Reading]) -> str:
    with translation.override("en"):
        return render_to_string("projects/_chart.html", {"chart": drawn(indicator, readings), "indicator": indicator})


READINGS = st.lists(
    st.builds(
        Reading,
        value=VALUES,
        read_on=DAYS,
        source=st.just("s"),
        kind=st.sampled_from(ReadingKind.values),
        is_comparison=st.booleans(),
    ),
    min_size=2,
    max_size=12,
).map(lambda rows: sorted(rows, key=lambda row: row.read_on))


@given(
    READINGS,
    st.none() | VALUES,
    st.none() | VALUES,
    st.sampled_from(Measure.values),
    st.sampled_from(Direction.values),
    st.sampled_from(["en", "fr", "he"]),
)
def test_nothing_leaves_the_picture_and_no_label_covers_another_or_a_mark(
    readings: list[Reading], baseline: Decimal | None, target: Decimal | None, measure: str, better: str, language: str
) -> None:
    indicator = Indicator(
        name="n", measure=measure, unit="hours", currency="EUR", better=better, baseline=baseline, target=target
    )
    with translation.override(language):
        chart = drawn(indicator, readings)
    marks = [(dot.x, dot.y) for series in (chart.own, chart.comparison) if series for dot in series.dots]
    levels = [level.y for level in (chart.baseline, chart.target) if level]
    assert all(chart.left <= x <= chart.right and 0 < y <= chart.floor for x, y in marks)
    assert all(0 < y <= chart.floor for y in [*levels, *(tick.y for tick in chart.ticks)])
    assert 2 <= len(chart.ticks) <= 7
    boxes = [label.box for label in chart.labels]
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= HEIGHT for box in boxes)
    assert not any(overlap(one, other) for place, one in enumerate(boxes) for other in boxes[:place])
    assert not any(box[0] < x < box[2] and box[1] < y < box[3] for box in boxes for x, y in marks)


@given(VALUES, VALUES)
def test_more_is_higher_and_equal_is_level(one: Decimal, other: Decimal) -> None:
    first, second = drawn(Indicator(), [read(one), read(other, 9)]).dots
    assert (first.y < second.y) <= (one > other)
    assert one != other or first.y == second.y


def test_the_axis_has_round_figures_and_a_count_no_fractions() -> None:
    with translation.override("en"):
        ticks = [tick.text for tick in drawn(Indicator(measure="count"), [read(1), read(3, 9)]).ticks]
        money = [tick.text for tick in drawn(Indicator(measure="number"), [read(0), read(1_200_000, 9)]).ticks]
    assert ticks == ["0", "1", "2", "3"]
    assert money[:2] == ["0", "500K"]


def test_each_kind_has_a_shape_of_its_own_and_the_key_names_it() -> None:
    kinds = [ReadingKind.MEASURED, ReadingKind.COUNTED, ReadingKind.CLAIMED]
    page = svg(Indicator(name="n"), [read(place, place, kind=kind) for place, kind in enumerate(kinds)])
    assert re.findall(r'chart__dot" data-evidence="(\w+)" [cd]', page)[:3] == ["measured", "counted", "claimed"]
    key = page[page.index("chart__key") :]
    assert [word for word in ("measured", "counted", "claimed") if word in key] == kinds


def test_baseline_and_target_are_named_with_value_and_day() -> None:
    indicator = Indicator(
        name="n",
        unit="people",
        baseline=Decimal(12),
        baseline_on=DAY,
        target=Decimal(90),
        target_on=dt.date(2027, 1, 1),
    )
    chart = drawn(indicator, [read(40, 90)])
    assert chart.target is not None
    assert chart.target.day_x is not None
    assert chart.dots[0].x < chart.target.day_x
    page = svg(indicator, [read(40, 90)])
    assert "Jan. 1, 2027" in page or "1 January 2027" in page
    assert "12" in chart.summary
    assert "90" in chart.summary


def test_what_it_is_compared_with_is_a_second_broken_line() -> None:
    beside = [read(1, 0, is_comparison=True), read(2, 9, is_comparison=True)]
    page = svg(Indicator(name="n", compared_with="Jaffa"), [read(5, 0), *beside, read(6, 9)])
    assert page.count("chart__line--beside") == 2
    assert "Jaffa" in page


def test_sources_that_disagree_are_both_drawn_and_the_line_forks() -> None:
    chart = drawn(Indicator(name="n"), [read(1), read(5, 9, source="a"), read(9, 9, source="b"), read(7, 20)])
    assert len(chart.dots) == 4
    assert chart.own.line.count("M") == 4
    assert len(chart.own.ranges) == 1


def test_a_long_series_is_thinned_and_keeps_its_peaks() -> None:
    chart = drawn(Indicator(name="n"), [read(9999 if day == 777 else day % 50, day) for day in range(3000)])
    assert len(chart.dots) <= 260
    assert max(dot.reading.value for dot in chart.dots) == 9999


def test_the_picture_runs_from_left_to_right_has_a_name_and_no_style() -> None:
    page = svg(Indicator(name='Visits "a" week <b>'), [read(1), read(2, 9)])
    assert 'dir="ltr"' in page
    assert 'aria-label="Visits &quot;a&quot; week &lt;b&gt;: 2 on' in page
    assert "style=" not in page
    assert ",".join(re.findall(r'\b[xy]1?="[^"]*,', page)) == ""


@pytest.mark.parametrize("language", ["fr", "he"])
def test_coordinates_are_numbers_in_every_language(language: str) -> None:
    with translation.override(language):
        indicator = Indicator(name="n", baseline=Decimal("1.5"), target=Decimal("7.25"))
        chart = drawn(indicator, [read("1.2"), read("3.7", 9)])
        page = render_to_string("projects/_chart.html", {"chart": chart, "indicator": indicator})
    for value in re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy)="([^"]*)"', page):
        assert float(value) >= 0
