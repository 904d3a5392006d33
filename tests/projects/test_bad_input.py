"""Bad input in every form about a project: a clear sentence at its field, what was typed is kept, nothing changes."""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import get_resolver

from innoteams.lib.rich_text import RichTextFormField, typed
from projects.adaptations import adapt
from projects.evidence import choose_indicator, log_consultation
from projects.journal import write_journal
from projects.models import Project
from projects.pilots import start_pilot
from projects.plain_text import validate_plain
from tests.cast import Cast

TODAY = dt.date(2026, 5, 4)
SCRIPTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "see javascript:alert(1)",
    "<IFRAME src=//x.org>",
]
HIDDEN = ["safe \u202etxt.exe", "\u2066inside\u2069", "nul \x00 here", "bell \x07"]
TAGGED = [
    "<p>a <script>alert(1)</script></p>",
    '<p><a href="javascript:alert(1)">click</a></p>',
    '<p onclick="alert(1)">x</p>',
    "<p>&lt;script&gt;alert(1)</p>",
    "<p>safe &#x202e;txt.exe</p>",
    '<p><a href="https://example.org/&#x202e;gpj.exe">picture</a></p>',
    "<blockquote>" * 10_000 + "deep",
]
NO_DAYS = ["2026-02-31", "0001-01-01", "1899-12-31", "9999-12-31", "20266-05-04", "tomorrow", "2026-5-4\x00"]
NO_NUMBERS = [
    "1e400",
    "NaN",
    "Infinity",
    "-Infinity",
    "12345678901234567890",
    "0.123456789",
    "forty",
    "1e999999999",
    "9" * 5000,
]


