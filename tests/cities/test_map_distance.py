"""Distances on the globe."""

from dataclasses import dataclass
from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cities.distance import EARTH_RADIUS_KM, kilometres
from cities.network_data import DATA, read


@dataclass(frozen=True)
class Spot:
    latitude: float
    longitude: float


spots = st.builds(Spot, st.floats(-90, 90), st.floats(-180, 180))


@given(spots, spots)
def test_it_is_as_far_there_as_back_and_never_more_than_half_round_the_globe(one: Spot, other: Spot) -> None:
    there = kilometres(one, other)
    assert there == pytest.approx(kilometres(other, one), abs=1e-6)
    assert 0 <= there <= pi * EARTH_RADIUS_KM + 1e-6


@given(spots, spots, spots)
def test_no_detour_is_shorter(one: Spot, over: Spot, other: Spot) -> None:
    assert kilometres(one, other) <= kilometres(one, over) + kilometres(over, other) + 1e-3


@given(spots)
def test_a_place_is_where_it_is(spot: Spot) -> None:
    assert kilometres(spot, spot) == pytest.approx(0, abs=1e-6)


def test_the_distances_in_the_data_are_those_of_their_coordinates() -> None:
    data = read(DATA / "cities.json")
    place = {row["slug"]: Spot(row["latitude"], row["longitude"]) for row in data["cities"] + data["neighbours"]}
    for row in data["neighbours"]:
        tie = row["tie"]
        assert kilometres(place[tie["city"]], place[row["slug"]]) == pytest.approx(tie["distance_km"], abs=3)
