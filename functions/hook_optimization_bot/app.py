"""hook-optimization-bot, stage 5: ways to begin, compared pair by pair, and the strongest put in its place."""

import re
from collections.abc import Sequence
from pathlib import Path
from string import ascii_uppercase

from pydantic import JsonValue

from studio.domain import materials
from studio.domain.hooks import (
    HOOKS,
    Hook,
    HookAnswer,
    HookChoice,
    JudgeAnswer,
    Lead,
    Pair,
    RankedHook,
    Retention,
    all_pairs,
    hook_problems,
    left_alone,
    openers,
    retitled,
    shuffled,
    suggested_hooks,
    verdict_problems,
    woven,
)
from studio.domain.materials import hash_of
from studio.domain.pipeline import Step
from studio.entry import Studio, bot
from studio.insight.hook_ranking import Meeting, ranked
from studio.stages import StageReport, StageRequest, StageWork, stage_work

_COMMON, _WRITE, _JUDGE = re.split(
    r"^## .+$", Path(__file__).with_name("prompt.md").read_text(encoding="utf-8"), flags=re.MULTILINE
)
MAX_OUTPUT_TOKENS = 8_192

REHEARSED = "A rehearsal drew the winners by lot, so this ranking means nothing yet."


class HookReport(StageReport):
    """How the episode begins, and what it could be tested against. `lead` says how sure the first place is."""

    chosen: Hook
    runner_up: Hook | None
    lead: Lead | None
    ranking: tuple[RankedHook, ...]


def choose_hook(request: StageRequest, studio: Studio) -> HookReport:
    """Write six ways to begin an episode, have every two of them compared in both orders, and rank them.

    The strongest goes into scene 1 and the title; the next is there for a test against it. What was chosen for the
    opening that is there now is kept.
    """
    with stage_work(Step.HOOKS, request.episode_id, studio) as work:
        prior = _prior(work)
        material = materials.hooks(work.episode, work.told, prior)
        choice = work.part("hooks", HookChoice, material, lambda: _chosen(work, prior))
        work.notes = choice.notes
        report = work.finish()
    return HookReport(
        **report.model_dump(),
        chosen=choice.chosen,
        runner_up=choice.runner_up,
        lead=choice.lead,
        ranking=choice.ranking,
    )


def _prior(work: StageWork) -> tuple[Retention, ...]:
    """Return what is known of earlier hooks: what the choice that is there was made with, while its opening stands.

    Else every view of an earlier episode would have this one's chosen anew. What the show learned goes before figures.
    """
    there, record = work.paper.hooks, work.paper.records.get(work.step)
    part = record.part("hooks") if record else None
    if there and part and part.input_hash == hash_of(materials.hooks(work.episode, work.told, there.prior)):
        return there.prior
    learned = {known.kind: known for known in work.episode.taught.hook_prior} if work.episode.taught else {}
    return tuple({**work.studio.measurements.retention_by_hook(), **learned}.values())


def _chosen(work: StageWork, prior: Sequence[Retention]) -> HookChoice:
    # Neither who writes nor who judges is told: it would come in twice.
    material = materials.hooks(work.episode, work.told)
    hooks = shuffled(_written(work, material).hooks)
    pairs = all_pairs(len(hooks))
    # Both orders: a judge who likes whatever comes first likes everybody equally often.
    meetings = [*_judged(work, material, hooks, pairs), *_judged(work, material, hooks, [p.turned() for p in pairs])]
    ranking = ranked(hooks, meetings, {known.kind: known for known in prior})
    best = ranking.hooks[0].hook
    revision, title = woven(best, work.told.scenes[0]), retitled(best, work.told)
    rehearsed, taught = work.episode.provider == "draft", work.episode.taught
    said = (REHEARSED,) if rehearsed else ranking.notes
    return HookChoice(
        ranking=ranking.hooks,
        revision=revision,
        title=title,
        lead=ranking.lead,
        order=ranking.order,
        why=() if rehearsed else ranking.why,
        prior=tuple(prior),
        learned=taught.version if taught and taught.hook_prior else None,
        notes=(*said, *(taught.notes(prior) if taught else ()), *left_alone(revision, title, work.paper.held)),
    )


def _written(work: StageWork, material: materials.Material) -> HookAnswer:
    scene = work.told.scenes[0]
    aids: dict[str, JsonValue] = {
        "asked": HOOKS,
        "may_say_it": dict(openers(scene)),
        "first_picture": work.paper.first_picture,
        "hooks": [hook.model_dump(mode="json") for hook in suggested_hooks(work.told)],
    }
    return work.ask(
        _COMMON + _WRITE,
        material | aids,
        HookAnswer,
        lambda answer: hook_problems(answer, scene),
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )


def _judged(
    work: StageWork, material: materials.Material, hooks: Sequence[Hook], pairs: Sequence[Pair]
) -> list[Meeting]:
    """Return what a judge says of these pairs. Nothing tells who wrote a hook, when, or what its kind is."""
    blind = ("synopsis", "open_question", "genre", "mood", "locale")
    shown: dict[str, JsonValue] = {
        "hooks": [
            {"label": label} | hook.model_dump(mode="json", exclude={"kind"})
            for label, hook in zip(ascii_uppercase, hooks, strict=False)
        ],
        "pairs": [
            {"pair": number, "first": ascii_uppercase[pair.first], "second": ascii_uppercase[pair.second]}
            for number, pair in enumerate(pairs, 1)
        ],
    }
    answer = work.ask(
        _COMMON + _JUDGE,
        {name: material[name] for name in blind} | shown,
        JudgeAnswer,
        lambda said: verdict_problems(said, len(pairs)),
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    return [Meeting(pairs[said.pair - 1], said.winner, said.reason) for said in answer.pairs]


handler = bot(choose_hook)
