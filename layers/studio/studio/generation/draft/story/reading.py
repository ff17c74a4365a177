"""Reads a prompt: who, where, what with, when, and what kind of story it asks for."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from studio.generation.draft.story.banks import FAMILIES, Lexicon, Place, lexicon, people
from studio.generation.draft.story.clauses import plain_verb
from studio.generation.draft.story.nouns import Thing, pluralised, thing

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+")
_CITY = re.compile(
    r"\b(?:in|from|near|to|at|of|across|outside|through)\s+"
    r"((?:[A-Z][\w'’-]+)(?:\s+(?:de|of|da|del|la|el)?\s*[A-Z][\w'’-]+)*)"
)
_PHRASE = re.compile(r"\b(a|an|the|their|her|his|my|our|this|that|one)\s+([a-z][\w'’ -]*)", re.IGNORECASE)
_AGENT = re.compile(r"(?:er|or|ist|ian|man|woman|eer|ess|maker|keeper)$")
_MAX_READ = 3000
"""Characters of a prompt that are read closely; the rest is more of the same."""


@dataclass(frozen=True)
class Reading:
    """What a prompt says. `names` are proper names, `relations` the roles it gives people, in order of appearance."""

    text: str
    words: tuple[str, ...]
    family: str
    names: tuple[str, ...]
    relations: tuple[str, ...]
    plural_relations: tuple[str, ...]
    things: tuple[Thing, ...]
    places: tuple[Place, ...]
    city: str
    event: str
    hour: str
    deed: str
    """What the main character does, in the prompt's words: "discovers a shocking family secret"; may be empty."""
    resolved: bool
    """The prompt asks for an ending that settles things."""

    @property
    def english(self) -> bool:
        """Whether enough of the prompt is English to be taken apart."""
        return sum(word in lexicon().function_words for word in self.words) >= 2


def read(prompt: str, *, genre: str = "", theme: str = "") -> Reading:
    """Return what `prompt` says. genre and theme, the project's, only help to tell the kind of story."""
    text = prompt[:_MAX_READ]
    if text == text.upper() and text.lower() != text:
        text = text.lower()
    spelled = f"{text} {_pictured(text)}"
    lower = spelled.casefold()
    known = lexicon()
    words = tuple(_WORD.findall(lower))
    city = _city(text, known)
    relations, plural = _relations(lower, known)
    names = _names(text, city, known)
    # What is told in another language is of the same kind: "madre" counts as "mother".
    told = (*words, *(known.foreign_relations[r] for r in relations if r in known.foreign_relations))
    return Reading(
        text=text,
        words=words,
        family=_family(told, lower, f"{genre} {theme}".casefold(), known),
        names=names,
        relations=relations,
        plural_relations=plural,
        things=_things(_without(spelled, names), known),
        places=_places(lower, known),
        city=city,
        event=next((e for e in _longest_first(known.events) if _has(lower, e)), ""),
        hour=next((hour for word, hour in known.hours.items() if _has(lower, word)), ""),
        deed=_deed(text, known),
        resolved=bool(re.search(r"\b(reconcil|forgiv|resolv|happy ending|makes? up|wins? the|healing|closure)", lower)),
    )


def _pictured(text: str) -> str:
    """Return the names of the pictures in `text`, in words: a cake emoji reads as "birthday cake"."""
    symbols = dict.fromkeys(c for c in text if unicodedata.category(c) == "So")
    words = " ".join(unicodedata.name(c, "").lower().replace("black ", "") for c in symbols)
    return words.replace("older woman", "grandmother").replace("older man", "grandfather")


def _has(text: str, phrase: str) -> bool:
    # Most phrases are nowhere in the text, which a plain search sees fastest.
    return phrase in text and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None


def _longest_first(phrases: tuple[str, ...]) -> list[str]:
    return sorted(phrases, key=lambda phrase: (-len(phrase.split()), phrases.index(phrase)))


def _family(words: tuple[str, ...], lower: str, genre: str, known: Lexicon) -> str:
    scores = dict.fromkeys(FAMILIES, 0.0)
    genre_words = set(_WORD.findall(genre))
    for family, signs in known.families.items():
        scores[family] += sum(signs.get(word, 0) for word in dict.fromkeys(words))
        scores[family] += sum(score for sign, score in signs.items() if " " in sign and _has(lower, sign))
        # The prompt decides; the show's genre only breaks ties.
        scores[family] += 0.2 * sum(signs.get(word, 0) for word in genre_words)
    best = max(FAMILIES, key=lambda family: scores[family])
    return best if scores[best] >= 1 else ""


def _city(text: str, known: Lexicon) -> str:
    for match in _CITY.finditer(text):
        place = match.group(1).strip()
        first = place.split()[0].casefold()
        if first in people().names and first not in people().places:
            continue
        if first not in known.function_words and first not in known.events and len(place) <= 40:
            return re.sub(r"['’]s$", "", place)
    return ""


