"""Text with form: safe whatever is sent, the same when cleaned twice, and no word of it is lost."""

import re
import time
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from innoteams.lib.rich_text import (
    LINES,
    LISTS,
    MOST_TAGS,
    RichTextFormField,
    addresses,
    is_html,
    plain,
    rich,
    typed,
)

ALLOWED = LINES | LISTS | {"li", "blockquote", "br", "a", "strong", "em"}
TAGS = [
    *sorted(ALLOWED), "b", "i", "h1", "h2", "h6", "div", "table", "tr", "td", "script", "style", "svg", "math",
    "iframe", "button", "img", "form", "o:p", "title", "textarea", "noscript", "template", "select", "option",
    "plaintext",
]  # fmt: skip
ATTRIBUTES = [
    'href="https://example.org/a?b=1&c=2"', 'href="javascript:alert(1)"', 'href=" java\tscript:alert(1)"',
    "href='//x.org'",
    'href="data:text/html,x"', 'href="https://x.org/\u202e<b>"', 'onclick="alert(1)"', 'style="color:red"', 'class="x"',
    'id="y"', 'dir="rtl"', 'src="https://x.org/a.png"', 'start="3"', 'title=">"',
]  # fmt: skip
words = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
opening = st.builds(
    lambda tag, attributes: f"<{' '.join([tag, *attributes])}>",
    st.sampled_from(TAGS),
    st.lists(st.sampled_from(ATTRIBUTES), max_size=2),
)
closing = st.sampled_from(TAGS).map(lambda tag: f"</{tag}>")
bits = st.sampled_from(
    ["<", ">", "&", "&lt;script&gt;", "&#x202e;", "&nbsp;", "<!--", "-->", "<![CDATA[", "\x00", "\n\n", '"']
)
soup = st.lists(st.one_of(words, opening, closing, bits), max_size=25).map("".join)
html = soup.map(lambda text: f"<p>{text}")


class Seen(HTMLParser):
    """What a reader of the result meets."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.addresses += [value or "" for name, value in attrs if name == "href"]
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(st.one_of(soup, html))
def test_nothing_but_harmless_form_comes_through(text: str) -> None:
    seen = Seen(rich(text))
    assert seen.tags <= ALLOWED
    assert seen.attributes <= {"href", "rel"}
    assert all(re.match("https?://|mailto:", address) for address in seen.addresses)
    assert seen.open == []


@given(st.one_of(soup, html))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert rich(rich(text)) == rich(text)


@given(st.one_of(soup, html))
def test_a_textarea_without_a_script_loses_nothing(text: str) -> None:
    assert rich(typed(text)) == rich(text)


@given(st.lists(st.from_regex(r"[\w<>&;\"'.,!?-]{1,9}", fullmatch=True), min_size=1, max_size=9).map(" ".join))
def test_the_words_of_plain_text_survive(text: str) -> None:
    if not is_html(text):
        assert plain(rich(text)) == text
        assert typed(rich(text)) == text


@given(st.lists(st.from_regex(r"[א-ת]{1,8}", fullmatch=True), min_size=1, max_size=6))
def test_every_paragraph_of_any_language_stays_one(paragraphs: list[str]) -> None:
    assert rich("\n\n".join(paragraphs)) == "".join(f"<p>{text}</p>" for text in paragraphs)
    assert plain(rich("\n\n".join(paragraphs))).split("\n") == paragraphs


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("<ul><li>a<ul><li>b</ul></ul>", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"),
        ("<p>a<li>b", "<p>a</p><p>b</p>"),
        ("<h1>Title</h1><h6>Small</h6>", "<h3>Title</h3><h4>Small</h4>"),
        ("<p>a<b>b</b><i>c</i>", "<p>a<strong>b</strong><em>c</em></p>"),
        ("<p>one<div>two</div><div>three</div>", "<p>one</p><p>two</p><p>three</p>"),
        ("<p></p><p>  <br> </p><p>a</p><ul><li></li></ul>", "<p>a</p>"),
        ("<p>a<script>alert(1)</script><style>p{}</style>b", "<p>ab</p>"),
        ("<p><a href=/logout>words</a>", "<p>words</p>"),
        ("<p>x<table><tr><td>1<td>2<tr><td>3</table>", "<p>x</p><p>1 2</p><p>3</p>"),
        ("<p class=MsoNormal style='margin:0'>Word<o:p></o:p></p>", "<p>Word</p>"),
        ("<p>un<em>closed", "<p>un<em>closed</em></p>"),
        ("<p>a\x00b</p>", "<p>a\ufffdb</p>"),
        ("half \ud800 a character", "<p>half \ufffd a character</p>"),
        ("a < b and <3", "<p>a &lt; b and &lt;3</p>"),
        ("<p>prix\xa0: 3\xa0€</p>", "<p>prix&nbsp;: 3&nbsp;€</p>"),
        ("<p>&nbsp;</p><p>a</p>", "<p>a</p>"),
        ("", ""),
    ],
)
def test_what_people_paste_becomes_clean_text(sent: str, kept: str) -> None:
    assert rich(sent) == kept


@pytest.mark.parametrize("most", [MOST_TAGS, 10_000])
def test_thousands_of_nested_tags_cost_little_time_and_no_word(most: int) -> None:
    begun = time.process_time()
    kept = rich("<blockquote>" * most + "words")
    assert time.process_time() - begun < 2
    assert kept.count("<blockquote>") < 10
    assert plain(kept) == "words"


def test_paragraphs_alone_are_shown_as_they_are_typed() -> None:
    assert typed("<p>L\u2019eau\xa0: 3 &lt; 4</p><p>b<br>c</p>") == "L\u2019eau\xa0: 3 < 4\n\nb\nc"


def test_words_that_look_like_a_tag_are_not_taken_for_one() -> None:
    assert typed(rich("<p>&lt;p&gt; begins a paragraph</p>")) == "<p>&lt;p&gt; begins a paragraph</p>"


def test_the_addresses_of_links_can_be_looked_at() -> None:
    assert addresses('<p><a href="https://x.org/?a=1&amp;b=2">x</a></p>') == ["https://x.org/?a=1&b=2"]


def refuse_bad(text: str) -> None:
    if "bad" in text:
        raise ValidationError("bad")


class Written(forms.Form):
    text = RichTextFormField(max_length=10, validators=[refuse_bad])


@pytest.mark.parametrize(
    "sent",
    ["bad", "<p>b<em>a</em>d</p>", '<p><a href="https://bad.org">x</a></p>', "<p>x<!-- bad --></p>", "<p>&#98;ad</p>"],
)
def test_validators_see_the_words_the_links_and_what_was_sent(sent: str) -> None:
    form = Written({"text": sent})
    assert form.errors["text"] == ["bad"]
    assert form["text"].value()


def test_letters_are_counted_without_their_form() -> None:
    assert Written({"text": "<p><strong>" + "x" * 10 + "</strong></p>"}).is_valid()
    assert "these are 11" in Written({"text": "<p>" + "x" * 11 + "</p>"}).errors["text"][0]


@pytest.mark.parametrize("sent", ["", "   ", "<p></p>", "<p>&nbsp;</p>", "<p><br></p>", "<ul><li><p></p></li></ul>"])
def test_form_without_words_is_nothing(sent: str) -> None:
    assert Written({"text": sent}).errors["text"] == ["This field is required."]


def test_too_many_tags_are_refused_before_they_are_read() -> None:
    assert "too much formatting" in Written({"text": "<p>" + "<em>" * (MOST_TAGS + 1) + "x"}).errors["text"][0]
