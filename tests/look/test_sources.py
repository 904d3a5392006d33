"""What the sources of the look promise: strict CSP, no third party, both directions of writing, light pages."""

import gzip
import re
from pathlib import Path

import lucide
import pytest
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
    r"|(?:min|max)-(?:width|height))\s*:|text-align:\s*(?:left|right)|float:\s*(?:left|right)|border-(?:top|bottom)-(?:left|right))"
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def weight(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def static_file(address: str) -> Path:
    found = finders.find(address)
    assert isinstance(found, str)
    return Path(found)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_template_parses(path: Path) -> None:
    get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_icon_a_template_names_exists(path: Path) -> None:
    text = path.read_text()
    names = re.findall(r'\{% icon "([^"]+)"', text) + re.findall(r'(?:icon_name|action_icon)="([^"]+)"', text)

    for icon in names:
        lucide._render_icon(icon, 20)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_template_needs_a_weaker_content_security_policy(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"hx-on|javascript:|\"js:", text)
    scripts = re.findall(r"<script\b[^>]*>", text)
    assert all(" src=" in tag or "application/json" in tag for tag in scripts)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_template_loads_anything_from_elsewhere(path: Path) -> None:
    assert not re.search(
        r"<(?:link|script|img|iframe|source|video|audio)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//", path.read_text()
    )


@pytest.mark.parametrize("path", [*PAGE_CSS, *SCRIPTS], ids=name)
def test_no_style_or_script_names_another_host(path: Path) -> None:
    text = re.sub(r"http://www\.w3\.org/\S+", "", path.read_text())

    assert not re.search(r"https?://|url\([\"']?//", text)


@pytest.mark.parametrize("path", PAGE_CSS, ids=name)
def test_right_to_left_costs_nothing(path: Path) -> None:
    # Queries about the window have no logical names.
    text = re.sub(r"@(?:media|container)[^{]*", "", path.read_text())

    assert not PHYSICAL.findall(text)


@pytest.mark.parametrize("path", [p for p in PAGE_CSS if p.name != "leaflet.css"], ids=name)
def test_every_rule_stands_in_a_layer(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    outside, depth = [], 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth == 0:
            outside.append(char)

    assert all(part.strip().startswith("@layer") for part in re.split(r"[};]", "".join(outside)) if part.strip())


def test_colours_come_from_the_tokens_alone() -> None:
    allowed = {"tokens.css", "print.css", "mail.css"}
    loose = {
        name(path): found
        for path in PAGE_CSS
        if path.name not in allowed
        and (
            found := re.findall(
                r"#[0-9a-fA-F]{3,8}\b", re.sub(r"#(?:000|fff)\b|light-dark\([^)]*\)", "", path.read_text())
            )
        )
    }

    assert loose == {}


def test_the_warm_signal_is_used_for_what_waits_and_nothing_else() -> None:
    text = "".join(path.read_text() for path in PAGE_CSS if path.name != "tokens.css")
    rules = re.findall(r"([^{}]+)\{[^{}]*var\(--(?:on-)?signal", text)

    assert rules
    assert all("waiting" in rule for rule in rules), rules


def test_a_page_loads_less_than_40_kb_of_css() -> None:
    assert weight(*PAGE_CSS, static_file("leaflet/leaflet.css")) <= 40 * 1024


def test_a_reading_page_loads_less_than_60_kb_of_script() -> None:
    shared = [path for path in SCRIPTS if path.name != "map.js"]

    assert weight(*shared, static_file("django_htmx/htmx-2.min.js")) <= 60 * 1024


def test_a_map_page_without_htmx_loads_less_than_60_kb_of_script() -> None:
    own = [path for path in SCRIPTS if path.name in {"theme.js", "shell.js", "map.js"}]

    assert weight(*own, static_file("leaflet/leaflet.js")) <= 60 * 1024


def test_the_base_map_weighs_less_than_100_kb() -> None:
    assert weight(*(ROOT / "static" / "map").glob("*.json")) <= 100 * 1024
