"""From what somebody sent to what may be kept: its size, name and content looked at, pictures written anew."""

from dataclasses import dataclass, field

from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from projects.file_kinds import ENDINGS, clean_name, demand_one_thing, document_kind
from projects.pictures import CONTENT_TYPE as PICTURE
from projects.pictures import demand_size, looks_like_picture, re_encoded
from projects.refusals import RefusedField
from projects.scanning import scan

# For files that are no pictures.
MOST_BYTES = 25 * 1024 * 1024


class TooLarge(RefusedField):
    field = "file"


class Empty(RefusedField):
    field = "file"


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that passed: ready to be kept as it stands here."""

    name: str
    content_type: str
    body: bytes = field(repr=False)
    # Of pictures, in pixels.
    width: int | None = None
    height: int | None = None
    widths: dict[int, bytes] = field(default_factory=dict, repr=False)

    @property
    def is_picture(self) -> bool:
        return self.width is not None


def examine(upload: "File[bytes]") -> Examined:
    """Raises a RefusedField with a sentence for the person; writes nothing anywhere."""
    head = _head(upload)
    is_picture = looks_like_picture(head)
    _demand_size(upload.size or 0, is_picture=is_picture)
    upload.seek(0)
    body = upload.read()
    told_name = upload.name or ""
    # Hidden characters in the name are told before a minute is spent on the content.
    clean_name(told_name, "")
    scan(body)
    if not is_picture:
        kind = document_kind(body, told_name)
        return Examined(clean_name(told_name, kind.ending), kind.content_type, body)
    demand_one_thing(body)
    picture = re_encoded(body)
    name = clean_name(told_name, ENDINGS[PICTURE])
    return Examined(name, PICTURE, picture.body, picture.width, picture.height, picture.widths)


def _head(upload: "File[bytes]") -> bytes:
    upload.seek(0)
    head: bytes = upload.read(16)
    return head


def _demand_size(size: int, *, is_picture: bool) -> None:
    if not size:
        raise Empty(_("This file is empty."))
    if is_picture:
        demand_size(size)
    elif size > MOST_BYTES:
        raise TooLarge(
            _("This file has %(size)s; at most %(most)s can be taken. Make it smaller, or link to it in the text.")
            % {"size": filesizeformat(size), "most": filesizeformat(MOST_BYTES)}
        )
