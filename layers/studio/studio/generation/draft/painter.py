"""Paints storyboard frames where no image model is at hand."""

from studio.generation.ports import PaintRequest, Picture, Receipt, Usage

MODEL = "draft-storyboard-1"


class DraftPainter:
    """A `Painter` that draws. The same request gives the same bytes."""

    @property
    def model(self) -> str:
        """The model's id, part of what a call is remembered under."""
        return MODEL

    def paint(self, request: PaintRequest) -> tuple[Picture, Receipt]:
        """Return a PNG marked DRAFT at the aspect's pixel size. References cannot be painted from; they are named."""
        # Functions that never paint run without the media layer, so Pillow is looked for only here.
        from media.storyboard import Board, paint_board

        board = Board(
            shot=request.shot,
            aspect=request.aspect,
            take=request.take,
            prompt=request.prompt,
            photorealistic=request.photorealistic,
            references=tuple(reference.name for reference in request.references),
        )
        width, height = request.aspect.pixels
        picture = Picture(data=paint_board(board), media_type="image/png", width=width, height=height)
        return picture, Receipt(provider="draft", model=MODEL, usage=Usage(images=1))
