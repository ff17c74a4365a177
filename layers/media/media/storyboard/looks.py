"""Turns what is said about a person into how to draw them. What is not said is decided by the name, so it stays put."""

import re
from dataclasses import dataclass

from media.storyboard.colour import Rgb, colours_named, mix, muted
from media.storyboard.lookbook import (
    CLOTH_RANGE,
    FEMININE,
    GARMENTS,
    HAIR_RANGE,
    MASCULINE,
    NAMES_F,
    NAMES_M,
    SKIN_RANGE,
    SKINS,
)
from media.storyboard.seeding import rng
from studio.domain.shot import Figure


@dataclass(frozen=True)
class Look:
    """How a person is drawn. `height` is in metres, `breadth` 1.0 for an average build."""

    skin: Rgb
    hair: Rgb
    style: str
    """One of: bald, crop, side, curls, ringlets, afro, bob, long, waves, bun, tail, braids, locs."""
    cover: str
    """What is on the head: "", hijab, niqab, cap, turban, ghutra, hat."""
    cover_colour: Rgb
    beard: str
    """"", stubble, moustache or full."""
    glasses: bool
    garment: str
    top: Rgb
    under: Rgb
    bottom: Rgb
    apron: bool
    tie: bool
    feminine: bool
    age: int
    height: float
    breadth: float


def _feminine(figure: Figure, text: str) -> bool:
    women, men = len(FEMININE.findall(text)), len(MASCULINE.findall(text))
    if women != men:
        return women > men
    first = figure.name.lower().split()[0].strip(".,'’")
    if first in NAMES_F:
        return True
    if first in NAMES_M:
        return False
    if re.search(r"(a|ah|ia|ie|ine|elle|een|een|yn|ey)$", first):
        return True
    return rng("sex", figure.name).random() < 0.4


def _style(text: str, feminine: bool, pick: float) -> str:
    said = (
        (r"\bbald|shaved head", "bald"),
        (r"\bafro", "afro"),
        (r"\bbraid|\bplait|cornrow", "braids"),
        (r"\bdread|\blocs\b", "locs"),
        (r"\bbun\b|updo|chignon|top ?knot", "bun"),
        (r"pony ?tail|tied back", "tail"),
        (r"\bcurl|\bcoil|frizz", "curls"),
        (r"\bbob\b|chin-length|shoulder", "bob"),
        (r"\bwav(y|es)", "waves"),
        (r"\bshort|crop|buzz|fade|cropped|spik", "crop"),
        (r"\blong|straight|flowing", "long"),
        (r"slick|part|comb|pompadour|quiff", "side"),
    )
    for pattern, style in said:
        if re.search(pattern, text):
            return "ringlets" if style == "curls" and re.search(r"long|shoulder", text) else style
    choices = (
        ("long", "waves", "bob", "bun", "tail", "curls") if feminine else ("crop", "side", "crop", "curls", "side")
    )
    return choices[int(pick * len(choices))]


def _cover(text: str) -> str:
    said = (
        (r"niqab|burqa", "niqab"),
        (r"hijab|head ?scarf|shayla|veil|shawl over", "hijab"),
        (r"turban", "turban"),
        (r"ghutra|keffiyeh|kufiyah?|shemagh", "ghutra"),
        (r"\bcap\b|kufi|koofiyad|beanie|taqiyah", "cap"),
        (r"\bhat\b|fedora|cowboy", "hat"),
    )
    return next((cover for pattern, cover in said if re.search(pattern, text)), "")


def _near(text: str, pattern: str) -> Rgb | None:
    """Return the colour named closest before the word `pattern` finds: "emerald silk hijab" is emerald."""
    found = re.search(pattern, text)
    if not found:
        return None
    before = colours_named(text[: found.start()].rsplit(",", 1)[-1].rsplit(" and ", 1)[-1])
    return before[-1] if before else None


