"""What the sources of the look promise: strict CSP, no third party, both directions of writing, light pages."""

import gzip
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import lucide
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Mail programs know neither logical properties nor custom ones.
PAGE_CSS = sorted(path for path in (ROOT / "static" / "css").glob("*.css") if path.name != "mail.css")
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))

PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|(?:left|right|top|bottom|width|height"
    r"|(?:min|max)-(?:width|height))\s*:|text-align:\s*(?:left|right)|float:\s*(?:left|right)"
    r"|border-(?:top|bottom)-(?:left|right))"
)
WEAKENS_CSP = re.compile(
    r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|hx-on|javascript:|\"js:"
    r"|<script(?![^>]*\ssrc=)(?![^>]*application/json)[^>]*>"
)
LOADS_FROM_ELSEWHERE = re.compile(
    r"<(?:link|script|img|iframe|source|video|audio)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//"
)
NAMES_ICON = re.compile(r"""\{% icon "([^"]+)"|(?:icon_name|action_icon)="([^"]+)\"""")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def offenders(paths: Iterable[Path], found: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """What is found in each of the files, where anything is."""
    return {name(path): hits for path in paths if (hits := found(path.read_text()))}


def weight(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def static_file(address: str) -> Path:
    found = finders.find(address)
    assert isinstance(found, str)
    return Path(found)


def outside_of_layers(text: str) -> list[str]:
    """The beginnings of rules that stand in no cascade layer."""
    outside, depth = [], 0
    for char in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            outside.append(char)
    rules = (part.strip() for part in re.split(r"[};]", "".join(outside)))
    return [rule for rule in rules if rule and not rule.startswith("@layer")]


def test_every_template_parses() -> None:
    for path in TEMPLATES:
        get_template(str(path.relative_to(ROOT / "templates")))


def test_every_icon_a_template_names_exists() -> None:
    names = {icon for path in TEMPLATES for pair in NAMES_ICON.findall(path.read_text()) for icon in pair if icon}

    assert len(names) > 20
    for icon in names:
        lucide._render_icon(icon, 20)


def test_no_template_needs_a_weaker_content_security_policy() -> None:
    assert offenders(TEMPLATES, WEAKENS_CSP.findall) == {}


def test_no_template_loads_anything_from_elsewhere() -> None:
    assert offenders(TEMPLATES, LOADS_FROM_ELSEWHERE.findall) == {}


def test_no_style_or_script_names_another_host() -> None:
    def hosts(text: str) -> list[str]:
        return re.findall(r"https?://(?!www\.w3\.org)|url\([\"']?//", text)

    assert offenders([*PAGE_CSS, *SCRIPTS], hosts) == {}


def test_right_to_left_costs_nothing() -> None:
    def physical(text: str) -> list[str]:
        # Queries about the window have no logical names.
        return PHYSICAL.findall(re.sub(r"@(?:media|container)[^{]*", "", text))

    assert offenders(PAGE_CSS, physical) == {}


def test_every_rule_stands_in_a_layer() -> None:
    assert offenders([path for path in PAGE_CSS if path.name != "leaflet.css"], outside_of_layers) == {}


def test_colours_come_from_the_tokens_alone() -> None:
    def loose(text: str) -> list[str]:
        return re.findall(r"#[0-9a-fA-F]{3,8}\b", re.sub(r"#(?:000|fff)\b|light-dark\([^)]*\)", "", text))

    sheets = [path for path in PAGE_CSS if path.name not in {"tokens.css", "print.css"}]

    assert offenders(sheets, loose) == {}


def test_the_warm_signal_is_used_for_what_waits_and_nothing_else() -> None:
    def other_uses(text: str) -> list[str]:
        rules: list[str] = re.findall(r"([^{}]+)\{[^{}]*var\(--(?:on-)?signal", text)
        return [rule.strip() for rule in rules if "waiting" not in rule]

    assert offenders([path for path in PAGE_CSS if path.name != "tokens.css"], other_uses) == {}


LINKED = re.compile(r"{% static '(css/[\w-]+\.css|leaflet/[\w./-]+\.css)' %}")
INCLUDED = re.compile(r'{% (?:include|extends) "([^"]+)"')


def sheets_of(template: Path) -> set[str]:
    """What a template links, and what it extends or includes does."""
    found, waiting, known = set(), [template], {template}
    while waiting:
        text = waiting.pop().read_text()
        found |= set(LINKED.findall(text))
        named = {ROOT / "templates" / name for name in INCLUDED.findall(text)} - known
        waiting += [path for path in named if path.exists()]
        known |= named
    return found


def test_every_page_loads_less_than_40_kb_of_css() -> None:
    everywhere = sheets_of(ROOT / "templates/components/head.html")
    weights = {path.name: weight(*map(static_file, everywhere | sheets_of(path))) for path in TEMPLATES}
    assert max(weights.values()) > 20 * 1024
    assert {name: size for name, size in weights.items() if size > 40 * 1024} == {}


def test_a_reading_page_loads_less_than_60_kb_of_script() -> None:
    shared = [path for path in SCRIPTS if path.name != "map.js"]

    assert weight(*shared, static_file("django_htmx/htmx-2.min.js")) <= 60 * 1024


def test_a_map_page_without_htmx_loads_less_than_60_kb_of_script() -> None:
    own = [path for path in SCRIPTS if path.name in {"theme.js", "shell.js", "map.js"}]

    assert weight(*own, static_file("leaflet/leaflet.js")) <= 60 * 1024


def test_the_base_map_weighs_less_than_100_kb() -> None:
    assert weight(*(ROOT / "static" / "map").glob("*.json")) <= 100 * 1024
