"""What plain rules of editing find in a text, and the text with that done: a beginning for whoever criticises it.

The rules know English words. In another language they find little, and that little is about punctuation.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from studio.domain.base import Phrase, Value
from studio.domain.quoting import quoted_in
from studio.domain.reflection import MAX_CRITICISMS, Criticism, RevisedLine, Target
from studio.domain.script import Script

REHEARSED = (
    "This is a rehearsal: the criticisms and revisions are those of plain rules of editing, and the judge drew lots. "
    "Nothing is put into an episode on that."
)
LOT = "Drawn by lot."

LONG_SENTENCE = 24
"""Words from which on a sentence is worth parting."""

LONG_LINE = 14
"""Words from which on a line on screen is a speech."""

_QUOTED_WORDS = 20
_QUOTED_CHARACTERS = 300
_FILLER = re.compile(
    r"(?<!not )(?<!n't )\b(?:very|really|actually|basically|literally|suddenly|somehow|totally)\s+(?=\w)", re.IGNORECASE
)
_HEDGE = re.compile(
    r"^(?:well|look|listen|i mean|i think|i guess|i feel like|you know|as you know|to be honest|honestly|maybe),?\s+"
    r"(?=\w)",
    re.IGNORECASE,
)
_SHOUT = re.compile(r"[!?]{2,}")
_VAGUE_LIGHT = re.compile(r"\b(?:light|lit|lamp|window|sun|glow|screen|candle|neon|moon|bulb|daylight)", re.IGNORECASE)
_DEPTH = re.compile(
    r"\b(?:foreground|behind|background|beyond|far side|far end|across the|near the lens|out of focus)\b", re.IGNORECASE
)


class Fault(Value):
    """Words that a rule found fault with, and what to put in their place; the words are exactly as they stand."""

    criterion: str
    quote: str
    fault: Phrase
    remedy: Phrase
    instead: str

    def criticism(self) -> Criticism:
        """Return what a critic would say of it. Of long words the first are quoted."""
        return Criticism(criterion=self.criterion, quote=self.shortly, fault=self.fault, remedy=self.remedy)

    @property
    def shortly(self) -> str:
        """The words, or as many of the first as a quotation may have; empty where not even one fits."""
        words = self.quote.split()[:_QUOTED_WORDS]
        while len(" ".join(words)) > _QUOTED_CHARACTERS:
            words.pop()
        return " ".join(words)

    def mended(self, text: str) -> str:
        """Return `text` with this one thing done; as it is where the words are no longer in it."""
        if self.quote not in text:
            return text
        return _tidy(text.replace(self.quote, self.instead, 1))


def faults(target: Target, text: str, script: Script | None = None, number: int | None = None) -> list[Fault]:
    """Return what the rules find, at most MAX_CRITICISMS. script: what the text is of; None for the owner's own words.

    number: the scene or clip, where there are several.
    """
    if target is Target.DIALOGUE:
        found = _in_dialogue(text)
    elif target is Target.TITLE:
        found = _in_title(text, script)
    else:
        # For a camera, a word too many is a thing that cannot be seen.
        found = _in_prose(text, "photographable" if target is Target.CLIP else "economy")
        if target is Target.SYNOPSIS and script is not None:
            found = chain(_open_end(text, script), found)
        if target is Target.CLIP and script is not None and number is not None:
            found = chain(_unlit(text, script, number), found)
    kept: dict[str, Fault] = {}
    for fault in found:
        if quoted_in(fault.shortly, text):
            kept.setdefault(fault.quote, fault)
        if len(kept) == MAX_CRITICISMS:
            break
    return list(kept.values())


def mended(text: str, found: Sequence[Fault]) -> str:
    """Return the text with everything done that was found, as far as the words are still there."""
    for fault in found:
        text = fault.mended(text)
    return text


def mended_lines(lines: Sequence[tuple[str, str]], found: Sequence[Fault]) -> list[RevisedLine]:
    """Return a scene's lines with everything done that was found; each is (speaker, text). None is left empty."""
    return [
        RevisedLine(line=number, speaker=speaker, text=mended(text, found) or text)
        for number, (speaker, text) in enumerate(lines, 1)
    ]


def _in_prose(text: str, criterion: str = "economy") -> Iterator[Fault]:
    for sentence in _sentences(text):
        if cut := _FILLER.search(sentence):
            yield Fault(
                criterion=criterion,
                quote=sentence,
                fault=f"“{cut[0].strip()}” says nothing that the sentence does not say without it.",
                remedy="Cut it.",
                instead=_FILLER.sub("", sentence),
            )
        elif len(sentence.split()) > LONG_SENTENCE and (parted := _parted(sentence)):
            yield Fault(
                criterion=criterion,
                quote=sentence,
                fault=f"{len(sentence.split())} words in one sentence: two thoughts, and the second is lost.",
                remedy="Make two sentences of it.",
                instead=parted,
            )
    yield from _shouting(text, criterion)


