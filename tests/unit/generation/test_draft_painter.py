"""The draft provider's painter, through its port."""

import hashlib
import subprocess
import sys
from io import BytesIO

from PIL import Image

from studio.domain.shot import Aspect, Figure, Shot
from studio.generation.draft.painter import DraftPainter
from studio.generation.ports import Painter, PaintRequest, Reference

SHOT = Shot(
    scene=2, number=1, heading="EXT. ROOFTOP - GOLDEN HOUR", description="Maya waits.", people=(Figure(name="Maya"),)
)


def test_the_draft_painter_is_a_painter_that_says_who_it_is() -> None:
    painter: Painter = DraftPainter()
    picture, receipt = painter.paint(PaintRequest(prompt="A rooftop", shot=SHOT, aspect=Aspect.TALL))
    assert (picture.media_type, picture.width, picture.height) == ("image/png", 768, 1344)
    assert Image.open(BytesIO(picture.data)).size == (768, 1344)
    assert (receipt.provider, receipt.model) == ("draft", painter.model) == ("draft", "draft-storyboard-1")
    assert receipt.usage.images == 1


def test_references_it_cannot_paint_from_are_named_in_the_file() -> None:
    data = b"not even a picture"
    reference = Reference(name="Maya", data=data, media_type="image/png", sha256=hashlib.sha256(data).hexdigest())
    picture, _ = DraftPainter().paint(PaintRequest(prompt="A rooftop", shot=SHOT, references=(reference,)))
    opened = Image.open(BytesIO(picture.data))
    opened.load()
    assert opened.info["references"] == "Maya"


def test_the_package_can_be_imported_where_there_is_no_media_layer() -> None:
    script = (
        "import sys; sys.path.insert(0, 'layers/studio'); import studio.generation.draft.painter;"
        " assert not {'media', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
