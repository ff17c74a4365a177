"""Puts a script together from its plan."""

from collections.abc import Mapping

from pydantic import JsonValue

from studio.domain.script import Beat, Guest, Scene, Script
from studio.generation.draft.story.banks import bank
from studio.generation.draft.story.casting import Player
from studio.generation.draft.story.clips import clips
from studio.generation.draft.story.nouns import sentence_case, titled
from studio.generation.draft.story.plan import Plan, plan
from studio.generation.draft.story.scenes import staged
from studio.generation.draft.story.slots import Slots

_LONGEST_TOPIC = 80


def compose(material: Mapping[str, JsonValue]) -> Script:
    """Return a script for this material; the same material gives the same script.

    material: "prompt" (text), "cast" (list of CharacterSheet dumps), "project" (a Brief's dump or null), "clips" (1 to
    6), "trend" (what people talk about, as {"topic": …}); every one may be missing. The words are English; a prompt in
    another language keeps its own words and names.
    """
    story = plan(material)
    scenes = staged(story)
    cliffhanger = scenes[-1].scene.beat is Beat.CLIFFHANGER
    guests = [p for p in story.parts.everyone if p.guest]
    talked_of = _talked_of(material)
    return Script(
        title=_title(story),
        synopsis=_synopsis(story) + (f" All the while everybody is on about “{talked_of}”." if talked_of else ""),
        guests=[Guest(name=p.name, description=_about(p), age=p.age, appearance=p.appearance) for p in guests],
        scenes=_with_talk([entry.scene for entry in scenes], talked_of),
        clips=clips(story, scenes),
        open_question=_question(story, scenes[-1].unit.asks) if cliffhanger else "",
    )


def _talked_of(material: Mapping[str, JsonValue]) -> str:
    trend = material.get("trend")
    topic = trend.get("topic") if isinstance(trend, Mapping) else None
    return topic[:_LONGEST_TOPIC].strip() if isinstance(topic, str) else ""


def _with_talk(scenes: list[Scene], talked_of: str) -> list[Scene]:
    """Return the scenes with the topic seen in the second: nobody says it, since it may be somebody's name."""
    if not talked_of or len(scenes) < 2:
        return scenes
    action = f"{scenes[1].action} On a phone that lies face up, “{talked_of}” comes up again and again."
    return [scenes[0], scenes[1].model_copy(update={"action": action}), *scenes[2:]]


def _pick(
    story: Plan, own: tuple[str, ...], shared: tuple[str, ...], *, quoting: bool = True, introducing: bool = False
) -> str:
    slots = Slots(story, story.places[0], quoting=quoting)
    fitting = [t for t in own if slots.fits(t)] or [t for t in shared if slots.fits(t)]
    # The prompt's own words come first, wherever they fit.
    template = story.rng.choice([t for t in fitting if "{deed}" in t] or fitting)
    return slots.introduced(template) if introducing else slots.said(template)


def _about(guest: Player) -> str:
    if guest.about:
        return guest.about
    wants = guest.want.of(guest.short)
    return f"{sentence_case(wants)}."


def _title(story: Plan) -> str:
    # A title that names nothing of this story would fit any other as well.
    own = tuple(t for t in story.bank.titles if "{" in t)
    title = titled(_pick(story, own, bank("common").titles, quoting=False))
    return title if len(title) <= 160 else titled(story.thing.the)


def _synopsis(story: Plan) -> str:
    return _pick(story, story.bank.synopses, bank("common").synopses, introducing=True)


def _question(story: Plan, asked: str) -> str:
    question = _pick(story, (asked,) if asked else story.bank.questions, bank("common").questions)
    return question if len(question) <= 300 else "Who else knew?"
