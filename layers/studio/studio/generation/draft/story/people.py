"""People for an episode that has no cast: those the prompt names, and others made up to fit it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from studio.domain.shot import Appearance
from studio.generation.draft.story.banks import Culture, Kind, lexicon, people
from studio.generation.draft.story.nouns import sentence_case, singular, with_article
from studio.generation.draft.story.reading import Reading

_NAME_LIMIT = 80
_MOST = 5
_PARTS = 4
_GREY = 51
"""The age after which hair is grey, and nobody's mother asks about the old job."""
_NOBODY = {"main character", "protagonist", "hero", "heroine", "villain", "baby", "man", "woman", "heir"}
"""Roles that say who leads, or nothing more than that there is somebody."""
_LEADS = {"main character", "protagonist", "hero", "heroine"}
_POSSESSED = r"(?:my|her|his|their|our|your|su|sua|seu|sa|son|ihre?|seine?)"
_HIDES = (
    r"(?:secretly\s+)?(?:hides?|hid|steals?|stole|lies?|lied|betrays?|betrayed|sabotages?|sabotaged|cheats?|cheated)"
)

_PLAIN = Appearance()


@dataclass(frozen=True)
class Person:
    """Somebody who is not in a cast. `label` is what they are in the story, "the older sister"; it may be empty."""

    name: str
    label: str = ""
    pronoun: str = "they"
    description: str = ""
    wardrobe: str = ""
    host: bool = False
    elder: bool = False
    age: int | None = None
    appearance: Appearance = _PLAIN


@dataclass(frozen=True)
class _Sketch:
    """Somebody without a name and a face yet. `kind` is one of the bank's kinds; `at` is where the prompt has it."""

    kind: str = ""
    label: str = ""
    name: str = ""
    sex: str = ""
    years: int = 0
    at: int = 0
    possessed: bool = False
    many: bool = False

    @property
    def trait(self) -> Kind:
        """What the bank knows of this kind of person."""
        return people().kinds.get(self.kind, Kind())


def invented(reading: Reading, family: str, show: Mapping[str, str], locale: str, rng: Random) -> list[Person]:
    """Return three to five people, whoever leads first.

    show: what the project says of itself, by field. locale: the language the episode is asked for in. Both only help
    to choose names where the prompt gives no clue.
    """
    sketches = _completed(_ordered(_sketches(reading), reading, family, rng), family, rng)
    sketches = _sexed(sketches, rng)
    named = _named(sketches, reading, _culture(reading, show, locale), rng)
    return _dressed(named, family, rng)


def _sketches(reading: Reading) -> list[_Sketch]:
    """Return whom the prompt speaks of, in its order."""
    text = reading.text.casefold()
    found = [_named_sketch(name, text, reading) for name in reading.names]
    taken = {sketch.kind for sketch in found if sketch.kind}
    singles = [r for r in reading.relations if r not in taken]
    merged = _same_person(text, singles)
    for relation in singles:
        kind = lexicon().foreign_relations.get(relation, relation)
        if kind in _NOBODY or relation in {second for second in merged.values() if second}:
            continue
        label = f"the {kind}"
        if other := merged.get(relation):
            adjacent = re.search(rf"\b{re.escape(relation)}\s+{re.escape(other)}\b", text)
            label, kind = (f"the {relation} {other}", other) if adjacent else (f"the {relation} and the {other}", other)
        owner = _owner(text, relation, reading)
        found.append(
            _Sketch(
                kind=kind,
                label=f"{owner}'s {kind}" if owner else label,
                at=text.find(relation) if relation in text else len(text),
                possessed=bool(owner)
                or re.search(rf"\b{_POSSESSED}\s+(?:\w+\s+)?{re.escape(relation)}\b", text) is not None,
            )
        )
    for plural in reading.plural_relations:
        found += _group(plural, text)
    # One word must not make two people: "sisters" and "sister" are the same two.
    return sorted(found, key=lambda sketch: sketch.at)


def _named_sketch(name: str, text: str, reading: Reading) -> _Sketch:
    """Return the sketch of somebody the prompt names, with what it says they are."""
    low = re.escape(name.casefold())
    kind = next((w for w in name.casefold().split()[:-1] if w in people().kinds), "")
    label = ""
    for relation in reading.relations:
        word = re.escape(relation)
        before = re.search(rf"\b({_POSSESSED}|the)\s+(?:\w+\s+)?{word},?\s+{low}\b", text)
        after = re.search(rf"{low},\s+(?:{_POSSESSED}|the|an?)\s+(?:\w+\s+)?{word}\b", text)
        if relation not in _NOBODY and (before or after):
            kind, label = relation, f"the {relation}"
    return _Sketch(kind=kind, label=label, name=name, sex=_sex_of(name), at=max(0, text.find(name.casefold())))


