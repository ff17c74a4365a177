"""Hooks: the first three seconds, compared pair by pair, and the one that opens the episode."""

import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from itertools import combinations

from pydantic import Field

from studio.domain.base import Name, Phrase, Text, Title, Value, Written
from studio.domain.digest import digest_of
from studio.domain.revision import LineRewording, Rewording, SceneRevision
from studio.domain.script import Scene, Script

HOOKS = 6
HOOK_SECONDS = 3
HURRIED_WORDS_PER_MINUTE = 200
"""How fast an opening is said: a third above the usual rate of conversation."""

MAX_WORDS = HOOK_SECONDS * HURRIED_WORDS_PER_MINUTE // 60
MAX_SAID = 80
"""Characters, for languages that put no spaces between words."""

MAX_SEEN_WORDS = 40
MAX_SEEN = 300
LEAST_WORDS = 4
"""With less room than this before the three seconds are over, nothing that is said can open an episode."""


_MAX_ACTION = 4_000
_TITLE_WORDS = 6
_ENDS = (".", "!", "?", "…", "؟", "。")


class HookKind(StrEnum):
    """What makes somebody stay."""

    QUESTION = "question"
    ACCUSATION = "accusation"
    CONFESSION = "confession"
    DISCOVERY = "discovery"
    COUNTDOWN = "countdown"
    CONTRADICTION = "contradiction"


_LEADS = {
    HookKind.QUESTION: ("Well?", "Well, {}?", "Who else knows about this?"),
    HookKind.ACCUSATION: ("You knew.", "You knew, {}.", "You knew. You always knew."),
    HookKind.CONFESSION: ("I admit it.", "I admit it, {}.", "I should have said it long ago."),
    HookKind.DISCOVERY: ("Look.", "Look, {}.", "What is this doing here?"),
    HookKind.COUNTDOWN: ("Hurry.", "Hurry, {}.", "There is time until tonight."),
    HookKind.CONTRADICTION: ("No.", "No, {}.", "That is not what happened."),
}
"""What a line can begin with at such a moment, to nobody and to somebody; and what is said where it is too long."""

_TELLING = (
    (HookKind.ACCUSATION, re.compile(r"^(you|your|you're|you've)\b", re.IGNORECASE)),
    (HookKind.CONFESSION, re.compile(r"^(i|i'm|i've|my|we)\b", re.IGNORECASE)),
    (HookKind.COUNTDOWN, re.compile(r"\b(tonight|tomorrow|minutes?|hours?|before|until)\b", re.IGNORECASE)),
    (HookKind.CONTRADICTION, re.compile(r"\b(no|not|never|nobody)\b|n't\b", re.IGNORECASE)),
)


class Hook(Written):
    """A way to begin: what is seen and what is said in the first three seconds, and a title that goes with it."""

    kind: HookKind
    seen: Text
    speaker: Name
    said: Phrase = Field(min_length=1)
    title: Title


class HookAnswer(Written):
    """What is asked of a writer."""

    hooks: list[Hook] = Field(min_length=1)


class Winner(StrEnum):
    """Which of a pair, by the order in which it was shown."""

    FIRST = "first"
    SECOND = "second"
    TIE = "tie"


class Verdict(Written):
    """Which hook of a pair is the better opening. The reason comes first, so that the winner follows from it."""

    pair: int = Field(ge=1)
    reason: Phrase = Field(min_length=1)
    winner: Winner


class JudgeAnswer(Written):
    """What is asked of a judge: a verdict on each pair."""

    pairs: list[Verdict] = Field(min_length=1)


class RankedHook(Value):
    """A hook with its strength: Bradley–Terry's log-ability, its standard error, and how many comparisons it won."""

    hook: Hook
    strength: float
    standard_error: float
    wins: float
    comparisons: int


class Lead(Value):
    """How far the strongest hook is ahead of the next, in logits; `chance` is that it is the stronger one at all."""

    gap: float
    standard_error: float
    chance: float


class OrderEffect(Value):
    """What being shown first was worth to a hook, in logits; `turned` of `pairs` had another winner in the other order.

    `first_won` is how many of the comparisons whatever was shown first won, a tie a half.
    """

    effect: float
    standard_error: float
    first_won: float
    turned: int
    pairs: int


class Retention(Value):
    """What was measured of a kind of hook: the mean share of viewers still there after it, over n posts."""

    kind: HookKind
    mean: float = Field(ge=0, le=1)
    n: int = Field(ge=0)


class HookChoice(Value):
    """The ranking, strongest first; the first opens the episode, the second is there for a test against it.

    `revision` and `title` are what the chosen hook changes: scene 1 and the title. `why` is what was said where the
    first two met. `prior` is what viewers had done at earlier hooks when it was made, `learned` the version of what the
    show had learned that it came from, if any. `notes` is what a reader of the ranking must know.
    """

    ranking: tuple[RankedHook, ...] = Field(min_length=1)
    revision: SceneRevision
    title: Rewording | None = None
    lead: Lead | None = None
    order: OrderEffect | None = None
    why: tuple[str, ...] = ()
    prior: tuple[Retention, ...] = ()
    learned: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def chosen(self) -> Hook:
        """The hook that opens the episode."""
        return self.ranking[0].hook

    @property
    def runner_up(self) -> Hook | None:
        """The one to test against it."""
        return self.ranking[1].hook if len(self.ranking) > 1 else None


