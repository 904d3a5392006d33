"""Readings as a table: every line is looked at, all or nothing is imported, and nothing twice."""

import datetime as dt
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from projects.choices import ReadingKind, Verb
from projects.csv_text import MOST_BYTES, NoTable, as_written, decoded, harmless
from projects.evidence import choose_indicator
from projects.models import Activity, Indicator, Project, Reading
from projects.readings import add_reading, correct_reading
from projects.readings_import import TableNotRight, import_readings
from projects.readings_table import MOST_LINES, Defaults, Table, read_table, table_text
from tests.cast import Cast, make_cast
from tests.projects.test_together import at_once, kinds

DAY = dt.date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A page that another test asked for in French leaves its language behind."""
    with translation.override("en"):
        yield


TODAY = dt.date(2026, 6, 1)


def of(measure: str = "number", unit: str = "people", **more: Any) -> Indicator:
    return Indicator(name="n", measure=measure, unit=unit, **more)


def read(text: str, indicator: Indicator | None = None, existing: list[Reading] | None = None, **more: Any) -> Table:
    defaults = Defaults(**{"source": "list", **more})
    return read_table(text, indicator or of(), existing=existing or [], last_day=TODAY, defaults=defaults)


def values(table: Table) -> list[tuple[dt.date, Decimal]]:
    assert not table.wrong, [line.wrong for line in table.wrong]
    return [(line.day, line.value) for line in table.added]


ONE = [(DAY, Decimal("1250.5"))]


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-01,1250.5",
        "2026-05-01;1250,5",
        "01/05/2026;1 250,5",
        "1.5.2026\t1.250,5",
        "01-05-2026;1,250.5;counted;list",
        "Date;Value\n2026-05-01;1250.5",
        "Value;Source;Date\n1250.5;list;2026-05-01",
        "Jour;Valeur (personnes);Comment on le sait;Source\n01/05/2026;1250,5;compté;list",
        "תאריך;ערך\n2026-05-01;1250.5",
        "\ufeffDay,Value\r\n2026-05-01,1250.5\r\n\r\n",
        '"2026-05-01","1,250.5","list"',
        "2026-05-01 00:00:00;1250.5",
    ],
)
def test_a_table_is_understood_as_it_was_written(text: str) -> None:
    assert values(read(text)) == ONE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_a_file_is_read_whatever_a_spreadsheet_saved(encoding: str) -> None:
    text = "Jour;Valeur;Source\n2026-05-01;1250,5;Enquête à l’école".replace("’", "'")
    table = read(decoded(text.encode(encoding)))
    assert values(table) == ONE
    assert table.added[0].source == "Enquête à l'école"


@pytest.mark.parametrize("data", [b"PK\x03\x04\x14\x00", b"%PDF-1.7", b"a\x00b\x00\x00c", b"x" * (MOST_BYTES + 1)])
def test_what_is_no_text_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(NoTable, match=r"CSV|split"):
        decoded(data)


def test_the_kind_and_the_source_may_come_in_either_order_or_from_the_form() -> None:
    table = read("2026-05-01;1;measured;Survey\n2026-05-02;2;Survey;mesuré\n2026-05-03;3", kind="claimed")
    assert [(line.kind, line.source) for line in table.added] == [
        ("measured", "Survey"),
        ("measured", "Survey"),
        ("claimed", "list"),
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (";5", "The day is missing"),
        ("soon;5", "is no day"),
        ("31/02/2026;5", "There is no day"),
        ("12/31/2025;5", "day first"),
        ("2999-01-01;5", "still ahead"),
        ("2026-05-01;", "value is missing"),
        ("2026-05-01;many", "Enter a number"),
        ("2026-05-01;5.5", "whole number"),
        ("2026-05-01;-5", "not below zero"),
        ("2026-05-01;5;counted;" + "x" * 301, "longer than 300"),
        ("2026-05-01;5;counted;a\u202eb", "hidden characters"),
        ("2026-05-01;5;counted;list;yes", "compared with"),
        ("2026-05-01;5;counted;list;perhaps", "yes or no"),
        ("2026-05-01;5;counted;list;;more", "more cells than columns"),
        ("2026-05-01,5,5,counted,list,", "yes or no"),
    ],
)
def test_each_line_says_what_is_wrong_with_it(line: str, sentence: str) -> None:
    table = read(f"{line}\n2026-05-02{';' if ';' in line else ','}6", of("count"))
    assert [wrong.number for wrong in table.wrong] == [1]
    assert sentence in " ".join(table.wrong[0].wrong)
    assert not table.is_right
    assert len(table.added) == 1


def test_an_unknown_kind_and_no_source_are_both_said() -> None:
    table = read("day;value;kind\n2026-05-01;5;guessed", source="")
    assert "“guessed” is not measured" in table.wrong[0].wrong[0]
    assert "Where does the figure come from" in table.wrong[0].wrong[1]


def test_what_is_there_already_and_what_comes_twice_is_named_and_left_out() -> None:
    there = Reading(value=Decimal("5.0000"), read_on=DAY, source="LIST", kind="counted")
    table = read("2026-05-01;5\n2026-05-02;6\n02/05/2026;6,0", existing=[there])
    assert [line.state for line in table.lines] == ["left-out", "added", "left-out"]
    assert "already" in table.lines[0].left_out
    assert "line 2" in table.lines[2].left_out


def test_another_value_of_the_same_source_and_day_is_pointed_at() -> None:
    there = Reading(value=Decimal(5), read_on=DAY, source="list", kind="counted")
    table = read("2026-05-01;6", existing=[there])
    assert "there is 5 on that day" in table.added[0].note


def test_percentages_money_and_time_come_with_their_signs() -> None:
    assert read("2026-05-01;42 %", of("percent")).added[0].value == 42
    assert read("2026-05-01;€ 12,50", of("currency", "", currency="EUR")).added[0].value == Decimal("12.5")
    assert read("2026-05-01;1:30", of("duration", "minutes")).added[0].value == 90


def test_too_many_lines_are_refused_with_a_sentence() -> None:
    text = "day;value\n" + "".join(f"2026-05-01;{number}\n" for number in range(MOST_LINES))
    assert len(read(text).lines) == MOST_LINES
    with pytest.raises(NoTable, match="5000"):
        read(text + "2026-05-01;1\n")


def test_five_thousand_lines_are_looked_at_in_little_time() -> None:
    start = DAY - dt.timedelta(MOST_LINES)
    text = "".join(f"{start + dt.timedelta(number)};{number},5;counted;s{number}\n" for number in range(MOST_LINES))
    before = time.process_time()
    assert len(read(text).added) == MOST_LINES
    assert time.process_time() - before < 5


@given(st.text(max_size=30))
def test_a_cell_made_harmless_is_read_as_it_was_written(text: str) -> None:
    assert as_written(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@"))


SOURCES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
ROWS = st.lists(
    st.builds(
        Reading,
        value=st.decimals(-(10**9), 10**9, places=4),
        read_on=st.dates(dt.date(1900, 1, 1), TODAY),
        source=SOURCES,
        kind=st.sampled_from(ReadingKind.values),
        is_comparison=st.booleans(),
    ),
    max_size=8,
)


@given(ROWS, st.sampled_from(["en", "fr"]), st.sampled_from(["number", "percent"]))
def test_a_file_that_is_imported_again_adds_nothing(rows: list[Reading], language: str, measure: str) -> None:
    indicator = of(measure, compared_with="elsewhere")
    with translation.override(language):
        table = read(table_text(indicator, rows), indicator, existing=rows)
        assert not table.wrong, [(line.cells, line.wrong) for line in table.wrong]
        assert not table.added
        again = read(table_text(indicator, rows), indicator)
        kinds_of = {(line.day, line.value, line.source, line.kind, line.is_comparison) for line in again.added}
    assert kinds_of <= {(row.read_on, row.value, row.source, row.kind, row.is_comparison) for row in rows}


def test_the_file_never_holds_a_formula_and_its_numbers_are_numbers() -> None:
    row = Reading(value=Decimal("-3.5"), read_on=DAY, source="=HYPERLINK(1)", kind="counted")
    with translation.override("en"):
        assert "2026-05-01,-3.5,counted,'=HYPERLINK(1)," in table_text(of(), [row])


# --- with the database ----------------------------------------------------------------------------------------------


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


@pytest.fixture
def indicator(cast: Cast, project: Project) -> Indicator:
    return choose_indicator(by=cast.tel_aviv_lead, project=project, name="Visits", unit="people")


TEXT = "2026-04-01;4\n2026-05-01;5"


def bring(cast: Cast, indicator: Indicator, text: str = TEXT) -> int:
    return import_readings(by=cast.tel_aviv_lead, indicator=indicator, text=text, defaults=Defaults("list"))


def test_an_import_is_one_transaction_and_one_row_of_history(cast: Cast, indicator: Indicator) -> None:
    assert bring(cast, indicator) == 2
    assert Activity.objects.get(verb=Verb.READINGS_IMPORTED).facts == {"count": 2}
    assert set(indicator.readings.values_list("author", flat=True)) == {cast.tel_aviv_lead.pk}


def test_one_wrong_line_imports_nothing(cast: Cast, indicator: Indicator) -> None:
    with pytest.raises(TableNotRight):
        bring(cast, indicator, TEXT + "\n2026-05-02;many")
    assert not indicator.readings.exists()
    assert not Activity.objects.filter(verb=Verb.READINGS_IMPORTED).exists()


def test_importing_twice_adds_nothing_twice(cast: Cast, indicator: Indicator) -> None:
    assert (bring(cast, indicator), bring(cast, indicator)) == (2, 0)
    assert Activity.objects.filter(verb=Verb.READINGS_IMPORTED).count() == 1


def test_what_was_corrected_may_be_imported_again_with_its_first_value(cast: Cast, indicator: Indicator) -> None:
    bring(cast, indicator)
    first = indicator.readings.first()
    assert first is not None
    by = cast.tel_aviv_lead
    correct_reading(by=by, reading=first, why="w", value=Decimal(9), read_on=DAY, source="list", kind="counted")
    assert bring(cast, indicator) == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_import_the_same_table_at_once_add_it_once() -> None:
    people = make_cast()
    by, project = people.tel_aviv_lead, people.projects["network"]
    indicator = choose_indicator(by=by, project=project, name="n", unit="u")
    assert kinds(at_once(*[lambda: bring(people, indicator)] * 3)) == {None}
    assert indicator.readings.count() == 2
    assert Activity.objects.filter(verb=Verb.READINGS_IMPORTED).count() == 1


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def lead(client: Client, cast: Cast) -> Client:
    client.force_login(cast.tel_aviv_lead)
    return client


@pytest.fixture
def url(project: Project, indicator: Indicator) -> str:
    return f"/projects/{project.slug}/indicators/{indicator.pk}/import/"


def post(client: Client, url: str, text: str = TEXT, **more: Any) -> Any:
    return client.post(url, {"text": text, "source": "list", "kind": "counted", **more})


def test_a_table_is_seen_before_it_is_imported(lead: Client, indicator: Indicator, url: str) -> None:
    unseen = post(lead, url, **{"import": "1"})
    assert "2 readings would be added" in unseen.content.decode()
    assert not indicator.readings.exists()
    seen = unseen.context["form"].data["seen"]
    changed = post(lead, url, TEXT + "\n2026-05-02;7", seen=seen, **{"import": "1"})
    assert "3 readings would be added" in changed.content.decode()
    assert not indicator.readings.exists()
    assert post(lead, url, seen=seen, **{"import": "1"}).status_code == 302
    assert indicator.readings.count() == 2
    page = lead.get(url.split("indicators")[0]).content.decode()
    assert "2 readings are imported." in page


def test_a_wrong_line_is_shown_with_its_sentence_and_the_text_is_kept(lead: Client, url: str) -> None:
    page = post(lead, url, "2026-05-01;many\n2026-05-02;6").content.decode()
    assert "1 line is not right yet" in page
    assert "Enter a number" in page
    assert "2026-05-01;many" in page
    assert "Import 1 reading" not in page


def test_a_chosen_file_becomes_text_that_can_be_mended(lead: Client, indicator: Indicator, url: str) -> None:
    file = SimpleUploadedFile("table.csv", "Jour;Valeur\n01/05/2026;5\n02/05/2026;six".encode("utf-16"))
    page = post(lead, url, "", file=file).content.decode()
    assert "02/05/2026;six" in page
    assert "1 line is not right yet" in page


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"text": " "}, "text", "Paste the table here"),
        ({"text": "day;value"}, "text", "no reading in this table"),
        ({"text": "", "file": SimpleUploadedFile("t.csv", b"PK\x03\x04")}, "file", "Save it as CSV"),
        ({"text": "2026-05-01;1\n" * (MOST_LINES + 1)}, "text", "split the table"),
        ({"text": 'a "b\n"'}, "text", ""),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(
    lead: Client, indicator: Indicator, url: str, data: dict[str, Any], field: str, sentence: str
) -> None:
    response = post(lead, url, **data)
    assert response.status_code == 200
    assert sentence in " ".join(response.context["form"].errors.get(field, []))
    assert not indicator.readings.exists()


def test_a_table_that_is_there_already_has_nothing_to_import(
    lead: Client, cast: Cast, indicator: Indicator, url: str
) -> None:
    bring(cast, indicator)
    page = post(lead, url).content.decode()
    assert "Every line is there already" in page
    assert 'name="import"' not in page


def test_a_partner_takes_the_readings_along_as_a_file(client: Client, cast: Cast, project: Project) -> None:
    indicator = choose_indicator(by=cast.tel_aviv_lead, project=project, name="Visits", unit="people")
    add_reading(by=cast.tel_aviv_lead, indicator=indicator, value=Decimal("1.250"), read_on=DAY, source="list")
    client.force_login(cast.mulhouse_lead)
    response = client.get(f"/projects/{project.slug}/indicators/{indicator.pk}/readings.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    assert "2026-05-01;1,25;compté;list;" in response.content.decode("utf-8-sig")


def test_a_narrower_indicator_has_no_file_for_others(client: Client, cast: Cast, indicator: Indicator) -> None:
    Indicator.objects.filter(pk=indicator.pk).update(visibility="team")
    client.force_login(cast.mulhouse_lead)
    url = f"/projects/{indicator.project.slug}/indicators/{indicator.pk}/readings.csv"
    assert client.get(url).status_code == 404