def _names(text: str, city: str, known: Lexicon) -> tuple[str, ...]:
    """Return the capitalised words that are somebody's name: no place, no word that merely begins a sentence."""
    found: list[str] = []
    written = [w for w in _WORD.findall(text) if w[0].isalpha()]
    long = [w for w in written if len(w) > 3]
    # In a headline capitals tell nothing, and neither do they where there are none: only known names are names then.
    headline = len(written) > 2 and sum(w[0].isupper() for w in long) > 0.7 * len(long)
    if headline or not any(w[0].isupper() for w in written):
        return _known_names(written, known)
    for match in re.finditer(r"[^\W\d_][\w'’-]*(?:\s+[A-Z][\w'’-]+)*", text):
        phrase = re.sub(r"['’]s$", "", match.group(0))
        before, after = text[: match.start()].rstrip(), text[match.end() :]
        while phrase and not _may_begin_a_name(phrase):
            phrase = " ".join(phrase.split()[1:])
            before = "x"
        while phrase and len(phrase.split()) > 1 and not _is_a_name_word(phrase.split()[-1]):
            phrase = " ".join(phrase.split()[:-1])
        if not phrase or phrase in city or len(phrase) > 40:
            continue
        if len(phrase) > 1 and phrase.isupper() and len(phrase) <= 4:
            continue
        sure = phrase.split()[0].casefold() in people().names
        starts = not before or before[-1] in ".!?:\n"
        if starts and len(phrase.split()) == 1 and not sure and not _acts(after):
            continue
        if re.search(r"\b(?:a|an|the|in|from|near|at|of|across|outside|through)$", before, re.IGNORECASE) and not sure:
            continue
        if phrase not in found:
            found.append(phrase)
    found += [name for name in _known_names([w for w in written if not w.isascii()], known) if name not in found]
    return tuple(name for name in found if not any(name != other and name in other.split() for other in found))[:4]


def _known_names(words: list[str], known: Lexicon) -> tuple[str, ...]:
    """Return the words that the bank knows for names, and that are no other word."""
    names = people().names
    plain = _common() | {*known.objects, *known.events, *known.hours}
    found = (names[w.casefold()] if w.isascii() else w for w in words if w.casefold() in names)
    return tuple(dict.fromkeys(name for name in found if name.casefold() not in plain))[:4]


def _may_begin_a_name(phrase: str) -> bool:
    words = phrase.split()
    titled = (
        words[0][:1].isupper()
        and words[0].casefold() in people().titles
        and len(words) > 1
        and _is_a_name_word(words[1])
    )
    return titled or _is_a_name_word(words[0])


def _is_a_name_word(word: str) -> bool:
    """Tell whether a word can be somebody's name: a capitalised word that is not known for anything else."""
    low = re.sub(r"['’]s$", "", word).casefold().strip(".")
    if not word[:1].isupper() or low in _common():
        return False
    if low in people().names:
        return True
    return low not in _plain_words() and plain_verb(low) is None


@cache
def _common() -> frozenset[str]:
    """Return the words that are never a name, capitals or not."""
    known = lexicon()
    plain = known.function_words | known.verbs | known.relations | known.format_words | known.adjectives
    return plain | known.irregular_past | people().calendar


@cache
def _plain_words() -> frozenset[str]:
    """Return every other word the banks know: things, times, places, kinds of story."""
    known = lexicon()
    phrases = [*known.objects, *known.events, *known.hours, *known.mass, *known.plural_only, *known.evidence]
    phrases += [word for place in known.places for word in (*place.words, place.name)]
    phrases += [sign for signs in known.families.values() for sign in signs]
    phrases += [pluralised(relation) for relation in known.relations] + [*known.foreign_relations]
    return frozenset({w for phrase in phrases for w in (phrase, *phrase.split())} | people().places)


def _acts(after: str) -> bool:
    """Tell whether what follows a word makes that word somebody: a verb, another name, an apostrophe."""
    following = _WORD.match(after.lstrip(" ,"))
    if after[:2] in {"'s", "’s"}:
        return True
    if not following:
        return False
    word = following.group(0)
    return word in {"and", "is", "has", "vs", "versus", "was", "wants", "must", "who"} or plain_verb(word) is not None


