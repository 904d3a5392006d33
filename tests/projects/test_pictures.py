"""Pictures are written anew: upright, small enough, and with nothing of what a camera notes beside them."""

import io
import zipfile
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from projects.pictures import LONGEST, MOST_BYTES, Picture, PictureRefused, looks_like_picture, re_encoded
from projects.uploads import examine
from tests.projects.files import SECRETS, drawing, encoded, photo_of_a_phone, sent


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


def left_and_right(picture: Picture) -> tuple[str, str]:
    image = opened(picture.body).convert("RGB")
    names = []
    for x in (image.width // 8, image.width * 7 // 8):
        red, _green, blue = cast("tuple[int, int, int]", image.getpixel((x, image.height // 2)))
        names.append("red" if red > blue else "blue")
    return names[0], names[1]


def test_nothing_of_place_device_or_comment_is_left_in_any_stored_byte() -> None:
    body = photo_of_a_phone(2000, 1500)
    assert all(secret in body for secret in SECRETS[:1])
    assert opened(body).getexif().get_ifd(0x8825)
    picture = re_encoded(body)
    for stored in (picture.body, *picture.widths.values()):
        assert not [secret for secret in SECRETS if secret in stored]
        assert not opened(stored).getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(opened(stored).info)


def test_a_large_photo_is_kept_at_most_2400_wide_with_three_narrower_ones() -> None:
    picture = re_encoded(photo_of_a_phone(4000, 3000))
    assert (picture.width, picture.height) == (2400, 1800)
    assert {width: opened(body).size for width, body in picture.widths.items()} == {
        480: (480, 360),
        960: (960, 720),
        1600: (1600, 1200),
    }


def test_a_small_picture_is_not_made_larger() -> None:
    picture = re_encoded(encoded(drawing(300, 200), "PNG"))
    assert (picture.width, picture.height, picture.widths) == (300, 200, {})


def test_a_photo_taken_with_the_phone_turned_stands_upright() -> None:
    assert left_and_right(re_encoded(photo_of_a_phone(orientation=1))) == ("red", "blue")
    assert left_and_right(re_encoded(photo_of_a_phone(orientation=3))) == ("blue", "red")
    turned = re_encoded(photo_of_a_phone(640, 480, orientation=6))
    assert (turned.width, turned.height) == (480, 640)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("CMYK", "JPEG"), ("L", "JPEG"), ("P", "PNG"), ("P", "GIF"),
        ("RGBA", "PNG"), ("LA", "PNG"), ("1", "PNG"), ("RGB", "WEBP"),
    ],
)  # fmt: skip
def test_every_kind_of_colour_is_read(mode: str, kind: str) -> None:
    picture = re_encoded(encoded(drawing(mode="L" if mode == "1" else "RGB").convert(mode), kind))
    assert opened(picture.body).mode in {"RGB", "RGBA"}
    assert (picture.width, picture.height) == (640, 480)


@pytest.mark.parametrize("mode", ["CMYK", "P", "RGBA"])
def test_colours_stay_what_they_were(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert left_and_right(re_encoded(encoded(drawing(mode=mode), kind))) == ("red", "blue")


def test_greys_of_sixteen_bits_keep_their_shades() -> None:
    grey = Image.new("I;16", (100, 100), 32768)
    shade = cast("int", opened(re_encoded(encoded(grey, "PNG")).body).convert("L").getpixel((50, 50)))
    assert abs(shade - 127) < 3


def test_what_can_be_seen_through_stays_so() -> None:
    glass = Image.new("RGBA", (50, 50), (255, 0, 0, 0))
    assert opened(re_encoded(encoded(glass, "PNG")).body).convert("RGBA").getpixel((25, 25))[3] == 0  # type: ignore[index]  # four bands


def test_of_an_animated_picture_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue", "green")]
    moving = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    picture = re_encoded(moving)
    assert not getattr(opened(picture.body), "is_animated", False)
    assert left_and_right(picture) == ("red", "red")


def test_a_colour_profile_is_applied_and_left_behind() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = re_encoded(encoded(drawing(), icc_profile=profile))
    assert b"acsp" not in picture.body
    assert left_and_right(picture) == ("red", "blue")


def test_a_broken_colour_profile_does_no_harm() -> None:
    assert left_and_right(re_encoded(encoded(drawing(), "PNG", icc_profile=b"nonsense" * 30))) == ("red", "blue")


def test_half_a_photo_is_refused_with_a_sentence() -> None:
    whole = photo_of_a_phone()
    with pytest.raises(PictureRefused, match="damaged or only half there"):
        re_encoded(whole[: len(whole) // 2])


def test_more_pixels_than_any_camera_makes_are_refused_before_they_are_unpacked() -> None:
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(bomb) < 200_000
    with pytest.raises(PictureRefused, match="60 million pixels"):
        re_encoded(bomb)


def test_a_photo_of_fifty_megabytes_is_refused_with_its_size() -> None:
    head = photo_of_a_phone()
    with pytest.raises(PictureRefused, match=r"50.* at most 20"):
        examine(sent(head + b"\0" * (50 * 1024 * 1024 - len(head))))
    assert MOST_BYTES == 20 * 1024 * 1024


def test_a_photo_with_a_film_behind_it_is_just_a_photo() -> None:
    """Telephones put a second of film behind a picture; nothing of that is kept."""
    examined = examine(sent(photo_of_a_phone() + b"\0\0\0\x18ftypmp42" + b"film" * 2000, "MVIMG_1.jpg"))
    assert (examined.name, examined.content_type) == ("MVIMG_1.webp", "image/webp")
    assert b"film" not in examined.body


def test_an_archive_behind_a_photo_is_refused() -> None:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as packed:
        packed.writestr("run.exe", b"MZ")
    with pytest.raises(Exception, match="archive hidden"):
        examine(sent(photo_of_a_phone() + hidden.getvalue()))


@given(width=st.integers(1, 5000), height=st.integers(1, 60))
def test_whatever_its_shape_no_side_is_lost_or_too_long(width: int, height: int) -> None:
    picture = re_encoded(encoded(Image.new("L", (width, height)), "PNG"))
    assert min(picture.width, picture.height) >= 1
    assert max(picture.width, picture.height) <= LONGEST
    assert all(opened(body).width == told for told, body in picture.widths.items())


@given(
    noise=st.binary(max_size=400),
    head=st.sampled_from([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 "]),
)
def test_noise_that_begins_as_a_picture_is_a_sentence_and_no_crash(noise: bytes, head: bytes) -> None:
    assert looks_like_picture(head)
    with pytest.raises(PictureRefused):
        re_encoded(head + noise)
