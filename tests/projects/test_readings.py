"""Indicators and their readings: added, corrected, taken back; nothing is lost and nothing withdrawn counts."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from engagement.checkins.reading import Line
from innoteams.lib.verdicts import NotAllowed
from projects.choices import Measure, PartKind, ReadingKind, Verb
from projects.completeness import completeness
from projects.days import DayAhead
from projects.evidence import (
    ComparedAlready,
    CurrencyMissing,
    UnitMissing,
    change_indicator,
    choose_indicator,
    log_consultation,
)
from projects.figures import WrongFigure
from projects.models import Activity, Indicator, Project, Reading, Revision
from projects.readings import (
    NothingCorrected,
    NothingToCompare,
    ReadingGone,
    SourceMissing,
    WhyMissing,
    add_reading,
    correct_reading,
    withdraw_reading,
)
from tests.cast import Cast, make_cast
from tests.projects.test_together import at_once, kinds

DAY = dt.date(2026, 5, 1)
# Far enough that no clock reaches it, near enough that somebody may mean it.
AHEAD = f"{dt.datetime.now(dt.UTC).year + 40}-05-02"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A page that another test asked for in French leaves its language behind."""
    with translation.override("en"):
        yield


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


@pytest.fixture
def indicator(cast: Cast, project: Project) -> Indicator:
    return choose_indicator(by=cast.tel_aviv_lead, project=project, name="Visits", unit="people", measure="count")


@pytest.fixture
def reading(cast: Cast, indicator: Indicator) -> Reading:
    return add(cast, indicator, 40)


def add(cast: Cast, indicator: Indicator, value: float, **more: Any) -> Reading:
    given = {"read_on": DAY, "source": "Count at the door", **more}
    return add_reading(by=cast.tel_aviv_lead, indicator=indicator, value=Decimal(str(value)), **given)


def correct(cast: Cast, reading: Reading, **more: Any) -> Reading:
    same = {name: getattr(reading, name) for name in ("value", "read_on", "source", "kind", "is_comparison")}
    return correct_reading(by=cast.tel_aviv_member, reading=reading, **{**same, "why": "Counted twice.", **more})


def shown(client: Client, project: Project) -> str:
    return client.get(project.get_absolute_url()).content.decode()


# --- choosing an indicator ------------------------------------------------------------------------------------------