def look_of(figure: Figure) -> Look:
    """Return how to draw `figure`."""
    hair, build, wear, skin = (part.lower() for part in (figure.hair, figure.build, figure.wardrobe, figure.skin))
    text = f"{hair} {build} {wear}"
    chance = rng("look", figure.name)
    picks = [chance.random() for _ in range(12)]
    feminine = _feminine(figure, text)
    age = figure.age or (62 if re.search(r"\bold|elder|grand", text) else 22 + int(picks[0] * 24))
    cover = _cover(f"{hair} {wear}")
    skin_words = [value for word, value in SKINS.items() if re.search(rf"\b{word}\b", skin)]
    tone = skin_words[-1] if skin_words else SKIN_RANGE[int(picks[1] * len(SKIN_RANGE))]
    hair_said = colours_named(hair)
    if not skin_words and hair_said and sum(hair_said[0]) > 200:
        tone = SKIN_RANGE[int(picks[1] * 2)]
    tint = hair_said[0] if hair_said and cover != "hijab" else HAIR_RANGE[int(picks[2] * (3 if sum(tone) < 420 else 5))]
    if (age >= 58 and not hair_said) or re.search(r"gr[ae]y|silver|white|salt", hair):
        tint = mix(tint, (186, 184, 182), 0.8)
    cover_colour = _near(hair, r"hijab|scarf|veil|cap|turban|hat") or _near(
        wear, r"hijab|scarf|veil|cap\b|turban|ghutra"
    )
    garment = next((kind for pattern, kind in GARMENTS if re.search(rf"\b(?:{pattern})", wear)), "")
    if not garment:
        usual = (
            ("shirt", "dress", "sweater", "jacket", "shirt")
            if feminine
            else ("shirt", "jacket", "suit", "sweater", "tee")
        )
        garment = "robe" if cover in {"niqab", "ghutra"} else usual[int(picks[3] * 5)]
    own = CLOTH_RANGE[int(picks[4] * len(CLOTH_RANGE))]
    other = muted(CLOTH_RANGE[int(picks[5] * len(CLOTH_RANGE))], 0.5)
    worn = [colour for colour in colours_named(wear) if colour != cover_colour] or [own]
    if garment == "scrubs" and worn == [own]:
        worn = [(84, 140, 150)]
    bottom = worn[1] if len(worn) > 1 else mix(other, (38, 40, 50), 0.6)
    heavy = 1.2 if re.search(r"heavy|stocky|broad|large|big|plump|muscular|burly|curvy|stout|athletic", build) else 1.0
    slim = 0.88 if re.search(r"slim|thin|slender|lean|petite|wiry|skinny|slight", build) else 1.0
    height = (1.64 if feminine else 1.76) + (picks[6] - 0.5) * 0.08
    height += 0.1 if "tall" in build else -0.1 if re.search(r"short|petite|small", build) else 0.0
    if age < 15:
        height *= 0.62 + age * 0.025
    beard = ""
    if not feminine and age >= 18 and cover != "niqab":
        said_beard = re.search(r"(full |long |thick |trimmed |grey |gray )?beard|goatee", text)
        beard = "full" if said_beard else "stubble" if "stubble" in text else "moustache" if "moustache" in text else ""
        if not beard and picks[7] < 0.45 and not re.search(r"clean.?shaven", text):
            beard = "stubble" if picks[7] < 0.25 else "full"
    return Look(
        skin=tone,
        hair=tint,
        style=_style(hair, feminine, picks[8]),
        cover=cover,
        cover_colour=cover_colour or (muted(own, 0.15) if cover in {"hijab", "turban", "cap"} else (226, 222, 212)),
        beard=beard,
        glasses=bool(re.search(r"glasses|spectacles", text)),
        garment=garment,
        top=worn[0],
        under=(226, 222, 214) if garment in {"suit", "coat", "uniform"} else other,
        bottom=mix(bottom, (40, 40, 48), 0.15),
        apron="apron" in wear,
        tie=garment == "suit" and not feminine and (bool(re.search(r"\btie\b|tuxedo", wear)) or picks[9] < 0.5),
        feminine=feminine,
        age=age,
        height=height,
        breadth=heavy * slim * (0.96 + picks[10] * 0.08),
    )
