from dataclasses import dataclass

from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.utils import translation


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    icon: str = "map"
    current: bool = False
    count: int = 0


def drawn(nav: list[Entry], shape: str) -> str:
    return Template("{% load shell %}{% navigation nav shape %}").render(Context({"nav": nav, "shape": shape}))


def test_the_section_one_is_in_is_marked() -> None:
    html = drawn([Entry("Cities", "/cities/"), Entry("Map", "/map/", current=True)], "sections")

    assert html.count('aria-current="page"') == 1
    assert 'href="/map/" aria-current="page"' in html


def test_what_waits_is_counted_and_said_aloud() -> None:
    html = drawn([Entry("My work", "/my-work/", count=3)], "sections")

    assert '<span class="count count--waiting">3</span>' in html
    assert "waiting for you" in html


def test_a_count_of_one_person_is_not_shown_to_the_next() -> None:
    assert "count--waiting" in drawn([Entry("My work", "/my-work/", count=3)], "sections")
    assert "count--waiting" not in drawn([Entry("My work", "/my-work/", count=0)], "sections")


def test_a_phone_shows_four_places_and_keeps_the_rest_within_reach() -> None:
    bar, _, sheet = drawn([Entry(f"Place {n}", f"/{n}/") for n in range(7)], "thumb_bar").partition("<details")

    assert bar.count("<a ") == 4
    assert sheet.count("<a ") == 3


def test_a_label_is_escaped() -> None:
    assert "<b>" not in drawn([Entry("<b>", "/x/")], "thumb_bar")


def test_a_part_is_drawn_in_the_language_of_each_reader() -> None:
    button = Template('{% load shell %}{% part "language_buttons" %}')
    drawn_in = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            drawn_in[code] = button.render(Context())

    for code, html in drawn_in.items():
        assert html.count("aria-current") == 1
        assert f'lang="{code}" aria-current="true"' in html


def test_a_visitor_changes_the_language_without_a_script(client: Client, db: None) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert 'form="language-form"' in page
    assert '<form id="language-form" method="post"' in page

    answer = client.post("/i18n/language/", {"language": "fr", "next": "/accounts/login/"}, follow=True)

    assert '<html lang="fr"' in answer.content.decode()


def test_a_visitor_is_offered_to_sign_in_and_not_to_sign_out(client: Client, db: None) -> None:
    page = client.get("/accounts/login/").content.decode()

    assert 'id="sign-out"' not in page