# What a hook must keep


def openers(scene: Scene) -> dict[str, int]:
    """Return who can say the hook, with how many words it may have.

    The hook takes the place of somebody's first line. What is said before that line stays and takes its time, so it
    counts: a line that comes later than the first seconds opens nothing, however good. Whoever speaks first can.
    """
    room: dict[str, int] = {}
    before = 0
    for line in scene.lines:
        left = MAX_WORDS - before
        if not room or left >= LEAST_WORDS:
            room.setdefault(line.speaker, left)
        before += len(line.text.split())
    return room


def hook_problems(answer: HookAnswer, scene: Scene, wanted: int = HOOKS) -> list[str]:
    """Return what is wrong with the hooks, each as a sentence a writer can act on; empty when nothing is."""
    found = []
    if len(answer.hooks) != wanted:
        found.append(f"There must be exactly {wanted} hooks; there are {len(answer.hooks)}.")
    room = {name.casefold(): words for name, words in openers(scene).items()}
    speaking = {line.speaker.casefold() for line in scene.lines}
    seen: dict[str, int] = {}
    for number, hook in enumerate(answer.hooks, 1):
        name, words = hook.speaker.casefold(), len(hook.said.split())
        if name not in speaking:
            found.append(f"Hook {number}: “{hook.speaker}” does not speak in scene {scene.number}.")
        elif name not in room:
            found.append(
                f"Hook {number}: “{hook.speaker}” comes in too late in scene {scene.number} to open it; "
                f"give it to {' or '.join(openers(scene))}."
            )
        elif words > room[name]:
            found.append(f"Hook {number}: {hook.speaker} has {room[name]} words at most; “{hook.said}” is {words}.")
        if len(hook.said) > MAX_SAID:
            found.append(f"Hook {number}: what is said is {len(hook.said)} characters; {MAX_SAID} are the most.")
        if len(hook.seen.split()) > MAX_SEEN_WORDS or len(hook.seen) > MAX_SEEN:
            found.append(f"Hook {number}: say what is seen in {MAX_SEEN_WORDS} words at most.")
        plain = _plain(hook.said)
        if plain in seen:
            found.append(f"Hook {number} says what hook {seen[plain]} says; each must be another.")
        seen.setdefault(plain, number)
    return found


# Comparing them


class Pair(Value):
    """Two hooks, by their places in a list, in the order in which they are shown."""

    first: int
    second: int

    def turned(self) -> "Pair":
        """Return the pair in the other order."""
        return Pair(first=self.second, second=self.first)


def shuffled(hooks: Iterable[Hook]) -> list[Hook]:
    """Return the hooks in an order that has nothing to do with the one they were thought of in, by their hashes."""
    return sorted(hooks, key=lambda hook: digest_of(hook.model_dump(mode="json")))


def all_pairs(hooks: int) -> list[Pair]:
    """Return every two of them once, each hook first in as near half of its pairs as can be.

    As around a table: everybody is first with those who sit to the left, up to half-way around.
    """
    pairs = []
    for one, other in combinations(range(hooks), 2):
        distance = other - one
        across = 2 * distance == hooks
        near = 2 * distance < hooks or (across and one % 2 == 0)
        pairs.append(Pair(first=one, second=other) if near else Pair(first=other, second=one))
    return pairs


def verdict_problems(answer: JudgeAnswer, pairs: int) -> list[str]:
    """Return what is wrong with the verdicts, each as a sentence a judge can act on; empty when nothing is."""
    numbers = [verdict.pair for verdict in answer.pairs]
    missing = [number for number in range(1, pairs + 1) if number not in numbers]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    unknown = sorted({number for number in numbers if number > pairs})
    return [
        *(f"Pair {number} has no verdict; every pair needs one." for number in missing),
        *(f"Pair {number} has more than one verdict." for number in twice),
        *(f"There is no pair {number}; they go from 1 to {pairs}." for number in unknown),
    ]


# Putting one in its place


def woven(hook: Hook, scene: Scene) -> SceneRevision:
    """Return what a hook changes in the scene it opens.

    What is said takes the place of its speaker's first line, and the action begins with what is seen. No line is added
    and none changes hands, because the storyboard covers the lines as they are numbered. Raises ValueError for a hook
    whose speaker does not speak in the scene.
    """
    spoken = [n for n, line in enumerate(scene.lines, 1) if line.speaker.casefold() == hook.speaker.casefold()]
    if not spoken:
        raise ValueError(f"{hook.speaker} does not speak in scene {scene.number}.")
    before = scene.lines[spoken[0] - 1].text
    lines = () if before == hook.said else (LineRewording(line=spoken[0], before=before, after=hook.said),)
    opened = _opened(scene.action, hook.seen)
    action = None if opened == scene.action else Rewording(before=scene.action, after=opened)
    return SceneRevision(scene=scene.number, action=action, lines=lines)


