"""Quotes: what remains is what costs, and the most is never less than what is expected."""

import importlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.script_generator_bot.app import PROMPT
from studio.domain.episode import Clip, ClipStatus, Pipeline, StageRecord
from studio.domain.materials import is_rooted
from studio.domain.pipeline import STAGES, Step, stages_of
from studio.domain.project import Brief
from studio.domain.spend import Quote, QuoteLine
from studio.generation import catalogue
from studio.generation.catalogue import Price
from studio.generation.ports import MAX_JUDGEMENT_TOKENS
from studio.quotes import (
    JUDGE_CLIP,
    RENDER_CLIP,
    CallSize,
    Job,
    Plan,
    expected,
    quote,
    quote_bot,
    what_remains,
    whole_plan,
)
from studio.writing import ATTEMPTS
from tests.unit.made import AT, a_script, an_episode

NOVEMBER, JANUARY = date(2026, 11, 23), date(2027, 1, 1)
SOMALI = Brief(title="House", community="Somalis in Toronto")

plans = st.builds(
    Plan,
    steps=st.lists(st.sampled_from(STAGES), unique=True).map(tuple),
    clips=st.lists(st.integers(1, 6), unique=True).map(tuple),
    scenes=st.none() | st.integers(0, 12),
    prompt_chars=st.integers(0, 8000),
    has_culture=st.booleans(),
    takes=st.integers(1, 4),
)
models = st.tuples(
    *(
        st.sampled_from([model.id for model in catalogue.catalogue().models if model.use == use])
        for use in ("text", "image", "text")
    )
)


def gemini(job: Job, on: date) -> tuple[str, Price]:
    model = catalogue.default("image" if job == "image" else "text")
    return model, catalogue.price(model, on)


def draft(job: Job, on: date) -> tuple[str, Price]:
    model = catalogue.default("image" if job == "image" else "text", "draft")
    return model, catalogue.price(model, on)


def lines(found: Quote) -> dict[tuple[str, int | None], QuoteLine]:
    return {(line.step, line.clip): line for line in found.lines}


def whole(pipeline: Pipeline = Pipeline.FULL, brief: Brief = SOMALI, **more: Any) -> Plan:
    return whole_plan(pipeline, brief, **{"clips": 3, "prompt_chars": 100, "takes": 2} | more)


