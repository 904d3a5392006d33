"""Text with the little form that people know from letters: bold, italic, headings, lists, quotations, links.

It is kept as the small HTML that `rich` lets through, whoever writes it: the model field cleans on the way to the
database and the template filter `prose` cleans again on the way out. Plain text is welcome everywhere and becomes
paragraphs.
"""

import html
import re
from typing import Any

import nh3
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import escape
from django.utils.translation import ngettext

TAGS = {"p", "br", "strong", "em", "h3", "h4", "ul", "ol", "li", "blockquote", "a"}
SCHEMES = {"http", "https", "mailto"}
# What the editor sends and what is stored begins with one of these; everything else is text that somebody typed.
_BEGINS_RICH = re.compile(r"<(?:p|h[1-6]|ul|ol|blockquote)(?:\s[^>]*)?>", re.IGNORECASE)
# Headings of other levels come with text pasted from elsewhere.
_OTHER_HEADING = re.compile(r"(</?)h(?:1|2)(?=[\s>])", re.IGNORECASE)
_OTHER_SMALL_HEADING = re.compile(r"(</?)h(?:5|6)(?=[\s>])", re.IGNORECASE)
_BLOCK_END = re.compile(r"</(?:p|h3|h4|li|blockquote)>|<br>")
_BLANK_LINES = re.compile(r"\n{3,}")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
# A list item or quotation holds a paragraph: its two ends are one end.
_DOUBLE_END = re.compile(r"</p>\s*(?=</(?:li|blockquote)>)")


def rich(text: str) -> str:
    """The text as clean HTML: paragraphs, lists, headings, links; "" where nothing can be read.

    Doing it twice changes nothing. What is not allowed is left out, its words stay.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return ""
    if not _BEGINS_RICH.match(text):
        text = _paragraphs(text)
    text = _OTHER_SMALL_HEADING.sub(r"\1h4", _OTHER_HEADING.sub(r"\1h3", text))
    cleaned = nh3.clean(
        text, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel="noopener nofollow ugc"
    ).strip()
    return cleaned if plain(cleaned) else ""


def plain(text: str) -> str:
    """The words of it without form: for search results, mails in text, counting letters. Paragraphs are lines."""
    if not _BEGINS_RICH.match(text):
        return text.strip()
    lines = _BLOCK_END.sub("\n", _DOUBLE_END.sub("", text))
    return _BLANK_LINES.sub("\n\n", html.unescape(nh3.clean(lines, tags=set())).replace("\xa0", " ")).strip()


def _paragraphs(text: str) -> str:
    found = [escape(part.strip()).replace("\n", "<br>") for part in _PARAGRAPH.split(text)]
    return "".join(f"<p>{part}</p>" for part in found if part)


class RichTextFormField(forms.CharField):
    """Takes what the editor sends, or plain text from browsers without scripts; cleans to `rich`.

    `max_length` counts letters as a reader sees them.
    """

    widget = forms.Textarea

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most_letters = max_length

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "data-rich": ""}

    def to_python(self, value: Any) -> str:
        return rich(super().to_python(value) or "")

    def run_validators(self, value: Any) -> None:
        words = plain(value or "")
        super().run_validators(words)
        if self.most_letters and len(words) > self.most_letters:
            sentence = ngettext(
                "At most %(most)d letter; these are %(now)d.",
                "At most %(most)d letters; these are %(now)d.",
                self.most_letters,
            )
            raise ValidationError(sentence % {"most": self.most_letters, "now": len(words)})


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
        return super().formfield(**{"form_class": RichTextFormField, **kwargs})