def _in_dialogue(text: str) -> Iterator[Fault]:
    lines = [line.partition(": ")[::2] for line in text.split("\n")]
    called = {name for speaker, _ in lines for name in (speaker, *speaker.split()[:1]) if name}
    names = sorted(called, key=lambda name: (-len(name), name))
    for _, said in lines:
        if cut := _HEDGE.match(said):
            yield Fault(
                criterion="economy",
                quote=said,
                fault=f"“{cut[0].strip()}” is a run-up; the line begins after it.",
                remedy="Begin with what is wanted.",
                instead=_HEDGE.sub("", said),
            )
        elif (nameless := _nameless(said, names)) != said:
            yield Fault(
                criterion="economy",
                quote=said,
                fault="People who know each other rarely call each other by name.",
                remedy="Leave the name out.",
                instead=nameless,
            )
        elif _FILLER.search(said):
            yield next(_in_prose(said))
        elif len(said.split()) > LONG_LINE and len(parts := _sentences(said)) > 1:
            yield Fault(
                criterion="economy",
                quote=said,
                fault=f"{len(said.split())} words, and the point is made before the last sentence.",
                remedy="Stop where it hits.",
                instead=" ".join(parts[:-1]),
            )
    yield from _shouting(text, "voice")


def _in_title(text: str, script: Script | None) -> Iterator[Fault]:
    head, colon, tail = text.partition(":")
    if colon and head.strip() and tail.strip():
        yield Fault(
            criterion="short",
            quote=text,
            fault="A title in two parts is two titles.",
            remedy="Keep the part that only this story has.",
            instead=max(head, tail, key=len).strip(),
        )
    elif script is not None and (said := _short_line(script)) and said != text:
        yield Fault(
            criterion="specific",
            quote=text,
            fault="It says what the episode is about, in nobody's words.",
            remedy="Take words that are said in it, before anything comes out.",
            instead=said,
        )


def _open_end(text: str, script: Script) -> Iterator[Fault]:
    last = _sentences(text)[-1:]
    question = script.open_question
    if last and question and not last[0].endswith("?") and question not in text:
        yield Fault(
            criterion="open_end",
            quote=last[0],
            fault="It ends on a statement, and nothing is left to find out.",
            remedy="End on what the episode leaves open.",
            instead=f"{last[0]} {question}",
        )


def _unlit(text: str, script: Script, number: int) -> Iterator[Fault]:
    sentences = _sentences(text)
    if not sentences:
        return
    night = "NIGHT" in script.scene(script.clip(number).scene).heading.upper()
    if not _VAGUE_LIGHT.search(text):
        light = "One lamp from the left, the rest falls into the dark." if night else "Daylight from one window, left."
        yield Fault(
            criterion="light",
            quote=sentences[-1],
            fault="Nobody could light this: no lamp, no window, no side.",
            remedy="Say which light, and from where.",
            instead=f"{sentences[-1]} {light}",
        )
    if not _DEPTH.search(text):
        yield Fault(
            criterion="depth",
            quote=sentences[0],
            fault="Everything is at one distance.",
            remedy="Put something near the lens.",
            instead=f"{sentences[0]} In the foreground, out of focus, the edge of a door frame.",
        )


def _shouting(text: str, criterion: str) -> Iterator[Fault]:
    for line in text.split("\n"):
        for sentence in _sentences(line.partition(": ")[2] or line):
            if _SHOUT.search(sentence):
                yield Fault(
                    criterion=criterion,
                    quote=sentence,
                    fault="Marks that shout do the work the words should do.",
                    remedy="One mark, and stronger words.",
                    instead=_SHOUT.sub(lambda marks: "?" if "?" in marks[0] else "!", sentence),
                )


def _nameless(said: str, names: Sequence[str]) -> str:
    """Return a line without calling somebody by name."""
    for name in names:
        said = re.sub(rf"((?:^|[.!?…]\s+)){re.escape(name)}, (\w)", lambda at: at[1] + at[2].upper(), said, count=1)
        said = re.sub(rf", {re.escape(name)}(?=[.!?,])", "", said, count=1)
    return said


def _short_line(script: Script) -> str:
    """Return the most title-like line of the first scene: two to five words, a question first; empty without one."""
    said = [s for line in script.scenes[0].lines for s in _sentences(line.text) if 2 <= len(s.split()) <= 5]
    return min(said, key=lambda words: (not words.endswith("?"), -len(words))).rstrip(".! ") if said else ""


def _parted(sentence: str) -> str:
    """Return a long sentence as two, at a joint somewhere in its middle; empty where it has none."""
    for joint in re.finditer(r"; |, (?:and|but|so) ", sentence):
        first, second = sentence[: joint.start()], sentence[joint.end() :]
        if len(first.split()) >= 5 and len(second.split()) >= 5:
            but = "But " if "but" in joint[0] else ""
            return f"{first}. {but}{second if but else second[0].upper() + second[1:]}"
    return ""


def _sentences(text: str) -> list[str]:
    return [part for part in (part.strip() for part in re.split(r"(?<=[.!?…؟。])\s+|\n+", text)) if part]


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]{2,}", " ", text).strip()
    return text[:1].upper() + text[1:]
