"""Puts a board together."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from studio.domain.shot import Aspect, Shot

from media.storyboard.seeding import rng
from media.storyboard.slate import put_slate

COMMENT = "DRAFT – a rehearsal frame, no camera and no image model involved"


@dataclass(frozen=True)
class Board:
    """What to draw. `references` are names only: a drawing cannot be made from them, but it says which there were."""

    shot: Shot
    aspect: Aspect = Aspect.WIDE
    take: int = 1
    prompt: str = ""
    photorealistic: bool = False
    references: tuple[str, ...] = ()


def paint_board(board: Board) -> bytes:
    """Return `board` as a PNG at `board.aspect.pixels`, with text chunks that say it is a rehearsal."""
    frame = Image.new("RGB", board.aspect.pixels, tuple(rng(board).randbytes(3)))
    put_slate(frame, board.shot.scene, board.shot.number, board.take)
    return _encoded(frame, board)


def _encoded(frame: Image.Image, board: Board) -> bytes:
    notes = PngInfo()
    notes.add_itxt("Comment", COMMENT)
    notes.add_text("Software", "Episode Studio draft")
    notes.add_text("Scene", str(board.shot.scene))
    notes.add_text("Shot", str(board.shot.number))
    notes.add_text("Take", str(board.take))
    if board.references:
        notes.add_itxt("References not painted from", ", ".join(board.references))
    out = BytesIO()
    frame.save(out, "PNG", pnginfo=notes, compress_level=4)
    return out.getvalue()
