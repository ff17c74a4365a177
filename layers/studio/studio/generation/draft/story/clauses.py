"""What a character sheet says of somebody, turned into sentences they can say and others can say of them.

Sheets are written in every way there is: "to keep the house", "she lost her job", "that he lied", "a debt", "sold the
ring". `clause` tells these apart; what it cannot tell is quoted, so that a sentence never breaks.
"""

import re
from dataclasses import dataclass

from studio.generation.draft.story.banks import lexicon

_SHE = {"she", "her", "hers", "herself"}
_HE = {"he", "him", "his", "himself"}
_AUXILIARIES = {
    "is": "am",
    "isn't": "am not",
    "was": "was",
    "has": "have",
    "hasn't": "haven't",
    "does": "do",
    "doesn't": "don't",
    "are": "am",
    "were": "was",
    "aren't": "am not",
}
_BETWEEN = {"never", "still", "always", "once", "already", "also", "only", "just", "really", "now", "not"}
_MAX_WORDS = 26


@dataclass(frozen=True)
class Clause:
    """One sentence in two persons, without the full stop. `told` has `{name}` for whoever it is about.

    mine: "I sold the ring". told: "{name} sold the ring". bare: the same without its subject, "to keep the house",
    only for what somebody wants.
    """

    mine: str
    told: str
    bare: str = ""
    bare_mine: str = ""

    def of(self, name: str) -> str:
        """Return the sentence about `name`."""
        return self.told.replace("{name}", name)


def gender(*texts: str) -> str:
    """Return "she", "he" or "they": what these texts call their subject, by the first pronoun that begins one."""
    for text in texts:
        match = re.match(r"\W*(?:that\s+)?(she|he|they)\b", text, re.IGNORECASE)
        if match:
            return match.group(1).casefold()
    words = re.findall(r"[\w']+", " ".join(texts).casefold())
    she, he = sum(w in _SHE for w in words), sum(w in _HE for w in words)
    return "she" if she > he else "he" if he > she else "they"


def secret(text: str, who: str) -> Clause | None:
    """Return what `text`, a sheet's `hides`, says; None when it says nothing. who: as `gender` returns it."""
    phrase = _tidy(text)
    if not phrase:
        return None
    body = re.sub(r"^that\s+", "", phrase, flags=re.IGNORECASE)
    words = body.split()
    first = words[0].casefold()
    if first in {"she", "he", "they"} and len(words) > 1:
        return Clause(mine=first_person(body, first), told="{name} " + _third(words[1:], first))
    if first in {"i", "i'm", "i've", "i’m", "i’ve"}:
        return Clause(mine=body[0].upper() + body[1:], told=f"{{name}} has never said these words aloud: “{body}”")
    if first in {"is", "was", "has", "hasn't", "isn't", "can't", "cannot", "did"} or (
        first in lexicon().irregular_past or (first.endswith("ed") and len(first) > 4)
    ):
        rest = first_person("it " + " ".join(words[1:]), who)[3:] if len(words) > 1 else ""
        return Clause(mine=f"I {_AUXILIARIES.get(first, first)} {rest}".strip(), told="{name} " + _lower_first(body))
    if _third_person_verb(first) and len(words) > 1:
        rest = first_person("it " + " ".join(words[1:]), who)[3:]
        return Clause(mine=f"I {_stem(first)} {rest}", told="{name} " + _lower_first(body))
    if first.endswith("ing") and _known_gerund(first):
        rest = first_person("it " + " ".join(words[1:]), who)[3:] if len(words) > 1 else ""
        return Clause(mine=f"I have been {first} {rest}".strip(), told="{name} has been " + _lower_first(body))
    if first in lexicon().determiners:
        mine = first_person("it " + _lower_first(body), who)[3:]
        return Clause(mine=f"I have been hiding {mine}", told="{name} has been hiding " + _lower_first(body))
    return Clause(mine=f"I will say it once: “{body}”", told=f"{{name}} has been hiding this: “{body}”")


def wish(text: str, who: str) -> Clause | None:
    """Return what `text`, a sheet's `wants`, says; None when it says nothing."""
    phrase = _tidy(text)
    if not phrase:
        return None
    body = re.sub(r"^(?:she|he|they)\s+wants?\s+|^i\s+want\s+|^wants?\s+", "", phrase, flags=re.IGNORECASE)
    words = body.split()
    if not words:
        return None
    first = words[0].casefold()
    if first != "to" and first in lexicon().verbs:
        body, first = "to " + _lower_first(body), "to"
    if first == "to" or first in lexicon().determiners or first.isdigit():
        body = _lower_first(body)
        mine = first_person("it " + body, who)[3:]
        bare, bare_mine = (body, mine) if first == "to" else (f"to have {body}", f"to have {mine}")
        return Clause(mine=f"I want {mine}", told=f"{{name}} wants {body}", bare=bare, bare_mine=bare_mine)
    quoted = f"“{body}”"
    return Clause(
        mine=f"I want one thing, {quoted}",
        told=f"{{name}} wants one thing, {quoted}",
        bare=f"to get one thing, {quoted}",
        bare_mine=f"to get one thing, {quoted}",
    )


