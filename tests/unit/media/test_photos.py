"""Stills made fit to be posted."""

import io

import pytest
from PIL import Image

from media.photos import as_jpeg
from tests.unit.made import a_picture

FEED = (4 / 5, 1.91)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("size", [(1600, 900), (900, 1600), (1000, 1000), (3000, 400), (400, 3000), (16, 9)])
def test_a_still_fits_whatever_its_shape(size: tuple[int, int]) -> None:
    data, width, height = as_jpeg(a_picture(size=size), FEED, 8 * 1024 * 1024)
    picture = opened(data)
    assert (picture.format, picture.size) == ("JPEG", (width, height))
    assert FEED[0] <= width / height <= FEED[1]
    assert max(width, height) <= 1920 * 1.25


def test_a_tall_still_stands_whole_in_the_middle() -> None:
    data, width, height = as_jpeg(a_picture(size=(900, 1600)), FEED, 8 * 1024 * 1024)
    assert height == 1600
    assert width == 1280
    # Left half of the picture is light, its right half dark; both are there.
    row = opened(data).convert("L")
    assert row.getpixel((width // 2 - 400, 400)) > 180  # type: ignore[operator]
    assert row.getpixel((width // 2 + 400, 400)) < 120  # type: ignore[operator]


def test_without_a_shape_it_keeps_its_own() -> None:
    _, width, height = as_jpeg(a_picture(size=(900, 1600)), None, 8 * 1024 * 1024)
    assert (width, height) == (900, 1600)


def test_what_is_too_large_is_made_smaller_until_it_fits() -> None:
    noise = Image.effect_noise((1200, 1200), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    data, width, _ = as_jpeg(out.getvalue(), None, 100_000)
    assert len(data) <= 100_000
    assert width < 1200


def test_the_same_still_is_the_same_file() -> None:
    assert as_jpeg(a_picture(), FEED, 10**6) == as_jpeg(a_picture(), FEED, 10**6)
