"""How things look: icons, phases, badges, directions and clocks for the templates. No rule and no query lives here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Textarea
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from innoteams.lib import languages, rich_text

register = template.Library()

GROUP_ICONS = {
    "people": "heart-handshake",
    "safety": "scale",
    "housing": "house",
    "economy": "store",
    "environment": "leaf",
    "mobility": "bus",
    "democracy": "messages-square",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A word with the icon that goes with it."""

    key: str
    word: str | Promise
    icon: str


VISIBILITIES = {
    "team": Mark("team", _("Visible to the team only"), "lock"),
    "programme": Mark("programme", _("Visible to the programme"), "shield"),
    "network": Mark("network", _("Visible to the network"), "users-round"),
    "public": Mark("public", _("Public"), "globe"),
}

OUTCOMES = {
    "in_progress": Mark("in_progress", _("In progress"), "circle-dashed"),
    "delivered": Mark("delivered", _("Delivered"), "circle-check"),
    "sustained": Mark("sustained", _("Sustained"), "sprout"),
    "scaled": Mark("scaled", _("Scaled up"), "expand"),
    "handed_over": Mark("handed_over", _("Handed over"), "forward"),
    "stopped": Mark("stopped", _("Stopped, with lessons"), "bookmark"),
    # Of a public source that does not say what was learned.
    "stopped_untold": Mark("stopped", _("Stopped"), "bookmark"),
    "unknown": Mark("unknown", _("Outcome unknown"), "circle-question-mark"),
}

EVIDENCE = {
    "measured": Mark("measured", _("Measured"), "ruler"),
    "counted": Mark("counted", _("Counted"), "tally-5"),
    "claimed": Mark("claimed", _("Claimed"), "quote"),
    "none": Mark("none", _("No figure yet"), "minus"),
}

PHASES: dict[str, str | Promise] = {
    "investigate": _("Investigate"),
    "generate": _("Generate ideas"),
    "prepare": _("Prepare to deliver"),
    "deliver_adapt": _("Deliver and adapt"),
}

# One more side for every step: circle, triangle, square, hexagon.
PHASE_SHAPES = {
    "investigate": '<circle cx="12" cy="12" r="8.500"/>',
    "generate": '<path d="M12 3.500 21 19.500H3z"/>',
    "prepare": '<path d="M4.500 4.500h15v15h-15z"/>',
    "deliver_adapt": '<path d="M12 2.500 20.500 7.200v9.600L12 21.500l-8.500-4.700V7.200z"/>',
}


@cache
def _icons() -> ZipFile:
    """The icons, opened once for all: the package reads its list of 1,700 names again for every icon it draws. From
    memory, as processes that part after this would share one place in the file."""
    return ZipFile(BytesIO((files("lucide") / "lucide.zip").read_bytes()))


@lru_cache(maxsize=512)
def _icon(name: str, size: int, label: str) -> SafeString:
    # Parsed and written as XML: a list of 25 cards would pay for it a hundred times.
    try:
        art = _icons().read(f"{name}.svg")
    except KeyError:
        # An ornament never takes a page down; tests/look finds the wrong name.
        art = _icons().read("circle.svg")
    drawing = ElementTree.fromstring(art)  # noqa: S314 - a file of the package
    for node in drawing.iter():
        node.tag = node.tag.removeprefix("{http://www.w3.org/2000/svg}")
    aria = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    side = str(size)
    drawing.attrib.update({"width": side, "height": side, "class": "icon", "focusable": "false", **aria})
    return mark_safe(ElementTree.tostring(drawing, encoding="unicode"))  # fixed art


@register.simple_tag
def icon(name: str, size: int = 20, label: str = "") -> SafeString:
    """A lucide icon; hidden from screen readers unless it has a label of its own."""
    return _icon(str(name), size, str(label))


@lru_cache(maxsize=4096)
def _piece(name: str, language: str, context: tuple[tuple[str, str], ...]) -> SafeString:
    return render_to_string(f"components/{name}.html", dict(context))


@register.simple_tag
def piece(name: str, **context: object) -> SafeString:
    """A small component drawn once per value and language, for lists: an include costs fifty times as much.

    Only for components that draw from plain words (a phase, a visibility, a topic's name), never from a person's text.
    """
    return _piece(name, get_language() or "", tuple((key, str(value)) for key, value in context.items()))


@register.filter
def prose(text: str) -> SafeString:
    """Rich text as HTML, cleaned here as well: what is shown never depends on how it came to be stored."""
    return mark_safe(rich_text.rich(str(text)))  # `rich` lets a handful of harmless tags through and nothing else


@register.filter
def plain(text: str) -> str:
    """Rich text as its words alone, for titles, snippets and mails in text."""
    return rich_text.plain(text)


