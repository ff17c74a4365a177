"""The drawing board: same shot, same picture; another shot, another picture; and nothing anyone writes breaks it."""

from functools import cache
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from media.storyboard import Board, layout, paint_board, slate_box, slate_right
from media.storyboard.colour import WORDS
from media.storyboard.light import light_of
from media.storyboard.looks import look_of
from media.storyboard.reading import PLACES
from media.storyboard.scenery import Scenery
from media.storyboard.seeding import rng
from media.storyboard.sets import furnish
from studio.domain.shot import Angle, Aspect, Figure, Shot, ShotSize

LEILA = Figure(name="Leila", hair="emerald hijab", wardrobe="cream coat")
OMAR = Figure(name="Omar", hair="short black hair, beard", wardrobe="navy suit", build="tall, broad")
CROWD = tuple(Figure(name=name) for name in ("Ana", "Ben", "Chi", "Dan", "Eve", "Fay", "Gus"))


def a_shot(**changes: object) -> Shot:
    given_fields: dict[str, object] = {
        "scene": 1,
        "number": 2,
        "heading": "INT. KITCHEN - NIGHT",
        "description": "Leila and Omar argue over a letter.",
        "people": (LEILA, OMAR),
        "mood": "tense",
    }
    return Shot.model_validate(given_fields | changes)


