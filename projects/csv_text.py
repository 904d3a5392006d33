"""A table as text: decoded from whatever a spreadsheet saved, and cut into cells."""

import csv
import io

from django.utils.translation import gettext_lazy as _

from projects.refusals import RefusedField

MOST_BYTES = 2 * 1024 * 1024
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SEPARATORS = "\t;,"


class NoTable(RefusedField):
    """Nothing that can be read as a table of text."""


def decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16, and Latin-1 as Windows writes it. Other files are refused."""
    if len(data) > MOST_BYTES:
        raise NoTable(_("This file is larger than 2 MB. Please split it."), "file")
    text = _text_of(data)
    if data.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")) or "\0" in text:
        raise NoTable(
            _("This is not a table as text. Save it as CSV in your spreadsheet, then choose that file."), "file"
        )
    return text


def _text_of(data: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    # UTF-16 without its mark: every other byte of western text is zero.
    if data[1::2].count(0) * 3 > len(data) > 3:
        return data.decode("utf-16-le", errors="replace")
    if data[0::2].count(0) * 3 > len(data) > 3:
        return data.decode("utf-16-be", errors="replace")
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def rows_of(text: str, most: int) -> list[tuple[int, list[str]]]:
    """Line number and cells of each line that holds something, the first `most`; the separator is found out."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(text), delimiter=_separator(text), skipinitialspace=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            rows.append((reader.line_num, [cell.strip() for cell in cells]))
            if len(rows) == most:
                break
    except csv.Error as wrong:
        raise NoTable(_("Line %(line)s cannot be read as a table.") % {"line": reader.line_num}, "text") from wrong
    return rows


def _separator(text: str) -> str:
    """Tabs come from a copied table, semicolons from where the comma is in the numbers."""
    lines = [line for line in text.split("\n", 20)[:20] if line.strip()]
    for separator in _SEPARATORS:
        if sum(separator in line for line in lines) * 2 > len(lines):
            return separator
    return next((separator for separator in _SEPARATORS if separator in text), ",")


def harmless(cell: str) -> str:
    """A text that a spreadsheet shows instead of running; `as_written` takes it back."""
    return f"'{cell}" if _runs(cell) else cell


def as_written(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _runs(cell) else cell


def _runs(cell: str) -> bool:
    # Also with apostrophes before it, so that the two functions undo each other whatever somebody wrote.
    return cell.lstrip("'").startswith(_FORMULA)
