"""A live event on paper: its run-sheet, what is asked of a writer for it, and what keeps it from being one."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from studio.domain.base import Name, Paragraph, Phrase, Text, Value, Written
from studio.domain.moderation import LINK, has_personal_data, inflating
from studio.domain.script import Script

SHORTEST, LONGEST = 15, 180
"""Minutes an event has."""

MAX_TITLE = 100
MAX_OPTIONS = 4
MAX_OPTION = 35
"""Characters, as a poll in a live chat shows them without cutting them off."""


class Segment(Written):
    """A part of the event: its length in whole minutes, who hosts it, what happens, and the words that lead on."""

    name: Phrase = Field(min_length=1)
    minutes: int = Field(ge=1, le=LONGEST)
    host: Name
    happens: Text
    cue: Phrase = Field(min_length=1)


class Poll(Written):
    """What the audience is asked to choose. `segment` is the number of the segment, from 1, in which it runs."""

    segment: int = Field(ge=1)
    question: Phrase = Field(min_length=1)
    options: list[Phrase] = Field(min_length=2, max_length=MAX_OPTIONS)


class AudienceQuestion(Written):
    """What a host asks the chat. `segment` is the number of the segment, from 1."""

    segment: int = Field(ge=1)
    question: Phrase = Field(min_length=1)


class ClipMoment(Written):
    """A moment of the episode that is shown or talked about. `scene` and `clip` are the episode's numbers."""

    segment: int = Field(ge=1)
    scene: int = Field(ge=1)
    clip: int = Field(ge=1)
    why: Phrase = Field(min_length=1)


class RunSheetAnswer(Written):
    """What is asked of a writer. Starts are not: they follow from the lengths."""

    title: Phrase = Field(min_length=1)
    description: Paragraph = Field(min_length=1)
    segments: list[Segment] = Field(min_length=3, max_length=20)
    polls: list[Poll] = Field(min_length=1, max_length=8)
    questions: list[AudienceQuestion] = Field(min_length=1, max_length=15)
    moments: list[ClipMoment] = Field(min_length=1, max_length=12)
    moderation: list[Phrase] = Field(min_length=2, max_length=10)


class TimedSegment(Value):
    """A segment with its place: `start_minute` counts from the beginning; `at` is the hour, where there is one."""

    number: int
    start_minute: int
    minutes: int
    at: datetime | None
    name: str
    host: str
    happens: str
    cue: str


class RunSheet(Value):
    """The whole run-sheet. `starts_at` keeps the zone that it was given in."""

    title: str
    description: str
    minutes: int
    starts_at: datetime | None
    segments: tuple[TimedSegment, ...]
    polls: tuple[Poll, ...]
    questions: tuple[AudienceQuestion, ...]
    moments: tuple[ClipMoment, ...]
    moderation: tuple[str, ...]


def run_sheet_problems(answer: RunSheetAnswer, script: Script, hosts: Sequence[str], minutes: int) -> list[str]:
    """Return what is wrong with a run-sheet, each as a sentence a writer can act on; empty when nothing is.

    hosts: who may host, by name. minutes: how long the event is.
    """
    found = _title_problems(answer.title)
    told = sum(segment.minutes for segment in answer.segments)
    if told != minutes:
        found.append(f"The segments last {told} minutes together; the event lasts {minutes}.")
    known = {name.casefold() for name in hosts}
    found += [
        f"Segment {number}: “{segment.host}” cannot host; one of these can: {', '.join(hosts)}."
        for number, segment in enumerate(answer.segments, 1)
        if segment.host.casefold() not in known
    ]
    parts = [("Poll", one.segment) for one in answer.polls]
    parts += [("Question", one.segment) for one in answer.questions] + [
        ("Moment", one.segment) for one in answer.moments
    ]
    count = len(answer.segments)
    found += [f"{kind} in segment {at}: there are {count} segments." for kind, at in parts if at > count]
    for poll in answer.polls:
        if len({option.casefold() for option in poll.options}) < len(poll.options) or not all(poll.options):
            found.append(f"Poll “{poll.question}”: every option must be another.")
        found += [
            f"Poll “{poll.question}”: “{option}” has {len(option)} characters; {MAX_OPTION} are the most."
            for option in poll.options
            if len(option) > MAX_OPTION
        ]
    asked = [one.question.casefold() for one in answer.polls] + [one.question.casefold() for one in answer.questions]
    found += [f"“{question}” is asked twice." for question in sorted({one for one in asked if asked.count(one) > 1})]
    scenes = {clip.number: clip.scene for clip in script.clips}
    found += [
        f"Segment {one.segment}: no clip {one.clip} comes from scene {one.scene}; there are {_listed(scenes)}."
        for one in answer.moments
        if scenes.get(one.clip) != one.scene
    ]
    for text in texts_of(answer):
        if words := inflating(text):
            found.append(f"“{words}”: nothing may make an audience look larger than it is. Take it out.")
        if has_personal_data(text) or LINK.search(text):
            found.append("No links, addresses or telephone numbers.")
    return list(dict.fromkeys(found))


def texts_of(answer: RunSheetAnswer) -> list[str]:
    """Return everything that is said in a run-sheet."""
    return [
        answer.title,
        answer.description,
        *(text for segment in answer.segments for text in (segment.name, segment.happens, segment.cue)),
        *(text for poll in answer.polls for text in (poll.question, *poll.options)),
        *(question.question for question in answer.questions),
        *(moment.why for moment in answer.moments),
        *answer.moderation,
    ]


def _title_problems(title: str) -> list[str]:
    found = []
    if len(title) > MAX_TITLE:
        found.append(f"The title has {len(title)} characters; {MAX_TITLE} are the most.")
    if {"<", ">"} & set(title):
        found.append("The title must not have < or > in it.")
    return found


def _listed(scenes: dict[int, int]) -> str:
    return ", ".join(f"{clip} (scene {scene})" for clip, scene in scenes.items())
