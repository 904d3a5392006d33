"""The completeness meter: adding never lowers it, and what it asks for next is never there already."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from projects.choices import Phase
from projects.completeness import PARTS, Completeness, completeness
from tests.cast import Cast, make_project

KEYS = [part.key for part in PARTS]
SOME = st.sets(st.sampled_from(KEYS))
PHASE = st.sampled_from(list(Phase))


def told(keys: set[str], phase: Phase) -> Completeness:
    return Completeness(tuple(replace(part, is_there=part.key in keys) for part in PARTS), phase)


@given(SOME, st.sampled_from(KEYS), PHASE)
def test_adding_a_part_never_lowers_the_meter(keys: set[str], more: str, phase: Phase) -> None:
    before, after = told(keys, phase), told(keys | {more}, phase)
    assert after.percent >= before.percent
    assert after.done >= before.done
    assert 0 <= before.percent <= after.percent <= 100


@given(SOME, PHASE)
def test_the_next_part_is_a_missing_one_with_a_reason_and_a_place(keys: set[str], phase: Phase) -> None:
    meter = told(keys, phase)
    if meter.done == meter.total:
        assert meter.next is None
        assert meter.percent == 100
        return
    assert meter.next is not None
    assert meter.next.key not in keys
    assert str(meter.next.why)
    assert meter.next.page or meter.next.end
    assert {part.key for part in meter.missing} == set(KEYS) - keys


@given(SOME, PHASE)
def test_what_belongs_to_a_later_phase_is_asked_last(keys: set[str], phase: Phase) -> None:
    order = list(Phase)
    due = [order.index(part.since) <= order.index(phase) for part in told(keys, phase).missing]
    assert due == sorted(due, reverse=True)


def test_every_part_leads_to_a_page_and_every_field_it_names_is_on_it(client: Client, cast: Cast) -> None:
    project = cast.projects["network"]
    client.force_login(cast.tel_aviv_lead)
    for part in PARTS:
        if not part.page:
            continue
        body = client.get(reverse(part.page, args=[project.slug]) + part.end.split("#")[0]).content.decode()
        if "#" in part.end:
            assert f'id="{part.end.split("#")[1]}"' in body


def test_a_part_names_itself_once_and_asks_for_all_new_facts() -> None:
    assert len(set(KEYS)) == len(KEYS)
    assert {"cost", "staff_time", "conditions", "reusable", "lasting_owner", "successor", "place"} <= set(KEYS)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"cost_band": "none"}, "cost"),
        ({"staff_time": "A day"}, "staff_time"),
        ({"competence": "Planning law"}, "conditions"),
        ({"reusable": "A letter"}, "reusable"),
        ({"lasting_owner": "Parks"}, "lasting_owner"),
        ({"latitude": 47.7, "longitude": 7.3}, "place"),
        ({"neighbourhood": "Centre"}, "place"),
    ],
)
def test_a_fact_that_is_told_is_counted(cast: Cast, fields: dict[str, Any], key: str) -> None:
    def there(**more: Any) -> set[str]:
        return {part.key for part in completeness(make_project(cast.tel_aviv, **more)).parts if part.is_there}

    assert there(**fields) - there() == {key}


def test_a_stopped_project_is_asked_for_nothing_more(client: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, outcome="stopped", lesson="Trees beat sails.")
    assert completeness(project).next is None
    client.force_login(cast.tel_aviv_lead)
    text = client.get(project.get_absolute_url()).content.decode()
    assert "Nothing more is asked of you" in text
    assert "What is missing" not in text


def test_an_entry_from_a_public_source_is_asked_for_nothing(cast: Cast) -> None:
    assert completeness(make_project(cast.tel_aviv, source_line="A newspaper")).next is None


def test_the_page_leads_to_exactly_the_field(client: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, topics=(cast.topic,), contact=None)
    client.force_login(cast.tel_aviv_lead)
    text = client.get(project.get_absolute_url()).content.decode()
    assert f"/projects/{project.slug}/edit/?open=keeps#id_contact" in text