def retitled(hook: Hook, script: Script) -> Rewording | None:
    """Return what a hook changes in the title; None where it keeps it."""
    return None if hook.title == script.title else Rewording(before=script.title, after=hook.title)


def left_alone(revision: SceneRevision, title: Rewording | None, held: Collection[str]) -> tuple[str, ...]:
    """Return what of a hook is not put in because a person wrote what stands there, each as a sentence."""
    here = f"scene-{revision.scene}"
    wanted = [(f"{here}/line-{line.line}", f"line {line.line} of scene {revision.scene}") for line in revision.lines]
    wanted += [(f"{here}/action", f"the action of scene {revision.scene}")] if revision.action else []
    wanted += [("title", "the title")] if title else []
    return tuple(f"A person wrote {what}, so it stays without the hook." for name, what in wanted if name in held)


def _opened(action: str, seen: str) -> str:
    """Return the action with what is seen as its opening, once; as it is where there would be no room."""
    if action.startswith(seen):
        return action
    sentences = _sentences(action)
    if seen in sentences:
        return " ".join([seen, *(sentence for sentence in sentences if sentence != seen)])
    opened = f"{seen}{'' if seen.endswith(_ENDS) else '.'} {action}"
    return opened if len(opened) <= _MAX_ACTION else action


# A plain reading of the script


def suggested_hooks(script: Script) -> list[Hook]:
    """Return hooks from what the opening scene says and shows already, for a writer to better.

    The first words of those who can open it come first, then the very first line behind another beginning, so that what
    is answered still has its answer. Nothing of later scenes is in them: what comes out there is not given away here.
    """
    scene = script.scenes[0]
    pictures = _pictures(scene.action)
    hooks: dict[str, Hook] = {}
    for kind, speaker, said, title in [*_own(scene)[: HOOKS // 2], *_led(scene)]:
        seen = pictures[len(hooks) % len(pictures)]
        hook = Hook(kind=kind, seen=seen, speaker=speaker, said=said, title=title or script.title)
        hooks.setdefault(_plain(said), hook)
    return list(hooks.values())[:HOOKS]


type _Said = tuple[HookKind, str, str, str]
"""A kind, who says it, what, and the title it makes; empty where it makes none."""


def _own(scene: Scene) -> list[_Said]:
    """Return the first words of those who can open the scene."""
    firsts = {line.speaker: line.text for line in reversed(scene.lines)}
    found: list[_Said] = []
    for speaker, words in openers(scene).items():
        said = _core(firsts[speaker], words)
        if said:
            title = said.rstrip(".") if 2 <= len(said.split()) <= _TITLE_WORDS else ""
            found.append((_kind_of(said), speaker, said, title))
    return found


def _led(scene: Scene) -> list[_Said]:
    """Return the first line behind a beginning of each kind."""
    speaker, text = scene.lines[0].speaker, scene.lines[0].text
    other = next((line.speaker.split()[0] for line in scene.lines if line.speaker != speaker), "")
    found: list[_Said] = []
    for kind, (alone, together, instead) in _LEADS.items():
        leads = [together.format(other), alone] if other and other not in text else [alone]
        cores = ((lead, _core(text, MAX_WORDS - len(lead.split()), MAX_SAID - len(lead) - 1)) for lead in leads)
        said = next((f"{lead} {core}" for lead, core in cores if core), instead)
        found.append((kind, speaker, said, ""))
    return found


def _core(text: str, words: int, characters: int = MAX_SAID) -> str:
    """Return as much of a line, from its end, as can be said in so many words; empty where no whole sentence can."""
    sentences = _sentences(text)
    for start in range(len(sentences)):
        said = " ".join(" ".join(sentences[start:]).split())
        if len(said.split()) <= words and len(said) <= characters:
            return said
    return ""


def _pictures(action: str) -> list[str]:
    sentences = _sentences(action)
    short = [seen for seen in sentences if len(seen) <= MAX_SEEN and len(seen.split()) <= MAX_SEEN_WORDS]
    return short or [" ".join(action.split()[:MAX_SEEN_WORDS])[:MAX_SEEN].strip()]


def _kind_of(said: str) -> HookKind:
    if said.rstrip("”\"'").endswith(("?", "؟", "？")):
        return HookKind.QUESTION
    return next((kind for kind, words in _TELLING if words.search(said)), HookKind.DISCOVERY)


def _sentences(text: str) -> list[str]:
    return [part for part in (part.strip() for part in re.split(r"(?<=[.!?…؟。])\s+", text)) if part]


def _plain(said: str) -> str:
    return " ".join(re.findall(r"\w+", said.casefold())) or said