def _sex_of(name: str) -> str:
    """Return "woman" or "man" where the name tells, else nothing."""
    words = set(name.split())
    for culture in people().cultures.values():
        if words & {*culture.women}:
            return "woman"
        if words & {*culture.men}:
            return "man"
    return {"a": "woman", "o": "man"}.get(name[-1].casefold(), "")


def _same_person(text: str, relations: list[str]) -> dict[str, str]:
    """Return the pairs of roles that one person has: "a rival chef", "my boss is my mother"."""
    pairs: dict[str, str] = {}
    for first in relations:
        for second in relations:
            one, two = re.escape(first), re.escape(second)
            is_also = rf"\b{one}\s+(?:is|was)\s+(?:\w+ly\s+)?(?:{_POSSESSED}|the|an?)\s+(?:[\w-]+\s+)?{two}\b"
            if first != second and first not in pairs.values() and re.search(rf"\b{one}\s+{two}\b|{is_also}", text):
                pairs[first] = second
    return pairs


def _owner(text: str, relation: str, reading: Reading) -> str:
    """Return whose relation this is, when the prompt says so by name: "Amina's sister"."""
    for name in reading.names:
        if re.search(rf"{re.escape(name.casefold())}['’]s\s+(?:\w+\s+)?{re.escape(relation)}\b", text):
            return name
    return ""


def _group(plural: str, text: str) -> list[_Sketch]:
    """Return the people a plural stands for: "two sisters", "housemates"."""
    bank = people()
    kind, at = singular(plural), text.find(plural)
    counted = re.search(rf"\b(\w+)\s+(?:\w+\s+)?{re.escape(plural)}\b", text)
    stated = bank.counts.get(counted.group(1)) if counted else None
    trait = bank.kinds.get(kind, Kind())
    if kind in {"judge", "host", "investor"}:
        return [_Sketch(kind=kind, label=f"one of the {plural}", at=at)]
    count = min(stated or (2 if trait.kin or kind in bank.pairs else 3), _PARTS)
    if trait.kin and trait.generation in {0, -1}:
        ranks = ("older", "younger") if count == 2 else ("oldest", "youngest", "middle", "second-youngest")
        years = (4, -3, 0, -1)
        return [
            _Sketch(kind=kind, label=f"the {rank} {kind}", years=years[i], at=at, many=True)
            for i, rank in enumerate(ranks[:count])
        ]
    if count == 2:
        labels = [f"one of the two {plural}", f"the other {kind}"]
    else:
        labels = [
            f"one of the {plural}",
            f"another of the {plural}",
            f"the newest of the {plural}",
            f"the oldest of the {plural}",
        ]
    years = (0, 1, -3, 6)
    return [_Sketch(kind=kind, label=label, years=years[i], at=at, many=True) for i, label in enumerate(labels[:count])]


def _ordered(found: list[_Sketch], reading: Reading, family: str, rng: Random) -> list[_Sketch]:
    """Return the sketches with whoever leads first and whoever has most to hide second."""
    text = reading.text.casefold()
    named = [sketch for sketch in found if sketch.name]
    if named:
        hiding = [s for s in named if re.search(rf"{re.escape(s.name.casefold())}\s+{_HIDES}\b", text)]
        lead = next((s for s in named if s not in hiding), None)
        second = hiding[:1] if lead else []
        lead = lead or named[0]
        rest = [s for s in found if s is not lead and s not in second]
        return [lead, *second, *rest]
    asked = any(lexicon().foreign_relations.get(r, r) in _LEADS for r in reading.relations)
    first_person = re.search(r"\b(?:i|my|me|we|our)\b", text) is not None
    if not found or asked or first_person or found[0].possessed or _follows(found[0]):
        found = [_lead(found, reading, family, rng), *found]
    if family == "dating":
        # Nobody is courted by their own family.
        found[1:] = sorted(found[1:], key=lambda sketch: sketch.trait.kin)
    return found


def _follows(sketch: _Sketch) -> bool:
    """Tell whether the story is about somebody else, to whom this one is something; two friends are that to another."""
    return sketch.trait.follows and not sketch.many