@dataclass
class Case:
    """A form at its address: a project of the cast in hand, what a good answer is, and which kind each field is."""

    path: Callable[[Cast], str]
    good: dict[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    rich: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    is_json: bool = False


def here(cast: Cast) -> Project:
    return cast.projects["network"]


def pilot(cast: Cast) -> int:
    return start_pilot(by=cast.tel_aviv_lead, project=here(cast), title="Sails", hypothesis="Shade helps.").pk


def indicator(cast: Cast) -> int:
    return choose_indicator(by=cast.tel_aviv_lead, project=here(cast), name="Visits", unit="people").pk


def entry(cast: Cast) -> int:
    return write_journal(by=cast.tel_aviv_lead, project=here(cast), happened_on=TODAY, text="Ten came.").pk


def consultation(cast: Cast) -> int:
    made = log_consultation(
        by=cast.tel_aviv_lead, project=here(cast), held_on=TODAY, method="A walk", heard="Elders", said="More benches."
    )
    return made.pk


def adaptation(cast: Cast) -> str:
    source = cast.projects["public"]
    cast.tel_aviv_lead.memberships.create(team=cast.mulhouse, right="member", starts_on=TODAY)
    project = adapt(
        by=cast.tel_aviv_lead, source=source, team=cast.mulhouse, title="Ours", kept="All", changed="", problem="P",
        for_whom="W",
    )  # fmt: skip
    return f"/projects/{project.slug}/adapted/{project.adapted_from.get().pk}/"


def of(path: str, part: Callable[[Cast], int] | None = None) -> Callable[[Cast], str]:
    return lambda cast: f"/projects/{here(cast).slug}/{path}".replace("PK", str(part(cast) if part else ""))


def topic(cast: Cast) -> str:
    return cast.topic.slug


BASICS = {"title": "Shade", "problem": "Too hot.", "for_whom": "Children", "topics_1": topic}
NEW = {
    **BASICS,
    "team": lambda cast: cast.tel_aviv.pk,
    "phase": "investigate",
    "draft_key": lambda _cast: str(uuid.uuid4()),
}
PILOT = {"title": "Trees", "place": "Park", "hypothesis": "Trees help.", "starts_on": "2026-01-02", "ends_on": ""}
JOURNAL = {"text": "Ten came.", "happened_on": "2026-05-04", "language": "en"}
HEARD = {
    "held_on": "2026-05-04",
    "method": "Walk",
    "heard": "Elders",
    "heard_count": "12",
    "said": "Yes.",
    "changed": "",
}
COUNTED = {
    "name": "Visits", "unit": "people", "better": "up", "baseline": "3", "baseline_on": "2026-01-01", "target": "9",
    "target_on": "2027-01-01",
}  # fmt: skip
_COUNTED_FIELDS: dict[str, Any] = {
    "words": ("name", "unit"),
    "days": ("baseline_on", "target_on"),
    "numbers": ("baseline", "target"),
    "choices": ("better",),
}
_HEARD_FIELDS: dict[str, Any] = {
    "words": ("method", "heard"), "rich": ("said", "changed"), "days": ("held_on",), "numbers": ("heard_count",),
}  # fmt: skip

CASES = {
    "project_create": Case(
        lambda _cast: "/projects/new/", NEW, ("title", "problem", "for_whom"), choices=("phase", "topics_1", "team")
    ),
    "draft_keep": Case(
        lambda _cast: "/projects/drafts/", NEW, ("title", "problem", "for_whom"), choices=("phase",), is_json=True
    ),
    "project_edit": Case(
        of("edit/"),
        {**BASICS, "language": "en", "version": "1", "started_on": "2025-01-01"},
        ("title", "problem", "for_whom", "partners", "neighbourhood", "staff_time", "competence", "lasting_owner"),
        ("approach", "lesson", "conditions", "reusable"),
        ("started_on",),
        choices=("language", "topics_1", "contact"),
    ),
    "project_phase": Case(of("phase/"), {"to": "generate", "note": "We know."}, ("note",), choices=("to",)),
    "project_outcome": Case(
        of("outcome/"), {"outcome": "sustained", "note": "It goes on."}, ("note",), choices=("outcome",)
    ),
    "project_adapt": Case(
        lambda cast: f"/projects/{cast.projects['public'].slug}/adapt/",
        {"title": "Ours", "problem": "P", "for_whom": "W", "kept": "All", "team": lambda cast: cast.mulhouse.pk},
        ("title", "problem", "for_whom", "kept", "changed"),
        choices=("team",),
    ),
    "adaptation_report": Case(adaptation, {"kept": "Most of it", "version": "1"}, ("kept", "changed", "came_of_it")),
    "pilot_add": Case(of("pilots/new/"), PILOT, ("title", "place"), ("hypothesis",), ("starts_on", "ends_on")),
    "pilot_change": Case(
        of("pilots/PK/", pilot), {**PILOT, "version": "1"}, ("title", "place"),
        ("hypothesis", "observations", "lessons"),
        ("starts_on", "ends_on"),
    ),
    "pilot_decide": Case(
        of("pilots/PK/decide/", pilot), {"decision": "scale", "note": "More."}, ("note",), choices=("decision",)
    ),
    "journal_add": Case(of("journal/new/"), JOURNAL, (), ("text",), ("happened_on",), choices=("language",)),
    "journal_change": Case(
        of("journal/PK/", entry), {**JOURNAL, "text": "Twelve came.", "version": "1"}, (), ("text",), ("happened_on",),
        choices=("language",),
    ),
    "consultation_add": Case(of("consultations/new/"), HEARD, **_HEARD_FIELDS),
    "consultation_change": Case(of("consultations/PK/", consultation), {**HEARD, "version": "1"}, **_HEARD_FIELDS),
    "indicator_add": Case(of("indicators/new/"), COUNTED, **_COUNTED_FIELDS),
    "indicator_change": Case(of("indicators/PK/", indicator), {**COUNTED, "version": "1"}, **_COUNTED_FIELDS),
    "reading_add": Case(
        of("indicators/PK/readings/new/", indicator),
        {"value": "3", "read_on": "2026-05-04", "kind": "counted", "source": "A list"},
        ("source",), (), ("read_on",), ("value",), ("kind",),
    ),
}  # fmt: skip
# Pages with buttons alone, or that write nothing; those of other parts have tests of their own.
WITHOUT_WORDS = {
    "project_list", "project_detail", "project_share", "project_confirm", "project_claim", "reading_remove",
    "follow_toggle",
}  # fmt: skip


@dataclass
class Attempt:
    """One form filled in wrongly."""

    case: Case
    client: Client
    cast: Cast
    url: str

    def send(self, **wrong: Any) -> Any:
        data = {name: value(self.cast) if callable(value) else value for name, value in self.case.good.items()}
        return self.client.post(self.url, {**data, **wrong})

    def refuses(self, names: tuple[str, ...], *values: str) -> None:
        """Each value in all of these fields at once: each says so, and keeps it."""
        if not names:
            return
        before = rows()
        for value in values:
            self._refuses(names, value)
        assert rows() == before, names

    def _refuses(self, names: tuple[str, ...], value: str) -> None:
        response = self.send(**dict.fromkeys(names, value))
        if self.case.is_json:
            assert response.status_code == 422, value
            assert response.json()["text"].startswith("Not saved yet: ")
            return
        assert response.status_code == 200, value
        form = response.context["form"]
        page = unescape(response.content.decode())
        for name in names:
            assert form.errors.get(re.sub(r"_\d$", "", name)), (name, value, form.errors)
            assert is_kept(form, name, value, page), (name, value)


def is_kept(form: Any, name: str, value: str, page: str) -> bool:
    """What was typed stands in the answer again; what no list offers cannot be chosen there."""
    if re.search(r"_\d$", name) or hasattr(form.fields[name], "choices"):
        return True
    # HTML cannot hold a NUL; paragraphs come back as their words.
    return value.replace("\x00", "") in page.replace("\x00", "") or typed(value) in page


def rows() -> dict[str, list[Any]]:
    """Everything that is stored about projects."""
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in tables()}


