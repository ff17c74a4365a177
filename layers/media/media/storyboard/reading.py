"""Reads a shot's words: the set and hour its heading means, what its mood feels like, what its description asks for."""

import re
from dataclasses import dataclass
from enum import StrEnum

from media.storyboard.seeding import rng
from studio.domain.shot import Shot


class Hour(StrEnum):
    """The light a scene is played in."""

    DAY = "day"
    DAWN = "dawn"
    GOLDEN = "golden"
    DUSK = "dusk"
    NIGHT = "night"


class Feeling(StrEnum):
    """The family a mood belongs to: it decides faces and colours."""

    CALM = "calm"
    JOY = "joy"
    ROMANCE = "romance"
    TENSION = "tension"
    ANGER = "anger"
    SORROW = "sorrow"
    FEAR = "fear"
    MYSTERY = "mystery"
    RESOLVE = "resolve"


class Staging(StrEnum):
    """How the people of a shot stand to one another."""

    TALKING = "talking"
    FACING_OFF = "facing_off"
    EMBRACE = "embrace"
    ALONE = "alone"
    TO_CAMERA = "to_camera"
    WALKING = "walking"


# Interior kinds first where a word could mean both; a heading's own INT/EXT still wins for unknown places.
PLACES: dict[str, tuple[bool, tuple[str, ...]]] = {
    "confessional": (True, ("confession", "interview", "diary room", "testimonial", "talking head", "booth")),
    "kitchen": (True, ("kitchen", "pantry", "cocina", "cuisine", "مطبخ", "küche", "cucina")),
    "bedroom": (True, ("bedroom", "dorm", "bedside", "nursery", "chambre", "dormitorio", "غرفة نوم")),
    "hospital": (True, ("hospital", "clinic", "ward", "surgery", "emergency room", "مستشفى")),
    "hallway": (True, ("hallway", "corridor", "hall way", "stairwell", "staircase", "lobby", "elevator", "ممر")),
    "wedding": (True, ("wedding", "ballroom", "banquet", "reception", "henna", "nikah", "walima", "زفاف", "عرس")),
    "mosque": (False, ("mosque", "masjid", "minaret", "مسجد")),
    "restaurant": (
        True,
        ("restaurant", "cafe", "café", "coffee", "diner", "bar", "bistro", "tea house", "مقهى", "مطعم"),
    ),
    "office": (True, ("office", "boardroom", "meeting", "conference", "headquarters", "newsroom", "bureau", "مكتب")),
    "airport": (True, ("airport", "terminal", "departure", "arrivals", "train station", "station", "مطار")),
    "studio": (True, ("studio", "stage", "set", "theatre", "theater", "auditorium", "backstage", "runway", "مسرح")),
    "gym": (True, ("gym", "boxing", "dojo", "fitness", "locker")),
    "school": (True, ("school", "classroom", "class room", "university", "lecture", "madrasa", "library", "مدرسة")),
    "shop": (True, ("shop", "store", "boutique", "mall", "supermarket", "salon", "bakery", "pharmacy", "متجر")),
    "car": (True, ("car", "taxi", "limousine", "van", "suv", "truck", "bus", "سيارة")),
    "living": (
        True,
        (
            "living room",
            "lounge",
            "family room",
            "sitting room",
            "majlis",
            "salon",
            "parlor",
            "parlour",
            "apartment",
            "villa",
            "flat",
            "house",
            "home",
            "mansion",
            "sala",
            "غرفة",
            "بيت",
            "مجلس",
        ),
    ),
    "rooftop": (False, ("rooftop", "roof", "terrace", "balcony", "skyline", "سطح")),
    "market": (False, ("market", "souk", "souq", "bazaar", "stall", "fair", "mercado", "marché", "سوق")),
    "beach": (False, ("beach", "shore", "sea", "ocean", "coast", "harbor", "harbour", "island", "pier", "شاطئ")),
    "garden": (
        False,
        (
            "garden",
            "yard",
            "backyard",
            "park",
            "patio",
            "courtyard",
            "pool",
            "orchard",
            "farm",
            "field",
            "forest",
            "village",
            "حديقة",
            "jardin",
        ),
    ),
    "street": (
        False,
        (
            "street",
            "road",
            "alley",
            "avenue",
            "sidewalk",
            "driveway",
            "parking",
            "bridge",
            "city",
            "town",
            "calle",
            "rue",
            "شارع",
        ),
    ),
}
_WHEREABOUTS = {
    "apartment",
    "villa",
    "flat",
    "house",
    "home",
    "mansion",
    "courtyard",
    "village",
    "city",
    "town",
    "stage",
}
"""Words that say around what rather than where: "APARTMENT KITCHEN" is a kitchen, a mosque's courtyard a mosque."""
_HOURS: tuple[tuple[Hour, tuple[str, ...]], ...] = (
    (Hour.GOLDEN, ("golden", "sunset", "late afternoon", "magic hour", "غروب")),
    (Hour.DAWN, ("dawn", "sunrise", "early morning", "first light", "فجر")),
    (Hour.DUSK, ("dusk", "twilight", "evening", "blue hour", "maghrib", "soir", "مساء")),
    (Hour.NIGHT, ("night", "midnight", "nuit", "noche", "notte", "nacht", "ليل")),
    (Hour.DAY, ("day", "morning", "noon", "afternoon", "jour", "día", "dia", "نهار", "صباح")),
)
_FEELINGS: tuple[tuple[Feeling, tuple[str, ...]], ...] = (
    (Feeling.ANGER, ("ang", "furious", "rage", "explosive", "confront", "heated", "hostile", "outrage", "fight")),
    (
        Feeling.SORROW,
        (
            "sad",
            "grief",
            "sorrow",
            "melanch",
            "heartbr",
            "tear",
            "lonely",
            "regret",
            "bitter",
            "mourn",
            "vulnerab",
            "hurt",
            "cry",
            "cries",
        ),
    ),
    (Feeling.FEAR, ("fear", "scared", "terr", "horror", "dread", "panic", "ominous", "shock", "stunned")),
    (
        Feeling.TENSION,
        (
            "tens",
            "suspen",
            "anxious",
            "nervous",
            "uneasy",
            "awkward",
            "suspic",
            "drama",
            "betray",
            "charged",
            "crisis",
            "conflict",
            "pressure",
            "stand-off",
            "standoff",
        ),
    ),
    (Feeling.ROMANCE, ("roman", "love", "tender", "intimate", "warm", "affection", "nostalg", "sweet", "passion")),
    (
        Feeling.JOY,
        (
            "happy",
            "joy",
            "celebr",
            "fun",
            "playful",
            "comic",
            "funny",
            "comedy",
            "hopeful",
            "cheer",
            "triumph",
            "uplift",
            "bright",
            "energetic",
            "laugh",
            "light-hearted",
            "lighthearted",
            "excite",
        ),
    ),
    (Feeling.MYSTERY, ("myster", "secret", "noir", "intrigu", "eerie", "thriller", "conspir", "cold")),
    (Feeling.RESOLVE, ("determin", "resol", "proud", "defian", "confiden", "bold", "power", "strong", "honest")),
    (Feeling.CALM, ("calm", "quiet", "peace", "serene", "reflect", "gentle", "soft", "still", "neutral", "intro")),
)
_FACING = (
    "argu",
    "confront",
    "shout",
    "yell",
    "accus",
    "fight",
    "face off",
    "stare down",
    "scream",
    "demand",
    "versus",
    "quarrel",
    "snap at",
    "blame",
)
_EMBRACE = ("hug", "embrac", "hold each other", "comfort", "kiss", "dance", "reunite")
_CAMERA = ("to camera", "to the camera", "confess", "interview", "addresses us", "speaks to us", "direct address")
PROPS: dict[str, tuple[str, ...]] = {
    "letter": ("letter", "envelope", "document", "contract", "paper", "papers", "note", "will", "رسالة"),
    "photograph": ("photo", "photograph", "picture", "portrait", "صورة"),
    "phone": ("phone", "smartphone", "text message", "screenshot", "selfie", "هاتف"),
    "ring": ("ring", "diamond", "engagement", "jewel", "necklace"),
    "box": ("box", "gift", "present", "package", "parcel", "chest"),
    "candle": ("candle", "candles", "candlelight"),
    "suitcase": ("suitcase", "luggage", "packed bag", "bags"),
    "knife": ("knife", "blade"),
    "cake": ("cake", "birthday"),
    "flowers": ("flower", "flowers", "bouquet", "roses"),
    "cup": ("cup", "coffee", "tea", "mug", "teapot"),
    "glass": ("glass", "wine", "drink", "champagne"),
    "plate": ("plate", "dish", "meal", "food", "dinner", "bread", "rice"),
    "laptop": ("laptop", "computer", "screen"),
    "mirror": ("mirror", "reflection"),
    "window": ("window",),
    "door": ("door", "doorway"),
    "rain": ("rain", "storm", "downpour", "مطر"),
    "fire": ("fire", "fireplace", "flames", "campfire", "bonfire"),
    "smoke": ("smoke", "steam", "fog", "mist", "dust"),
    "snow": ("snow", "blizzard"),
    "microphone": ("microphone", "mic"),
    "camera": ("camera crew", "film crew", "boom"),
    "bag": ("handbag", "bag", "purse"),
    "key": ("key", "keys"),
}


