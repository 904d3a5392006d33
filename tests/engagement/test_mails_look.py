"""What pictures of the mails have shown and was mended: headings that count, greetings, two directions, Hebrew."""

import datetime as dt
import re
from collections import Counter
from decimal import Decimal
from html import unescape

import polib
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from pytest_django import Settings

from engagement.choices import IntroductionReason, ItemKind
from engagement.models import Digest, DigestItem, Suggestion
from innoteams.accounts.models import User
from innoteams.lib.languages import set_apart
from innoteams.lib.moulds import moulds_in
from projects.charts import summary_of
from projects.choices import Visibility
from projects.models import Follow, Indicator, Project, Reading
from tests.cast import Cast, join
from tests.engagement.digest_scenes import digest_of, happen, only, run
from tests.portal.test_translations import PLACEHOLDER
from tests.portal.texts import ROOT, in_files

HEBREW = ROOT / "locale/he/LC_MESSAGES/django.po"
IN_MAILS = [
    *ROOT.glob("templates/mail/_layout.*"),
    *ROOT.glob("templates/mail/*digest*"),
    *ROOT.glob("templates/mail/introduction_*"),
    ROOT / "templates/mail/_introduced.html",
    ROOT / "engagement/digests/habits.py",
    *ROOT.glob("engagement/digests/network/*.py"),
    *ROOT.glob("engagement/digests/actions/*.py"),
    *ROOT.glob("engagement/digests/coordination/*.py"),
]
WORDS = ("day", "name", "projects", "more", "stop_url", "read_url", "preferences_url", "habit", "stream_label")


@pytest.fixture
def reader(cast: Cast) -> User:
    """Of Boston's team, following the topic."""
    only(cast.stranger)
    if not cast.boston.memberships.filter(person=cast.stranger).exists():
        join(cast.boston, cast.stranger)
    Follow.objects.create(person=cast.stranger, topic=cast.topic)
    return cast.stranger


def letter(reader: User) -> Digest:
    run()
    return digest_of(reader)