def test_a_unit_is_put_in_order_for_its_measure(cast: Cast, project: Project) -> None:
    def chosen(**fields: Any) -> tuple[str, str]:
        one = choose_indicator(by=cast.tel_aviv_lead, project=project, name="n", **fields)
        return one.unit, one.currency

    assert chosen(measure="percent", unit="% of households", currency="EUR") == ("of households", "")
    assert chosen(measure="currency", currency="ILS") == ("", "ILS")
    assert chosen(measure="duration", unit="hours") == ("hours", "")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"measure": "currency", "currency": "XXX"}, CurrencyMissing),
        ({"measure": "duration", "unit": "fortnights"}, UnitMissing),
        ({"measure": "count", "unit": " "}, UnitMissing),
        ({"measure": "count", "unit": "people", "baseline": Decimal("1.5")}, WrongFigure),
        ({"measure": "duration", "unit": "hours", "target": Decimal(-1)}, WrongFigure),
        ({"unit": "u", "baseline_on": dt.date(2999, 1, 1)}, DayAhead),
    ],
)
def test_an_indicator_that_contradicts_itself_is_refused(
    cast: Cast, project: Project, fields: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        choose_indicator(by=cast.tel_aviv_lead, project=project, name="n", **fields)
    assert not project.indicators.exists()


def test_a_measure_that_the_readings_cannot_have_is_refused(cast: Cast, project: Project) -> None:
    indicator = choose_indicator(by=cast.tel_aviv_lead, project=project, name="n", unit="u")
    add(cast, indicator, 12.5)
    with pytest.raises(WrongFigure, match="cannot have"):
        change_indicator(by=cast.tel_aviv_lead, indicator=indicator, version=1, measure=Measure.COUNT)


def test_what_it_is_compared_with_stays_while_there_are_readings_of_it(cast: Cast, project: Project) -> None:
    by = cast.tel_aviv_lead
    indicator = choose_indicator(by=by, project=project, name="n", unit="u", compared_with="The next district")
    add(cast, indicator, 3, is_comparison=True)
    with pytest.raises(ComparedAlready):
        change_indicator(by=by, indicator=indicator, version=1, compared_with="")


def test_every_step_of_evidence_leaves_a_revision(cast: Cast, project: Project, indicator: Indicator) -> None:
    change_indicator(by=cast.tel_aviv_lead, indicator=indicator, version=1, name="Visits a week", baseline=Decimal(4))
    new = correct(cast, add(cast, indicator, 40), value=Decimal(35))
    log_consultation(by=cast.tel_aviv_lead, project=project, held_on=DAY, method="m", heard="h", said="s")
    rows = Revision.objects.filter(project=project)
    changed = rows.filter(kind=PartKind.INDICATOR).latest("pk")
    assert (changed.before["name"], changed.after["name"]) == ("Visits", "Visits a week")
    assert rows.get(kind=PartKind.READING, part=new.pk).after == {"value": "35"}
    assert rows.filter(kind=PartKind.READING, after__withdrawn_why="Counted twice.").exists()
    assert rows.filter(kind=PartKind.CONSULTATION).count() == 1


# --- adding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"value": 1.5}, WrongFigure),
        ({"value": -1}, WrongFigure),
        ({"value": 1, "source": " "}, SourceMissing),
        ({"value": 1, "read_on": dt.date(2999, 1, 1)}, DayAhead),
        ({"value": 1, "is_comparison": True}, NothingToCompare),
    ],
)
def test_a_reading_that_cannot_be_is_refused_and_nothing_is_written(
    cast: Cast, indicator: Indicator, more: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        add(cast, indicator, **more)
    assert not indicator.readings.exists()


# --- correcting and taking back -------------------------------------------------------------------------------------


def test_a_correction_is_a_new_reading_and_the_old_one_stays_with_its_why(
    cast: Cast, indicator: Indicator, reading: Reading
) -> None:
    new = correct(cast, reading, value=Decimal(35))
    reading.refresh_from_db()
    assert (new.corrects, new.value, new.author) == (reading, Decimal(35), cast.tel_aviv_member)
    assert (reading.value, reading.withdrawn_by, reading.withdrawn_why) == (
        Decimal(40),
        cast.tel_aviv_member,
        "Counted twice.",
    )
    assert list(indicator.readings.current()) == [new]
    assert Activity.objects.get(verb=Verb.READING_CORRECTED).reading == new


def test_a_correction_says_what_was_wrong_and_corrects_something(cast: Cast, reading: Reading) -> None:
    with pytest.raises(WhyMissing):
        correct(cast, reading, value=Decimal(35), why=" ")
    with pytest.raises(NothingCorrected):
        correct(cast, reading)
    reading.refresh_from_db()
    assert reading.withdrawn_at is None


def test_a_correction_can_be_corrected_again(cast: Cast, indicator: Indicator, reading: Reading) -> None:
    last = correct(cast, correct(cast, reading, value=Decimal(35)), value=Decimal(36))
    assert list(indicator.readings.current()) == [last]
    assert indicator.readings.withdrawn().count() == 2


def test_what_was_corrected_or_taken_back_is_not_corrected_again(cast: Cast, reading: Reading) -> None:
    new = correct(cast, reading, value=Decimal(35))
    with pytest.raises(ReadingGone, match="Tel Aviv member has corrected"):
        correct(cast, reading, value=Decimal(36))
    withdraw_reading(by=cast.tel_aviv_lead, reading=new, why="Never happened.")
    with pytest.raises(ReadingGone, match="taken this reading back"):
        withdraw_reading(by=cast.tel_aviv_lead, reading=new, why="Again.")


def test_nobody_but_the_writers_corrects_or_takes_back(cast: Cast, reading: Reading) -> None:
    for person in (cast.tel_aviv_observer, cast.coach, cast.mulhouse_lead):
        with pytest.raises(NotAllowed):
            withdraw_reading(by=person, reading=reading, why="x")


def test_nothing_counts_what_was_taken_back(
    client: Client, cast: Cast, project: Project, indicator: Indicator, reading: Reading
) -> None:
    told = Activity.objects.filter(verb=Verb.READING_ADDED)
    assert told.newsworthy().visible_to(cast.mulhouse_lead).exists()
    withdraw_reading(by=cast.tel_aviv_lead, reading=reading, why="Never happened.")
    assert not told.newsworthy().exists()
    assert not told.visible_to(cast.tel_aviv_lead).exists()
    page = Project.objects.for_page(cast.tel_aviv_lead).get(pk=project.pk)
    assert not next(part for part in completeness(page).parts if part.key == "reading").is_there
    client.force_login(cast.stranger)
    assert "chart__dot" not in shown(client, project)
    assert "No figure yet" in shown(client, project)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_correct_one_reading_one_wins_and_the_other_is_told() -> None:
    people = make_cast()
    by, project = people.tel_aviv_lead, people.projects["network"]
    reading = add(people, choose_indicator(by=by, project=project, name="n", unit="u"), 40)
    raised = at_once(
        lambda: correct(people, reading, value=Decimal(35)),
        lambda: correct(people, reading, value=Decimal(36)),
        lambda: withdraw_reading(by=by, reading=reading, why="x"),
    )
    assert kinds(raised) == {None, ReadingGone}
    assert raised.count(None) == 1
    assert Reading.objects.current().count() <= 1


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def lead(client: Client, cast: Cast) -> Client:
    client.force_login(cast.tel_aviv_lead)
    return client


def errors(response: Any, name: str) -> str:
    return " ".join(response.context["form"].errors.get(name, []))


INDICATOR = {"name": "Share", "measure": "percent", "unit": "% of households", "better": "up"}


def test_an_indicator_is_chosen_with_three_answers(lead: Client, project: Project) -> None:
    lead.post(f"/projects/{project.slug}/indicators/new/", {"name": "Visits", "unit": "people", "better": "up"})
    assert (project.indicators.get().measure, project.indicators.get().unit) == ("number", "people")


def test_figures_are_typed_in_the_habit_of_the_reader(client: Client, cast: Cast, project: Project) -> None:
    cast.tel_aviv_lead.language = "fr"
    cast.tel_aviv_lead.save()
    client.force_login(cast.tel_aviv_lead)
    client.post(
        f"/projects/{project.slug}/indicators/new/",
        {**INDICATOR, "baseline": "12,5 %", "baseline_on": "2026-01-01", "baseline_source": "Enquête"},
    )
    chosen = project.indicators.get()
    assert (chosen.baseline, chosen.unit) == (Decimal("12.5"), "of households")
    form = client.get(f"/projects/{project.slug}/indicators/{chosen.pk}/").content.decode()
    assert 'value="12,5"' in form
    assert "Enquête" in form


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"baseline": "much"}, "baseline", "Enter a number"),
        ({"measure": "count", "unit": "people", "target": "12.5"}, "target", "whole number"),
        ({"measure": "currency", "currency": ""}, "currency", "Choose the currency"),
        ({"measure": "duration", "time_unit": "hours", "baseline": "soon"}, "baseline", "1 h 30"),
        ({"baseline_on": "2026-05-02", "target_on": "2026-05-01"}, "target_on", "after the baseline"),
        ({"baseline_on": AHEAD}, "baseline_on", "still ahead"),
        ({"measure": "count", "unit": ""}, "unit", "What is counted"),
    ],
)
def test_an_impossible_indicator_is_told_at_its_field_and_keeps_what_was_typed(
    lead: Client, project: Project, data: dict[str, str], field: str, sentence: str
) -> None:
    response = lead.post(f"/projects/{project.slug}/indicators/new/", {**INDICATOR, **data})
    assert sentence in errors(response, field)
    assert 'value="Share"' in response.content.decode()
    assert not project.indicators.exists()


