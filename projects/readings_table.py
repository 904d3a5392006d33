"""Readings as a table of text: what a pasted table would add, line by line, and the table that is given back."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innoteams.lib.verdicts import Refused
from projects.choices import Measure, ReadingKind
from projects.csv_text import NoTable, as_written, harmless, rows_of
from projects.figures import DURATIONS, decimal_symbol, demand_figure, plain, typed_text, unit_words
from projects.models import Indicator, Reading
from projects.plain_text import validate_plain
from projects.refusals import RefusedField
from projects.typed_figures import figure_of

MOST_LINES = 5000
SOURCE_LENGTH: int = Reading._meta.get_field("source").max_length or 300

COLUMNS = ("day", "value", "kind", "source", "comparison")
# Under which names a column may come, in the languages of the network. Compared without case and without (…).
_NAMES = {
    "day": "day date on read_on datum fecha jour תאריך יום",
    "value": "value figure number count reading valeur chiffre nombre relevé mesure ערך מספר",
    "kind": "kind type how how_it_is_known evidence nature comment_on_le_sait סוג כיצד_ידוע",
    "source": "source sources origin origine provenance מקור",
    "comparison": "comparison compared is_comparison comparaison témoin השוואה",
}
_KINDS = {
    ReadingKind.MEASURED: "measured measure mesuré mesurée נמדד מדוד",
    ReadingKind.COUNTED: "counted count compté comptée dénombré נספר ספור",
    ReadingKind.CLAIMED: "claimed claim affirmé affirmée déclaré déclarée נטען טענה",
}
_YES = {"yes", "y", "x", "1", "true", "comparison", "oui", "comparaison", "vrai", "כן", "השוואה"}
_NO = {"", "-", "no", "n", "0", "false", "non", "faux", "לא"}

_ISO_DAY = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?$")
_WRITTEN_DAY = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")

Key = tuple[dt.date, Decimal, str, bool]


@dataclass(slots=True)
class Line:
    """A line of the table: the reading it would add, or what is wrong with it, or why it is left out."""

    number: int
    cells: list[str]
    # Mean something only where nothing is wrong.
    day: dt.date = dt.date.min
    value: Decimal = Decimal(0)
    kind: str = ReadingKind.COUNTED
    source: str = ""
    is_comparison: bool = False
    wrong: list[str] = field(default_factory=list)
    left_out: str = ""
    note: str = ""

    @property
    def state(self) -> str:
        return "wrong" if self.wrong else "left-out" if self.left_out else "added"

    @property
    def key(self) -> Key:
        return key_of(self.day, self.value, self.source, is_comparison=self.is_comparison)


@dataclass(frozen=True, slots=True)
class Table:
    lines: list[Line]

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.wrong]

    @property
    def added(self) -> list[Line]:
        return [line for line in self.lines if line.state == "added"]

    @property
    def left_out(self) -> list[Line]:
        return [line for line in self.lines if line.state == "left-out"]

    @property
    def is_right(self) -> bool:
        return bool(self.lines) and not self.wrong


@dataclass(frozen=True, slots=True)
class Defaults:
    """For lines that do not say: where the figures come from and how they are known."""

    source: str = ""
    kind: str = ReadingKind.COUNTED


def key_of(day: dt.date, value: Decimal, source: str, *, is_comparison: bool) -> Key:
    """Two readings with the same key say the same thing."""
    return day, plain(value), " ".join(source.split()).casefold(), is_comparison


def keys_of(readings: Iterable[Reading]) -> dict[Key, Reading]:
    return {key_of(row.read_on, row.value, row.source, is_comparison=row.is_comparison): row for row in readings}


def read_table(
    text: str, indicator: Indicator, *, existing: Sequence[Reading], last_day: dt.date, defaults: Defaults | None = None
) -> Table:
    """Pure: what each line would add to `indicator`, beside the readings that are there. Raises NoTable."""
    # A header, and one line more than allowed, to know that there are more.
    rows = rows_of(text, MOST_LINES + 2)
    columns = _columns(rows[0][1]) if rows else None
    if columns is not None:
        rows = rows[1:]
    if len(rows) > MOST_LINES:
        raise NoTable(_("More than %(most)s lines at once. Please split the table.") % {"most": MOST_LINES}, "text")
    reader = _Reader(indicator, last_day, defaults or Defaults(), columns)
    lines = [reader.line(number, cells) for number, cells in rows]
    _name_duplicates(lines, existing)
    return Table(lines)


def table_text(indicator: Indicator, readings: Iterable[Reading]) -> str:
    """The current readings as CSV in the habit of the reader's language; reading it again finds each one there."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if decimal_symbol() == "," else ",", lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in column_names(indicator)])
    for row in readings:
        comparison = gettext("yes") if row.is_comparison else ""
        kind = str(ReadingKind(row.kind).label)
        writer.writerow([row.read_on.isoformat(), _number(row.value), kind, harmless(row.source), comparison])
    return out.getvalue()


def column_names(indicator: Indicator) -> list[str]:
    unit = value_unit(indicator)
    value = gettext("Value") + (f" ({unit})" if unit else "")
    return [gettext("Day"), value, gettext("How it is known"), gettext("Source"), gettext("Comparison")]


def value_unit(indicator: Indicator) -> str:
    """In what the numbers of a table are."""
    if indicator.measure == Measure.PERCENT:
        return "%"
    if indicator.measure == Measure.CURRENCY:
        return indicator.currency
    if indicator.measure == Measure.DURATION and indicator.unit in DURATIONS:
        return str(DURATIONS[indicator.unit])
    return unit_words(indicator)


def _number(value: Decimal) -> str:
    text = typed_text(value)
    # 1.250 could be read as a thousand; 1.2500 cannot.
    return f"{text}0" if re.search(r"[.,]\d{3}$", text) else text


