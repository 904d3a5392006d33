"""What a file is, told by what is in it. Its name and what the browser says of it are only a name and a saying."""

import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from projects.pictures import CONTENT_TYPE as PICTURE
from projects.plain_text import validate_plain
from projects.refusals import RefusedField

LONGEST_NAME = 160

# How each kind that is kept ends, by content type; the ending in capitals is also what readers see.
ENDINGS = {
    PICTURE: ".webp",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}
_OF_ENDING = {ending: content_type for content_type, ending in ENDINGS.items()}
# The member without which a file of Microsoft's is none.
_MAIN_PART = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx", "ppt/presentation.xml": ".pptx"}
# What runs when somebody opens the file: macros of either family, and programs packed inside.
_RUNS = re.compile(
    r"(?:vbaproject.*\.bin|(?:^|/)(?:macrosheets|activex|basic|scripts)/.+|\.(?:exe|dll|js|vbs|hta|scr|bat|cmd|ps1))$"
)
_MARKUP = re.compile(r"\s*(?:<\?xml|<!doctype|<(?:html|head|body|svg|script|iframe)\b)|<script\b", re.IGNORECASE)
# Bytes that no text has, in whatever 8-bit alphabet it is written.
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BINARY_TEXT = (b"\xff\xfe", b"\xfe\xff")
_MOST_MEMBERS = 5_000
_MOST_UNPACKED = 500 * 1024 * 1024
_APPLE_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")


class KindRefused(RefusedField):
    """Of no kind that is taken, or something else inside."""

    field = "file"


class NameRefused(RefusedField):
    field = "file"


@dataclass(frozen=True, slots=True)
class Kind:
    content_type: str

    @property
    def ending(self) -> str:
        return ENDINGS[self.content_type]


def document_kind(body: bytes, name: str) -> Kind:
    """The kind of a file that is no picture; raises KindRefused with what it seems to be.

    The name counts for one thing only: whether plain text is a table.
    """
    if body.startswith(b"%PDF-"):
        return _pdf(body)
    if body.startswith(b"PK\x03\x04"):
        return _office(body)
    if sentence := _well_known(body):
        raise KindRefused(sentence)
    return _text(body, name)


def demand_one_thing(body: bytes) -> None:
    """A picture or PDF that is an archive as well is made to be taken for one and opened as the other."""
    if zipfile.is_zipfile(io.BytesIO(body)):
        raise KindRefused(
            _("There is an archive hidden in this file. Save the picture or document anew and choose that.")
        )


def clean_name(name: str, ending: str) -> str:
    """The name without folders, with the ending of what it is; raises NameRefused for characters that mislead."""
    bare = unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).name)
    try:
        validate_plain(bare)
    except ValidationError as error:
        raise NameRefused(
            _("There are hidden characters in the name of this file. Rename it and choose it again.")
        ) from error
    stem = " ".join(PurePosixPath(bare).stem.split()).strip(". ")
    return f"{(stem or _('file'))[: LONGEST_NAME - len(ending)]}{ending}"


def _pdf(body: bytes) -> Kind:
    demand_one_thing(body)
    if _MARKUP.search(body[:1024].decode("latin-1")):
        raise KindRefused(_("This file begins as a PDF and goes on as a web page, so it is not taken."))
    if b"%%EOF" not in body[-8192:]:
        raise KindRefused(_("This PDF is damaged or only half there. Open it once to see, and choose it again."))
    return Kind("application/pdf")


def _office(body: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return _kind_of_archive(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise KindRefused(
            _("This file is damaged, locked with a password, or only half there. Open it once to see.")
        ) from error


def _kind_of_archive(archive: zipfile.ZipFile) -> Kind:
    members = archive.infolist()
    names = [member.filename.replace("\\", "/") for member in members]
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
        raise KindRefused(_("This file would unpack to far more than it seems to hold, so it is not taken."))
    if any(_RUNS.search(name.lower()) for name in names):
        raise KindRefused(_("There are macros or programs in this file. Save it without them and choose it again."))
    if any(member.flag_bits & 0x1 for member in members):
        raise KindRefused(_("This file is locked with a password, so nobody here could read it."))
    ending = _ending_of_archive(archive, set(names))
    if ending is None:
        raise KindRefused(_("This is an archive. Add the files in it one by one."))
    return Kind(_OF_ENDING[ending])


def _ending_of_archive(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    if "mimetype" in names:
        with archive.open("mimetype") as member:
            told = member.read(100).decode("ascii", "replace").strip()
        is_open_document = told in ENDINGS and ENDINGS[told].startswith(".od") and "content.xml" in names
        return ENDINGS[told] if is_open_document else None
    if "[Content_Types].xml" not in names:
        return None
    with archive.open("[Content_Types].xml") as member:
        if b"macroenabled" in member.read(1024 * 1024).lower():
            raise KindRefused(_("There are macros or programs in this file. Save it without them and choose it again."))
    return next((ending for part, ending in _MAIN_PART.items() if part in names), None)


def _text(body: bytes, name: str) -> Kind:
    ending = PurePosixPath(name).suffix.lower()
    if ending not in {".txt", ".csv"} or not _reads_as_text(body):
        raise KindRefused(_not_taken(body))
    return Kind(_OF_ENDING[ending])


def _reads_as_text(body: bytes) -> bool:
    if body.startswith(_BINARY_TEXT):
        try:
            return not _NOT_TEXT.search(body.decode("utf-16").encode())
        except UnicodeDecodeError:
            return False
    return not _NOT_TEXT.search(body)


def _well_known(body: bytes) -> str:
    """A sentence of its own for what people choose in good faith."""
    if body[4:8] == b"ftyp" and body[8:12] in _APPLE_BRANDS:
        return _("This photo is in a format (HEIC) that many devices cannot show. Save it as JPEG and choose that.")
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        return _("This is an old Office format, which may hold macros. Save it as .docx, .xlsx, .pptx or PDF.")
    if _MARKUP.match(body[:2048].decode("latin-1").lstrip("\ufeffï»¿")) or b"<script" in body.lower():
        return _("Web pages and SVG drawings can carry programs, so they are not taken. Save it as PDF or PNG.")
    return ""


def _not_taken(body: bytes) -> str:
    allowed = _(
        "What can be added: photos (JPEG, PNG, WebP, GIF), PDF, text, CSV, and Word, Excel, PowerPoint or "
        "OpenDocument files."
    )
    if kind := _seems(body):
        return _("This file seems to be of the kind %(kind)s, whatever its name says.") % {"kind": kind} + " " + allowed
    return _("This file is of a kind that is not taken, whatever its name says.") + " " + allowed


def _seems(body: bytes) -> str:
    """“EXE”, “MP4” …; "" where nobody can tell."""
    if _reads_as_text(body):
        return ""
    try:
        return str(puremagic.magic_string(body[:65536])[0].extension).lstrip(".").upper()
    except (puremagic.PureError, ValueError, IndexError):
        return ""
