"""What there is to write from: the material taken apart into sentences, phrases, names, numbers and lists."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random

from pydantic import JsonValue

from studio.domain.base import clean
from studio.generation.draft.story.banks import lexicon

_NAME_KEYS = {"name", "speaker", "people", "character", "characters", "author", "names"}
_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


class Sources:
    """The material, by what a field may need of it. Everything is in the order it was found."""

    def __init__(self, material: Mapping[str, JsonValue]) -> None:
        """Take `material` apart."""
        choices = material.get("choices")
        self.choices: Mapping[str, JsonValue] = choices if isinstance(choices, Mapping) else {}
        self._seed = json.dumps(dict(material), sort_keys=True, ensure_ascii=True, default=str)
        self.leaves = list(_leaves("", material))
        prose = [clean(v) for _, v in self.leaves if isinstance(v, str) and not _ID.fullmatch(v)]
        found = [s.strip() for text in prose for s in re.split(r"(?<=[.!?…؟。])\s+|\n+", text) if s.strip()]
        self.sentences = list(dict.fromkeys(s for s in found if len(s.split()) > 2)) or found or ["Nothing was given."]
        self.names = list(
            dict.fromkeys(clean(v) for k, v in self.leaves if isinstance(v, str) and k in _NAME_KEYS and clean(v))
        )
        self.ids = {k: v for k, v in reversed(self.leaves) if isinstance(v, str) and _ID.fullmatch(v)}
        self.numbers = list(
            dict.fromkeys(v for _, v in self.leaves if isinstance(v, int | float) and not isinstance(v, bool))
        )
        self.texts = [v for _, v in self.leaves if isinstance(v, str)]
        self.lists = list(_lists("", material))
        # What the material says outright that there is nothing of.
        self.empty = {name for name, value in material.items() if value == []}
        words = [w for text in prose for w in re.findall(r"[^\W\d_][\w'’-]+", text)]
        self._count = Counter(
            w.casefold() for w in words if w.casefold() not in lexicon().function_words and len(w) > 2
        )
        self.salient = sorted(self.sentences, key=self._weight, reverse=True)
        self.keywords: list[str] = (
            [w for w, _ in self._count.most_common(60)] or [w.casefold() for w in words] or ["draft"]
        )

    def rng(self, path: str) -> Random:
        """Return the generator of chance for the field at `path`: the same material and path, the same chance."""
        digest = hashlib.sha256(f"{self._seed}\n{path}".encode()).digest()
        return Random(int.from_bytes(digest[:8]))

    def sentence(self, index: int, hint: str) -> str:
        """Return a salient sentence; one that shares words with `hint`, a field's name, comes earlier. Cycles."""
        wanted = {w for w in re.split(r"\W|_", hint.casefold()) if len(w) > 3}
        best = sorted(self.salient, key=lambda s: -len(wanted & set(s.casefold().split())))
        return best[index % len(best)]

    def phrase(self, index: int, words: int = 6) -> str:
        """Return the beginning of a salient sentence."""
        text: str = " ".join(self.salient[index % len(self.salient)].split()[:words])
        return text.strip(" ,;:.!?“”\"'()[]") or text

    def keyword(self, index: int) -> str:
        """Return one of the words that the material comes back to."""
        return self.keywords[index % len(self.keywords)]

    def under(self, key: str) -> list[JsonValue]:
        """Return every value that stands under `key`, wherever that is."""
        return [v for k, v in self.leaves if k == key]

    def list_like(self, name: str, fields: set[str]) -> list[Mapping[str, JsonValue]]:
        """Return the list in the material that a list called `name`, of objects with `fields`, most likely follows."""
        best: tuple[int, list[Mapping[str, JsonValue]]] = (0, [])
        for key, entries in self.lists:
            shared = (
                len(fields & set(entries[0])) + 3 * (_singular(key) == _singular(name)) + 2 * (_singular(key) in fields)
            )
            if shared > best[0] and shared >= 2:
                best = (shared, entries)
        return best[1]

    def _weight(self, sentence: str) -> float:
        words = [w.casefold() for w in re.findall(r"[^\W\d_][\w'’-]+", sentence)]
        return sum(self._count[w] for w in words) / (len(words) + 6) if words else 0.0


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") else word


def _leaves(key: str, value: JsonValue | Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(key, inner)
    elif value is not None:
        yield key, value


def _lists(key: str, value: JsonValue | Mapping[str, JsonValue]) -> Iterator[tuple[str, list[Mapping[str, JsonValue]]]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _lists(name, inner)
    elif isinstance(value, list) and value:
        entries: list[Mapping[str, JsonValue]] = [entry for entry in value if isinstance(entry, Mapping)]
        if len(entries) == len(value):
            yield key, entries
        for inner in value:
            yield from _lists(key, inner)