_OTHERS = {"she": ("she", "her", "her"), "he": ("he", "him", "his"), "they": ("they", "them", "their")}


def plain_wish(text: str, who: str = "they") -> Clause:
    """Return the clause of one of the banks' own wants, "to win without …", with {my} where a possessive stands."""
    _, them, theirs = _OTHERS[who]
    mine = text.replace("{my}", "my").replace("{me}", "me")
    their = text.replace("{my}", theirs).replace("{me}", them)
    return Clause(mine=f"I want {mine}", told=f"{{name}} wants {their}", bare=their, bare_mine=mine)


def plain_secret(text: str, who: str = "they") -> Clause:
    """Return the clause of one of the banks' own truths, "swapped …", with {my} and {me} where they stand."""
    mine = text.replace("{my}", "my").replace("{me}", "me").replace("{i}", "I")
    they, them, theirs = _OTHERS[who]
    their = text.replace("{my}", theirs).replace("{me}", them).replace("{i}", they)
    return Clause(mine=f"I {mine}", told=f"{{name}} {their}")


def first_person(text: str, who: str) -> str:
    """Return `text` with the pronouns of `who` ("she", "he", "they") turned into those of the first person."""
    out: list[str] = []
    verb_follows = False
    tokens = text.split()
    for index, token in enumerate(tokens):
        word = token.strip(".,;:!?").casefold()
        tail = token[len(token.rstrip(".,;:!?")) :]
        following = tokens[index + 1].casefold() if index + 1 < len(tokens) else ""
        new = _pronoun(word, who, ends=bool(tail) or following in lexicon().after_object or not following)
        if new is not None:
            verb_follows = new == "I"
            out.append(new + tail)
        elif verb_follows:
            verb_follows = word in _BETWEEN or word.endswith("ly")
            conjugated = word if verb_follows else _AUXILIARIES.get(word) or (_stem(word) if _is_s_verb(word) else None)
            out.append(f"{conjugated}{tail}" if conjugated is not None else token)
        else:
            out.append(token)
    return " ".join(out)


def _pronoun(word: str, who: str, *, ends: bool) -> str | None:
    if word == who:
        return "I"
    if who == "she" and word in _SHE:
        return {"hers": "mine", "herself": "myself"}.get(word) or ("me" if ends else "my")
    if who == "he" and word in _HE:
        return {"him": "me", "himself": "myself"}.get(word) or ("mine" if ends else "my")
    if word == "their":
        return "my" if who == "they" else "our"
    if who == "they" and word in {"them", "themselves"}:
        return "me" if word == "them" else "myself"
    if who == "they" and word in {"his", "her"}:
        return "my" if not ends else None
    return None


def _third(words: list[str], subject: str) -> str:
    """Return what follows the subject in the third person singular; “they are” of one person becomes “is”."""
    if subject != "they":
        return " ".join(words)
    singular = {"are": "is", "were": "was", "have": "has", "do": "does", "aren't": "isn't", "don't": "doesn't"}
    return " ".join([singular.get(words[0].casefold(), words[0]), *words[1:]])


def _tidy(text: str) -> str:
    """Return the first sentence of `text`, without its full stop and no longer than a person can say in one breath."""
    phrase = re.split(r"(?<=[.!?])\s+|\n|;", text.strip(), maxsplit=1)[0].rstrip(".!? ")
    words = phrase.split()
    if len(words) <= _MAX_WORDS:
        return phrase
    cut = " ".join(words[:_MAX_WORDS])
    comma = max(cut.rfind(", "), cut.rfind(" and "), cut.rfind(" but "), cut.rfind(" because "))
    return cut[:comma].rstrip(", ") if comma > len(cut) // 3 else cut + " …"


def _lower_first(text: str) -> str:
    first = text.split()[0] if text.split() else ""
    known = (
        first.casefold() in lexicon().function_words or first.casefold() in lexicon().verbs or first.casefold() == "to"
    )
    return text[:1].lower() + text[1:] if known or _third_person_verb(first.casefold()) else text


def _is_s_verb(word: str) -> bool:
    return len(word) > 3 and word.isalpha() and word.endswith("s") and not word.endswith("ss") and word != "always"


def _third_person_verb(word: str) -> bool:
    return _is_s_verb(word) and _stem(word) in lexicon().verbs


def _known_gerund(word: str) -> bool:
    stem = word[:-3]
    doubled = stem[:-1] if len(stem) > 2 and stem[-1:] == stem[-2:-1] else stem
    return bool({stem, stem + "e", doubled} & lexicon().verbs)


def _stem(word: str) -> str:
    """Return the plain form of a verb in the third person singular."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(sh|ch|x|ss|zz|o)es$", word):
        return word[:-2]
    return word[:-1]


def plain_verb(word: str) -> str | None:
    """Return the plain form of `word` when it is a third-person verb that the lexicon knows."""
    return _stem(word) if _third_person_verb(word) else None
