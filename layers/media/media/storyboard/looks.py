"""Turns what is said about a person into how to draw them. What is not said is decided by the name, so it stays put."""

import re
from dataclasses import dataclass

from studio.domain.shot import Figure

from media.storyboard.colour import Rgb, colours_named, mix, muted
from media.storyboard.seeding import rng

_FEMININE = re.compile(
    r"\b(woman|girl|lady|female|mother|sister|daughter|wife|bride|queen|aunt\w*|grandmother|hijab|dress|gown|abaya|"
    r"skirt|blouse|headscarf|heels|bun|braids?|sari|lipstick|she|her)\b"
)
_MASCULINE = re.compile(
    r"\b(man|boy|male|father|brother|son|husband|groom|king|uncle|grandfather|beard\w*|mou?stache|stubble|thobe|"
    r"kandura|dishdasha|macawis|ghutra|tie|bald|he|his)\b"
)
_NAMES_F = frozenset(
    "alice amal amber aisha beth carmen chloe claire eden eve fawn grace hanan hazel helen hodan hodon ifrah iman ingrid "
    "isabel jane jasmine jennifer joy karen kate khadija lauren leyla mary megan meryem miriam nicole noor nour rachel "
    "ruth sagal sahar sarah sharon shirin susan suad yasmin ruby ivy lily scarlett zoe".split()
)
_NAMES_M = frozenset(
    "abdi abdullahi ahmed ali amir andrea asha-man bilal dan david elijah ezra farah garth hamza hassan hussein ibrahim "
    "idris isaac isa issa jake james john jonah joshua kareem khalid luca malik marcus mika mohamed mustafa musa nasir "
    "nikita noah omar osman rami sami samir tom usama warsame yusuf zaki zakaria".split()
) - {"asha-man"}
_SKINS: dict[str, Rgb] = {
    "porcelain": (240, 208, 188), "fair": (236, 198, 172), "pale": (238, 206, 184), "light": (226, 184, 154),
    "ivory": (236, 204, 178), "olive": (196, 150, 112), "tan": (190, 140, 100), "tanned": (190, 140, 100),
    "honey": (192, 140, 98), "caramel": (170, 116, 78), "bronze": (158, 106, 70), "golden": (196, 146, 100),
    "medium": (190, 140, 106), "brown": (140, 92, 62), "deep": (96, 60, 44), "dark": (98, 62, 44),
    "ebony": (76, 48, 38), "black": (84, 54, 42), "chocolate": (98, 62, 44),
}  # fmt: skip
_SKIN_RANGE: tuple[Rgb, ...] = (
    (230, 190, 160),
    (204, 158, 122),
    (178, 126, 90),
    (148, 98, 68),
    (116, 74, 52),
    (92, 58, 44),
)
_HAIR_RANGE: tuple[Rgb, ...] = ((30, 26, 28), (44, 32, 28), (70, 46, 32), (96, 62, 40), (150, 112, 66))
_CLOTH_RANGE: tuple[Rgb, ...] = (
    (46, 60, 92), (122, 42, 46), (48, 92, 78), (176, 136, 66), (86, 66, 104), (190, 172, 146), (66, 70, 78),
    (158, 92, 62), (54, 98, 124), (184, 112, 116),
)  # fmt: skip
GARMENTS: tuple[tuple[str, str], ...] = (
    (r"abaya|jilbab|robe|kaftan|caftan|thobe|thawb|kandura|dishdasha|galabeya|cassock|dirac", "robe"),
    (r"gown|wedding dress|evening dress|sari|saree|lehenga", "gown"),
    (r"dress|sundress|frock", "dress"),
    (r"macawis|ma.?awis|sarong|lungi|kikoi", "sarong"),
    (r"suit|tuxedo|blazer", "suit"),
    (r"scrubs|nurse", "scrubs"),
    (r"coat|trench|overcoat|lab coat", "coat"),
    (r"hoodie|sweatshirt", "hoodie"),
    (r"leather|jacket|bomber|denim|vest|cardigan", "jacket"),
    (r"uniform|police|guard|pilot|chef", "uniform"),
    (r"sweater|jumper|turtleneck|knit", "sweater"),
    (r"t-?shirt|tee|tank|jersey|sport|gym", "tee"),
    (r"shirt|blouse|top", "shirt"),
)


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
    women, men = len(_FEMININE.findall(text)), len(_MASCULINE.findall(text))
    if women != men:
        return women > men
    first = figure.name.lower().split()[0].strip(".,'’")
    if first in _NAMES_F:
        return True
    if first in _NAMES_M:
        return False
    if re.search(r"(a|ah|ia|ie|ine|elle|een|een|yn|ey)$", first):
        return True
    return rng("sex", figure.name).random() < 0.4


def _style(text: str, feminine: bool, pick: float) -> str:
    said = (
        (r"\bbald|shaved head", "bald"), (r"\bafro", "afro"), (r"\bbraid|\bplait|cornrow", "braids"),
        (r"\bdread|\blocs\b", "locs"), (r"\bbun\b|updo|chignon|top ?knot", "bun"), (r"pony ?tail|tied back", "tail"),
        (r"\bcurl|\bcoil|frizz", "curls"), (r"\bbob\b|chin-length|shoulder", "bob"),
        (r"\bwav(y|es)", "waves"), (r"\bshort|crop|buzz|fade|cropped|spik", "crop"), (r"\blong|straight|flowing", "long"),
        (r"slick|part|comb|pompadour|quiff", "side"),
    )  # fmt: skip
    for pattern, style in said:
        if re.search(pattern, text):
            return "ringlets" if style == "curls" and re.search(r"long|shoulder", text) else style
    choices = (
        ("long", "waves", "bob", "bun", "tail", "curls") if feminine else ("crop", "side", "crop", "curls", "side")
    )
    return choices[int(pick * len(choices))]


def _cover(text: str) -> str:
    said = (
        (r"niqab|burqa", "niqab"), (r"hijab|head ?scarf|shayla|veil|shawl over", "hijab"), (r"turban", "turban"),
        (r"ghutra|keffiyeh|kufiyah?|shemagh", "ghutra"), (r"\bcap\b|kufi|koofiyad|beanie|taqiyah", "cap"),
        (r"\bhat\b|fedora|cowboy", "hat"),
    )  # fmt: skip
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
    skin_words = [value for word, value in _SKINS.items() if re.search(rf"\b{word}\b", skin)]
    tone = skin_words[-1] if skin_words else _SKIN_RANGE[int(picks[1] * len(_SKIN_RANGE))]
    hair_said = colours_named(hair)
    if not skin_words and hair_said and sum(hair_said[0]) > 200:
        tone = _SKIN_RANGE[int(picks[1] * 2)]
    tint = (
        hair_said[0] if hair_said and cover != "hijab" else _HAIR_RANGE[int(picks[2] * (3 if sum(tone) < 420 else 5))]
    )
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
    own = _CLOTH_RANGE[int(picks[4] * len(_CLOTH_RANGE))]
    other = muted(_CLOTH_RANGE[int(picks[5] * len(_CLOTH_RANGE))], 0.5)
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
