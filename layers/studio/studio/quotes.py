"""What work will cost before it is begun, from values alone: what remains to be done, and what it takes.

What a step takes is data (`generation/expected.json`), measured on drafts or assumed, and says so. Two figures are
given: what is expected, and the most it comes to when every answer is as long as it may be, every text is repaired
twice and every clip is painted as often as it may be. Not in it are calls that broke off and may have been charged
all the same; the caps hold for those too.
"""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal, Self

from pydantic import Field, model_validator

from studio.domain.base import Value
from studio.domain.episode import Clip, ClipStatus, Pipeline, StageRecord
from studio.domain.materials import is_rooted
from studio.domain.pipeline import STAGES, Step, stages_of
from studio.domain.project import Brief
from studio.domain.script import Script
from studio.domain.spend import Quote, QuoteLine
from studio.generation.catalogue import CHARS_PER_TOKEN, Price
from studio.generation.ports import Usage
from studio.writing import ATTEMPTS

RENDER_CLIP = "render_clip"
JUDGE_CLIP = "judge_clip"
"""What is done to a clip, by its purpose in the ledger."""

ENGLISH_CHARS_PER_TOKEN = 4
"""What is expected; CHARS_PER_TOKEN is the most."""

type Job = Literal["text", "image", "judge"]
type Tariff = Callable[[Job, date], tuple[str, Price]]
"""Says which model does a job, and its price on a day."""


class CallSize(Value):
    """How much one call reads and writes, in tokens: expected, and at most. Thoughts are among what it writes."""

    input_tokens: int = Field(ge=0)
    max_input_tokens: int
    output_tokens: int = Field(ge=0)
    max_output_tokens: int

    @model_validator(mode="after")
    def _most_is_most(self) -> Self:
        if self.max_input_tokens < self.input_tokens or self.max_output_tokens < self.output_tokens:
            raise ValueError("what is at most cannot be less than what is expected")
        return self


class TextStep(Value):
    """How often a step asks a writer, and for how much."""

    per_episode: int = Field(ge=0)
    per_scene: int = Field(ge=0)
    call: CallSize

    def calls(self, scenes: int) -> int:
        """Return how many calls an episode with this many scenes takes, without repairs."""
        return self.per_episode + self.per_scene * scenes


class Scenes(Value):
    """How many scenes a script has before it is written."""

    expected: int
    at_most: int


class BotCalls(Value):
    """What one run of a bot that is no stage asks of models. `texts` are without repairs."""

    texts: int = Field(ge=0)
    texts_at_most: int = Field(ge=0)
    call: CallSize
    pictures: int = Field(default=0, ge=0)
    judgements: int = Field(default=0, ge=0)


class Expected(Value):
    """All of `expected.json`. `sources` says in words where each figure comes from."""

    sources: tuple[str, ...]
    scenes: Scenes
    takes: float = Field(ge=1)
    texts: Mapping[Step, TextStep]
    bots: Mapping[str, BotCalls]
    picture: CallSize
    judgement: CallSize


class Plan(Value):
    """Work that remains. `steps` are those on paper, `clips` the numbers of those to be shot.

    scenes: how many the script has; None before it is written. prompt_chars: how long the creator's prompt is.
    has_culture: whether there is anything to root the script in. takes: how often a clip may be painted.
    """

    steps: tuple[Step, ...] = ()
    clips: tuple[int, ...] = ()
    scenes: int | None = None
    prompt_chars: int = 0
    has_culture: bool = True
    takes: int = Field(ge=1)

    def through(self, steps: Collection[Step]) -> "Plan":
        """Return the part of it that a take which goes through these steps does."""
        return self.model_copy(
            update={
                "steps": tuple(step for step in self.steps if step in steps),
                "clips": self.clips if Step.SHOOT in steps else (),
            }
        )


@cache
def expected() -> Expected:
    """Return what steps take, read once."""
    return Expected.model_validate_json(files("studio.generation").joinpath("expected.json").read_bytes())


def whole_plan(pipeline: Pipeline, brief: Brief, *, clips: int, prompt_chars: int, takes: int) -> Plan:
    """Return all the work of an episode of which nothing is done yet."""
    return Plan(
        steps=stages_of(pipeline),
        clips=tuple(range(1, clips + 1)),
        prompt_chars=prompt_chars,
        has_culture=is_rooted(brief),
        takes=takes,
    )


