"""Pictures as they are kept: upright, in sRGB, of sensible size, and without a word about where they were taken.

Nothing of the file that came in is copied: its pixels are read and written anew.
"""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass, field

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from projects.refusals import RefusedField

# Pixels on the longer side of what is kept.
LONGEST = 2400
# Narrower ones beside it, for telephones and small places on the page.
WIDTHS = (480, 960, 1600)
QUALITY = 82
CONTENT_TYPE = "image/webp"
MOST_BYTES = 20 * 1024 * 1024
# More would take gigabytes of memory to read, and no camera that people carry makes more.
MOST_PIXELS = 60_000_000

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)
_SRGB = ImageCms.createProfile("sRGB")


class PictureRefused(RefusedField):
    field = "file"


@dataclass(frozen=True, slots=True)
class Picture:
    body: bytes
    # In pixels.
    width: int
    height: int
    # The same picture narrower, by width in pixels.
    widths: dict[int, bytes] = field(default_factory=dict)


def looks_like_picture(head: bytes) -> bool:
    """Whether a file that begins so claims to be of a kind that is read here."""
    return head.startswith(_HEADS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def demand_size(size: int) -> None:
    if size > MOST_BYTES:
        raise PictureRefused(
            _("This picture has %(size)s; at most %(most)s can be taken. Choose a smaller one, or save it smaller.")
            % {"size": filesizeformat(size), "most": filesizeformat(MOST_BYTES)}
        )


def re_encoded(body: bytes) -> Picture:
    """The picture as it is kept, of animated ones the first frame; raises PictureRefused with a sentence."""
    demand_size(len(body))
    try:
        image = _opened(body)
        return with_widths(_written(_upright(image)))
    except _UNREADABLE as error:
        raise _damaged() from error


def with_widths(body: bytes) -> Picture:
    """A picture that was re-encoded before, with its narrower ones."""
    with Image.open(io.BytesIO(body), formats=["WEBP"]) as image:
        image.load()
        widths = {width: _narrower(image, width) for width in WIDTHS if width < image.width}
        return Picture(body, image.width, image.height, widths)


def _damaged() -> PictureRefused:
    return PictureRefused(_("This picture is damaged or only half there. Open it once to see, and choose it again."))


def _opened(body: bytes) -> Image.Image:
    """Its size is read first: a few bytes may unpack to more than the memory there is."""
    with warnings.catch_warnings():
        # Pillow's own limit is higher than ours; the check below is the one that speaks.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(body), formats=_FORMATS)
        except Image.DecompressionBombError as error:
            raise _too_many_pixels() from error
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels()
    return image


def _too_many_pixels() -> PictureRefused:
    return PictureRefused(
        _("This picture has more than %(most)d million pixels. Save it smaller and choose it again.")
        % {"most": MOST_PIXELS // 1_000_000}
    )


def _upright(image: Image.Image) -> Image.Image:
    """Small first, which for JPEG means that most of it is never unpacked."""
    profile = image.info.get("icc_profile")
    if image.mode in {"RGB", "L", "CMYK"} and "transparency" not in image.info:
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    upright = _turned(image)
    coloured = _in_srgb(upright, profile)
    coloured.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return coloured


def _turned(image: Image.Image) -> Image.Image:
    image.load()
    try:
        turned = ImageOps.exif_transpose(image)
    except _UNREADABLE:
        # What the camera noted is broken; the pixels are not.
        return image
    return turned if turned is not None else image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode.startswith("I"):
        return _of_eight_bits(image).convert("RGB")
    alpha = None
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
        image = image.convert("RGB")
    elif image.mode not in {"RGB", "CMYK"}:
        image = image.convert("RGB")
    coloured = _through_profile(image, profile) if profile else image.convert("RGB")
    if alpha is not None:
        coloured.putalpha(alpha)
    return coloured


def _of_eight_bits(image: Image.Image) -> Image.Image:
    """Greys of 16 bits brought into 0…255; Pillow by itself would cut them off at 255 instead."""
    return image.convert("F").point(lambda value: value * (255 / 65535) + 0).convert("L")


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, *_UNREADABLE):
        # A profile of greys on a coloured picture, or a broken one: the colours as they are.
        return image.convert("RGB")
    return converted if converted is not None else image.convert("RGB")


def _narrower(image: Image.Image, width: int) -> bytes:
    height = max(1, round(image.height * width / image.width))
    return _written(image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0))


def _written(image: Image.Image) -> bytes:
    # Whatever came along besides pixels ends here.
    image.info = {}
    out = io.BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=3, exif=b"", xmp=b"", icc_profile=b"")
    return out.getvalue()
