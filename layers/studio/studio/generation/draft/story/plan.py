"""The plan of an episode: what kind of story, who is in it, what it turns on, what comes out, where and when."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from pydantic import JsonValue, ValidationError

from studio.domain.base import clean
from studio.domain.project import CharacterSheet
from studio.generation.draft.story.banks import Bank, Place, bank, lexicon
from studio.generation.draft.story.casting import Parts, echoes, parts, players, strangers
from studio.generation.draft.story.clauses import Clause, plain_secret
from studio.generation.draft.story.nouns import Thing, thing
from studio.generation.draft.story.people import invented
from studio.generation.draft.story.reading import Reading, read

_DAY = ("DAWN", "MORNING", "DAY", "AFTERNOON", "SUNSET", "DUSK", "EVENING", "NIGHT", "NIGHT")
_FRESH = {
    "cake",
    "cakes",
    "bread",
    "pie",
    "soup",
    "stew",
    "sourdough",
    "samosas",
    "flowers",
    "roses",
    "pizza",
    "cookies",
}
_CASH = {"money", "cash", "rent", "deposit"}
_ROOMS = {
    "kitchen",
    "living room",
    "dining room",
    "villa",
    "terrace",
    "studio floor",
    "salon",
    "restaurant",
    "office",
    "café",
}
_DAYS = (
    ("MORNING", "DAY", "AFTERNOON", "DUSK", "NIGHT", "NIGHT"),
    ("DAY", "AFTERNOON", "SUNSET", "EVENING", "NIGHT", "NIGHT"),
    ("NIGHT", "MORNING", "DAY", "DUSK", "EVENING", "NIGHT"),
    ("AFTERNOON", "SUNSET", "DUSK", "EVENING", "NIGHT", "DAWN"),
    ("EVENING", "NIGHT", "MORNING", "DAY", "SUNSET", "NIGHT"),
)
"""Hours of six scenes, where the prompt names none."""


@dataclass(frozen=True)
class Plan:
    """Everything the scenes are made from."""

    prompt: str
    clips: int
    reading: Reading
    family: str
    bank: Bank
    parts: Parts
    thing: Thing
    truth: Clause
    personal: bool
    """The truth is one the holder's sheet hides, not one of the bank's."""
    event: str
    places: tuple[Place, ...]
    hours: tuple[str, ...]
    oath: str
    rng: Random

    @property
    def words(self) -> int:
        """How many words may be spoken."""
        return 96 * self.clips


def plan(material: Mapping[str, JsonValue]) -> Plan:
    """Return the plan for this material; the same material gives the same plan."""
    rng = Random(_seed(material))
    prompt = clean(str(material.get("prompt") or _any_text(material))) or "Untitled"
    project = material.get("project")
    show = {k: str(v) for k, v in project.items() if isinstance(v, str)} if isinstance(project, Mapping) else {}
    sheets = _sheets(material.get("cast"))
    reading = read(prompt, genre=show.get("genre", ""), theme=show.get("theme", ""))
    # A prompt that says nothing of its kind gets what suits any group of people.
    family = reading.family or rng.choice(("betrayal", "secret"))
    chosen = bank(family)
    pool = (
        players(sheets, reading, prompt, family, rng)
        if sheets
        else strangers(invented(reading, family, show, str(material.get("locale") or ""), rng), family, rng)
    )
    roles = parts(pool, reading, family, rng)
    object_ = _thing(reading, roles, chosen, rng)
    event = _event(reading, chosen, rng)
    truth, personal = _truth(roles, reading, family, chosen, object_, event, rng)
    everything = " ".join([prompt, show.get("title", ""), *(s.voice + s.description for s in sheets)]).casefold()
    clips = material.get("clips")
    return Plan(
        prompt=prompt,
        clips=min(6, max(1, clips)) if isinstance(clips, int) else 3,
        reading=reading,
        family=family,
        bank=chosen,
        parts=roles,
        thing=object_,
        truth=truth,
        personal=personal,
        event=event,
        places=_places(reading, chosen, rng),
        hours=_hours(reading.hour, rng),
        oath="walahi" if "walahi" in everything or "wallahi" in everything else "",
        rng=rng,
    )


def _seed(material: Mapping[str, JsonValue]) -> int:
    text = json.dumps(dict(material), sort_keys=True, ensure_ascii=True, default=str)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def _any_text(material: Mapping[str, JsonValue]) -> str:
    """Return the first text there is, for callers that ask for a script without a prompt."""
    return next((v for v in material.values() if isinstance(v, str) and v.strip()), "")


def _sheets(cast: JsonValue) -> list[CharacterSheet]:
    sheets: list[CharacterSheet] = []
    for entry in cast if isinstance(cast, list) else []:
        try:
            sheets.append(CharacterSheet.model_validate(entry))
        except ValidationError:
            # A cast kept by a newer or older version of the studio: the name is enough to play with.
            if isinstance(entry, Mapping) and isinstance(name := entry.get("name"), str) and name.strip():
                sheets.append(CharacterSheet(name=name[:80]))
    return sheets


def _thing(reading: Reading, roles: Parts, chosen: Bank, rng: Random) -> Thing:
    if reading.things:
        return reading.things[0]
    if not reading.english and not all(ord(c) < 0x250 for c in reading.text):
        # The prompt's own words are the evidence, since they cannot be taken apart.
        return Thing(rng.choice(("note", "message", "card", "page")), quote=_quotable(reading.text))
    hidden = " ".join(p.secret.mine for p in roles.everyone if p.secret).casefold()
    spoken_of = [t for t in chosen.things if re.search(rf"(?<!\w){re.escape(t)}(?!\w)", hidden)]
    evidence = next((lexicon().evidence[word] for word in reading.words if word in lexicon().evidence), "")
    return thing(rng.choice(spoken_of or ([evidence] if evidence else list(chosen.things))), held=True)


def _quotable(text: str) -> str:
    """Return the last few words of `text`."""
    # The end of a sentence says more of what it is about than its beginning, which asks for an episode.
    line = " ".join(text.split()[-4:]).strip(" .!?؟。،,")
    return line[-60:].lstrip()


def _truth(
    roles: Parts, reading: Reading, family: str, chosen: Bank, object_: Thing, event: str, rng: Random
) -> tuple[Clause, bool]:
    own = roles.holder.secret
    if own and (family in {"secret", "betrayal"} or echoes(own.mine, reading)):
        return own, True
    about = [t for t in chosen.truths if "{thing}" in t] if reading.things else []
    spoiled = family == "secret" and object_.noun.split()[-1] in _FRESH
    spoiled |= family == "business" and object_.noun.split()[-1] in _CASH
    if spoiled or (family == "business" and not reading.things):
        # What is only evidence of the deal was not itself pawned or sold, and no cake is hidden for thirty years.
        about = [t for t in chosen.truths if "{thing}" not in t]
    # The ex cannot have taken it from the ex.
    told = [t for t in about or chosen.truths if not (roles.holder.label == "the ex" and " the ex" in t)]
    template = _bank_truth(rng.choice(told), object_, event, roles)
    return plain_secret(template, roles.holder.pronoun), False


def _bank_truth(template: str, object_: Thing, event: str, roles: Parts) -> str:
    template = template.replace("{event}", event)
    return template.replace("{thing}", object_.itself).replace("{it}", object_.it).replace("{lead}", roles.lead.short)


def _event(reading: Reading, chosen: Bank, rng: Random) -> str:
    event = reading.event or rng.choice(chosen.events)
    if event in lexicon().bare_events:
        return event if event in {"dinner", "iftar", "prom"} else event.title()
    return event if event.startswith("the ") else f"the {event}"


def _places(reading: Reading, chosen: Bank, rng: Random) -> tuple[Place, ...]:
    """Return where the story can be: the prompt's places first, then the family's, shuffled."""
    own = list(reading.places)
    others = [lexicon().place(name) for name in chosen.places]
    rng.shuffle(others)
    # A story of its own choosing begins where people can sit down together.
    first = next((place for place in others if place.name in _ROOMS), others[0])
    others = [first, *(place for place in others if place is not first)]
    return tuple(dict.fromkeys([*own, *others]))


def _hours(first: str, rng: Random) -> tuple[str, ...]:
    """Return the hours of six scenes, one day in order, beginning at the hour the prompt names."""
    if not first:
        return rng.choice(_DAYS)
    start = _DAY.index(first)
    ring = [*_DAY[start:], *_DAY[:start]]
    return tuple(ring[:6])