@given(plans, models, st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_the_most_is_never_less_than_what_is_expected_and_totals_are_sums(
    plan: Plan, chosen: tuple[str, str, str], on: date
) -> None:
    def tariff(job: Job, day: date) -> tuple[str, Price]:
        model = dict(zip(("text", "image", "judge"), chosen, strict=True))[job]
        return model, catalogue.price(model, day)

    found = quote(plan, tariff, on)
    for line in found.lines:
        assert 0 <= line.expected <= line.at_most
        assert 0 <= line.calls <= line.calls_at_most
    assert found.expected == sum(line.expected for line in found.lines)
    assert found.at_most == sum(line.at_most for line in found.lines)
    assert {line.step for line in found.lines if line.clip is None} == set(plan.steps)
    assert sorted({line.clip for line in found.lines if line.clip is not None}) == sorted(plan.clips)
    assert len(lines(found)) == len(found.lines)


@given(plans)
def test_doing_less_never_costs_more(plan: Plan) -> None:
    less = plan.model_copy(update={"steps": plan.steps[1:], "clips": plan.clips[1:]})
    assert quote(less, gemini, NOVEMBER).at_most <= quote(plan, gemini, NOVEMBER).at_most
    assert quote(less, gemini, NOVEMBER).expected <= quote(plan, gemini, NOVEMBER).expected


@given(plans)
def test_a_rehearsal_costs_nothing(plan: Plan) -> None:
    found = quote(plan, draft, NOVEMBER)
    assert (found.expected, found.at_most) == (0, 0)


def test_every_step_is_quoted_in_the_order_of_the_work_with_its_calls_and_the_date_of_its_price() -> None:
    found = quote(whole(), gemini, NOVEMBER)
    assert [(line.step, line.clip, line.calls, line.calls_at_most) for line in found.lines] == [
        ("script_generator_bot", None, 1, ATTEMPTS),
        ("cultural_injection_bot", None, 6, 7 * ATTEMPTS),
        ("expert_director", None, 6, 7 * ATTEMPTS),
        ("scene_orchestration", None, 6, 7 * ATTEMPTS),
        ("hook_optimization_bot", None, 3, 3 * ATTEMPTS),
        *(
            entry
            for clip in (1, 2, 3)
            for entry in ((RENDER_CLIP, clip, 1.3, 2), (JUDGE_CLIP, clip, 1.3, 2 * ATTEMPTS))
        ),
    ]
    assert {(line.model, line.price_date) for line in found.lines} == {
        ("gemini-3.8-flash", "2026-10-01"),
        ("gemini-nano-banana-2.1", "2026-10-01"),
    }
    assert quote(whole(), gemini, JANUARY).lines[0].price_date == "2027-01-01"
    assert quote(whole(), gemini, JANUARY).expected > found.expected


def test_the_quick_pipeline_writes_and_shoots() -> None:
    found = quote(whole(Pipeline.QUICK), gemini, NOVEMBER)
    assert {line.step for line in found.lines} == {"script_generator_bot", RENDER_CLIP, JUDGE_CLIP}


@pytest.mark.parametrize(
    ("brief", "has"),
    [
        (Brief(title="x"), False),
        (Brief(title="x", locale="en-GB"), False),
        (Brief(title="x", locale="so"), True),
        (Brief(title="x", community="Somalis in Toronto"), True),
    ],
)
def test_a_show_without_a_community_in_english_has_nothing_to_root(brief: Brief, has: bool) -> None:
    assert is_rooted(brief) is has
    line = lines(quote(whole(brief=brief), gemini, NOVEMBER))["cultural_injection_bot", None]
    assert (line.calls > 0, line.expected > 0, line.at_most > 0) == (has, has, has)


def test_scenes_that_are_written_are_counted_and_those_that_are_not_are_guessed() -> None:
    guessed = quote(whole(), gemini, NOVEMBER)
    written = what_remains(whole(), [done("script_generator_bot")], script=a_script(2))
    assert written.scenes == 2
    line = lines(quote(written, gemini, NOVEMBER))["expert_director", None]
    assert (line.calls, line.calls_at_most) == (3, 3 * ATTEMPTS)
    assert line.expected < lines(guessed)["expert_director", None].expected


def done(name: str, status: str = "done") -> StageRecord:
    return StageRecord.model_validate(
        {"episode_id": EPISODE.episode_id, "name": name, "status": status, "started_at": AT}
    )


EPISODE = an_episode()


def clips(*statuses: ClipStatus) -> list[Clip]:
    return [
        Clip(episode_id=EPISODE.episode_id, number=number, status=status, updated_at=AT)
        for number, status in enumerate(statuses, 1)
    ]


RENDERED = clips(*[ClipStatus.RENDERED] * 3)
ALL_DONE = [done(step) for step in STAGES]


def test_what_is_done_is_kept_and_costs_nothing() -> None:
    finished = what_remains(whole(), ALL_DONE, RENDERED, a_script())
    assert quote(finished, gemini, NOVEMBER) == Quote(lines=())
    some = clips(ClipStatus.RENDERED, ClipStatus.FAILED, ClipStatus.PENDING)
    rest = what_remains(whole(), ALL_DONE, some, a_script())
    assert (rest.steps, rest.clips) == ((), (2, 3))
    assert set(lines(quote(rest, gemini, NOVEMBER))) == {(s, n) for s in (RENDER_CLIP, JUDGE_CLIP) for n in (2, 3)}


def test_what_is_made_from_something_that_is_made_anew_is_made_anew_too() -> None:
    records = [done(step, "stopped" if step is Step.DIRECTION else "done") for step in STAGES]
    rest = what_remains(whole(), records, RENDERED, a_script())
    assert rest.steps == (Step.DIRECTION, Step.STORYBOARD, Step.HOOKS)
    assert rest.clips == (1, 2, 3)
    rest = what_remains(whole(), ALL_DONE, RENDERED, a_script(), stale_steps=[Step.SCRIPT])
    assert (rest.steps, rest.clips, rest.scenes) == (STAGES, (1, 2, 3), None)


def test_hooks_alone_change_no_picture() -> None:
    rest = what_remains(whole(), ALL_DONE, RENDERED, a_script(), stale_steps=[Step.HOOKS])
    assert (rest.steps, rest.clips) == ((Step.HOOKS,), ())


def test_a_clip_that_shows_something_else_than_what_is_on_paper_is_painted_again() -> None:
    assert what_remains(whole(), ALL_DONE, RENDERED, a_script(), stale_clips=[2]).clips == (2,)


def test_a_take_through_some_steps_is_quoted_for_those() -> None:
    assert whole().through([Step.DIRECTION]) == whole().model_copy(update={"steps": (Step.DIRECTION,), "clips": ()})
    shoot = what_remains(whole().through([Step.SHOOT]), [], RENDERED[:2], None)
    assert (shoot.steps, shoot.clips) == ((), (3,))


def test_one_take_is_one_picture_and_one_judgement() -> None:
    line = lines(quote(whole(takes=1), gemini, NOVEMBER))[RENDER_CLIP, 1]
    assert (line.calls, line.calls_at_most) == (1, 1)


@pytest.mark.parametrize("step", STAGES)
def test_no_step_may_write_more_than_its_quote_counts_with(step: Step) -> None:
    function = importlib.import_module(f"functions.{step}.app")
    assert expected().texts[step].call.max_output_tokens >= function.MAX_OUTPUT_TOKENS


def test_a_judge_may_not_write_more_than_its_quote_counts_with() -> None:
    assert expected().judgement.max_output_tokens >= MAX_JUDGEMENT_TOKENS


def test_the_most_covers_what_is_reserved_for_a_call() -> None:
    """A script of the longest prompt and a cast of six: what the ledger sets aside must be in the quote."""
    price = gemini("text", NOVEMBER)[1]
    material = len(PROMPT) + 8000 + 6 * 1500
    call_cost = price.estimate_text(material, expected().texts[Step.SCRIPT].call.max_output_tokens)
    line = lines(quote(whole(prompt_chars=8000), gemini, NOVEMBER))["script_generator_bot", None]
    assert line.at_most >= ATTEMPTS * call_cost


def test_figures_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ValidationError, match="at most cannot be less"):
        CallSize(input_tokens=1, max_input_tokens=2, output_tokens=5, max_output_tokens=4)