# --- reading one line ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reader:
    indicator: Indicator
    last_day: dt.date
    defaults: Defaults
    columns: list[str] | None

    def line(self, number: int, cells: list[str]) -> Line:
        line = Line(number, cells)
        named = self._named(line)
        for step in (self._day, self._value, self._kind, self._source, self._comparison):
            try:
                step(line, named)
            except (Refused, ValidationError) as wrong:
                line.wrong.append(_sentence(wrong))
        return line

    def _named(self, line: Line) -> dict[str, str]:
        cells = line.cells
        columns = self.columns or _guessed(cells)
        if any(cell for cell in cells[len(columns) :]):
            line.wrong.append(
                gettext(
                    "There are more cells than columns. Where numbers have a comma, put ; or a tab between the cells."
                )
            )
        return {name: cell for name, cell in zip(columns, cells, strict=False) if name}

    def _day(self, line: Line, named: dict[str, str]) -> None:
        line.day = day_of(named.get("day", ""))
        if line.day > self.last_day:
            raise _Wrong(_("This day is still ahead. Write it down once it has happened."))

    def _value(self, line: Line, named: dict[str, str]) -> None:
        text = named.get("value", "")
        if not text:
            raise _Wrong(_("The value is missing."))
        value = figure_of(text, self.indicator)
        demand_figure(value, self.indicator, "value")
        line.value = value

    def _kind(self, line: Line, named: dict[str, str]) -> None:
        word = named.get("kind", "").casefold()
        line.kind = self.defaults.kind if not word else _kind_of(word)
        if not line.kind:
            raise _Wrong(_("“%(word)s” is not measured, counted or claimed.") % {"word": named["kind"]})

    def _source(self, line: Line, named: dict[str, str]) -> None:
        line.source = as_written(named.get("source", "")).strip() or self.defaults.source.strip()
        if not line.source:
            raise _Wrong(_("Where does the figure come from? A list, a survey, a count at the door."))
        if len(line.source) > SOURCE_LENGTH:
            raise _Wrong(_("The source is longer than %(most)s characters.") % {"most": SOURCE_LENGTH})
        validate_plain(line.source)

    def _comparison(self, line: Line, named: dict[str, str]) -> None:
        word = named.get("comparison", "").casefold()
        if word in _NO or word == gettext("no").casefold():
            return
        if word not in _YES and word != gettext("yes").casefold():
            raise _Wrong(_("Whether it is of what it is compared with is said with yes or no."))
        if not self.indicator.compared_with:
            raise _Wrong(_("First say at the indicator what it is compared with."))
        line.is_comparison = True


class _Wrong(RefusedField):
    """One thing that is wrong with a line."""


def _sentence(wrong: Refused | ValidationError) -> str:
    return " ".join(wrong.messages) if isinstance(wrong, ValidationError) else str(wrong)


def day_of(text: str) -> dt.date:
    """2025-12-31, 31/12/2025, 31.12.2025; the time that a spreadsheet adds is left out."""
    text = text.translate({0x200E: None, 0x200F: None}).strip()
    if not text:
        raise _Wrong(_("The day is missing."))
    if found := _ISO_DAY.match(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _WRITTEN_DAY.match(text):
        day, month, year = (int(part) for part in found.groups())
    else:
        raise _Wrong(_("“%(text)s” is no day. Write 2025-12-31 or 31/12/2025.") % {"text": text[:40]})
    try:
        return dt.date(year, month, day)
    except ValueError as impossible:
        raise _Wrong(
            _("There is no day “%(text)s”. Write the day first, or 2025-12-31.") % {"text": text[:40]}
        ) from impossible


def _kind_of(word: str) -> str:
    for kind, words in _KINDS.items():
        if word in words.split() or word in {str(kind.label).casefold(), kind.value}:
            return str(kind)
    return ""


def _columns(cells: list[str]) -> list[str] | None:
    """The columns in the order of a header; "" for one that is not needed; None where the line is no header."""
    found = [_column(cell) for cell in cells]
    return found if "day" in found and "value" in found else None


def _column(cell: str) -> str:
    word = "_".join(re.sub(r"\(.*?\)", "", as_written(cell)).casefold().replace("\u200f", "").split())
    own = dict(zip(COLUMNS, _own_names(), strict=True))
    return next((name for name, words in _NAMES.items() if word and word in {*words.split(), own[name]}), "")


def _own_names() -> list[str]:
    names = [gettext("Day"), gettext("Value"), gettext("How it is known"), gettext("Source"), gettext("Comparison")]
    return ["_".join(name.casefold().split()) for name in names]


def _guessed(cells: list[str]) -> list[str]:
    """Without a header: day, value, then kind and source in either order, then whether it is a comparison."""
    third = cells[2].casefold() if len(cells) > 2 else ""
    if not third or _kind_of(third):
        return list(COLUMNS)
    return ["day", "value", "source", "kind", "comparison"]


def _name_duplicates(lines: list[Line], existing: Sequence[Reading]) -> None:
    """Leaves out what is there already, here or in the indicator, and points at what may be a correction."""
    there, seen = keys_of(existing), dict[Key, int]()
    of_source = {(row.read_on, *key[2:]): row for key, row in there.items()}
    for line in lines:
        if line.wrong:
            continue
        key = line.key
        if key in there:
            line.left_out = gettext("This reading is there already.")
        elif key in seen:
            line.left_out = gettext("The same as line %(line)s.") % {"line": seen[key]}
        else:
            seen[key] = line.number
            if other := of_source.get((key[0], *key[2:])):
                values = {"value": typed_text(other.value)}
                line.note = gettext("From this source there is %(value)s on that day; both would stay.") % values
