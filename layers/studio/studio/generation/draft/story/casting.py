"""Who plays what: the cast where there is one, the people the prompt names, and parts for them."""

import re
from dataclasses import dataclass
from random import Random

from studio.domain.project import CharacterSheet, Role
from studio.domain.script import named_in
from studio.domain.shot import Appearance
from studio.generation.draft.story.banks import bank, lexicon, manners, people
from studio.generation.draft.story.clauses import Clause, gender, plain_wish, secret, wish
from studio.generation.draft.story.guests import NAME_LIMIT, guest_names
from studio.generation.draft.story.people import Person
from studio.generation.draft.story.reading import Reading

_HONORIFICS = {"mr", "mrs", "ms", "dr", "miss", "sir", "lady", "prof", "professor", "sheikh", "chef", "captain", "the"}
_OWN_WORD = {"ayeeyo", "awoowe", "hooyo", "aabo", "habaryar", "eeddo", "adeer", "abti", "mama", "papa"}
"""Titles that a family says instead of the name."""
_MOST_GUESTS = 2

_PLAIN = Appearance()


@dataclass(frozen=True)
class Player:
    """Somebody in the story. `short` is what prose calls them, `called` what others say to their face."""

    name: str
    short: str
    called: str
    want: Clause
    secret: Clause | None = None
    tone: str = "plain"
    catchphrase: str = ""
    wardrobe: str = ""
    about: str = ""
    role: Role = Role.GUEST
    guest: bool = False
    label: str = ""
    """What they are in the story, where nobody knows them yet: "the older sister"."""
    pronoun: str = "they"
    age: int | None = None
    appearance: Appearance = _PLAIN


@dataclass(frozen=True)
class Parts:
    """Who carries the story; with few people, several parts are empty."""

    lead: Player
    holder: Player
    ally: Player | None = None
    witness: Player | None = None
    host: Player | None = None

    def of(self, letter: str) -> Player | None:
        """Return who speaks the lines marked with this letter."""
        return {"L": self.lead, "H": self.holder, "A": self.ally, "W": self.witness, "O": self.host}[letter]

    @property
    def everyone(self) -> list[Player]:
        """Whoever has a part, once each."""
        return list(dict.fromkeys(p for p in (self.lead, self.holder, self.ally, self.witness, self.host) if p))

    @property
    def doubled(self) -> bool:
        """Whether the ally stands in for the witness; the two must not meet then."""
        return self.ally is self.witness and self.ally is not None

    @property
    def alone(self) -> bool:
        """Whether there is only one person to play everything."""
        return self.lead.name == self.holder.name


def players(sheets: list[CharacterSheet], reading: Reading, prompt: str, family: str, rng: Random) -> list[Player]:
    """Return everybody who can play beside a cast, the prompt's people first."""
    cast = [_from_sheet(sheet, sheets, family, rng) for sheet in sheets]
    mentioned = [p for p in cast if named_in(p.name, prompt)]
    described = _by_description(cast, reading)
    guests: list[Player] = []
    wants = rng.sample(bank(family).wants, len(bank(family).wants))
    taken = {p.name.casefold() for p in cast}
    for name in guest_names(reading):
        known = any(named_in(name, p.name) or named_in(p.name, name) for p in cast)
        if name.casefold() in taken or known or not named_in(name, prompt) or len(name) > NAME_LIMIT:
            continue
        if len(guests) == _MOST_GUESTS:
            break
        taken.add(name.casefold())
        guests.append(_guest(name, reading, wants[len(guests) % len(wants)], rng))
    first = list(dict.fromkeys([*mentioned, *described]))
    return [*first, *guests, *(p for p in cast if p not in first)]


def strangers(invented: list[Person], family: str, rng: Random) -> list[Player]:
    """Return the players of an episode without a cast, in the same order; the first leads."""
    wants = rng.sample(bank(family).wants, len(bank(family).wants))
    tones = rng.sample(sorted(manners().tones), len(invented))
    names = [person.name for person in invented]
    chosen: list[str] = []
    for person in invented:
        free = [w for w in wants if w not in chosen and not (person.elder and "mother" in w)]
        chosen.append((free or wants)[0])
    return [
        Player(
            name=person.name,
            short=_short(person.name, names),
            called=_short(person.name, names),
            want=plain_wish(chosen[index], person.pronoun),
            tone=tones[index],
            wardrobe=person.wardrobe,
            about=person.description,
            role=Role.HOST if person.host else Role.LEAD if index == 0 else Role.GUEST,
            guest=True,
            label=person.label,
            pronoun=person.pronoun,
            age=person.age,
            appearance=person.appearance,
        )
        for index, person in enumerate(invented)
    ]


def parts(pool: list[Player], reading: Reading, family: str, rng: Random) -> Parts:
    """Return who plays what."""
    host = next((p for p in pool if p.role is Role.HOST), None) if len(pool) > 3 else None
    free = [p for p in pool if p is not host]
    named = [p for p in free if p.guest or named_in(p.name, reading.text)]
    exposed = next((p for p in named if _is_exposed(p, reading)), None) if len(free) > 1 else None
    others = [p for p in free if p is not exposed]
    lead = _lead(others, [p for p in named if p is not exposed], reading)
    rest = [p for p in free if p is not lead]
    if not rest:
        return Parts(lead, lead)
    if family == "dating":
        # Nobody is courted by their own family.
        rest = [p for p in rest if not _related(p, lead)] or rest
    holder = exposed or next((p for p in named if p is not lead), None) or _holder(rest, reading, family, rng)
    rest = [p for p in rest if p is not holder]
    named_rest = [p for p in rest if p in named]
    allies = [p for p in rest if p.role is Role.ALLY]
    ally = named_rest[0] if named_rest else rng.choice(allies or rest) if rest else None
    rest = [p for p in rest if p is not ally]
    close = [p for p in rest if p.role in {Role.FAMILY, Role.RIVAL}]
    witness = next((p for p in rest if p in named), None) or (rng.choice(close or rest) if rest else None)
    # With three people, the ally sees what a witness would.
    return Parts(lead, holder, ally, witness or ally, host)


