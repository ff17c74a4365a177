"""Words for people: what says woman or man, which skin, which garment; and the ranges to choose from unsaid."""

import re

from media.storyboard.colour import Rgb

FEMININE = re.compile(
    r"\b(woman|girl|lady|female|mother|sister|daughter|wife|bride|queen|aunt\w*|grandmother|hijab|dress|gown|abaya|"
    r"skirt|blouse|headscarf|heels|bun|braids?|sari|lipstick|she|her)\b"
)
MASCULINE = re.compile(
    r"\b(man|boy|male|father|brother|son|husband|groom|king|uncle|grandfather|beard\w*|mou?stache|stubble|thobe|"
    r"kandura|dishdasha|macawis|ghutra|tie|bald|he|his)\b"
)
NAMES_F = frozenset(
    [
        "alice",
        "amal",
        "amber",
        "aisha",
        "beth",
        "carmen",
        "chloe",
        "claire",
        "eden",
        "eve",
        "fawn",
        "grace",
        "hanan",
        "hazel",
        "helen",
        "hodan",
        "hodon",
        "ifrah",
        "iman",
        "ingrid",
        "isabel",
        "jane",
        "jasmine",
        "jennifer",
        "joy",
        "karen",
        "kate",
        "khadija",
        "lauren",
        "leyla",
        "mary",
        "megan",
        "meryem",
        "miriam",
        "nicole",
        "noor",
        "nour",
        "rachel",
        "ruth",
        "sagal",
        "sahar",
        "sarah",
        "sharon",
        "shirin",
        "susan",
        "suad",
        "yasmin",
        "ruby",
        "ivy",
        "lily",
        "scarlett",
        "zoe",
    ]
)
NAMES_M = frozenset(
    [
        "abdi",
        "abdullahi",
        "ahmed",
        "ali",
        "amir",
        "andrea",
        "asha-man",
        "bilal",
        "dan",
        "david",
        "elijah",
        "ezra",
        "farah",
        "garth",
        "hamza",
        "hassan",
        "hussein",
        "ibrahim",
        "idris",
        "isaac",
        "isa",
        "issa",
        "jake",
        "james",
        "john",
        "jonah",
        "joshua",
        "kareem",
        "khalid",
        "luca",
        "malik",
        "marcus",
        "mika",
        "mohamed",
        "mustafa",
        "musa",
        "nasir",
        "nikita",
        "noah",
        "omar",
        "osman",
        "rami",
        "sami",
        "samir",
        "tom",
        "usama",
        "warsame",
        "yusuf",
        "zaki",
        "zakaria",
    ]
) - {"asha-man"}
SKINS: dict[str, Rgb] = {
    "porcelain": (240, 208, 188), "fair": (236, 198, 172), "pale": (238, 206, 184), "light": (226, 184, 154),
    "ivory": (236, 204, 178), "olive": (196, 150, 112), "tan": (190, 140, 100), "tanned": (190, 140, 100),
    "honey": (192, 140, 98), "caramel": (170, 116, 78), "bronze": (158, 106, 70), "golden": (196, 146, 100),
    "medium": (190, 140, 106), "brown": (140, 92, 62), "deep": (96, 60, 44), "dark": (98, 62, 44),
    "ebony": (76, 48, 38), "black": (84, 54, 42), "chocolate": (98, 62, 44),
}  # fmt: skip
SKIN_RANGE: tuple[Rgb, ...] = (
    (230, 190, 160),
    (204, 158, 122),
    (178, 126, 90),
    (148, 98, 68),
    (116, 74, 52),
    (92, 58, 44),
)
HAIR_RANGE: tuple[Rgb, ...] = ((30, 26, 28), (44, 32, 28), (70, 46, 32), (96, 62, 40), (150, 112, 66))
CLOTH_RANGE: tuple[Rgb, ...] = (
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
