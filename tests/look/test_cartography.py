import re
from dataclasses import dataclass

import pytest
from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st

from innoteams.lib.cartography import Sheet, Window, arc_path, border_path, graticule_path, land_path, window_around

places = st.tuples(st.integers(-150, 60), st.integers(-40, 65))


@dataclass(frozen=True)
class Spot:
    name: str
    latitude: float
    longitude: float
    project_count: int = 0

    def get_absolute_url(self) -> str:
        return f"/cities/{self.name.lower()}/"


MULHOUSE = Spot("Mulhouse", 47.75, 7.34, 4)
BASEL = Spot("Basel", 47.56, 7.59)
FREIBURG = Spot("Freiburg", 48.0, 7.85)
BOSTON = Spot("Boston", 42.36, -71.06, 1)


def drawn(source: str, **context: object) -> str:
    return Template("{% load atlas %}" + source).render(Context(context))


@given(st.lists(places, min_size=1, max_size=8))
def test_every_place_lands_on_the_sheet_made_for_it(spots: list[tuple[int, int]]) -> None:
    sheet = Sheet(window_around(spots, least=4))

    for lon, lat in spots:
        x, y = sheet.place(lon, lat)
        assert -1 <= x <= sheet.width + 1
        assert -1 <= y <= sheet.height + 1


@given(places, places)
def test_north_is_up_and_east_is_right(one: tuple[int, int], other: tuple[int, int]) -> None:
    sheet = Sheet(Window(-160, -50, 70, 75))

    assert (sheet.place(0, one[1])[1] <= sheet.place(0, other[1])[1]) == (one[1] >= other[1])
    assert (sheet.place(one[0], 10)[0] <= sheet.place(other[0], 10)[0]) == (one[0] <= other[0])


@settings(max_examples=15, deadline=None)
@given(places)
def test_no_line_of_the_land_runs_around_the_globe(place: tuple[int, int]) -> None:
    sheet = Sheet(window_around([place], least=7), width=640)
    x = y = 0
    for command in re.findall(r"M(-?\d+) (-?\d+)l([-\d ]+)", land_path(sheet)):
        x, y = int(command[0]), int(command[1])
        steps = [int(number) for number in re.findall(r"-?\d+", command[2])]
        assert len(steps) % 2 == 0
        for across, down in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + across, y + down
            assert -8 <= x <= sheet.width + 8
            assert -8 <= y <= sheet.height + 8


def test_the_world_is_drawn_in_less_than_24_kb() -> None:
    sheet = Sheet(Window(-160, -35, 70, 76))

    assert 5_000 < len(land_path(sheet)) + len(border_path(sheet)) + len(graticule_path(sheet)) < 24_000


def test_an_arc_bends_to_the_north() -> None:
    middle = re.search(r"Q(\d+) (\d+)", arc_path((0, 100), (100, 100)))

    assert middle
    assert int(middle[2]) < 100


def test_the_network_links_every_city_and_draws_its_lines() -> None:
    html = drawn("{% network_svg cities links %}", cities=[MULHOUSE, BOSTON], links=[(MULHOUSE, BOSTON, "adaptation")])

    assert html.count("<a href=") == 2
    assert 'data-kind="adaptation"' in html


def test_a_network_without_cities_is_still_a_map() -> None:
    assert "world__land" in drawn("{% network_svg cities %}", cities=[])


def test_a_name_is_escaped_on_the_map() -> None:
    assert "<b>" not in drawn("{% network_svg cities %}", cities=[Spot("<b>", 10, 10)])


def test_names_of_neighbours_do_not_cover_each_other() -> None:
    html = drawn("{% locator_svg city near %}", city=MULHOUSE, near=[BASEL, FREIBURG])
    labels = re.findall(r'x="(-?\d+)" y="(-?\d+)" text-anchor="(\w+)">(\w+)<', html)

    assert {name for *_, name in labels} == {"Mulhouse", "Basel", "Freiburg"}
    assert len({(x, y) for x, y, *_ in labels}) == 3


@pytest.mark.parametrize("tag", ["{% world_svg %}", "{% locator_svg city %}"])
def test_maps_need_no_inline_style(tag: str) -> None:
    assert "style=" not in drawn(tag, city=MULHOUSE)
