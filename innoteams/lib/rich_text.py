"""Text with the little form that people know from letters: bold, italic, headings, lists, quotations, links.

It is kept as the small HTML that `rich` lets through, whoever writes it: the model field cleans on the way to the
database and the template filter `prose` cleans again on the way out. Plain text is welcome everywhere and becomes
paragraphs. Two steps make it safe: nh3 parses as browsers do and leaves only known tags, then everything is written
anew (`_Shaper`) in the one shape that the editor writes too, so that cleaning twice is cleaning once.
"""

import html
import re
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from itertools import groupby
from typing import Any

import nh3
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import escape
from django.utils.translation import gettext, ngettext

LINES = frozenset({"p", "h3", "h4"})
LISTS = frozenset({"ul", "ol"})
# What other programs call the same; it comes with pasted text.
SYNONYMS = {
    "b": "strong", "i": "em", "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4",
    **dict.fromkeys(("div", "section", "article", "header", "footer", "address", "pre", "tr", "dt", "dd"), "p"),
    **dict.fromkeys(("figcaption", "caption", "summary", "details"), "p"),
}  # fmt: skip
KNOWN = LINES | LISTS | {"li", "blockquote", "br", "a", "strong", "em"}
# nh3 lets these through so that the shaper sees where a line or a cell ends.
PARSED = KNOWN | set(SYNONYMS) | {"td", "th"}
SCHEMES = {"http", "https", "mailto"}
REL = "noopener nofollow ugc"

# Lists in lists in lists: deeper than this nobody can follow, and a browser gives up at a few hundred.
MOST_DEPTH = 8
# More than any text of some thousand letters needs; nested tags take time in the square of their number.
MOST_TAGS = 4_000
MOST_SENT = 200_000

