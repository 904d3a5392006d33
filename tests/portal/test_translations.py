"""Half a translation is worse than none: every text has its French, and no placeholder is lost on the way."""

import re
from collections import Counter

import polib
import pytest

from tests.portal.texts import ROOT, in_sources

CATALOGUE = ROOT / "locale/fr/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+")


@pytest.fixture(scope="module")
def french() -> list[polib.POEntry]:
    entries: list[polib.POEntry] = polib.pofile(str(CATALOGUE))  # type: ignore[no-untyped-call]  # polib has no types
    return [entry for entry in entries if not entry.obsolete]


def test_every_text_has_its_french(french: list[polib.POEntry]) -> None:
    there = {entry.msgid for entry in french if entry.translated()}  # type: ignore[no-untyped-call]  # polib has no types
    missing = sorted(in_sources() - there)
    assert not missing, f"{len(missing)} texts have no French, the first: {missing[:20]}"


def test_nothing_is_marked_as_doubtful(french: list[polib.POEntry]) -> None:
    assert [entry.msgid for entry in french if "fuzzy" in entry.flags] == []


def test_placeholders_and_tags_survive(french: list[polib.POEntry]) -> None:
    broken = []
    for entry in french:
        originals = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
        for translation in entry.msgstr_plural.values() or [entry.msgstr]:
            # A singular may say “one” in words, so it may hold fewer than the plural.
            allowed = [Counter(PLACEHOLDER.findall(text)) for text in originals]
            found = Counter(PLACEHOLDER.findall(translation))
            if found not in allowed and not (entry.msgid_plural and found < max(allowed, key=Counter.total)):
                broken.append(entry.msgid)
    assert not broken