@register.filter
def opening(text: str, most: int = 240) -> str:
    """The first words of a text, as many as fit into `most` characters."""
    text = str(text)
    return text if len(text) <= most else text[: most - 1].rsplit(None, 1)[0].rstrip(",;:.") + "…"


@register.simple_tag
def phase_mark(phase: str) -> SafeString:
    """The shape of a phase, without its word: always put the word beside it."""
    shape = PHASE_SHAPES.get(str(phase))
    if shape is None:
        return SafeString("")
    svg = '<svg viewBox="0 0 24 24" data-phase="{}" stroke-linejoin="round" aria-hidden="true">{}</svg>'
    return format_html(svg, phase, mark_safe(shape))  # fixed art, see PHASE_SHAPES


@register.filter
def phase_word(phase: str) -> str:
    """The word of a phase in the reader's language."""
    return str(PHASES.get(str(phase), ""))


@register.simple_tag
def phase_steps(phase: str) -> list[dict[str, str]]:
    """The four phases in order, each past, now or ahead as seen from `phase`."""
    keys = list(PHASES)
    here = keys.index(str(phase)) if str(phase) in PHASES else -1
    states = ["past" if n < here else "now" if n == here else "ahead" for n in range(len(keys))]
    return [{"key": key, "word": str(PHASES[key]), "state": state} for key, state in zip(keys, states, strict=True)]


@register.simple_tag
def visibility_mark(value: str) -> Mark:
    """The icon and words for a visibility level; an unknown level reads as the narrowest."""
    return VISIBILITIES.get(str(value), VISIBILITIES["team"])


@register.simple_tag
def outcome_mark(value: str) -> Mark:
    """The icon and words for an outcome."""
    return OUTCOMES.get(str(value), OUTCOMES["unknown"])


@register.simple_tag
def evidence_mark(value: str) -> Mark:
    """The icon and words for a kind of evidence."""
    return EVIDENCE.get(str(value), EVIDENCE["none"])


@register.filter
def group_icon(group: str) -> str:
    """The name of the icon that stands for a topic group."""
    return GROUP_ICONS.get(str(group), "tag")


@register.filter
def direction(language: str) -> str:
    """`rtl` or `ltr` for a language code; `auto` when the language is not known."""
    return languages.direction(str(language)) if language else "auto"


@register.filter
def language_name(language: str) -> str:
    """A language's name as its own speakers write it, else in the reader's language, else its code."""
    try:
        return str(get_language_info(str(language))["name_local"])
    except KeyError:
        return str(dict(languages.CONTENT_LANGUAGES).get(str(language), language))


@register.filter
def initials(name: str) -> str:
    """At most two letters for a name: the first of its first and of its last word."""
    words = [word for word in str(name or "").replace("-", " ").split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words if len(words) < 2 else [words[0], words[-1]])).upper() or "·"


@register.filter
def clock_in(zone: str, moment: datetime | None = None) -> str:
    """The time of day in a zone, in the reader's habit; empty when the zone is unknown."""
    try:
        return formats.date_format((moment or timezone.now()).astimezone(ZoneInfo(str(zone))), "TIME_FORMAT")
    except (ZoneInfoNotFoundError, ValueError):
        return ""


@register.filter
def is_open_hour(zone: str, moment: datetime | None = None) -> bool:
    """Whether it is between eight and seven o'clock in a zone: a good hour to call."""
    try:
        return 8 <= (moment or timezone.now()).astimezone(ZoneInfo(str(zone))).hour < 19
    except (ZoneInfoNotFoundError, ValueError):
        return False


@register.filter
def field_kind(field: BoundField) -> str:
    """How a field is laid out: `check` (one box), `choices` (a list of them) or `line`."""
    widget = field.field.widget
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return "choices"
    return "check" if isinstance(widget, CheckboxInput) else "line"


@register.filter
def shows_tags(field: BoundField) -> bool:
    """Whether people without a script see HTML in a field for text with form, because words alone would lose some."""
    return isinstance(field.field, rich_text.RichTextFormField) and rich_text.is_html(str(field.value() or ""))


@register.filter
def most_characters(field: BoundField) -> int:
    """The longest text a field takes, or 0 when there is no limit worth showing (an address is never too long)."""
    widget = field.field.widget
    prose = isinstance(widget, Textarea) or getattr(widget, "input_type", "") == "text"
    limit = int(getattr(field.field, "most_letters", None) or getattr(field.field, "max_length", None) or 0)
    return limit if prose and 40 <= limit <= 6000 else 0


@register.simple_tag
def interface_languages() -> list[tuple[str, str]]:
    """The languages the interface speaks, each in its own name."""
    return [(code, language_name(code)) for code, _name in settings.LANGUAGES]


@register.simple_tag
def page_numbers(page: Page[object]) -> list[int | None]:
    """The page numbers worth a link around the present one; None where some are left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in numbers]