def _relations(lower: str, known: Lexicon) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the roles people have in the prompt, those in the singular and those in the plural."""
    singles: dict[str, int] = {}
    plurals: dict[str, int] = {}
    for relation in sorted(known.relations):
        if _has(lower, relation):
            singles[relation] = lower.index(relation)
        if _has(lower, pluralised(relation)):
            plurals[pluralised(relation)] = lower.index(pluralised(relation))
    if not singles and not plurals:
        for word in known.foreign_relations:
            # Scripts that put no spaces between words have no word boundaries either.
            if _has(lower, word) or (word[0] >= "\u2e80" and word in lower):
                singles[word] = lower.index(word)
    kept = [r for r in singles if not any(r != other and _has(other, r) for other in singles)]
    many = [p for p in plurals if not any(p != other and _has(other, p) for other in plurals)]
    return tuple(sorted(kept, key=singles.__getitem__)), tuple(sorted(many, key=plurals.__getitem__))


def _things(text: str, known: Lexicon) -> tuple[Thing, ...]:
    """Return the things in the prompt, known ones first, then whatever else it puts an article before."""
    lower = text.casefold()
    listed = [o for o in _longest_first(known.objects) if o not in known.relations and _has(lower, o)]
    listed = [o for i, o in enumerate(listed) if not any(_has(other, o) for other in listed[:i])]
    listed.sort(key=lambda o: lower.index(o))
    written = {o: text[lower.index(o) : lower.index(o) + len(o)] if len(lower) == len(text) else o for o in listed}
    found = [_acronyms(_described(lower, o), written[o]) for o in listed]
    for match in _PHRASE.finditer(text):
        phrase = _noun_phrase(match.group(2), known)
        if phrase and not any(_has(phrase, f.casefold()) or _has(f.casefold(), phrase) for f in found):
            found.append(phrase)
    return tuple(thing(phrase) for phrase in found[:5])


def _without(text: str, names: tuple[str, ...]) -> str:
    """Return `text` without these names: Rose is no flower."""
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text)
    return text


def _acronyms(phrase: str, written: str) -> str:
    """Keep what the prompt wrote in capitals: "DNA test"."""
    for word in written.split():
        if word.isupper() and len(word) > 1:
            phrase = re.sub(rf"\b{re.escape(word.casefold())}\b", word, phrase)
    return re.sub(r"\bdna\b", "DNA", phrase)


def _described(lower: str, noun: str) -> str:
    """Return the noun with one adjective the prompt gives it, where that is certain to be one."""
    match = re.search(rf"\b([a-z]+(?:-[a-z]+)*)\s+{re.escape(noun)}(?!\w)", lower)
    describing = match and match.group(1) in {
        "anonymous",
        "fake",
        "burnt",
        "broken",
        "ancient",
        "old",
        "stolen",
        "missing",
        "winning",
        "signed",
        "faded",
        "torn",
        "red",
        "black",
        "white",
        "blue",
        "green",
        "golden",
        "silver",
        "prize",
        "million-dollar",
        "unsigned",
        "sealed",
        "unsent",
        "haunted",
        "handwritten",
        "sourdough",
        "chocolate",
        "family",
        "shared",
        "secret",
        "wooden",
    }
    return f"{match.group(1)} {noun}" if match and describing else noun


def _noun_phrase(rest: str, known: Lexicon) -> str:
    """Return the noun phrase that `rest` begins with, when it names a thing a hand could hold or an eye could see."""
    words: list[str] = []
    for raw in re.split(r"\s+", rest)[:4]:
        word = raw.casefold()
        if (
            raw[:1].isupper()
            or word in known.function_words
            or not re.fullmatch(r"[a-z]+(?:['’-][a-z]+)*", word)
            or plain_verb(word)
        ):
            break
        if words and (word.endswith(("ed", "ly")) or (word.endswith("ing") and len(words) > 0)):
            break
        words.append(word)
        if len(words) == 3:
            break
    while words and words[0] in known.adjectives:
        words = words[1:]
    if not words:
        return ""
    head = words[-1]
    a_person = head in known.relations or (_AGENT.search(head) and " ".join(words) not in known.objects)
    a_place = any(head in p.words or head == p.name or " ".join(words) in p.words for p in known.places)
    vague = head in known.format_words or head in known.events or head in known.hours
    abstract = head.endswith(
        ("tion", "sion", "ness", "ment", "ship", "ity", "ance", "ence", "ism", "hood", "ing", "ly")
    )
    verb = head in known.verbs
    if a_person or a_place or vague or abstract or verb or head in known.adjectives or len(head) < 3:
        return ""
    return " ".join(words)


def _places(lower: str, known: Lexicon) -> tuple[Place, ...]:
    found: list[tuple[int, Place]] = []
    for place in known.places:
        spots = [lower.index(word) for word in place.words if _has(lower, word)]
        if spots:
            found.append((min(spots), place))
    return tuple(place for _, place in sorted(found, key=lambda pair: pair[0]))


def _deed(text: str, known: Lexicon) -> str:
    """Return what the prompt says its main character does, from a third-person verb to the end of the clause."""
    match = re.search(
        r"\b(?:main character|protagonist|hero|heroine|lead|who|he|she)\s+(?:\w+ly\s+)?([a-z]+s\b[^.!?\n;,:—]*)",
        text,
        re.IGNORECASE,
    )
    if not match or plain_verb(match.group(1).split()[0].casefold()) is None:
        return ""
    words = match.group(1).strip().split()
    return " ".join(words) if len(words) <= 14 and known else ""
