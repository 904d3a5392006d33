"""Files as people send them, and as they should not."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
# Of the place on the roof of Tel Aviv's city hall.
GPS = {1: "N", 2: (32.0, 4.0, 51.9), 3: "E", 4: (34.0, 46.0, 54.1)}
SECRETS = (b"SecretPhone", b"32.0807", b"xpacket", b"Exif", b"GPS", b"A secret comment", b"ICC_PROFILE", b"acsp")


def drawing(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """Red to the left, blue to the right, so that turning it can be seen."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    image.paste((30, 30, 200), (width // 2, 0, width, height))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo_of_a_phone(width: int = 640, height: int = 480, orientation: int = 1) -> bytes:
    """With all that a phone writes beside the pixels: place, device, XMP, a comment."""
    exif = Image.Exif()
    exif[0x0110] = "SecretPhone 12"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update(GPS)
    xmp = b"<?xpacket begin=''?><x:xmpmeta><exif:GPSLatitude>32.0807</exif:GPSLatitude></x:xmpmeta>"
    return encoded(drawing(width, height), exif=exif, xmp=xmp, comment=b"A secret comment", quality=88)


def archive(**members: bytes) -> bytes:
    """Names with `__` for a slash and `_dot_` for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), body)
    return out.getvalue()


def office(*extra: tuple[str, bytes], part: str = "word/document.xml", types: bytes = b"<Types/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in (("[Content_Types].xml", types), (part, b"<document/>"), *extra):
            packed.writestr(name, body)
    return out.getvalue()


def open_document(kind: str = "text", *extra: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        told = f"application/vnd.oasis.opendocument.{kind}".encode()
        for name, body in (("mimetype", told), ("content.xml", b"<office/>"), *extra):
            packed.writestr(name, body)
    return out.getvalue()


def sent(body: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)
