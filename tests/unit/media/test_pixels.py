"""What the pixels alone can tell."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from media.pixels import inspect
from studio.domain.realism import Fault
from studio.domain.shot import Aspect
from tests.unit.made import a_picture

WIDE = Aspect.WIDE


def encoded(picture: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def test_a_whole_picture_has_no_fault() -> None:
    for kind in ("PNG", "JPEG"):
        assert inspect(a_picture(kind), WIDE).faults == ()


@given(st.data(), st.sampled_from(["PNG", "JPEG"]))
def test_a_file_cut_off_anywhere_is_corrupt(data: st.DataObject, kind: str) -> None:
    whole = a_picture(kind, size=(64, 36))
    body = whole.rindex(b"IDAT") + 8 if kind == "PNG" else whole.rindex(b"\xff\xda") + 20
    cut = whole[: data.draw(st.integers(0, body))]
    assert inspect(cut, WIDE).faults == (Fault.CORRUPT,)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_nothing_breaks(data: bytes) -> None:
    for start in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"):
        assert inspect(start + data, WIDE).faults == (Fault.CORRUPT,)


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "BMP"])
def test_a_picture_of_a_kind_that_is_not_stored_is_corrupt(kind: str) -> None:
    assert inspect(a_picture(kind), WIDE).faults == (Fault.CORRUPT,)


def test_a_picture_that_unpacks_to_more_than_memory_holds_is_corrupt() -> None:
    header = a_picture()
    bomb = header[:16] + (60_000).to_bytes(4) + (60_000).to_bytes(4) + header[24:]
    assert inspect(bomb, WIDE).faults == (Fault.CORRUPT,)


@pytest.mark.parametrize("shade", [0, 90, 255])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_picture_of_one_colour_is_blank(shade: int, kind: str, mode: str) -> None:
    assert inspect(encoded(Image.new(mode, (160, 90), shade), kind), WIDE).faults == (Fault.BLANK,)


def test_a_dark_picture_with_something_in_it_is_not_blank() -> None:
    dark = Image.new("RGB", (160, 90))
    dark.putpixel((80, 45), (12, 12, 12))
    assert inspect(encoded(dark), WIDE).faults == ()


@pytest.mark.parametrize(
    ("size", "fits"),
    [((1344, 768), True), ((1376, 768), True), ((1376, 752), True), ((1024, 1024), False), ((1440, 768), False)],
)
def test_a_shape_may_be_off_by_three_percent(size: tuple[int, int], fits: bool) -> None:
    assert inspect(a_picture(size=size), WIDE).faults == (() if fits else (Fault.WRONG_SIZE,))
    turned = inspect(a_picture(size=(size[1], size[0])), Aspect.TALL).faults
    assert turned == (() if fits else (Fault.WRONG_SIZE,))


def test_the_same_file_and_the_same_pixels_in_another_file_are_duplicates() -> None:
    first = inspect(a_picture(size=(64, 36)), WIDE)
    picture = Image.open(io.BytesIO(a_picture(size=(64, 36))))
    other_file = encoded(picture, compress_level=0)
    assert other_file != a_picture(size=(64, 36))
    assert inspect(other_file, WIDE, {first.sha256}).faults == (Fault.DUPLICATE,)
    assert inspect(other_file, WIDE, {inspect(other_file, WIDE).sha256}).faults == (Fault.DUPLICATE,)


def test_a_picture_that_only_looks_alike_is_no_duplicate() -> None:
    one, other = inspect(a_picture(shade=90), WIDE), inspect(a_picture(shade=91), WIDE)
    assert one.sha256 != other.sha256
    assert inspect(a_picture(shade=91), WIDE, {one.sha256}).faults == ()


def test_the_same_bytes_in_another_shape_are_other_pixels() -> None:
    wide = inspect(encoded(Image.linear_gradient("L").crop((0, 0, 16, 4))), WIDE)
    tall = inspect(encoded(Image.linear_gradient("L").crop((0, 0, 4, 16))), WIDE)
    assert wide.sha256 != tall.sha256