# What the editor sends and what is stored begins with one of these; everything else is text that somebody typed.
# static/js/rich-text.js reads what stands in a textarea by the same rule.
_BEGINS_RICH = re.compile(r"<(?:p|h[1-6]|ul|ol|blockquote)(?:\s[^>]*)?>", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_LINE_END = re.compile(r"</(?:p|h3|h4)>|<br>")
_TAG = re.compile(r"<[^>]*>")
_NESTING = re.compile(r"<(?!/?(?:p|br)>)")
_ADDRESS = re.compile(r'<a href="([^"]*)"')
_PARAGRAPHS_ALONE = re.compile(r"(?:<p>(?:[^<]|<br>)*</p>)*")
_WHOLE_ADDRESS = re.compile(r"(?:https?://[^\s/]|mailto:[^\s@]+@)", re.IGNORECASE)
_BLOCK_EDGE = re.compile(r"(</(?:p|h3|h4|ul|ol|li|blockquote)>|<(?:ul|ol|blockquote)>)(?!</(?:li|blockquote)>|$)")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# What an address never holds as itself; written as %-signs it stays harmless wherever it is copied to.
_UNWRITTEN = re.compile(r"[\s<>\"'`\\{}|^\x00-\x20\x7f-\xa0\u2028-\u202e\u2066-\u2069]+")


def rich(text: str) -> str:
    """The text as clean HTML: paragraphs, lists, headings, links; "" where nothing can be read.

    Doing it twice changes nothing. What is not allowed is left out, its words stay.
    """
    return _rich(text.replace("\r\n", "\n").replace("\r", "\n").strip())


@lru_cache(maxsize=512)
def _rich(text: str) -> str:
    # Half a character or a NUL can be neither parsed nor stored.
    text = _UNSTORABLE.sub("\ufffd", text)
    if not _BEGINS_RICH.match(text):
        text = _paragraphs(text)
    elif _has_too_many_tags(text):
        text = _paragraphs(html.unescape(_TAG.sub(" ", text)))
    cleaned = nh3.clean(text, tags=set(PARSED), attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel=None)
    shaper = _Shaper()
    shaper.feed(cleaned)
    shaper.close()
    return shaper.written()


def plain(text: str) -> str:
    """The words of it without form: for search results, mails in text, counting letters. Paragraphs are lines."""
    if not _BEGINS_RICH.match(text):
        return text.strip()
    lines = _LINE_END.sub("\n", rich(text))
    return html.unescape(_TAG.sub("", lines)).replace("\xa0", " ").strip()


def addresses(text: str) -> list[str]:
    """Where its links lead."""
    return [html.unescape(found) for found in _ADDRESS.findall(rich(text))]


def typed(text: str) -> str:
    """What a textarea shows, for people whose browser runs no script: words alone where nothing is lost by it.

    `rich(typed(x)) == rich(x)` always; text with lists, headings, links stays HTML, one block on a line.
    """
    text = rich(text)
    if _PARAGRAPHS_ALONE.fullmatch(text):
        words = text.removeprefix("<p>").removesuffix("</p>").replace("</p><p>", "\n\n").replace("<br>", "\n")
        words = html.unescape(words)
        if rich(words) == text:
            return words
    return _BLOCK_EDGE.sub("\\1\n", text)


def is_html(text: str) -> bool:
    """Whether `typed` shows tags."""
    return bool(_BEGINS_RICH.match(text))


def _has_too_many_tags(text: str) -> bool:
    """Paragraphs and line breaks are not counted: they do not nest."""
    return text.count("<") > MOST_TAGS and len(_NESTING.findall(text)) > MOST_TAGS


def _paragraphs(text: str) -> str:
    found = [escape(part.strip()).replace("\n", "<br>") for part in _PARAGRAPH.split(text)]
    return "".join(f"<p>{part}</p>" for part in found if part)


# A character and the marks that hold there, from the outside in: the address of a link (or ""), bold, italic.
_Marks = tuple[str, bool, bool]
_Char = tuple[_Marks, str]


@dataclass
class _Line:
    """A paragraph or heading; a line break in it is a "\n"."""

    tag: str
    chars: list[_Char] = field(default_factory=list)

    def add(self, marks: _Marks, text: str) -> None:
        """Spaces count as in HTML: several are one, and none stands beside a line break or at an end."""
        for char in text:
            after = self.chars[-1][1] if self.chars else "\n"
            if char == "\n" and after == " ":
                self.chars.pop()
            if (char == " " and after in " \n") or (char == "\n" and not self.chars):
                continue
            self.chars.append((marks, char))

    def written(self) -> str:
        while self.chars and self.chars[-1][1] in " \n":
            self.chars.pop()
        is_empty = all(char.isspace() for _marks, char in self.chars)
        return "" if is_empty else f"<{self.tag}>{_marked(self.chars)}</{self.tag}>"


@dataclass
class _Box:
    """The whole text, a list, an item, a quotation."""

    tag: str
    inside: "list[_Box | _Line]" = field(default_factory=list)
    # An item that the source leaves out: it ends with its list.
    implied: bool = False

    def written(self) -> str:
        inside = "".join(part.written() for part in self.inside)
        return f"<{self.tag}>{inside}</{self.tag}>" if inside and self.tag else inside


def _marked(chars: list[_Char], level: int = 0) -> str:
    if level == 3:
        words = html.escape("".join(char for _marks, char in chars), quote=False)
        # The search takes a bare no-break space for a letter.
        return words.replace("\n", "<br>").replace("\xa0", "&nbsp;")
    written = []
    for mark, group in groupby(chars, key=lambda char: char[0][level]):
        inside = _marked(list(group), level + 1)
        if mark and level == 0:
            inside = f'<a href="{html.escape(str(mark))}" rel="{REL}">{inside}</a>'
        elif mark:
            tag = ("", "strong", "em")[level]
            inside = f"<{tag}>{inside}</{tag}>"
        written.append(inside)
    return "".join(written)


class _Shaper(HTMLParser):
    """Writes what nh3 left anew: lines stand in the text, in items or in quotations, items in lists, marks in lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.whole = _Box("")
        self.boxes = [self.whole]
        self.line: _Line | None = None
        # Tags that are open in the source, and whether each opened a box.
        self.open: list[tuple[str, bool]] = []
        self.links: list[str] = []

    def written(self) -> str:
        return self.whole.written()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = SYNONYMS.get(tag, tag)
        if tag == "br":
            self._write("\n")
            return
        if tag == "a":
            self.links.append(_whole_address(dict(attrs).get("href") or ""))
        elif tag in {"td", "th"}:
            self._write(" ")
        elif tag not in {"strong", "em"}:
            self.line = None
        if tag in LINES:
            self._begin_line(tag)
        self.open.append((tag, tag in LISTS | {"li", "blockquote"} and self._begin_box(tag)))

    def handle_endtag(self, tag: str) -> None:
        tag = SYNONYMS.get(tag, tag)
        # What nh3 writes is balanced; a line break has no end.
        if not self.open or self.open[-1][0] != tag:
            return
        _tag, is_box = self.open.pop()
        if tag == "a":
            self.links.pop()
        elif tag not in {"strong", "em", "td", "th"}:
            self.line = None
        if is_box:
            self._end_box()

    def handle_data(self, data: str) -> None:
        self._write(_SPACE.sub(" ", data))

    def _write(self, text: str) -> None:
        if self.line is None:
            if not text.strip():
                return
            self._begin_line("p")
        if self.line is not None:
            tags = [tag for tag, _is_box in self.open]
            self.line.add((self.links[-1] if self.links else "", "strong" in tags, "em" in tags), text)

    def _begin_line(self, tag: str) -> None:
        if self.boxes[-1].tag in LISTS:
            self._push("li", implied=True)
        box = self.boxes[-1]
        # An item begins with a paragraph, for the editor too.
        self.line = _Line("p" if box.tag == "li" else tag)
        box.inside.append(self.line)

    def _begin_box(self, tag: str) -> bool:
        if tag == "li":
            if self.boxes[-1].implied:
                self.boxes.pop()
            # An item without a list is a line.
            if self.boxes[-1].tag not in LISTS:
                return False
        elif len(self.boxes) > MOST_DEPTH:
            return False
        elif self.boxes[-1].tag in LISTS:
            self._go_on_in_item()
        self._push(tag)
        return True

    def _go_on_in_item(self) -> None:
        """A list right inside a list, as word processors write it, belongs to the item before."""
        items = self.boxes[-1].inside
        if items and isinstance(item := items[-1], _Box):
            item.implied = True
            self.boxes.append(item)
        else:
            self._push("li", implied=True)

    def _push(self, tag: str, *, implied: bool = False) -> None:
        box = _Box(tag, implied=implied)
        self.boxes[-1].inside.append(box)
        self.boxes.append(box)

    def _end_box(self) -> None:
        if self.boxes.pop().implied:
            self.boxes.pop()


def _whole_address(address: str) -> str:
    """An address that leads to the same place from everywhere, or "" for any other."""
    address = address.strip()
    if not _WHOLE_ADDRESS.match(address):
        return ""
    return _UNWRITTEN.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), address)


class RichTextFormField(forms.CharField):
    """Takes what the editor sends, or plain text from browsers without scripts; cleans to `rich`.

    `max_length` counts letters as a reader sees them. Validators see the words, the addresses of links and, so that
    nothing is left out in silence, what was sent.
    """

    widget = forms.Textarea

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most_letters = max_length

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "data-rich": ""}

    def prepare_value(self, value: Any) -> Any:
        """What the textarea shows. What was sent and refused comes back as it was."""
        if not isinstance(value, str) or _is_too_much(value):
            return value
        return typed(value) if rich(value) == value else value

    def clean(self, value: Any) -> str:
        sent = str(super().to_python(value) or "")
        if _is_too_much(sent):
            raise ValidationError(gettext("There is too much formatting in this text. Please paste it as plain text."))
        cleaned = rich(sent)
        self.validate(cleaned)
        if cleaned:
            self._look_at(sent, cleaned)
        return cleaned

    def _look_at(self, sent: str, cleaned: str) -> None:
        words = plain(cleaned)
        for text in dict.fromkeys((sent, html.unescape(sent), words, *addresses(cleaned))):
            self.run_validators(text)
        if self.most_letters and len(words) > self.most_letters:
            sentence = ngettext(
                "At most %(most)d letter; these are %(now)d.",
                "At most %(most)d letters; these are %(now)d.",
                self.most_letters,
            )
            raise ValidationError(sentence % {"most": self.most_letters, "now": len(words)})


def _is_too_much(sent: str) -> bool:
    return len(sent) > MOST_SENT or (is_html(sent) and _has_too_many_tags(sent))


class RichTextField(models.TextField):  # type: ignore[type-arg]  # as Django's own, generic only for the checker
    """A text column that holds nothing but `rich` text, whoever writes it."""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return rich(prepared) if isinstance(prepared, str) else prepared

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The row in hand is what is stored."""
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = rich(value)
            setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        """Validators of the column look at what is sent, too: Django itself shows them the cleaned text only."""
        return super().formfield(**{"form_class": RichTextFormField, "validators": list(self.validators), **kwargs})

    def run_validators(self, value: Any) -> None:
        """As in the form: on the words and the addresses, not on the tags around them."""
        text = rich(value or "")
        for part in (plain(text), *addresses(text)):
            super().run_validators(part)