def test_every_step_on_paper_has_its_figures_and_they_say_where_they_are_from() -> None:
    assert set(expected().texts) == set(stages_of(Pipeline.FULL))
    assert all(source.endswith(".") for source in expected().sources)
    assert len(expected().sources) >= 5


def test_a_model_without_a_price_has_no_quote() -> None:
    with pytest.raises(Exception, match="not in the catalogue"):
        quote(whole(), lambda job, on: ("made-up", catalogue.price("made-up", on)), NOVEMBER)


# -- one run of a bot


def test_a_stage_by_itself_costs_what_it_costs_in_an_episode() -> None:
    [alone] = quote_bot("hook-optimization-bot", gemini, NOVEMBER).lines
    among = lines(quote(whole(prompt_chars=0), gemini, NOVEMBER))[Step.HOOKS, None]
    assert (alone.expected, alone.at_most) == (among.expected, among.at_most)


@pytest.mark.parametrize("bot", sorted(expected().bots))
def test_a_bot_costs_at_most_no_less_than_expected_and_nothing_in_a_rehearsal(bot: str) -> None:
    found = quote_bot(bot, gemini, NOVEMBER)
    assert 0 <= found.expected <= found.at_most
    assert (found.at_most == 0) == (not found.lines), "who asks nobody costs nothing"
    assert quote_bot(bot, draft, NOVEMBER).at_most == 0


def test_pictures_and_looks_at_them_are_in_a_bot_s_price_and_nobody_s_price_is_guessed() -> None:
    assert [line.calls for line in quote_bot("thumbnail-design-bot", gemini, NOVEMBER).lines] == [1, 2, 3]
    with pytest.raises(KeyError):
        quote_bot("dance-bot", gemini, NOVEMBER)
