"""What is written with form is found by its words, and shown without its tags."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, make_project

APPROACH = (
    "<h3>Shade &amp; water</h3>"
    "<ul><li>Sails over the <strong>market</strong> street</li><li>Two &lt; three trees</li></ul>"
    '<p>See <a href="https://hiddenaddress.example/page">the plan</a>\xa0: prix\xa0?</p>'
)


@pytest.fixture
def lead(client: Client, cast: Cast) -> Client:
    make_project(cast.tel_aviv, title="Cool streets", problem="Heat & dust.", approach=APPROACH, visibility="network")
    client.force_login(cast.tel_aviv_lead)
    return client


def page(client: Client, text: str) -> str:
    return client.get(reverse("search"), {"q": text}).content.decode()


@pytest.mark.parametrize("word", ["water", "sails", "market", "trees", "plan", "prix"])
def test_every_word_is_found_and_marked_without_a_tag_or_an_entity(lead: Client, word: str) -> None:
    text = page(lead, word)
    assert "Cool streets" in text
    snippet = text.partition('class="hit__text"')[2].partition("</p>")[0]
    assert f"<mark>{word}" in snippet.lower()
    for left in ("&lt;strong", "&lt;li", "&lt;/", "&amp;amp;", "&amp;lt;", "&amp;nbsp;", "href", "nofollow"):
        assert left not in snippet


@pytest.mark.parametrize("word", ["strong", "nofollow", "hiddenaddress", "href", "amp", "nbsp"])
def test_tags_and_addresses_are_not_words(lead: Client, word: str) -> None:
    assert "Cool streets" not in page(lead, word)