# --- Headings and greetings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("many", "said", "unsaid"),
    [
        ("", ("A city to meet", "A question you may have"), ("Cities to meet", "Questions you may have")),
        ("yes", ("Cities to meet", "Questions you may have"), ("A city to meet", "A question you may have")),
    ],
)
@pytest.mark.parametrize("part", ["html", "txt"])
def test_a_heading_says_whether_one_follows_or_several(
    part: str, many: str, said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    names = ("subject", "preheader", "with_pictures", "explore_url", "suggestion", "questions", "to_meet", *WORDS)
    words = dict.fromkeys(names, "…") | {"questions_are_many": many, "to_meet_are_many": many}
    with translation.override("en"):
        page = moulds_in("en").fill(f"mail/digest.{part}", words)
    assert all(words in page for words in said)
    assert not any(words in page for words in unsaid)


@pytest.mark.django_db
def test_the_heading_counts_what_stands_under_it(cast: Cast, reader: User) -> None:
    happen(cast.projects["network"])
    digest = letter(reader)
    cities = DigestItem.objects.filter(digest=digest, kind=ItemKind.CITY).count()
    assert ("Cities to meet" in digest.html_body, "A city to meet" in digest.html_body) == (cities > 1, cities == 1)


@pytest.mark.django_db
def test_a_letter_greets_its_reader_by_name(cast: Cast, reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(name="Ana <3")
    happen(cast.projects["network"])
    digest = letter(reader)
    assert "Hello Ana &lt;3," in digest.html_body
    assert "Hello Ana <3," in digest.text_body


@pytest.mark.django_db
def test_a_subject_does_not_say_a_city_twice(cast: Cast, reader: User) -> None:
    Project.objects.update(visibility=Visibility.TEAM)
    Suggestion.objects.create(for_team=cast.boston, with_team=cast.tel_aviv, reason=IntroductionReason.NEIGHBOURS)
    assert letter(reader).subject.startswith("A team worth meeting: Tel Aviv")


@pytest.mark.django_db
def test_the_subject_names_what_is_read_first(cast: Cast, reader: User) -> None:
    """Not a team to meet, whatever its score: it stands below the projects."""
    reason, project = IntroductionReason.DONE_IT, cast.projects["network"]
    Suggestion.objects.create(for_team=cast.boston, with_team=cast.tel_aviv, reason=reason, project=project)
    happen(project)
    digest = letter(reader)
    first = re.search(r'class="item-title"[^>]*>\s*<a [^>]*>([^<]+)</a>', digest.html_body)
    assert first is not None
    assert unescape(first[1]) in digest.subject


@pytest.mark.django_db
def test_a_digest_is_read_on_a_page_of_its_own_too(cast: Cast, reader: User, client: Client) -> None:
    happen(cast.projects["network"])
    digest = letter(reader)
    client.force_login(reader)
    page = client.get(reverse("digest_detail", args=[digest.pk])).content.decode()
    assert f'<a class="link-icon" href="{reverse("digest_mail", args=[digest.pk])}">' in page


# --- Two directions -----------------------------------------------------------------------------------------------


def test_a_name_in_hebrew_does_not_turn_the_summary_of_a_chart() -> None:
    indicator = Indicator(name="דיירים שעצרו", measure="count", unit="אנשים בשבוע")
    readings = [
        Reading(value=Decimal(4), read_on=dt.date(2026, 9, 25)),
        Reading(value=Decimal(19), read_on=dt.date(2026, 11, 22)),
    ]
    with translation.override("en"):
        told = summary_of(indicator, readings)
    assert told.startswith("\u2068דיירים שעצרו\u2069: \u206819 אנשים בשבוע\u2069 on Nov. 22, 2026; at first 4 on")


@pytest.mark.parametrize(
    ("text", "language", "apart"),
    [("שלום", "en", True), ("שלום", "he", False), ("Hello", "he", True), ("42", "en", False)],
)
def test_a_text_of_unsaid_language_is_set_apart_where_it_runs_the_other_way(
    text: str, language: str, apart: bool
) -> None:
    with translation.override(language):
        assert (set_apart(text) == f"\u2068{text}\u2069") is apart


# --- Hebrew -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hebrew() -> list[polib.POEntry]:
    return list(polib.pofile(str(HEBREW)))  # type: ignore[no-untyped-call]  # polib has no types


def test_every_text_of_these_mails_has_its_hebrew(hebrew: list[polib.POEntry]) -> None:
    there = {entry.msgid for entry in hebrew if entry.translated()}  # type: ignore[no-untyped-call]  # polib has no types
    assert sorted(in_files(IN_MAILS) - there) == []


def test_placeholders_survive_in_hebrew(hebrew: list[polib.POEntry]) -> None:
    broken = []
    for entry in hebrew:
        allowed = [Counter(PLACEHOLDER.findall(text)) for text in (entry.msgid, entry.msgid_plural) if text]
        for words in entry.msgstr_plural.values() or [entry.msgstr]:
            found = Counter(PLACEHOLDER.findall(words))
            if found not in allowed and not (entry.msgid_plural and found < max(allowed, key=Counter.total)):
                broken.append(entry.msgid)
    assert broken == []


@pytest.mark.django_db
def test_a_hebrew_digest_is_hebrew_down_to_its_foot(cast: Cast, reader: User, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("fr", "French"), ("he", "Hebrew")]
    User.objects.filter(pk=reader.pk).update(language="he", timezone="Asia/Jerusalem", name="דנה")
    happen(cast.projects["network"])
    page = letter(reader).html_body
    foot = unescape(strip_tags(page[page.index('class="colophon"') :].partition(">")[2]))
    assert not re.search("[A-Za-z]", foot.replace("Asia/Jerusalem", ""))
    assert "שלום דנה," in page
