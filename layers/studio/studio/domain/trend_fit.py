"""Why a topic suits a show: what is asked of a writer, what is wrong with an answer, and a plain reading of it."""

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import Field, JsonValue

from studio.domain.base import Heading, Written
from studio.domain.project import Brief
from studio.domain.topics import COUNTED, Source, Topic, plainly

FitGrade = Literal["strong", "some", "weak"]
"""How well a topic suits a show: made for it, can be brought in, or only by force."""

MOST = 10
"""So many topics are asked about, in one call."""

_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(com|org|net|tv|io|co|me|gov|edu)\b|[<>\[\]]", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LONGEST_NAME = 80

_TOLD = (
    "Somebody of the cast has staked something on it and kept that from the others.",
    "Two of the cast take opposite sides of it at the same table.",
    "One of them is asked about it in the confessional and talks of something else.",
    "It is what they pretend to argue about while meaning each other.",
    "Whoever brings it up first gives away whom they have been talking to.",
)
"""How a topic comes into any episode of the kind, for the plain reading."""


class TopicFit(Written):
    """Why one topic suits the show, or does not. `topic` is one of the listed titles, as it is written there."""

    topic: Heading
    why: Heading
    fit: FitGrade


class FitAnswer(Written):
    """What is asked of a writer."""

    fits: list[TopicFit] = Field(min_length=1)


def shown(topics: Sequence[Topic], brief: Brief) -> list[dict[str, JsonValue]]:
    """Return what a writer is told of each topic, with a plain reading of why it suits the show."""
    own = {word for text in (brief.title, brief.genre, brief.theme, brief.community) for word in plainly(text)}
    return [
        {
            "topic": topic.title,
            "seen": _seen(topic),
            "headlines": [link.title for link in topic.links if link.title],
            "why": f"{_seen(topic)} {_TOLD[number % len(_TOLD)]}",
            "fit": _plain_fit(topic, own),
        }
        for number, topic in enumerate(topics)
    ]


def fit_problems(answer: FitAnswer, listed: Sequence[dict[str, JsonValue]]) -> list[str]:
    """Return what is wrong with the answer, each as a sentence a writer can act on; empty when nothing is."""
    told = {str(entry["topic"]): str(entry) for entry in listed}
    answered = [fit.topic for fit in answer.fits]
    found = [f"“{topic}” is missing; every listed topic needs one answer." for topic in told if topic not in answered]
    found += [f"“{topic}” is answered twice." for topic in sorted({t for t in answered if answered.count(t) > 1})]
    for fit in answer.fits:
        if fit.topic not in told:
            found.append(f"“{fit.topic}” is not among the listed topics; answer those, as they are written.")
            continue
        if _LINK.search(fit.why):
            found.append(f"“{fit.topic}”: the reason holds a link or markup; say it in words alone.")
        invented = sorted(set(_NUMBER.findall(fit.why)) - set(_NUMBER.findall(told[fit.topic])))
        if invented:
            found.append(f"“{fit.topic}”: {', '.join(invented)} is not in the material; leave figures out.")
    return found


def _plain_fit(topic: Topic, own: set[str]) -> FitGrade:
    words = {word for text in (topic.title, *(link.title for link in topic.links)) for word in plainly(text)}
    shared = {word for word in words & own if len(word) > 3}
    return "strong" if len(shared) > 1 else "some" if shared else "weak"


def _seen(topic: Topic) -> str:
    """Return in a sentence where a topic is seen and how much, so far as anybody says."""
    best = topic.sightings[0]
    name = topic.title if len(topic.title) <= _LONGEST_NAME else f"{topic.title[: _LONGEST_NAME - 1].rstrip()}…"
    places = len({(s.source, s.where) for s in topic.sightings})
    # Searches are told in steps, “20K+”; the others are counted.
    least = "at least " if best.source is Source.GOOGLE_TRENDS else ""
    counted = "" if best.count is None else f", with {least}{best.count:,} {COUNTED[best.source]}"
    where = f"in {best.where}" if places == 1 else f"in {best.where} and {places - 1} more"
    return f"“{name}” is number {best.place} {where}{counted}."