def tables() -> Iterator[type[models.Model]]:
    yield from apps.get_app_config("projects").get_models(include_auto_created=True)


@pytest.fixture(params=CASES)
def trial(request: pytest.FixtureRequest, client: Client, cast: Cast) -> Attempt:
    case = CASES[request.param]
    url = case.path(cast)
    client.force_login(cast.tel_aviv_lead if request.param != "project_adapt" else cast.mulhouse_lead)
    return Attempt(case, client, cast, url)


def test_every_form_with_words_is_tried_here() -> None:
    names = {name for name in get_resolver("projects.urls").reverse_dict if isinstance(name, str)}
    assert set(CASES) | WITHOUT_WORDS <= names


def test_the_good_answer_itself_is_accepted(trial: Attempt) -> None:
    before = rows()
    response = trial.send()
    assert response.status_code == (200 if trial.case.is_json else 302)
    assert rows() != before


def test_code_and_hidden_characters_are_refused_in_every_text(trial: Attempt) -> None:
    trial.refuses(trial.case.words + trial.case.rich, *SCRIPTS, *HIDDEN)


def test_text_with_form_hides_nothing_in_its_tags_either(trial: Attempt) -> None:
    trial.refuses(trial.case.rich, *TAGGED)


def test_a_text_of_ten_thousand_letters_is_refused(trial: Attempt) -> None:
    trial.refuses(trial.case.words + trial.case.rich, "x" * 10_000)


def test_a_day_that_cannot_be_meant_is_refused(trial: Attempt) -> None:
    trial.refuses(trial.case.days, *NO_DAYS)


def test_a_figure_that_is_none_is_refused(trial: Attempt) -> None:
    trial.refuses(trial.case.numbers, *NO_NUMBERS)


def test_what_no_list_offers_is_refused(trial: Attempt) -> None:
    trial.refuses(trial.case.choices, "nonsense", "9" * 30, "a\x00b", "<script>")


def test_a_tampered_version_never_overwrites(trial: Attempt) -> None:
    before = rows()
    for version in ("nonsense", "-1", "9" * 30, "1e400", "\x00"):
        if "version" in trial.case.good:
            assert trial.send(version=version).status_code == 200
    assert rows() == before


def test_a_form_of_six_megabytes_is_refused_with_a_page_that_says_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.tel_aviv_lead)
    before = rows()
    response = Attempt(CASES["journal_add"], client, cast, of("journal/new/")(cast)).send(text="x" * 6_000_000)
    assert response.status_code in {400, 413}
    assert "<h1" in response.content.decode()
    assert rows() == before


def test_the_same_topic_twice_is_said_at_the_topics(trial: Attempt) -> None:
    if "topics_1" in trial.case.good and not trial.case.is_json:
        response = trial.send(topics_2=trial.cast.topic.slug)
        assert response.context["form"].errors["topics"] == ["The same topic is chosen twice."]


@pytest.mark.parametrize("name", ["indicator_add", "indicator_change"])
def test_a_baseline_after_its_target_is_said_at_the_target(client: Client, cast: Cast, name: str) -> None:
    case = CASES[name]
    client.force_login(cast.tel_aviv_lead)
    trial = Attempt(case, client, cast, case.path(cast))
    trial.refuses(("target_on",), "2025-12-31")


def test_every_text_with_form_is_written_in_the_field_made_for_it(trial: Attempt) -> None:
    if trial.case.is_json:
        return
    form = trial.client.get(trial.url).context["form"]
    found = {name for name, made in form.fields.items() if isinstance(made, RichTextFormField)}
    assert found == set(trial.case.rich)


@pytest.mark.parametrize(
    "text",
    [
        "a < b, and b > c",
        "<3",
        "We wrote it in JavaScript: the map",
        "on = off",
        "if x<y on Monday = holiday",
        "<a.person@example.org>",
        "data: text/html is a format",
        "L\u2019eau\xa0: 3\xa0€\u200f",
    ],
)
def test_words_that_only_look_like_code_are_welcome(text: str) -> None:
    validate_plain(text)


def test_half_a_character_is_no_text() -> None:
    with pytest.raises(Exception, match="invisible"):
        validate_plain("half \ud800")
