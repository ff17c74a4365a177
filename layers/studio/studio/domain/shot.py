"""The camera's words: what a shot is, independent of who paints it."""

from enum import StrEnum

from pydantic import Field

from studio.domain.base import Name, Paragraph, Phrase, Value


class Aspect(StrEnum):
    """Width to height of the picture."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height in pixels of a 1K picture in this aspect."""
        return {"16:9": (1344, 768), "9:16": (768, 1344), "1:1": (1024, 1024)}[self.value]


class ShotSize(StrEnum):
    """How much of the person the frame shows."""

    ESTABLISHING = "establishing"
    WIDE = "wide"
    MEDIUM = "medium"
    CLOSE_UP = "close_up"
    EXTREME_CLOSE_UP = "extreme_close_up"


class Angle(StrEnum):
    """Where the camera looks from."""

    EYE_LEVEL = "eye_level"
    LOW = "low"
    HIGH = "high"
    OVER_SHOULDER = "over_shoulder"
    DUTCH = "dutch"


class Move(StrEnum):
    """How the camera moves during the shot."""

    STATIC = "static"
    PUSH_IN = "push_in"
    PULL_OUT = "pull_out"
    PAN_LEFT = "pan_left"
    PAN_RIGHT = "pan_right"
    TILT_UP = "tilt_up"
    TILT_DOWN = "tilt_down"
    DRIFT = "drift"


class Appearance(Value):
    """How somebody looks, in words a painter understands."""

    build: Phrase = ""
    hair: Phrase = ""
    skin: Phrase = ""
    wardrobe: Phrase = ""


class Figure(Appearance):
    """A person in the frame, as far as a painter needs to know them."""

    name: Name
    age: int | None = Field(default=None, ge=1, le=120)


class Shot(Value):
    """One shot, fully described.

    `heading` is a scene heading as scripts write it, "INT. KITCHEN - NIGHT": the set and the hour come from it. `light`
    is what the director asked for in this scene, `look` what every clip of the episode has in common.
    """

    scene: int = Field(ge=1)
    number: int = Field(ge=1)
    heading: Phrase
    description: Paragraph
    people: tuple[Figure, ...] = ()
    size: ShotSize = ShotSize.MEDIUM
    angle: Angle = Angle.EYE_LEVEL
    lens_mm: int = Field(default=35, ge=8, le=300)
    move: Move = Move.STATIC
    mood: Phrase = ""
    genre: Phrase = ""
    light: Paragraph = ""
    look: Paragraph = ""