def test_a_length_of_time_is_typed_as_people_say_it(lead: Client, cast: Cast, project: Project) -> None:
    lead.post(
        f"/projects/{project.slug}/indicators/new/",
        {"name": "Waiting", "measure": "duration", "time_unit": "hours", "better": "down", "baseline": "1 h 30"},
    )
    chosen = project.indicators.get()
    assert (chosen.unit, chosen.baseline) == ("hours", Decimal("1.5"))
    assert "1 hr, 30 min" in shown(lead, project)


def test_whether_a_reading_is_a_comparison_is_asked_only_where_there_is_one(
    lead: Client, cast: Cast, project: Project, indicator: Indicator
) -> None:
    url = f"/projects/{project.slug}/indicators/{indicator.pk}/readings/new/"
    assert "is_comparison" not in lead.get(url).content.decode()
    change_indicator(by=cast.tel_aviv_lead, indicator=indicator, version=1, compared_with="Jaffa")
    assert "This is a reading of the comparison: Jaffa" in lead.get(url).content.decode()
    lead.post(url, {"value": "3", "read_on": "2026-05-01", "kind": "counted", "source": "s", "is_comparison": "on"})
    assert indicator.readings.get().is_comparison


def test_a_reading_is_corrected_on_its_page_and_the_table_tells_of_it(
    lead: Client, project: Project, indicator: Indicator, reading: Reading
) -> None:
    url = f"/projects/{project.slug}/readings/{reading.pk}/correct/"
    assert 'value="40"' in lead.get(url).content.decode()
    data = {"value": "35", "read_on": "2026-05-01", "kind": "counted", "source": "Count at the door"}
    assert "required" in errors(lead.post(url, data), "why")
    assert lead.post(url, {**data, "why": "Guests counted twice."}).status_code == 302
    page = shown(lead, project)
    assert "1 reading corrected or taken back" in page
    assert "Guests counted twice." in page
    assert "Tel Aviv lead" in page
    again = lead.post(url, {**data, "value": "36", "why": "No."})
    assert "has corrected this reading meanwhile" in errors(again, "__all__")


