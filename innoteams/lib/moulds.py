"""Mails that differ in a few words: the template is filled and its CSS inlined once, the words are put in each time.

A mould is an ordinary mail template in which some values are left open. Such a value may be printed, also inside a
translated sentence or an attribute, and asked whether it is there; it must not be computed with (no filters), for
while the mould is cast it is only a mark. What comes out is what filling the template each time would give.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from innoteams.lib.languages import direction
from innoteams.lib.mail import fill_template, inlined, inlined_fragment, one_line, tidy

# Nobody can write the mark of this process into a text of theirs.
_SECRET = secrets.token_hex(6)
_HOLE = re.compile(f"\ue000{_SECRET}:([a-z_]+)\ue001")


class Mould:
    """Literal text with named holes. `escape`: what is put in is escaped unless it is marked safe."""

    __slots__ = ("_escape", "_parts")

    def __init__(self, text: str, *, escape: bool) -> None:
        self._parts = _HOLE.split(text)
        self._escape = escape

    def fill(self, values: Mapping[str, str]) -> str:
        """Raises KeyError for a hole without a value. Where it escapes, what comes out is marked safe."""
        parts = self._parts.copy()
        if self._escape:
            parts[1::2] = [conditional_escape(values[name]) for name in self._parts[1::2]]
            return mark_safe("".join(parts))
        parts[1::2] = [values[name] for name in self._parts[1::2]]
        return "".join(parts)


def hole(name: str) -> SafeString:
    """The mark that stands for a value while a mould is cast; letters and low lines alone."""
    return mark_safe(f"\ue000{_SECRET}:{name}\ue001")


def cast(template: str, context: Mapping[str, object], holes: Iterable[str]) -> Mould:
    """A mould of a template under templates/ in the active language and time zone. An `.html` one is escaped and has
    its CSS inlined: as a whole page where it has a head, else as a piece of one."""
    language = translation.get_language() or str(settings.LANGUAGE_CODE)
    values: dict[str, object] = {
        "language": language,
        "direction": direction(language),
        "site_url": settings.SITE_URL,
        **context,
        **{name: hole(name) for name in holes},
    }
    is_html = template.endswith(".html")
    text = fill_template(template, values, escape=is_html)
    if is_html:
        text = inlined(text) if "<head>" in text else inlined_fragment(text)
    return Mould(text, escape=is_html)


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with these words, in the active language; cast once for each language and choice of words that are
    there (the others are ""). For templates that need nothing else."""
    there = frozenset(name for name, value in values.items() if value)
    language = translation.get_language() or str(settings.LANGUAGE_CODE)
    return _kept(template, language, settings.SITE_URL, there).fill(values)


def filled_line(template: str, values: Mapping[str, str]) -> str:
    """The same for a subject."""
    return one_line(filled(template, values))


def filled_text(template: str, values: Mapping[str, str]) -> str:
    """The same for a text part."""
    return tidy(filled(template, values))


@lru_cache(maxsize=256)
def _kept(template: str, language: str, _site_url: str, there: frozenset[str]) -> Mould:
    with translation.override(language):
        return cast(template, {}, there)
