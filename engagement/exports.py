"""Tables as files: CSV, and spreadsheets with real numbers and days. No cell of either is run as a formula."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from typing import Protocol

from django.utils.translation import get_language_bidi
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from engagement.portfolio.tables import Plain, Table

# A spreadsheet takes a cell of a CSV that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_WIDEST = 60


class Writable(Protocol):
    def write(self, text: str, /) -> object: ...


def safe_cell(value: object) -> str:
    """As text that no spreadsheet runs: a text that looks like a formula gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def write_csv(to: Writable, table: Table) -> None:
    writer = csv.writer(to)
    writer.writerow([safe_cell(head) for head in table.heads])
    writer.writerows([safe_cell(value.plain) for value in row] for row in table.rows)


def workbook(sheets: Mapping[str, Table]) -> bytes:
    """One sheet for each table, running from right to left where the reader's language does."""
    book = Workbook(write_only=True)
    for title, table in sheets.items():
        sheet = book.create_sheet(_sheet_title(title))
        sheet.sheet_view.rightToLeft = get_language_bidi()
        sheet.freeze_panes = "B2"
        for place, width in enumerate(_widths(table), start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.append([_cell(sheet, head, bold=True) for head in table.heads])
        for row in table.rows:
            sheet.append([_cell(sheet, value.plain) for value in row])
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.heads))}{len(table.rows) + 1}"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: WriteOnlyWorksheet, value: Plain, *, bold: bool = False) -> Cell:
    """Numbers and days as what they are; a text stays a text, whatever it begins with."""
    if not isinstance(value, str):
        cell: Cell = WriteOnlyCell(sheet, value=_as_moment(value))
        if isinstance(value, dt.date):
            cell.number_format = "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    if value.startswith(_FORMULA):
        # So that it stays a text also when somebody edits the cell.
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def _as_moment(value: float | dt.date | None) -> float | dt.datetime | None:
    """A spreadsheet knows days as moments."""
    return dt.datetime(value.year, value.month, value.day) if isinstance(value, dt.date) else value  # noqa: DTZ001 - no clock is meant


def _widths(table: Table) -> Iterable[int]:
    for place, head in enumerate(table.heads):
        longest = max((len(str(row[place].plain or "")) for row in table.rows[:200]), default=0)
        yield min(_WIDEST, max(len(head), longest) + 2)


def _sheet_title(title: str) -> str:
    return "".join(letter for letter in title if letter not in r"[]:*?/\\")[:31]