@dataclass(frozen=True)
class Brief:
    """What the words of a shot come to. `props` are keys of PROPS in the order the description names them."""

    place: str
    interior: bool
    hour: Hour
    feeling: Feeling
    staging: Staging
    seated: bool
    crying: bool
    props: tuple[str, ...]


def _says(text: str, word: str) -> int:
    """Return where `word` begins a word of `text`, or -1. Scripts without spaces match anywhere."""
    if not word.isascii():
        return text.find(word)
    # Short words must end too, or "car" would be found in "cargo" and "set" in "sunset".
    end = r"(?:s|es)?\b" if len(word) <= 5 else ""
    found = re.search(rf"\b{re.escape(word)}{end}", text)
    return found.start() if found else -1


def _stem(text: str, stems: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{re.escape(stem)}", text) for stem in stems)


def place_of(heading: str) -> tuple[str, bool]:
    """Return the kind of place a heading means, and whether it is indoors."""
    text = heading.lower()
    said_in = bool(re.search(r"\bint\b|داخلي", text))
    said_out = bool(re.search(r"\bext\b|خارجي", text))
    found = [
        (at, (word in _WHEREABOUTS, -len(word)), place, inside)
        for place, (inside, words) in PLACES.items()
        for word in words
        if (at := _says(text, word)) >= 0
    ]
    if said_in != said_out:
        # "EXT. HOTEL LOBBY" is a street view of one: what the heading says about in and out is taken at its word.
        found = [one for one in found if one[3] == said_in] or [one for one in found if one[2] in {"garden", "wedding"}]
    if found:
        # The longest word says most, and of two equals the later: a street market is a market.
        _, _, place, inside = min(found, key=lambda one: (one[1], -one[0]))
        return place, inside
    inside = said_in or (not said_out and rng("inside", text).random() < 0.6)
    return ("room" if inside else "open"), inside


def hour_of(heading: str) -> Hour:
    """Return the hour a heading ends with; day when it names none."""
    text = heading.lower()
    hits = [(at, hour) for hour, words in _HOURS for word in words if (at := text.rfind(word)) >= 0]
    return max(hits, key=lambda hit: hit[0])[1] if hits else Hour.DAY


def feeling_of(mood: str, genre: str, description: str) -> Feeling:
    """Return the family of a mood; the description and genre speak where the mood is silent."""
    for text in (mood.lower(), description.lower(), genre.lower()):
        for feeling, stems in _FEELINGS:
            if text and _stem(text, stems):
                return feeling
    return rng("feeling", mood).choice(list(Feeling)) if mood else Feeling.CALM


def _staging(text: str, people: int, place: str) -> Staging:
    if _stem(text, _CAMERA) or place == "confessional":
        return Staging.TO_CAMERA
    if people >= 2 and _stem(text, _EMBRACE):
        return Staging.EMBRACE
    if people >= 2 and _stem(text, _FACING):
        return Staging.FACING_OFF
    if _stem(text, ("walk", "stroll", "run", "march", "enter", "arriv", "leav", "storm")):
        return Staging.WALKING
    return Staging.ALONE if people == 1 else Staging.TALKING


def read(shot: Shot) -> Brief:
    """Return what `shot`'s words come to."""
    place, interior = place_of(shot.heading)
    text = shot.description.lower()
    named = [(at, prop) for prop, words in PROPS.items() for word in words if (at := _says(text, word)) >= 0]
    props = tuple(dict.fromkeys(prop for _, prop in sorted(named)))
    seated = _stem(text, ("sit", "seated", "kneel", "on the sofa", "on the couch", "at the table")) or place in {
        "confessional",
        "car",
    }
    return Brief(
        place=place,
        interior=interior,
        hour=hour_of(shot.heading),
        feeling=feeling_of(shot.mood, shot.genre, shot.description),
        staging=_staging(text, len(shot.people), place),
        seated=seated,
        crying=_stem(text, ("cry", "cries", "tear", "sob", "weep")),
        props=props[:5],
    )
