"""The words of a post: what is asked of a writer, what they must keep, and a plain reading of the script."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pydantic import Field, JsonValue

from studio.domain.base import Heading, Phrase, Text, Written
from studio.domain.connection import LABELS, NetworkName
from studio.domain.disclosure import ai_line, paid_line
from studio.domain.hooks import Hook
from studio.domain.posting import Declarations
from studio.domain.project import Brief
from studio.domain.script import Scene, Script


class PostTag(Written):
    """A keyword of one or two words, without the sign before it."""

    word: Phrase = Field(min_length=1)


class PostWords(Written):
    """What a post says. `caption` without hashtags; `tags` most telling first."""

    title: Heading
    caption: Text
    tags: list[PostTag] = Field(min_length=1)

    @property
    def keywords(self) -> list[str]:
        """The tags' words, in order."""
        return [tag.word for tag in self.tags]


@dataclass(frozen=True)
class Manner:
    """How a network's posts are written.

    hashtags: how many stand under a text at most. keywords: how many go along unseen (YouTube). room: characters that a
    caption is best kept to; what may be sent is the network's own `problems`. between: what stands before hashtags.
    photos_say_ai, says_paid: there is no mark for it, so the text says it.
    """

    room: int
    hashtags: int
    between: str
    reads: str
    keywords: int = 0
    photos_say_ai: bool = False
    says_paid: bool = False


MANNERS: Mapping[NetworkName, Manner] = {
    NetworkName.X: Manner(220, 2, " ", "people who scroll past hundreds of posts: one thought, no preamble"),
    NetworkName.TIKTOK: Manner(
        300, 5, "\n", "people who have the sound on and the caption under it: short, and searchable", photos_say_ai=True
    ),
    NetworkName.INSTAGRAM: Manner(
        600, 5, "\n\n", "people who see the first 125 characters and open the rest if those hold them", says_paid=True
    ),
    NetworkName.YOUTUBE: Manner(
        900, 3, "\n\n", "people who search, and decide by title and first line", keywords=12, says_paid=True
    ),
}

_LINK = re.compile(r"https?://|www\.\w", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.])@\w")
_TITLE = 80
"""Characters of a title that every network takes, and that can still be read on a phone."""

_QUOTED_WORDS = 6
"""So many words in a row of the ending's lines give it away."""


def composed(words: PostWords, network: NetworkName, declarations: Declarations, language: str, *, photos: bool) -> str:
    """Return the whole text of a post: what is paid for first, then the caption, what AI made, and the hashtags."""
    manner = MANNERS[network]
    head = f"{paid_line(language)}\n" if declarations.paid_partnership and manner.says_paid else ""
    said = f"\n{ai_line(language)}" if declarations.ai_generated and photos and manner.photos_say_ai else ""
    signs = " ".join(f"#{tag}" for tag in hashtags(words.keywords)[: manner.hashtags])
    return f"{head}{words.caption}{said}{manner.between if signs else ''}{signs}"


def hashtags(tags: Sequence[str]) -> list[str]:
    """Return tags as they are written after a #: one word of letters and digits each, no two the same."""
    made: dict[str, str] = {}
    for tag in tags:
        parts = ["".join(signs) for joins, signs in groupby(tag, _joins) if joins]
        word = parts[0] if len(parts) == 1 else "".join(part[:1].upper() + part[1:] for part in parts)
        if word and not word.isdigit():
            made.setdefault(word.casefold(), word)
    return list(made.values())


def _joins(sign: str) -> bool:
    """Tell whether a sign is part of a word. Marks are: without its vowel signs a Hindi word is another."""
    return sign == "_" or unicodedata.category(sign)[0] in "LMN"


def words_problems(words: PostWords, network: NetworkName, script: Script) -> list[str]:
    """Return what is wrong with the words beyond the network's limits, each as a sentence a writer can act on."""
    found = []
    for what, text in (("title", words.title), ("caption", words.caption)):
        if _LINK.search(text):
            found.append(f"The {what} has a link; nobody gave one. Leave it out.")
        if _MENTION.search(text):
            found.append(f"The {what} mentions an account; nobody named one. Leave it out.")
    if "#" in words.caption:
        found.append("The caption has hashtags; they belong into tags alone.")
    if not hashtags(words.keywords):
        found.append("The tags have no word among them.")
    if len(words.caption) > 2 * MANNERS[network].room:
        found.append(f"The caption has {len(words.caption)} characters; {MANNERS[network].room} do on this network.")
    found += [
        f"The caption gives the ending away: “{quoted}”. Leave it open."
        for quoted in (_quoted(scene, words.caption) for scene in script.scenes[-1:] if len(script.scenes) > 1)
        if quoted
    ]
    return found


