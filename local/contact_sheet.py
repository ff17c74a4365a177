"""The contact sheet: an episode's clips on one page, with captions, to look at before anything else."""

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError
from PIL.ImageFont import FreeTypeFont

WIDTH = 1600
MARGIN = 48
GAP = 28
PAPER, INK, FADED, MARK = (17, 18, 22), (240, 238, 232), (150, 150, 158), (232, 93, 61)

type Font = FreeTypeFont | ImageFont.ImageFont


def draw_contact_sheet(episode: Mapping[str, Any], folder: Path) -> Path:
    """Draw `folder/contact-sheet.png` from the stills in `folder/clips`; a clip without one keeps an empty frame."""
    clips = sorted(episode.get("clips", []), key=lambda clip: int(clip["number"]))
    columns = 1 if len(clips) == 1 else 2 if len(clips) in {2, 4} else 3
    cell = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) // columns
    frame = round(cell / _ratio(str(episode.get("aspect", "16:9"))))
    title_font, text_font, small = (ImageFont.load_default(size) for size in (44, 22, 18))

    heading = _wrapped(str(episode.get("title") or "Untitled"), title_font, WIDTH - 2 * MARGIN - 180)
    synopsis = _wrapped(str(episode.get("synopsis") or ""), text_font, WIDTH - 2 * MARGIN)[:4]
    captions = [_wrapped(_caption(clip), small, cell)[:4] for clip in clips]
    top = MARGIN + 54 * len(heading) + 30 * len(synopsis) + GAP
    rows = [captions[start : start + columns] for start in range(0, len(captions), columns)]
    heights = [frame + 14 + 24 * max(map(len, row)) + GAP for row in rows]

    sheet = Image.new("RGB", (WIDTH, top + sum(heights) + MARGIN), PAPER)
    pen = ImageDraw.Draw(sheet)
    for line, text in enumerate(heading):
        pen.text((MARGIN, MARGIN + 54 * line), text, INK, font=title_font)
    for line, text in enumerate(synopsis):
        pen.text((MARGIN, MARGIN + 54 * len(heading) + 8 + 30 * line), text, FADED, font=text_font)
    if episode.get("provider") == "draft":
        pen.rounded_rectangle((WIDTH - MARGIN - 150, MARGIN, WIDTH - MARGIN, MARGIN + 48), 8, outline=MARK, width=3)
        pen.text((WIDTH - MARGIN - 75, MARGIN + 24), "DRAFT", MARK, font=text_font, anchor="mm")
    y = top
    for index, row in enumerate(rows):
        for column, caption in enumerate(row):
            clip = clips[index * columns + column]
            x = MARGIN + column * (cell + GAP)
            _paste(sheet, pen, _still(folder, int(clip["number"])), (x, y, x + cell, y + frame), str(clip["status"]))
            for line, text in enumerate(caption):
                pen.text((x, y + frame + 12 + 24 * line), text, INK if line == 0 else FADED, font=small)
        y += heights[index]
    target = folder / "contact-sheet.png"
    part = folder / "contact-sheet.png.part"
    sheet.save(part, format="PNG")
    part.replace(target)
    return target


def _caption(clip: Mapping[str, Any]) -> str:
    told = clip.get("description") or clip.get("reason") or ""
    return f"{clip['number']}. {told}" if told else f"{clip['number']}. ({clip['status']})"


def _still(folder: Path, number: int) -> Path | None:
    return next((path for path in sorted((folder / "clips").glob(f"{number}.*")) if path.suffix in _STILLS), None)


_STILLS = {".png", ".jpg", ".jpeg", ".webp"}


def _paste(
    sheet: Image.Image, pen: ImageDraw.ImageDraw, still: Path | None, box: tuple[int, int, int, int], status: str
) -> None:
    width, height = box[2] - box[0], box[3] - box[1]
    pen.rectangle(box, outline=(60, 60, 68))
    if still is not None:
        try:
            with Image.open(still) as opened:
                picture = opened.convert("RGB")
        except (OSError, UnidentifiedImageError):
            still = None
        else:
            picture.thumbnail((width, height))
            sheet.paste(picture, (box[0] + (width - picture.width) // 2, box[1] + (height - picture.height) // 2))
    if still is None:
        pen.text(
            (box[0] + width // 2, box[1] + height // 2), status, FADED, font=ImageFont.load_default(22), anchor="mm"
        )


def _wrapped(text: str, font: Font, width: int) -> list[str]:
    """Lines that fit `width` pixels, guessed from the font's mean letter."""
    letters = max(8, int(width / max(1.0, font.getlength("the quick brown fox") / 19)))
    return textwrap.wrap(" ".join(text.split()), letters)


def _ratio(aspect: str) -> float:
    across, _, down = aspect.partition(":")
    return int(across) / int(down) if across.isdigit() and down.isdigit() and int(down) else 16 / 9
