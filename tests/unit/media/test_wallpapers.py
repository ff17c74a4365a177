"""Wallpapers: of a screen's size, from stills that are large enough, and DRAFT where they are."""

import io

import pytest
from PIL import Image

from media.wallpapers import size_of, wallpaper
from studio.domain.wallpaper import SCREENS, too_small
from tests.unit.made import a_picture

BY_NAME = {screen.name: screen for screen in SCREENS}
WIDE, TALL, SQUARE = (1344, 768), (768, 1344), (1024, 1024)


@pytest.mark.parametrize(
    ("size", "fits"), [(WIDE, {"desktop"}), (TALL, {"phone"}), (SQUARE, {"tablet"}), ((4096, 4096), set(BY_NAME))]
)
def test_a_still_is_enlarged_for_the_screen_of_its_shape_and_not_for_others(
    size: tuple[int, int], fits: set[str]
) -> None:
    assert {screen.name for screen in SCREENS if screen.fits(*size)} == fits


def test_what_is_just_large_enough_is_and_a_pixel_less_is_not() -> None:
    for screen in SCREENS:
        width, height = screen.least
        assert screen.fits(width, height)
        assert not screen.fits(width - 1, height)
        assert not screen.fits(width, height - 1)
    said = too_small([1, 3], {WIDE}, BY_NAME["phone"])
    assert said == "No phone wallpaper of clips 1, 3: too small (1344 × 768); at least 585 × 1266 is needed."


def test_a_wallpaper_has_the_screens_size_and_the_same_bytes_each_time() -> None:
    still = a_picture(size=WIDE)
    made = wallpaper(still, BY_NAME["desktop"], draft=False)
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1920, 1080))
        assert b"DRAFT" not in picture.info.get("comment", b"")
    assert made == wallpaper(still, BY_NAME["desktop"], draft=False)
    assert size_of(still) == WIDE


def test_a_rehearsals_is_marked_where_its_slate_may_be_cut_off() -> None:
    still = a_picture(size=(1600, 2600))
    plain, marked = (wallpaper(still, BY_NAME["phone"], draft=draft) for draft in (False, True))
    with Image.open(io.BytesIO(plain)) as one, Image.open(io.BytesIO(marked)) as two:
        assert two.info["comment"].startswith(b"DRAFT")
        corner = (one.width - 120, one.height - 80)
        assert one.getpixel(corner) != two.getpixel(corner)