def test_a_visitor_reads_what_was_corrected_but_not_by_whom(client: Client, cast: Cast) -> None:
    project = cast.projects["public"]
    indicator = choose_indicator(by=cast.tel_aviv_lead, project=project, name="Visits", unit="people")
    correct(cast, add(cast, indicator, 40, source="Old list"), value=Decimal(35), source="New list")
    page = shown(client, project)
    assert "Counted twice." in page
    assert "Tel Aviv member" not in page
    assert "Old list" not in page


def test_taking_back_asks_why(lead: Client, project: Project, indicator: Indicator, reading: Reading) -> None:
    url = f"/projects/{project.slug}/readings/{reading.pk}/remove/"
    assert "required" in errors(lead.post(url), "why")
    assert indicator.readings.current().exists()
    assert lead.post(url, {"why": "Never happened."}).status_code == 302
    assert not indicator.readings.current().exists()
    assert indicator.readings.count() == 1


def test_two_sources_that_disagree_stand_side_by_side(
    lead: Client, cast: Cast, project: Project, indicator: Indicator, reading: Reading
) -> None:
    add(cast, indicator, 35, source="Survey", kind=ReadingKind.MEASURED)
    page = shown(lead, project)
    assert page.count("two sources disagree") == 2
    assert "neither is averaged" in page
    assert "37.5" not in page


def test_what_changed_since_the_baseline_is_said_and_whether_it_is_better(cast: Cast, lead: Client) -> None:
    project = cast.projects["network"]
    indicator = choose_indicator(
        by=cast.tel_aviv_lead,
        project=project,
        name="Waiting",
        measure="duration",
        unit="minutes",
        better="down",
        baseline=Decimal(40),
        baseline_on=DAY - dt.timedelta(60),
        target=Decimal(20),
    )
    add(cast, indicator, 30)
    page = shown(lead, project)
    assert "\u221210 min (\u221225%)" in page
    assert ", better" in page
    assert "50% of the way to the target" in page


def test_a_check_in_reads_the_figure_with_its_measure(cast: Cast, project: Project) -> None:
    indicator = choose_indicator(
        by=cast.tel_aviv_lead, project=project, name="Share", unit="% of households", measure="percent"
    )
    add(cast, indicator, 42)
    row = Activity.objects.get(verb=Verb.READING_ADDED)
    with translation.override("en"):
        assert Line(row, "").text == "Share – 42% of households"


@pytest.mark.parametrize("many", [1, 30])
def test_indicators_and_readings_cost_the_page_nothing(
    lead: Client, cast: Cast, project: Project, django_assert_max_num_queries: Any, many: int
) -> None:
    for number in range(many):
        indicator = Indicator.objects.create(project=project, name=f"n{number}", unit="u", baseline=1, baseline_on=DAY)
        rows = [
            Reading(indicator=indicator, value=value, read_on=DAY + dt.timedelta(value), source=f"s{value}")
            for value in range(many)
        ]
        Reading.objects.bulk_create(rows)
        correct(cast, rows[0], value=Decimal(77))
    with django_assert_max_num_queries(15):
        shown(lead, project)
