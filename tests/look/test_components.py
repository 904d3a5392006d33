import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from innoteams.templatetags import look
from innoteams.templatetags.specimen import SampleForm, specimen


def filled(source: str, **context: object) -> str:
    return Template("{% load look atlas %}" + source).render(Context(context))


def card(number: int) -> str:
    return render_to_string("components/project_card.html", {"project": specimen().projects[number]})


def test_a_title_keeps_its_own_language_and_direction() -> None:
    assert '<h3 class="card__title" lang="he" dir="rtl">' in card(2)


def test_a_card_says_when_it_is_told_from_a_public_source() -> None:
    assert "From a public source" in card(0)
    assert "From a public source" not in card(1)


def test_a_card_says_who_sees_it_in_words() -> None:
    assert "Visible to the programme" in card(2)


def test_a_stopped_project_is_shown_as_a_result() -> None:
    assert "Stopped, with lessons" in card(2)


def test_the_stepper_marks_one_step_as_the_present_one() -> None:
    html = render_to_string("components/phase_stepper.html", {"phase": "prepare"})

    assert re.findall(r'data-state="(\w+)"', html) == ["past", "past", "now", "ahead"]
    assert html.count('aria-current="step"') == 1


def test_an_unknown_phase_marks_no_step() -> None:
    assert {step["state"] for step in look.phase_steps("elsewhere")} == {"ahead"}


def test_an_unknown_visibility_reads_as_the_narrowest() -> None:
    assert look.visibility_mark("galaxy").key == "team"


@pytest.mark.parametrize("marks", [look.VISIBILITIES, look.OUTCOMES, look.EVIDENCE])
def test_every_mark_has_its_icon(marks: dict[str, look.Mark]) -> None:
    assert all("<svg" in look.icon(mark.icon) for mark in marks.values())


def test_every_topic_group_has_its_own_icon() -> None:
    assert len(set(look.GROUP_ICONS.values())) == 7
    assert all("<svg" in look.icon(name) for name in look.GROUP_ICONS.values())


def test_an_icon_is_hidden_from_screen_readers_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in look.icon("map")
    assert 'aria-label="Map &lt;b&gt;"' in look.icon("map", label="Map <b>")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Mulhouse team lead", "ML"), ("Coach", "C"), ("Jean-Luc Petit", "JP"), ("מובילת הצוות", "מה"), ("", "·")],
)
def test_initials_are_the_first_and_the_last(name: str, letters: str) -> None:
    assert look.initials(name) == letters


@pytest.mark.parametrize(("code", "way"), [("he", "rtl"), ("ar-IL", "rtl"), ("fr", "ltr"), ("", "auto")])
def test_a_language_knows_its_direction(code: str, way: str) -> None:
    assert look.direction(code) == way


def test_the_clock_shows_the_hour_over_there() -> None:
    noon = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("UTC"))

    with translation.override("fr"):
        assert look.clock_in("Asia/Jerusalem", noon) == "14:00"
    assert look.is_open_hour("Europe/Paris", noon)
    assert not look.is_open_hour("America/Los_Angeles", noon)


def test_an_unknown_zone_shows_no_clock() -> None:
    assert look.clock_in("Europe/Atlantis") == ""


def test_a_field_names_its_help_and_its_error_for_screen_readers() -> None:
    html = str(SampleForm({"problem": "x"}))

    described = re.search(r'<input[^>]*name="title"[^>]*aria-describedby="([^"]+)"', html)
    assert described
    assert all(f'id="{part}"' in html for part in described[1].split())


def test_a_piece_speaks_the_language_of_each_reader() -> None:
    english = filled('{% piece "visibility" visibility="public" %}')
    with translation.override("fr"):
        assert filled('{% piece "visibility" visibility="public" %}') == render_to_string(
            "components/visibility.html", {"visibility": "public"}
        )
    assert "Public" in english


def test_an_opening_ends_at_a_word() -> None:
    assert look.opening("one two three", 10) == "one two…"
    assert look.opening("one two", 10) == "one two"


def test_an_optional_field_says_so_and_a_required_one_does_not() -> None:
    assert "optional" in str(SampleForm()["started_on"].as_field_group())
    assert "optional" not in str(SampleForm()["title"].as_field_group())


def test_a_refused_form_says_that_nothing_was_lost() -> None:
    assert "Everything you typed is still here." in str(SampleForm({"problem": "x"}))


def test_a_form_that_was_not_sent_shows_no_error() -> None:
    assert "form__errors" not in str(SampleForm())


def test_pages_keep_the_filters_of_the_list() -> None:
    request = RequestFactory().get("/projects/", {"topic": "ageing", "page": "4"})
    html = render_to_string("components/pagination.html", {"page_obj": specimen().page_obj}, request=request)

    assert 'href="?topic=ageing&amp;page=5"' in html
    assert 'aria-current="page">4<' in html


def test_what_a_user_wrote_is_escaped_in_a_waiting_item() -> None:
    html = render_to_string("components/waiting_item.html", {"title": "<script>", "url": "/x/"})

    assert "<script>" not in html


def test_the_specimen_shows_every_component() -> None:
    request = RequestFactory().get("/design/")
    request.user = AnonymousUser()
    html = render_to_string("components/specimen.html", request=request)

    assert "Everything the pages are made of" in html