QUIETER = Board(a_shot(), photorealistic=True, references=("leila.png", "عمر"))
WHOLE = {aspect: aspect.pixels for aspect in Aspect}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third of the width and height, where what is claimed does not depend on them: painting costs by the pixel."""
    monkeypatch.setattr(Aspect, "pixels", property(lambda aspect: tuple(side // 3 for side in WHOLE[aspect])))


@cache
def _painted(board: Board, pixels: tuple[int, int]) -> bytes:
    return paint_board(board)


def painted(board: Board) -> bytes:
    return _painted(board, board.aspect.pixels)


def opened(board: Board) -> Image.Image:
    return Image.open(BytesIO(painted(board)))


def test_the_same_board_gives_the_same_bytes(small: None) -> None:
    board = Board(a_shot())
    assert paint_board(board) == painted(board)


@pytest.mark.parametrize(
    "other",
    [
        Board(a_shot(number=3)),
        Board(a_shot(), take=2),
        Board(a_shot(), prompt="another prompt"),
        Board(a_shot(mood="joyful")),
        QUIETER,
    ],
    ids=["shot", "take", "prompt", "mood", "photorealistic"],
)
def test_whatever_differs_in_the_request_shows_in_the_picture(other: Board, small: None) -> None:
    first = opened(Board(a_shot())).convert("RGB")
    difference = ImageChops.difference(first, opened(other).convert("RGB"))
    assert sum(ImageStat.Stat(difference).mean) > 3


@pytest.mark.parametrize("aspect", list(Aspect))
def test_a_picture_has_the_pixels_of_its_aspect_and_stays_small(aspect: Aspect) -> None:
    board = Board(a_shot(), aspect)
    assert opened(board).size == aspect.pixels
    assert len(painted(board)) < 3_000_000


def test_the_file_itself_says_that_it_is_a_draft(small: None) -> None:
    picture = opened(QUIETER)
    picture.load()
    assert picture.format == "PNG"
    assert picture.info["Comment"] == "DRAFT – a rehearsal frame, no camera and no image model involved"
    assert picture.info["Software"] == "Episode Studio draft"
    assert (picture.info["scene"], picture.info["shot"], picture.info["take"]) == ("1", "2", "1")
    assert picture.info["references"] == "leila.png, عمر"


@pytest.mark.parametrize("aspect", list(Aspect))
def test_the_slate_is_dark_with_chalk_on_it(aspect: Aspect) -> None:
    board = Board(a_shot(), aspect)
    right = slate_right(layout(board.shot, aspect))
    slate = opened(board).convert("L").crop(slate_box(aspect.pixels, right))
    darkest, lightest = slate.getextrema()
    assert darkest < 40
    assert lightest > 180


@pytest.mark.parametrize("aspect", list(Aspect))
def test_a_tighter_shot_shows_a_larger_face(aspect: Aspect) -> None:
    order = [ShotSize.ESTABLISHING, ShotSize.WIDE, ShotSize.MEDIUM, ShotSize.CLOSE_UP, ShotSize.EXTREME_CLOSE_UP]
    heads = [layout(a_shot(size=size, people=(LEILA,)), aspect).people[0].head for size in order]
    assert heads == sorted(heads)
    assert heads[3] > 3 * heads[1]


@pytest.mark.parametrize("aspect", list(Aspect))
@pytest.mark.parametrize("size", [ShotSize.ESTABLISHING, ShotSize.WIDE, ShotSize.MEDIUM, ShotSize.CLOSE_UP])
@pytest.mark.parametrize("count", [1, 2, 3, 6, 7])
def test_nobody_in_focus_loses_their_head_to_the_frame(aspect: Aspect, size: ShotSize, count: int) -> None:
    width, height = aspect.pixels
    blocking = layout(a_shot(people=CROWD[:count], size=size), aspect)
    assert len(blocking.people) == min(count, 6)
    for person in blocking.people:
        left, top, right, bottom = person.head_box
        if person.z <= blocking.camera.distance * 1.02:
            assert left >= 0
            assert right <= width
            assert top >= 0
            assert bottom <= height


def test_an_over_the_shoulder_shot_looks_past_somebody_even_when_only_one_is_named() -> None:
    for people in ((LEILA,), (LEILA, OMAR)):
        blocking = layout(a_shot(people=people, angle=Angle.OVER_SHOULDER), Aspect.WIDE)
        assert [person.back for person in blocking.people] == [False, True]
        facing, shoulder = blocking.people
        assert shoulder.head > facing.head
        assert shoulder.z < facing.z


def test_night_is_darker_than_day(small: None) -> None:
    night, day = (
        ImageStat.Stat(opened(Board(a_shot(heading=f"INT. KITCHEN - {hour}"))).convert("L")).mean[0]
        for hour in ("NIGHT", "DAY")
    )
    assert night < day * 0.85


def test_people_in_different_clothes_look_different_where_they_stand(small: None) -> None:
    shots = [a_shot(people=(Figure(name="Sam", wardrobe=wear),)) for wear in ("red dress", "navy suit")]
    person = layout(shots[0], Aspect.WIDE).people[0]
    box = (
        round(person.left - person.head * 0.8),
        round(person.top + person.head * 1.4),
        round(person.left + person.head * 0.8),
        round(person.top + person.head * 3.2),
    )
    first, second = (opened(Board(shot)).convert("RGB").crop(box) for shot in shots)
    assert sum(ImageStat.Stat(ImageChops.difference(first, second)).mean) > 60


def test_somebody_looks_the_same_in_every_shot_they_are_not_described_in() -> None:
    one = layout(a_shot(people=(Figure(name="Noor"),)), Aspect.WIDE).people[0].look
    two = (
        layout(a_shot(number=9, heading="EXT. BEACH - DAY", people=(Figure(name="Noor"),)), Aspect.TALL).people[0].look
    )
    assert one == two


AWKWARD = st.text(st.characters(exclude_categories=("Cs",)), max_size=40) | st.sampled_from(
    [
        "👩🏾‍🍳🔥 كعكة محترقة",
        "‏شارع‎ — ليل",
        "INT./EXT. - ",
        "𝕶𝖎𝖙𝖈𝖍𝖊𝖓",
        "%s {0} \\",
        "(((",
        "rain fire snow smoke mirror door",
    ]
)


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(AWKWARD, AWKWARD, AWKWARD, AWKWARD, st.sampled_from(list(ShotSize)), st.sampled_from(list(Angle)))
def test_no_words_can_break_the_board(
    small: None, heading: str, description: str, hair: str, mood: str, size: ShotSize, angle: Angle
) -> None:
    figure = Figure(name="🙂", hair=hair, wardrobe=description[:200], skin=hair, build=mood)
    shot = a_shot(
        heading=heading,
        description=description,
        people=(figure, OMAR)[: 1 + len(hair) % 2],
        mood=mood,
        size=size,
        angle=angle,
    )
    assert paint_board(Board(shot)).startswith(b"\x89PNG")


@pytest.mark.parametrize("count", [0, 6])
@pytest.mark.parametrize("angle", list(Angle))
def test_any_angle_can_be_blocked_with_nobody_and_with_many(angle: Angle, count: int) -> None:
    blocking = layout(a_shot(people=CROWD[:count], angle=angle), Aspect.SQUARE)
    assert len(blocking.people) == count


@pytest.mark.parametrize("place", sorted(PLACES))
def test_every_place_a_heading_can_mean_has_a_set_of_its_own(place: str) -> None:
    interior, words = PLACES[place]
    shot = a_shot(heading=f"{'INT' if interior else 'EXT'}. {words[0].upper()} - DAY", people=())
    blocking = layout(shot, Aspect.WIDE)
    assert blocking.brief.place == place
    light = light_of(blocking.brief, shot.mood, shot.genre, shot.heading)
    scenery = Scenery(blocking.camera, light, rng(place), interior, 0.0)
    furnish(scenery, blocking.brief)
    assert len(scenery.solids) > 20


def test_a_set_without_people_and_without_a_name_is_still_a_picture(small: None) -> None:
    shot = a_shot(heading="EXT. قلعة قديمة - ليل", description="🔥", people=(), size=ShotSize.ESTABLISHING)
    assert ImageStat.Stat(opened(Board(shot)).convert("L")).stddev[0] > 12


@pytest.mark.parametrize(
    ("heading", "place", "hour"),
    [
        ("INT. APARTMENT - KITCHEN - NIGHT", "kitchen", "night"),
        ("EXT. STREET MARKET - DAWN", "market", "dawn"),
        ("EXT. MOSQUE COURTYARD - DUSK", "mosque", "dusk"),
        ("INT. CONFESSIONAL BOOTH", "confessional", "day"),
        ("EXT. ROOFTOP - GOLDEN HOUR", "rooftop", "golden"),
        ("داخلي. مطبخ - ليل", "kitchen", "night"),
        ("INT. SPACESHIP - LATER", "room", "day"),
        ("EXT. VOLCANO - SUNRISE", "open", "dawn"),
    ],
)
def test_a_heading_names_its_set_and_hour(heading: str, place: str, hour: str) -> None:
    brief = layout(a_shot(heading=heading), Aspect.WIDE).brief
    assert (brief.place, brief.hour.value) == (place, hour)


def test_what_is_said_about_somebody_is_what_is_drawn() -> None:
    leila, omar = look_of(LEILA), look_of(OMAR)
    assert (leila.cover, leila.cover_colour, leila.garment) == ("hijab", WORDS["emerald"], "coat")
    assert leila.top == WORDS["cream"]
    assert (omar.beard, omar.garment, omar.top) == ("full", "suit", WORDS["navy"])
    assert omar.height > leila.height
    assert omar.breadth > leila.breadth
