"""An imagined audience: viewers with an age, a taste, a device and a patience, and how each takes a script."""

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import Field, JsonValue

from studio.domain.base import Name, Phrase, Value, Written
from studio.domain.quoting import quoted_in
from studio.domain.script import WORDS_PER_SECOND, Scene, Script

LEAST_VIEWERS = 3
MOST_VIEWERS = 7

REHEARSED_PANEL = (
    "This is a rehearsal: each viewer only counted seconds and listened for words of their taste. Nobody read the "
    "script."
)

AgeBand = Literal["13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+"]


class Viewer(Value):
    """Somebody made up who watches. patience_seconds: how long they stay with what does not speak to them."""

    name: Name
    age_band: AgeBand
    taste: Phrase = Field(min_length=1)
    device: Literal["phone", "tablet", "laptop", "tv"]
    patience_seconds: int = Field(ge=1, le=600)


class SceneRating(Written):
    """What a viewer gives one scene."""

    scene: int = Field(ge=1)
    rating: int = Field(ge=1, le=5)


class Reaction(Written):
    """How a viewer takes a script. `leaves_at` is the scene in which they swipe away, 0 where they stay to the end.

    `ratings` are those of the scenes they saw, `rating` that of the whole. `quote` is a line that stayed with them.
    """

    ratings: list[SceneRating] = Field(min_length=1)

    quote: Phrase = Field(min_length=1)
    liked: Phrase = Field(min_length=1)
    disliked: Phrase
    leaves_at: int = Field(ge=0)
    leaves_because: Phrase
    rating: int = Field(ge=1, le=5)


class ViewerReaction(Value):
    """A viewer's reaction. `leaves_at` is null where they stay; `quote_scene` is where the quoted line is said."""

    viewer: Viewer
    rating: int
    ratings: tuple[SceneRating, ...]
    liked: str
    disliked: str
    quote: str
    quote_scene: int
    leaves_at: int | None
    leaves_because: str


def watching(viewer: Viewer, script: Script, *, rehearsal: bool) -> dict[str, JsonValue]:
    """Return what a model is shown that takes a script as this viewer does; in a rehearsal, a plain reaction too."""
    scenes: list[JsonValue] = [scene.model_dump(mode="json", exclude={"beat"}) for scene in script.scenes]
    material: dict[str, JsonValue] = {"viewer": viewer.model_dump(mode="json"), "title": script.title, "scenes": scenes}
    if rehearsal:
        plain = plain_reaction(viewer, script).model_dump(mode="json")
        words = ("quote", "liked", "disliked", "leaves_because")
        material |= {"choices": {name: [plain[name]] for name in words}}
        material |= {name: plain[name] for name in ("rating", "ratings", "leaves_at")}
    return material


def reaction_problems(reaction: Reaction, script: Script) -> list[str]:
    """Return what is wrong with a reaction, each as a sentence a viewer can act on; empty when nothing is."""
    found = []
    numbers = [scene.number for scene in script.scenes]
    if reaction.leaves_at and reaction.leaves_at not in numbers:
        found.append(f"There is no scene {reaction.leaves_at}; they are {numbers}, and 0 is staying to the end.")
    if reaction.leaves_at and not reaction.leaves_because:
        found.append("Say in leaves_because what makes them leave.")
    seen = [number for number in numbers if not reaction.leaves_at or number <= reaction.leaves_at]
    if [one.scene for one in reaction.ratings] != seen:
        found.append(f"They saw the scenes {seen}; rate each of them once, in this order, and no other.")
    where = _scene_of(reaction.quote, script)
    if where is None:
        found.append(f"“{reaction.quote}” is no line of the script; copy one as it stands.")
    elif reaction.leaves_at and where > reaction.leaves_at:
        found.append(f"They left in scene {reaction.leaves_at}, so they have not heard “{reaction.quote}”.")
    return found


def reacted(viewer: Viewer, reaction: Reaction, script: Script) -> ViewerReaction:
    """Return a checked reaction as it is told. Raises ValueError for a quotation that nobody says."""
    where = _scene_of(reaction.quote, script)
    if where is None:
        raise ValueError(f"Nobody says “{reaction.quote}”.")
    return ViewerReaction(
        viewer=viewer,
        rating=reaction.rating,
        ratings=tuple(reaction.ratings),
        liked=reaction.liked,
        disliked=reaction.disliked,
        quote=reaction.quote,
        quote_scene=where,
        leaves_at=reaction.leaves_at or None,
        leaves_because=reaction.leaves_because if reaction.leaves_at else "",
    )