def _quoted(scene: Scene, text: str) -> str:
    """Return words in a row that a text takes from a scene's lines; empty for none."""
    told = f" {' '.join(re.findall(r'\w+', text.casefold()))} "
    for line in scene.lines:
        words = re.findall(r"\w+", line.text.casefold())
        for start in range(len(words) - _QUOTED_WORDS + 1):
            run = " ".join(words[start : start + _QUOTED_WORDS])
            if f" {run} " in told:
                return run
    return ""


def material(
    network: NetworkName, script: Script, brief: Brief, hook: Hook | None, names: Sequence[str], *, photos: bool
) -> dict[str, JsonValue]:
    """Return what a post is written from, with a plain reading of the script to better."""
    manner = MANNERS[network]
    return {
        "network": LABELS[network],
        "read_by": manner.reads,
        "characters": manner.room,
        "tags_wanted": manner.keywords or manner.hashtags,
        "goes_with": "stills" if photos else "the film",
        "locale": brief.locale,
        "show": brief.model_dump(mode="json", include={"title", "genre", "mood", "theme", "community"}),
        "people": list(names),
        "synopsis": script.synopsis,
        "open_question": script.open_question,
        "opening": {
            "seen": hook.seen if hook else script.scenes[0].action,
            "speaker": hook.speaker if hook else script.scenes[0].lines[0].speaker,
            "said": hook.said if hook else script.scenes[0].lines[0].text,
        },
        "choices": {
            "title": [_within(hook.title if hook else script.title, _TITLE)],
            "caption": [plain_caption(network, script, hook)],
        },
        "tags": [{"word": word} for word in plain_tags(script, brief)[: manner.keywords or manner.hashtags]],
    }


def plain_caption(network: NetworkName, script: Script, hook: Hook | None) -> str:
    """Return a caption from what the script says already: its opening words, what it is about, what it leaves open.

    Of the synopsis its beginning alone: its end is the episode's. YouTube shows the first line in search, so there the
    sentence comes before the quotation; on X there is room for one thought.
    """
    opening = script.scenes[0].lines[0]
    speaker, said = (hook.speaker, hook.said) if hook else (opening.speaker, opening.text)
    quoted = f"“{said}” — {speaker.split()[0]}"
    about = next(iter(_sentences(script.synopsis)), script.title)
    asked = script.open_question
    parts = {
        NetworkName.YOUTUBE: [about, quoted, asked],
        NetworkName.X: [quoted, asked or about],
        NetworkName.TIKTOK: [quoted, about],
    }.get(network, [quoted, about, asked])
    room = MANNERS[network].room
    kept = [part for part in parts if part]
    while len(kept) > 1 and len("\n".join(kept)) > room:
        kept.pop()
    text = "\n".join(kept)
    return _within(text, room)


def _within(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1].rsplit(' ', 1)[0]}…"


def plain_tags(script: Script, brief: Brief) -> list[str]:
    """Return tags from what the show is: its title, its genre, where it plays, who speaks most."""
    spoken = Counter(line.speaker.split()[0] for scene in script.scenes for line in scene.lines)
    place = re.sub(r"^(INT|EXT|EST|I/E)[./ ]+", "", script.scenes[0].heading).split(" - ")[0].split(",")[0].title()
    people = [name for name, _ in spoken.most_common(3)]
    told = [brief.title, brief.genre, *people[:1], place, brief.theme, "reality TV", *people[1:], script.title]
    found = {tuple(hashtags([tag.casefold()])): tag for tag in reversed(told) if 0 < len(tag) <= 30}
    return [tag for key, tag in reversed(found.items()) if key] or ["reality TV"]


def _sentences(text: str) -> list[str]:
    return [part for part in (part.strip() for part in re.split(r"(?<=[.!?…؟。])\s+", text)) if part]