def _related(player: Player, lead: Player) -> bool:
    """Tell whether two people are family, as far as their sheets say."""
    namesakes = player.name.split()[-1] == lead.name.split()[-1] and " " in player.name
    kin = re.search(
        r"\b(sister|brother|cousin|uncle|aunt|mother|father|grand\w+|daughter|son|niece|nephew)\b",
        player.about.casefold(),
    )
    return not player.guest and (player.role is Role.FAMILY or namesakes or kin is not None)


def _is_exposed(player: Player, reading: Reading) -> bool:
    """Tell whether the prompt speaks of this person's own secret: "Khalid's secret wedding"."""
    hidden = r"['’]s?\s+(?:\w+\s+){0,2}(?:secret|lie|lies|affair|debt|betrayal|past|double life)\b"
    return re.search(rf"(?<!\w){re.escape(player.name.split()[0])}{hidden}", reading.text, re.IGNORECASE) is not None


def _lead(free: list[Player], named: list[Player], reading: Reading) -> Player:
    if named and not any(word in reading.relations for word in ("main character", "protagonist")):
        return named[0]
    return next((p for p in free if p.role is Role.LEAD), named[0] if named else free[0])


def _holder(rest: list[Player], reading: Reading, family: str, rng: Random) -> Player:
    """Return whose secret comes out: whoever hides what the prompt talks of, or else somebody whom it fits."""
    hiding = [p for p in rest if p.secret] or rest
    spoken_of = [p for p in hiding if p.secret and echoes(p.secret.mine, reading)]
    if spoken_of:
        return spoken_of[0]
    if family == "secret":
        # A family's secret is about who belongs to whom, before it is about money.
        depth = {
            p.name: len(lexicon().kin & set(re.findall(r"\w+", p.secret.mine.casefold()))) if p.secret else 0
            for p in hiding
        }
        deepest = max(depth.values())
        return rng.choice([p for p in hiding if depth[p.name] == deepest])
    fitting = {"secret": (Role.FAMILY,), "betrayal": (Role.RIVAL, Role.ALLY)}.get(
        family, (Role.RIVAL, Role.FAMILY, Role.ALLY)
    )
    return rng.choice([p for p in hiding if p.role in fitting] or hiding)


def echoes(text: str, reading: Reading) -> bool:
    """Tell whether `text` shares a word that carries meaning with the prompt."""
    known = lexicon()
    empty = known.function_words | known.verbs | known.format_words | known.adjectives
    return bool((set(re.findall(r"\w{4,}", text.casefold())) - empty) & set(reading.words))


def _from_sheet(sheet: CharacterSheet, sheets: list[CharacterSheet], family: str, rng: Random) -> Player:
    who = gender(sheet.hides, sheet.wants, sheet.description)
    short = _short(sheet.name, [s.name for s in sheets])
    first_look = re.split(r"[,;.]", sheet.appearance.wardrobe)[0].strip()
    tones = manners().tones
    voice = sheet.voice.casefold()
    signs = [
        (min(voice.find(s) for s in tone.signs if s in voice), key)
        for key, tone in tones.items()
        if any(s in voice for s in tone.signs)
    ]
    phrase = re.search(r"[\"“‘]([^\"”’]{2,40})[\"”’]", sheet.voice)
    return Player(
        name=sheet.name,
        short=short,
        called=short,
        want=wish(sheet.wants, who) or plain_wish(rng.choice(bank(family).wants)),
        secret=secret(sheet.hides, who),
        tone=min(signs)[1] if signs else "plain",
        catchphrase=phrase.group(1).strip(" .,!") if phrase else "",
        wardrobe=first_look if len(first_look.split()) <= 9 else "",
        about=sheet.description,
        role=sheet.role,
    )


def _short(name: str, all_names: list[str]) -> str:
    words = name.split()
    if len(words) == 1:
        return name
    if words[0].casefold().strip(".") in _HONORIFICS | (people().titles - _OWN_WORD):
        return " ".join(words[:2]) if words[0].casefold() != "the" else name
    return name if sum(other.split()[0] == words[0] for other in all_names) > 1 else words[0]


def _by_description(cast: list[Player], reading: Reading) -> list[Player]:
    """Return the cast's people whom the prompt names by what they are: "her sister", where a sheet says "sister"."""
    return [
        p
        for relation in reading.relations
        if relation not in {"friend", "stranger", "child", "man", "woman", "host"}
        for p in cast
        if re.search(rf"(?<!\w){re.escape(relation)}(?!\w)", p.about.casefold())
    ]


def _guest(name: str, reading: Reading, want: str, rng: Random) -> Player:
    proper = name in reading.names or not name.isascii()
    last = name.split()[-1]
    short = _short(name, [name]) if name in reading.names else name if proper else f"the {_in_prose(name, reading)}"
    called = short if name in reading.names else name if proper or len(name.split()) == 1 else last
    return Player(
        name=name,
        short=short,
        called=called,
        want=plain_wish(want),
        tone=rng.choice(sorted(manners().tones)),
        guest=True,
    )


def _in_prose(name: str, reading: Reading) -> str:
    """Return a role's name as it stands within a sentence: in small letters, but for the names in it."""
    return " ".join(w if w in reading.city.split() or (w.isupper() and len(w) > 1) else w.lower() for w in name.split())
