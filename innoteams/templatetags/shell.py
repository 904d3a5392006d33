"""The parts of the shell that are the same on every page, drawn once per language and process.

A page's own content should be what a request costs, not its head, its navigation and its foot.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

Entry = tuple[str, str, str, bool, int]


class Place(Protocol):
    """One entry of the navigation; `count` (how much waits there) may be missing."""

    label: str
    url: str
    icon: str
    current: bool


@register.simple_tag
def part(name: str) -> SafeString:
    """A part of the shell that depends on the language alone: templates/components/<name>.html without any context."""
    return _part(name, get_language() or "", tuple(code for code, _name in settings.LANGUAGES), settings.DEBUG)


@register.simple_tag
def navigation(places: Iterable[Place], shape: str) -> SafeString:
    """The navigation as `sections` (under the masthead) or `thumb_bar` (at the foot of a phone)."""
    entries = tuple(
        (str(place.label), place.url, place.icon, place.current, int(getattr(place, "count", 0) or 0))
        for place in places or ()
    )
    return _navigation(shape, get_language() or "", entries) if entries else SafeString("")


@lru_cache(maxsize=256)
def _part(name: str, language: str, languages: tuple[str, ...], debug: bool) -> SafeString:
    return render_to_string(f"components/{name}.html")


# Roles times places times languages times small counts: bounded, and the rare ones fall out.
@lru_cache(maxsize=1024)
def _navigation(shape: str, language: str, entries: tuple[Entry, ...]) -> SafeString:
    keys = ("label", "url", "icon", "current", "count")
    nav = [dict(zip(keys, entry, strict=True)) for entry in entries]
    return render_to_string(f"components/{shape}.html", {"nav": nav})