def _lead(found: list[_Sketch], reading: Reading, family: str, rng: Random) -> _Sketch:
    """Return somebody to lead whom the prompt only implies: "my boss" has somebody who works for them."""
    text = reading.text.casefold()
    roles = {lexicon().foreign_relations.get(r, r) for r in reading.relations}
    feminine, masculine = re.search(r"\b(?:she|her)\b", text), re.search(r"\b(?:he|his)\b", text)
    sex = "woman" if "heroine" in roles or (feminine and not masculine) else "man" if masculine and not feminine else ""
    sex = sex or rng.choice(("woman", "man"))
    answers = [s.trait.answer for s in sorted(found, key=lambda s: not s.trait.kin) if s.trait.answer]
    if answers:
        kind = answers[0][0 if sex == "woman" else 1]
        return _Sketch(kind=kind, label=f"the {kind}", sex=sex)
    label = rng.choice(people().fill[family][0])
    return _labelled(label, "" if _kind_of(label) else sex)


def _labelled(label: str, sex: str = "") -> _Sketch:
    kind = _kind_of(label)
    years = 4 if label.startswith(("older", "oldest")) else -3 if label.startswith(("young", "newest")) else 0
    return _Sketch(kind=kind, label=f"the {label}", sex=sex, years=years)


def _kind_of(label: str) -> str:
    """Return the kind of person a label names first: "daughter" for "daughter who moved away"."""
    head = re.split(r"\s+(?:who|with|back|at|by|in|to|from|of|everybody)\b", label)[0].split()
    return next((k for k in (" ".join(head[-2:]), head[-1]) if k in people().kinds), "")


def _completed(found: list[_Sketch], family: str, rng: Random) -> list[_Sketch]:
    """Return the sketches with others added, until every part has somebody."""
    bank = people()
    out = found[:_PARTS]
    # A grandmother's story has her children in it, where a granddaughter's has aunts and uncles.
    elders = family == "secret" and (out[0].trait.generation or 0) > 0
    for choices in [*bank.fill["elders" if elders else family][len(out) : _PARTS], bank.spare]:
        used = {sketch.kind for sketch in out} | {sketch.label for sketch in out}
        free = [c for c in choices if _kind_of(c) not in used - {""} and f"the {c}" not in used]
        if len(out) < _PARTS:
            out.append(_labelled(rng.choice(free or list(choices))))
    hosts = bank.fill[family][_PARTS:]
    if hosts and len(out) < _MOST and not any(sketch.kind == "host" for sketch in out):
        out.append(_labelled(hosts[0][0]))
    return out


def _sexed(sketches: list[_Sketch], rng: Random) -> list[_Sketch]:
    """Return the sketches with women and men shared out among those of whom nothing is known."""
    out: list[_Sketch] = []
    for sketch in sketches:
        sex = sketch.sex or sketch.trait.sex
        if not sex and not sketch.name and not sketch.trait.look:
            women = sum(s.sex == "woman" for s in out)
            men = sum(s.sex == "man" for s in out)
            sex = rng.choice(("woman", "man")) if women == men else "man" if women > men else "woman"
        out.append(replace(sketch, sex=sex))
    return out


def _culture(reading: Reading, show: Mapping[str, str], locale: str) -> str:
    """Return the culture whose names fit: by a place the prompt names, its script, its language, its people's names."""
    bank = people()
    text = reading.text.casefold()
    if found := _by_cue(text):
        return found
    scripts = [
        unicodedata.name(c, "").split(" ")[0].split("-")[0] for c in text[:400] if c.isalpha() and not c.isascii()
    ]
    if any(c in "پچژگ" for c in text):
        return "urdu" if any(c in "ٹڈڑںے" for c in text) else "persian"
    for key, culture in bank.cultures.items():
        if any(script in scripts for script in culture.scripts) and not (key == "chinese" and "HIRAGANA" in scripts):
            return key
    if not reading.english:
        words = set(reading.words)
        scores = {key: len(words & set(culture.words)) for key, culture in bank.cultures.items()}
        best = max(scores, key=lambda key: scores[key])
        if scores[best] > 1:
            return best
    for name in reading.names:
        for key, culture in bank.cultures.items():
            if {name, *name.split()} & {*culture.women, *culture.men, *culture.native}:
                return key
    if found := _by_cue(" ".join(show.values()).casefold()):
        return found
    language = locale.casefold().replace("_", "-")
    return next(
        (k for tag in (language, language.split("-")[0]) for k, c in bank.cultures.items() if tag in c.languages), ""
    )


def _by_cue(text: str) -> str:
    """Return the culture of the first place or people that `text` speaks of."""
    spots = [
        (match.start(), key)
        for key, culture in people().cultures.items()
        for cue in culture.cues
        if cue in text and (match := re.search(rf"(?<!\w){re.escape(cue)}(?!\w)", text))
    ]
    return min(spots)[1] if spots else ""


