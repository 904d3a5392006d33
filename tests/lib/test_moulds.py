"""Moulds give what filling the template each time would give."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils.safestring import mark_safe
from pytest_django import Settings

from innoteams.lib import mail
from innoteams.lib.moulds import Moulds, hole


class Seen(HTMLParser):
    """What a browser reads: tags with their attributes, and text; how either was written down does not matter."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[object] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, sorted(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(tag)

    def handle_data(self, data: str) -> None:
        if words := " ".join(data.split()):
            self.seen.append(words)


def seen(page: str) -> list[object]:
    return Seen(page).seen


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    (tmp_path / "mail").mkdir()
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    return tmp_path / "mail"


def moulds() -> Moulds:
    return Moulds("en")


def test_a_page_is_what_the_slow_way_gives(folder: Path) -> None:
    (folder / "x.html").write_text(
        "<html><head></head><body><h1>{{ a }}</h1>{% if b %}<p class='meta'><a href='{{ b }}'>x</a></p>{% endif %}"
        "{{ c }}</body></html>"
    )
    values = {
        "a": 'Tom\'s "tea" & <b>',
        "b": "https://x.example/?a=1&b='2'",
        "c": mark_safe(mail.inlined_fragment("<p>ready</p>")),
    }

    quick = moulds().fill("mail/x.html", values)

    values["c"] = mark_safe("<p>ready</p>")
    slow = mail.inlined(mail.fill_template("mail/x.html", dict(values), escape=True))
    assert seen(quick) == seen(slow)
    assert 'style="' in quick


def test_what_is_not_there_is_left_out_as_the_template_says(folder: Path) -> None:
    (folder / "x.txt").write_text("{{ a }}{% if b %} and {{ b }}{% endif %}")

    assert moulds().fill("mail/x.txt", {"a": "1", "b": ""}) == "1"
    assert moulds().fill("mail/x.txt", {"a": "1", "b": "2"}) == "1 and 2"


def test_a_text_part_is_not_escaped_and_is_not_safe_for_a_page(folder: Path) -> None:
    (folder / "x.txt").write_text("{{ a }}")

    text = moulds().fill("mail/x.txt", {"a": "<b>"})

    assert text == "<b>"
    assert not hasattr(text, "__html__")


def test_a_template_is_filled_and_inlined_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "x.html").write_text("<p>{{ a }}</p>")
    times: list[str] = []

    def noting(piece: str) -> str:
        times.append(piece)
        return piece

    monkeypatch.setattr("innoteams.lib.moulds.inlined_fragment", noting)
    ours = moulds()

    pages = [ours.fill("mail/x.html", {"a": str(number)}) for number in range(5)]

    assert pages == [f"<p>{number}</p>" for number in range(5)]
    assert len(times) == 1


def test_a_mould_can_be_filled_in_two_goes(folder: Path) -> None:
    (folder / "x.html").write_text("<p>{{ a }}, {{ b }}, {{ a }}</p>")
    values = {"a": "<1>", "b": "<2>"}
    ours = moulds()

    half = ours.mould("mail/x.html", values).fill_all_but(values, {"b"})

    assert half.fill({"b": "<2>"}) == ours.fill("mail/x.html", values)


def test_nobody_can_write_a_hole(folder: Path) -> None:
    (folder / "x.txt").write_text("{{ a }} {{ b }}")
    forged = hole("b").replace(hole("b")[1:13], "0" * 12)

    assert moulds().fill("mail/x.txt", {"a": forged, "b": "2"}) == f"{forged} 2"
    # Even the very mark is only text once the mould is cast.
    assert moulds().fill("mail/x.txt", {"a": hole("b"), "b": "2"}) == f"{hole('b')} 2"


def test_a_mould_speaks_its_language(folder: Path) -> None:
    (folder / "x.txt").write_text('{% load i18n %}{% translate "Score" %} {{ language }} {{ direction }}')

    assert Moulds("fr").fill("mail/x.txt", {}) == "Score fr ltr"
