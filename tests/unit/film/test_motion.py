"""The camera over a still: it does what was asked, and it does not step."""

from itertools import pairwise

import pytest
from PIL import Image

from film.motion import Plate, course, eased
from film.planes import planes
from film.stills import BrokenStill, fitted, opened, whole
from studio.domain.shot import Move
from tests.unit.film.rushes import chart, still

SIZE = (640, 360)
SPOT = (760, 340)


def _disc(picture: Image.Image) -> tuple[float, float]:
    """Return where the disc's middle is, between pixels: its centre of gravity."""
    ground = picture.getpixel((0, 0))
    left, top, right, bottom = picture.point(lambda level: 255 * (level > 120)).getbbox()
    box = (left - 4, top - 4, right + 4, bottom + 4)
    cut = picture.crop(box)
    wide = cut.width
    light = [max(level - ground, 0) for level in cut.tobytes()]
    whole_ = sum(light)
    x = sum(level * (at % wide) for at, level in enumerate(light)) / whole_
    y = sum(level * (at // wide) for at, level in enumerate(light)) / whole_
    return box[0] + x + 0.5, box[1] + y + 0.5


@pytest.mark.parametrize("move", list(Move))
def test_a_slow_move_does_not_step(move: Move) -> None:
    """Frame by frame, where the disc is and where it should be, to a tenth of a pixel."""
    plate = Plate(chart(SPOT), move, 10, SIZE)
    on_plate = _disc(plate._planes.y)
    off = []
    for frame in range(80, 104):
        share = frame / 239
        left, top, right, bottom = plate.box(share)
        meant = ((on_plate[0] - left) * SIZE[0] / (right - left), (on_plate[1] - top) * SIZE[1] / (bottom - top))
        seen = _disc(plate.at(share).y)
        off.append((seen[0] - meant[0], seen[1] - meant[1]))
    assert max(abs(value) for pair in off for value in pair) < 0.1
    assert max(abs(b - a) for one, two in pairwise(off) for a, b in zip(one, two, strict=True)) < 0.1


def test_colour_moves_with_brightness() -> None:
    plate = Plate(chart(SPOT), Move.PUSH_IN, 10, SIZE)
    red = Image.new("RGB", (1344, 768), (30, 30, 30))
    red.paste((220, 40, 40), (700, 300, 800, 400))
    moved = planes(fitted(red, plate._planes.size)).seen_through(plate.box(0.4), SIZE)
    edges = [band.point(lambda level: 255 * (level > 80)).getbbox() for band in (moved.y,)]
    colour = moved.v.point(lambda level: 255 * (level > 170)).getbbox()
    assert all(abs(2 * half - full) <= 3 for half, full in zip(colour, _box(moved.y), strict=True)), edges


def _box(y: Image.Image) -> tuple[int, int, int, int]:
    return y.point(lambda level: 255 * (level > 55)).getbbox()


@pytest.mark.parametrize(
    ("move", "axis", "sign"),
    [(Move.PAN_LEFT, 0, 1), (Move.PAN_RIGHT, 0, -1), (Move.TILT_UP, 1, 1), (Move.TILT_DOWN, 1, -1)],
)
def test_what_is_seen_goes_the_other_way_than_the_camera(move: Move, axis: int, sign: int) -> None:
    plate = Plate(chart(SPOT), move, 5, SIZE)
    first, last = _disc(plate.at(0).y), _disc(plate.at(1).y)
    assert (last[axis] - first[axis]) * sign > SIZE[axis] * 0.05
    assert abs(last[1 - axis] - first[1 - axis]) < 0.1


def test_a_push_comes_closer_and_a_pull_goes_away() -> None:
    for move, grows in ((Move.PUSH_IN, True), (Move.PULL_OUT, False), (Move.STATIC, True)):
        plate = Plate(chart(SPOT), move, 5, SIZE)
        boxes = [plate.box(at / 10) for at in range(11)]
        widths = [right - left for left, _, right, _ in boxes]
        assert widths == sorted(widths, reverse=grows)
        assert widths[0] != widths[-1]


def test_no_move_looks_past_the_plate() -> None:
    for move in Move:
        plate = Plate(still(), move, 4, SIZE)
        wide, tall = plate._planes.size
        for at in range(11):
            left, top, right, bottom = plate.box(at / 10)
            assert 0 <= left < right <= wide
            assert 0 <= top < bottom <= tall


def test_a_move_eases_in_and_out_and_a_longer_shot_goes_further() -> None:
    assert [eased(share) for share in (-1, 0, 0.5, 1, 2)] == [0, 0, 0.5, 1, 1]
    assert eased(0.02) < 0.002
    assert course(Move.PUSH_IN, 8).wider > course(Move.PUSH_IN, 3).wider
    assert course(Move.PUSH_IN, 500).wider < 1.2


def test_a_broken_still_is_told_from_a_whole_one() -> None:
    assert whole(still())
    for broken in (b"", b"not a picture", still()[:2000], still()[:-40]):
        assert not whole(broken)
    with pytest.raises(BrokenStill, match="cannot be read"):
        opened(still()[:2000])