def _named(sketches: list[_Sketch], reading: Reading, culture: str, rng: Random) -> list[tuple[_Sketch, Culture]]:
    """Return the sketches with names, no two of which begin with the same letter while there is a choice."""
    bank = people()
    mixed = rng.sample(bank.mixed, len(bank.mixed))
    # A family shares its names' language; strangers come from everywhere.
    shared = culture or mixed.pop()
    related = any(sketch.trait.kin for sketch in sketches)
    taken = {sketch.name.casefold() for sketch in sketches} | {word.casefold() for word in reading.words}
    initials = {sketch.name[0] for sketch in sketches if sketch.name}
    out: list[tuple[_Sketch, Culture]] = []
    for index, sketch in enumerate(sketches):
        own = culture or (shared if related and (index == 0 or sketch.trait.kin) else mixed[index])
        people_of = bank.cultures[own]
        name = sketch.name[:_NAME_LIMIT].strip()
        if not name:
            pool = people_of.men if sketch.sex == "man" else people_of.women
            free = [n for n in pool if n.casefold() not in taken] or list(pool)
            name = rng.choice([n for n in free if n[0] not in initials] or free)
        taken.add(name.casefold())
        initials.add(name[0])
        out.append((replace(sketch, name=name), people_of))
    return out


def _ages(sketches: list[_Sketch], rng: Random) -> list[int]:
    generations = [sketch.trait.generation or 0 for sketch in sketches]
    # Where there are elders, the children of the prompt are the grown-ups of the story.
    lowest = 0 if max(generations) > 0 else min(generations)
    base = rng.randint(26, 33)
    ages: list[int] = []
    for sketch, generation in zip(sketches, generations, strict=True):
        if sketch.trait.age:
            ages.append(rng.randint(*sketch.trait.age))
        else:
            steps = max(generation, 0) - lowest if lowest == 0 else generation - lowest
            apart = rng.randint(-2, 2) if not sketch.years else 0
            ages.append(base + 24 * min(steps, 2) + sketch.years + apart)
    return ages


def _dressed(named: list[tuple[_Sketch, Culture]], family: str, rng: Random) -> list[Person]:
    """Return the people, each with an age and a look of their own."""
    bank = people()
    used: set[str] = set()
    # A family looks like one another.
    skins = {id(culture): rng.choice(culture.skin or ("",)) for _, culture in named}

    def fresh(choices: tuple[str, ...]) -> str:
        chosen = rng.choice([c for c in choices if c not in used] or choices)
        used.add(chosen)
        return chosen

    out: list[Person] = []
    for (sketch, culture), age in zip(named, _ages([s for s, _ in named], rng), strict=True):
        trait, sex, skin = sketch.trait, sketch.sex, skins[id(culture)]
        wear = fresh(trait.wear or (bank.own_wear.get(family) if rng.random() < 0.6 else None) or bank.wear)
        if trait.look:
            look, wear = trait.look, ""
            appearance = Appearance(build=look)
        else:
            hair = bank.grey if age > _GREY else bank.hair
            scarf = culture.scarves if sex == "woman" and age > 15 and rng.random() < 0.5 else ()
            build = fresh(bank.builds[sex]) if age > 15 else "small for their years"
            hairdo = fresh(scarf or hair[sex])
            look = ", ".join([build, *([skin] if skin else []), hairdo, wear])
            appearance = Appearance(build=build, hair=hairdo, skin=skin, wardrobe=wear)
        out.append(
            Person(
                name=sketch.name,
                label=sketch.label,
                pronoun={"woman": "she", "man": "he"}.get(sex, "they"),
                description=f"{sentence_case(_introduction(sketch, age))}, {look}.",
                wardrobe=wear,
                host=sketch.kind == "host",
                elder=age > _GREY,
                age=age,
                appearance=appearance,
            )
        )
    return out


def _introduction(sketch: _Sketch, age: int) -> str:
    if sketch.trait.look:
        return sketch.label or with_article(sketch.kind)
    if not sketch.sex:
        return f"{sketch.label}, {age}" if sketch.label else f"aged {age}"
    noun = {"woman": "girl", "man": "boy"}[sketch.sex] if age < 16 else sketch.sex
    if sketch.label and sketch.trait.sex:
        return f"{sketch.label}, {age}"
    return f"{sketch.label}, {with_article(noun)} of {age}" if sketch.label else f"{with_article(noun)} of {age}"