def what_remains(
    whole: Plan,
    records: Iterable[StageRecord],
    clips: Iterable[Clip] = (),
    script: Script | None = None,
    *,
    stale_steps: Collection[Step] = (),
    stale_clips: Collection[int] = (),
) -> Plan:
    """Return the part of `whole` that is to be made, or made anew.

    A stage is kept when its artifact is there and not stale, and nothing before it is made anew: what is made from
    something else then becomes something else. So is a clip; hooks alone change no picture.
    """
    done = {record.name for record in records if record.status == "done"} - set(stale_steps)
    first = next((place for place, step in enumerate(whole.steps) if step not in done), len(whole.steps))
    steps = whole.steps[first:]
    shown = {clip.number for clip in clips if clip.status is ClipStatus.RENDERED} - set(stale_clips)
    kept = shown if set(steps) <= {Step.HOOKS} else set()
    return whole.model_copy(
        update={
            "steps": steps,
            "clips": tuple(number for number in whole.clips if number not in kept),
            "scenes": len(script.scenes) if script and Step.SCRIPT not in steps else None,
        }
    )


def quote(plan: Plan, tariff: Tariff, on: date) -> Quote:
    """Return what a plan costs at the prices of a day, a line for each step and clip, in the order of the work.

    Raises what `tariff` raises for a model whose price is not known.
    """
    texts = [_text_line(step, plan, tariff, on) for step in STAGES if step in plan.steps]
    clips = [line for number in sorted(plan.clips) for line in _clip_lines(number, plan, tariff, on)]
    return Quote(lines=(*texts, *clips))


def quote_bot(bot: str, tariff: Tariff, on: date) -> Quote:
    """Return what one run of a bot costs at the prices of a day, by its public name; a stage's by what it does anew.

    Raises KeyError for a bot nobody knows, and what `tariff` raises for a model whose price is not known.
    """
    known, stage = expected(), bot.replace("-", "_")
    if stage in known.texts:
        return quote(Plan(steps=(Step(stage),), takes=1), tariff, on)
    calls = known.bots[bot]
    work: tuple[tuple[Job, CallSize, int, int], ...] = (
        ("text", calls.call, calls.texts, calls.texts_at_most * ATTEMPTS),
        ("image", known.picture, calls.pictures, calls.pictures),
        ("judge", known.judgement, calls.judgements, calls.judgements * ATTEMPTS),
    )
    lines = []
    for job, size, few, many in work:
        if many:
            model, price = tariff(job, on)
            once, at_most = _cost(size, price, images=1 if job == "image" else 0)
            lines.append(
                QuoteLine(
                    step=bot,
                    calls=few,
                    calls_at_most=many,
                    model=model,
                    price_date=price.price_date.isoformat(),
                    expected=few * once,
                    at_most=many * at_most,
                )
            )
    return Quote(lines=tuple(lines))


def _text_line(step: Step, plan: Plan, tariff: Tariff, on: date) -> QuoteLine:
    known, text = expected(), expected().texts[step]
    model, price = tariff("text", on)
    few, many = (known.scenes.expected, known.scenes.at_most) if plan.scenes is None else (plan.scenes, plan.scenes)
    nothing_to_do = step is Step.CULTURE and not plan.has_culture
    calls, most_calls = (0, 0) if nothing_to_do else (text.calls(few), text.calls(many) * ATTEMPTS)
    once, at_most = _cost(text.call, price, plan.prompt_chars)
    return QuoteLine(
        step=step,
        calls=calls,
        calls_at_most=most_calls,
        model=model,
        price_date=price.price_date.isoformat(),
        expected=calls * once,
        at_most=most_calls * at_most,
    )


def _clip_lines(number: int, plan: Plan, tariff: Tariff, on: date) -> Iterator[QuoteLine]:
    """Yield what painting a clip costs, and what looking at each take of it does."""
    known = expected()
    takes = min(known.takes, plan.takes)
    work: tuple[tuple[str, Job, CallSize, int, int], ...] = (
        (RENDER_CLIP, "image", known.picture, 1, plan.takes),
        (JUDGE_CLIP, "judge", known.judgement, 0, plan.takes * ATTEMPTS),
    )
    for step, job, size, images, most_calls in work:
        model, price = tariff(job, on)
        once, at_most = _cost(size, price, images=images)
        yield QuoteLine(
            step=step,
            clip=number,
            calls=takes,
            calls_at_most=most_calls,
            model=model,
            price_date=price.price_date.isoformat(),
            expected=math.ceil(takes * once),
            at_most=most_calls * at_most,
        )


def _cost(call: CallSize, price: Price, prompt_chars: int = 0, images: int = 0) -> tuple[int, int]:
    """Return what one call costs in micro-dollars: expected, and at most."""
    few = call.input_tokens + -(-prompt_chars // ENGLISH_CHARS_PER_TOKEN)
    many = call.max_input_tokens + -(-prompt_chars // CHARS_PER_TOKEN)
    return (
        price.cost(Usage(input_tokens=few, output_tokens=call.output_tokens, images=images)),
        price.cost(Usage(input_tokens=many, output_tokens=call.max_output_tokens, images=images)),
    )
