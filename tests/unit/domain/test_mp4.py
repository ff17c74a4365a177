"""What an MP4 says of itself, and what is none."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.errors import Invalid
from studio.domain.mp4 import Film, measured
from tests.unit.made import a_film


def film(data: bytes) -> Film:
    return measured(lambda offset, length: data[offset : offset + length], len(data))


def test_a_film_is_measured_by_its_index() -> None:
    assert film(a_film(50_000, seconds=12.5, sides=(1920, 1080))) == Film(
        width=1920, height=1080, milliseconds=12_500, milli_fps=24_960
    )


def test_a_film_that_lies_on_its_side_is_measured_as_it_is_shown() -> None:
    told = film(a_film(50_000, sides=(1920, 1080), turned=True))
    assert (told.width, told.height) == (1080, 1920)


def test_only_the_index_is_read() -> None:
    data, read = a_film(3_000_000), []

    def part(offset: int, length: int) -> bytes:
        read.append(length)
        return data[offset : offset + length]

    measured(part, len(data))
    assert sum(read) < 2000


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a" + bytes(100), a_film(50_000)[:49_000], bytes(4) + b"ftyp" + bytes(40), a_film(50_000)[:20]]
)
def test_what_is_no_film_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(Invalid, match="MP4"):
        film(data)


@given(at=st.integers(0, 900), value=st.integers(0, 255))
def test_a_damaged_film_is_measured_or_refused_and_nothing_else(at: int, value: int) -> None:
    data = bytearray(a_film(2_000))
    data[-at - 1] = value
    with contextlib.suppress(Invalid):
        film(bytes(data))
