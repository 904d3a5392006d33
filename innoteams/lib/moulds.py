"""Mails that differ in a few words: the template is filled and its CSS inlined once, the words are put in each time.

A mould is an ordinary mail template in which some values are left open. Such a value may be printed, also inside a
translated sentence or an attribute, and asked whether it is there; it must not be computed with (no filters), for
while the mould is cast it is only a mark. What comes out is what filling the template each time would give.
"""

import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from html import escape

from django.conf import settings
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from innoteams.lib.languages import direction
from innoteams.lib.mail import fill_template, inlined, inlined_fragment

# Nobody can write the mark of this process into a text of theirs.
_SECRET = secrets.token_hex(6)
_HOLE = re.compile(f"\ue000{_SECRET}:([a-z_]+)\ue001")


class Mould:
    """Literal text with named holes. `is_html`: what is put in is escaped unless it is marked safe."""

    __slots__ = ("_is_html", "_parts")

    def __init__(self, parts: list[str], *, is_html: bool) -> None:
        # Literal text and names of holes in turn; first and last a literal.
        self._parts, self._is_html = parts, is_html

    def fill(self, values: Mapping[str, str]) -> str:
        """Raises KeyError for a hole without a value. HTML comes out marked safe."""
        parts = self._parts.copy()
        put_in = [values[name] for name in parts[1::2]]
        parts[1::2] = map(_escaped, put_in) if self._is_html else put_in
        return mark_safe("".join(parts)) if self._is_html else "".join(parts)

    def fill_all_but(self, values: Mapping[str, str], later: Collection[str]) -> "Mould":
        """A mould in which only the holes named in `later` are left open."""
        parts = [""]
        for place, part in enumerate(self._parts):
            if place % 2 == 0:
                parts[-1] += part
            elif part in later:
                parts += [part, ""]
            else:
                parts[-1] += _escaped(values[part]) if self._is_html else values[part]
        return Mould(parts, is_html=self._is_html)


def _escaped(value: str) -> str:
    return value if isinstance(value, SafeString) else escape(value)


def hole(name: str) -> SafeString:
    """The mark that stands for a value while a mould is cast; the name has letters and low lines alone."""
    return mark_safe(f"\ue000{_SECRET}:{name}\ue001")


def cast(template: str, holes: Iterable[str]) -> Mould:
    """A mould of a template under templates/ in the active language. An `.html` one is escaped and has its CSS
    inlined: as a whole page where it has a head, else as a piece of one."""
    language = translation.get_language() or str(settings.LANGUAGE_CODE)
    values: dict[str, object] = {
        "language": language,
        "direction": direction(language),
        "site_url": settings.SITE_URL,
        **{name: hole(name) for name in holes},
    }
    is_html = template.endswith(".html")
    text = fill_template(template, values, escape=is_html)
    if is_html:
        text = inlined(text) if "<head>" in text else inlined_fragment(text)
    return Mould(_HOLE.split(text), is_html=is_html)


class Moulds:
    """Those of one language, cast when they are first asked for: one for each template and choice of values that are
    there (the others are "")."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._cast: dict[tuple[str, frozenset[str]], Mould] = {}

    def mould(self, template: str, values: Mapping[str, str]) -> Mould:
        key = (template, frozenset([name for name, value in values.items() if value]))
        if key not in self._cast:
            with translation.override(self.language):
                self._cast[key] = cast(*key)
        return self._cast[key]

    def fill(self, template: str, values: Mapping[str, str]) -> str:
        return self.mould(template, values).fill(values)


def moulds_in(language: str) -> Moulds:
    """Kept by the process."""
    return _moulds(language, str(settings.SITE_URL))


@lru_cache(maxsize=32)
def _moulds(language: str, _site_url: str) -> Moulds:
    return Moulds(language)