def _scene_of(quote: str, script: Script) -> int | None:
    said = ((scene.number, line.text) for scene in script.scenes for line in scene.lines)
    return next((number for number, text in said if quoted_in(quote, text)), None)


# A plain reading, for a rehearsal


def plain_reaction(viewer: Viewer, script: Script) -> Reaction:
    """Return how a viewer would take a script who only counts seconds and listens for words of their taste.

    They leave in the first scene in which more seconds went by without such a word than they have patience for.
    """
    likes = _taste(viewer.taste)
    waited, leaves_at, spoke, ratings = 0.0, 0, [], []
    for scene in script.scenes:
        shared = sorted(likes & _stems(f"{scene.beat.value} {scene.action} {_said(scene)}"))
        waited = 0.0 if shared else waited + sum(len(line.text.split()) for line in scene.lines) / WORDS_PER_SECOND
        if shared:
            spoke.append((scene, shared))
        given = min(5, 3 + len(shared)) if shared else 1 if waited > viewer.patience_seconds else 2
        ratings.append(SceneRating(scene=scene.number, rating=given))
        if waited > viewer.patience_seconds:
            leaves_at = scene.number
            break
    seen = [scene for scene in script.scenes if not leaves_at or scene.number <= leaves_at]
    best, words = max(spoke, key=lambda one: len(one[1]), default=(seen[0], []))
    # A line that stays with somebody is about as long as one can repeat.
    line = max(
        best.lines, key=lambda one: (len(likes & _stems(one.text)) - abs(len(one.text) - 40) / 40, "?" in one.text)
    )
    share = len(spoke) / len(script.scenes)
    rating = 2 + (share >= 0.25) + (share >= 0.6) + (not leaves_at) - (bool(leaves_at) and leaves_at == seen[0].number)
    return Reaction(
        ratings=ratings,
        quote=line.text[:300],
        liked=f"Scene {best.number}, {best.beat.value.replace('_', ' ')}"
        + (f": {', '.join(words[:3])} is what they come for." if words else ", because it comes first."),
        disliked=""
        if len(spoke) == len(seen)
        else f"{len(seen) - len(spoke)} of {len(seen)} scenes are not their taste.",
        leaves_at=leaves_at,
        leaves_because=f"{waited:.0f} seconds without anything of their taste; they have {viewer.patience_seconds}."
        if leaves_at
        else "",
        rating=max(1, min(5, rating)),
    )


_KINDS = {
    "twist": ("twist", "escalation", "cliffhanger", "already"),
    "accusation": ("betrayal", "lied", "liar", "answered"),
    "secret": ("secret", "confess", "hides", "letter", "swear"),
    "family": ("family", "mother", "father", "grandmother", "sister", "brother", "uncle", "table"),
    "confessional": ("confessional",),
    "betrayal": ("betrayal", "lied", "promise"),
    "competition": ("competition", "judge", "prize", "score"),
    "countdown": ("tonight", "minutes", "hour"),
    "subtext": ("silence", "looks", "waits", "quiet"),
    "food": ("food", "cook", "kitchen", "plate", "bread", "spoon", "dinner"),
    "humour": ("laugh", "joke", "smile"),
}
"""What a word of somebody's taste may look like in a script."""


def _taste(taste: str) -> set[str]:
    wanted = _stems(taste.partition(";")[0])
    more = [word for kind, words in _KINDS.items() if _stem(kind) in wanted for word in words]
    return wanted | {stem for word in more for stem in _stems(word)}


def _said(scene: Scene) -> str:
    return " ".join(line.text for line in scene.lines)


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in re.findall(r"[^\W\d_]{4,}", text.casefold())} - _DULL


def _stem(word: str) -> str:
    return re.sub(r"(?:ies|s|ed|ing|al|ion)$", "", word)


_DULL = frozenset(
    _stem(word)
    for word in (
        "that",
        "what",
        "when",
        "with",
        "from",
        "each",
        "other",
        "only",
        "somebody",
        "anything",
        "knows",
        "wants",
        "nobody",
        "scene",
        "show",
        "said",
        "line",
    )
)


def panel_label(*, rehearsal: bool) -> str:
    """Return what stands beside the reactions of a panel."""
    who = "A program, in a rehearsal," if rehearsal else "A model"
    return f"AI-generated. {who} made up what these viewers say; nobody watched anything, and it measures no audience."


def left_by(reactions: Sequence[ViewerReaction], scene: int) -> list[str]:
    """Return the names of those who leave in a scene."""
    return [one.viewer.name for one in reactions if one.leaves_at == scene]
