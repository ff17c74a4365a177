"""Plans as values: what keeps one from running, its waves, its drawing, and a first one from a goal's words."""

import itertools
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.catalog import bots
from studio.craft.bots import roles
from studio.domain.drawing import escaped, mermaid
from studio.domain.errors import Invalid
from studio.domain.plan import (
    MAX_STEPS,
    ORCHESTRATOR,
    PRODUCER,
    Capability,
    Catalogue,
    Plan,
    PlanStep,
    UnresolvedError,
    cycle_of,
    problems,
    resolved,
    waves,
)
from studio.domain.planning import InputAsked, PlanAsked, StepAsked, invented, material, planned
from studio.domain.schema import Shape
from studio.domain.suggestion import story_of, suggested
from studio.generation.draft.extract import extract

EPISODE = "01J" + "0" * 23
REQUEST: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["episode_id"],
    "properties": {
        "episode_id": {"$ref": "#/$defs/Id"},
        "mode": {"enum": ["draft", "publish"], "type": "string"},
        "networks": {"type": "array", "items": {"enum": ["tiktok", "x"]}, "maxItems": 2},
        "count": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
    },
    "$defs": {"Id": {"type": "string", "pattern": "^[0-7][0-9A-Z]{25}$"}},
}
GIVES = {"episode_id": "string", "ranking": "array", "ranking.*": "object", "ranking.*.title": "string", "n": "integer"}


def a_stack(*names: str, required: bool = True) -> Catalogue:
    """A stack with these bots, all of one kind, or with every bot there is."""
    request = REQUEST if required else REQUEST | {"required": []}
    summaries = {entry.name: entry.summary for entry in bots(frozenset())} | {PRODUCER: "Makes an episode."}
    summaries.pop(ORCHESTRATOR)
    found = {
        name: Capability(name=name, summary=summaries.get(name, "Does."), request=request, gives=GIVES)
        for name in names or summaries
    }
    return Catalogue(capabilities=found, known=frozenset(summaries))


STACK = a_stack("hook-optimization-bot", "remix-bot")


def a_step(step_id: str, *after: str, bot: str = "remix-bot", **inputs: Any) -> PlanStep:
    return PlanStep(id=step_id, bot=bot, inputs={"episode_id": EPISODE} | inputs, after=after)


def a_plan(*steps: PlanStep, **more: Any) -> Plan:
    return Plan(goal="More people see it.", steps=steps, **more)


def wrong(*steps: PlanStep, **more: Any) -> list[str]:
    return [f"{one.path} {one.message}" for one in problems(a_plan(*steps, **more), STACK)]


# -- what keeps a plan from running


def test_a_good_plan_has_no_problems() -> None:
    hooks = a_step("hooks", "cut", bot="hook-optimization-bot", episode_id={"from": "cut", "field": "episode_id"})
    assert wrong(a_step("cut", networks=["tiktok"], count=None), hooks) == []


def test_unknown_undeployed_and_planning_bots_are_told_apart() -> None:
    unknown, undeployed, planner = (
        wrong(a_step("a", bot=name)) for name in ("dance-bot", "voiceover-bot", ORCHESTRATOR)
    )
    assert unknown == ["steps.0.bot there is no bot dance-bot; there are hook-optimization-bot, remix-bot"]
    assert undeployed == ["steps.0.bot voiceover-bot is not deployed in this stack"]
    assert "a plan cannot plan" in planner[0]


def test_a_circle_is_named_also_one_made_of_references_and_one_of_a_single_step() -> None:
    ring = [a_step("a", "c"), a_step("b", episode_id={"from": "a", "field": "episode_id"}), a_step("c", "b")]
    (found,) = wrong(*ring)
    assert found == "steps goes round in a circle: a → b → c → a"
    assert wrong(a_step("a", "a")) == ["steps goes round in a circle: a → a"]
    with pytest.raises(Invalid, match="a → b → c → a"):
        waves(a_plan(*ring))


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"episode_id": "mine"}, "steps.0.inputs.episode_id must match"),
        ({"episode_id": 3}, "steps.0.inputs.episode_id must be a string"),
        ({"networks": ["tiktok", "myspace"]}, "steps.0.inputs.networks.1 must be one of tiktok, x"),
        ({"networks": ["x"] * 3}, "steps.0.inputs.networks must have at most 2 entries"),
        ({"count": 0}, "steps.0.inputs.count must be at least 1"),
        ({"count": 1.5}, "steps.0.inputs.count must be an integer"),
        ({"count": True}, "steps.0.inputs.count must be an integer"),
        ({"owner": "zahra"}, "steps.0.inputs.owner is no field there; it takes episode_id, mode, networks, count"),
        (
            {"episode_id": {"from": "z", "field": "a"}},
            "steps.0.inputs.episode_id refers to a step z, which there is not",
        ),
        (
            {"episode_id": {"from": "b", "field": "title"}},
            "steps.0.inputs.episode_id refers to title, which remix-bot does not report",
        ),
        ({"episode_id": {"from": "b", "field": "n"}}, "steps.0.inputs.episode_id needs string; n is integer"),
        ({"mode": {"from": "b", "field": "ranking.0.title"}}, "steps.0.inputs.mode must be said outright"),
        ({"mode": "publish"}, "approvals a publishes, so it must be among the plan's approvals"),
    ],
)
def test_inputs_that_do_not_fit_are_told_by_their_path(inputs: dict[str, Any], said: str) -> None:
    found = wrong(a_step("a", **inputs), a_step("b"))
    assert len(found) == 1, found
    assert found[0].startswith(said)


def test_what_is_missing_twice_or_too_much_is_told() -> None:
    assert wrong(PlanStep(id="a", bot="remix-bot")) == ["steps.0.inputs.episode_id is missing"]
    assert wrong(a_step("a"), a_step("a")) == ["steps.1.id a is another step's id already"]
    assert wrong(a_step("a", "z"), approvals=("y",)) == [
        "steps.0.after there is no step z",
        "approvals there is no step y",
    ]
    many = [a_step(f"s{n}") for n in range(MAX_STEPS + 1)]
    assert wrong(*many) == [f"steps has {MAX_STEPS + 1} steps; a plan has at most {MAX_STEPS}"]


def test_a_publishing_step_among_the_approvals_is_fine_and_is_known_as_one() -> None:
    plan = a_plan(a_step("a", mode="publish"), a_step("b"), approvals=("a",))
    assert problems(plan, STACK) == []
    assert plan.publishing == ("a",)


def test_the_digest_is_of_everything_in_the_plan() -> None:
    plan = a_plan(a_step("a", count=1))
    assert plan.digest == Plan.model_validate_json(plan.model_dump_json()).digest
    assert plan.digest != a_plan(a_step("a", count=2)).digest


def test_inputs_have_a_limit_and_ids_a_shape() -> None:
    with pytest.raises(ValidationError, match="at most 16,000 characters"):
        a_step("a", note="x" * 16_000)
    with pytest.raises(ValidationError, match="not JSON compliant"):
        a_step("a", count=float("nan"))
    with pytest.raises(ValidationError):
        a_step('a"]; click')


# -- waves


@st.composite
def graphs(draw: st.DrawFn, *, acyclic: bool) -> Plan:
    """Draw a plan of up to twelve steps; without circles each needs only earlier ones, in a shuffled order."""
    count = draw(st.integers(1, 12))
    names = [f"s{n}" for n in range(count)]
    steps = []
    for place, name in enumerate(names):
        others = names[:place] if acyclic else names
        after = draw(st.lists(st.sampled_from(others), unique=True, max_size=3)) if others else []
        inputs = {}
        if others and draw(st.booleans()):
            inputs = {"x": {"from": draw(st.sampled_from(others)), "field": "episode_id"}}
        steps.append(PlanStep(id=name, bot="remix-bot", inputs=inputs, after=tuple(after)))
    return a_plan(*draw(st.permutations(steps)))


@given(graphs(acyclic=True))
def test_every_step_is_in_one_wave_after_all_it_needs_and_no_later_than_it_must(plan: Plan) -> None:
    found = waves(plan)
    wave_of = {step: number for number, wave in enumerate(found) for step in wave}
    assert sorted(wave_of) == sorted(step.id for step in plan.steps)
    assert sum(map(len, found)) == len(plan.steps)
    for step in plan.steps:
        assert wave_of[step.id] == max((wave_of[name] + 1 for name in step.needs), default=0)
    assert cycle_of(plan) == ()


@given(graphs(acyclic=False))
def test_a_plan_has_waves_or_a_circle_that_is_one(plan: Plan) -> None:
    cycle = cycle_of(plan)
    if not cycle:
        assert sum(map(len, waves(plan))) == len(plan.steps)
        return
    assert cycle[0] == cycle[-1]
    for before, after in itertools.pairwise(cycle):
        assert before in plan.step(after).needs
    with pytest.raises(Invalid, match="circle"):
        waves(plan)


# -- the drawing


HOSTILE = 'x"]\n  click s1 "javascript:alert(1)"\n%%{init}%% <script>alert(1)</script> `#quot;` \u202e end ; subgraph'


def test_a_drawing_shows_each_step_edge_status_and_approval_once() -> None:
    plan = a_plan(a_step("a"), a_step("b", "a", mode="publish"), approvals=("b",))
    assert mermaid(plan, {"a": "done", "b": "waiting"}).splitlines() == [
        "flowchart LR",
        '  goal(["More people see it."])',
        '  s1["remix-bot"]',
        '  s2["remix-bot"]',
        "  goal --> s1",
        "  s1 --> s2",
        "  classDef waiting fill:#f4f4f5,stroke:#a1a1aa,color:#18181b",
        "  class s2 waiting",
        "  classDef done fill:#dcfce7,stroke:#16a34a,color:#18181b",
        "  class s1 done",
        "  classDef approval stroke:#d97706,stroke-width:3px",
        "  class s2 approval",
    ]


@given(st.text(max_size=200))
def test_no_text_leaves_its_label(text: str) -> None:
    for told in (text, HOSTILE + text):
        said = escaped(told)
        assert re.fullmatch(r"(?:[^\W]|[ .,\-'/:?!()]|#\d+;|[\u2000-\U0010ffff])*", said), said
        assert not set('"<>[]{}`\n\r\u2028\u202e|&;') & set(re.sub(r"#\d+;", "", said))


def test_a_hostile_goal_and_reason_leave_the_drawing_as_it_is() -> None:
    plan = Plan(goal=HOSTILE, steps=(PlanStep(id="a", bot=HOSTILE[:40], why=HOSTILE.replace("\n", " ")),))
    lines = mermaid(plan).splitlines()
    assert len(lines) == 4
    assert [line.count('"') for line in lines] == [0, 2, 2, 0]
    assert "<script" not in mermaid(plan)


# -- references


def test_references_are_filled_in_wherever_they_stand_and_say_what_they_miss() -> None:
    reports: dict[str, Any] = {"a": {"ranking": [{"title": "Flour"}], "none": None}}
    inputs = {"x": [{"from": "a", "field": "ranking.0.title"}], "y": {"from": "a", "field": "none"}, "z": {"from": 1}}
    assert {k: resolved(v, reports) for k, v in inputs.items()} == {"x": ["Flour"], "y": None, "z": {"from": 1}}
    for field in ("ranking.1.title", "ranking.title", "other", "none.more"):
        with pytest.raises(UnresolvedError, match=f"a reported nothing under {field}"):
            resolved({"from": "a", "field": field}, reports)


def test_the_fields_of_a_report_are_told_with_their_types() -> None:
    node = {
        "$defs": {"Node": {"type": "object", "properties": {"n": {"type": "number"}, "in": {"$ref": "#/$defs/Node"}}}},
        "type": "object",
        "properties": {
            "one": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]},
            "all": {"type": "array", "items": {"const": "x"}},
            "any": {},
        },
    }
    found = Shape(node).fields()
    assert {name: found[name] for name in ("one", "one.n", "one.in.n", "all", "all.*", "any")} == {
        "one": "object",
        "one.n": "number",
        "one.in.n": "number",
        "all": "array",
        "all.*": "string",
        "any": "any",
    }
    assert max(path.count(".") for path in found) == 4, "a type that holds itself ends somewhere"


# -- what is written


def an_answer(**inputs: str) -> PlanAsked:
    step = StepAsked(
        id="a", bot="remix-bot", why="It helps.", inputs=[InputAsked(field=f, value=v) for f, v in inputs.items()]
    )
    return PlanAsked(why="For it.", steps=[step])


def test_an_answer_becomes_a_plan() -> None:
    plan, faults = planned(an_answer(episode_id=json.dumps(EPISODE), count="3"), "A goal.")
    assert faults == []
    assert plan is not None
    assert dict(plan.steps[0].inputs) == {"episode_id": EPISODE, "count": 3}
    assert planned(PlanAsked(why="Nobody can.", steps=[]), "A goal.") == (None, [])


def test_what_a_writer_gets_wrong_is_said_so_that_it_can_be_mended() -> None:
    assert "is not JSON" in planned(an_answer(episode_id=EPISODE), "A goal.")[1][0]
    assert "only the person decides" in planned(an_answer(mode='"publish"'), "A goal.")[1][0]
    assert (
        "at most 16,000" in planned(an_answer(a="1" * 4000, **dict.fromkeys("bc", '"' + "é" * 2000 + '"')), "G.")[1][0]
    )
    plan, _ = planned(an_answer(episode_id=json.dumps(EPISODE)), "A goal.")
    assert plan is not None
    assert "nobody gave you" in invented(plan, {})[0]
    assert invented(plan, {"episode_id": EPISODE}) == []


# -- a first plan, and the rehearsal's


def drafted(goal: str, given: dict[str, str], stack: Catalogue) -> Plan | None:
    answer = extract(material(goal, given, stack, suggested(goal, given, stack, roles())), PlanAsked)
    plan, faults = planned(answer, goal)
    assert faults == []
    if plan is not None:
        assert problems(plan, stack) == []
        assert invented(plan, given) == []
    return plan


@pytest.mark.parametrize(
    ("goal", "wanted"),
    [
        (
            "Make a new episode about two sisters and a stolen recipe and get it ready for TikTok",
            [PRODUCER, "voiceover-bot", "video-assembly-bot", "cross-platform-posting-bot"],
        ),
        ("Why is nobody buying?", ["sales-funnel-bot", "roi-analysis-bot", "feedback-loop-bot"]),
        ("reply to comments", ["engagement-bot"]),
        ("What is trending right now?", ["trend-detection-bot"]),
    ],
)
def test_the_rehearsal_plans_what_the_goal_says_for_a_stack_with_every_bot(goal: str, wanted: list[str]) -> None:
    stack = a_stack(required=False)
    producer = Capability(
        name=PRODUCER,
        summary="Makes an episode.",
        request={"properties": {"prompt": {"type": "string"}, "aspect": {"type": "string"}}},
        gives={"episode_id": "string"},
    )
    plan = drafted(goal, {}, Catalogue(capabilities={**stack.capabilities, PRODUCER: producer}, known=stack.known))
    assert plan is not None
    assert [step.bot for step in plan.steps] == wanted
    assert all(step.why for step in plan.steps)
    if PRODUCER in wanted:
        assert plan.steps[0].inputs == {"prompt": "two sisters and a stolen recipe", "aspect": "9:16"}
        assert plan.steps[-1].inputs["networks"] == ["tiktok"]
        assert waves(plan)[0] == ("episode_producer",)


def test_with_an_episode_at_hand_no_other_one_is_made_and_each_step_works_on_it() -> None:
    plan = drafted("Make an episode with a better hook and a thumbnail", {"episode_id": EPISODE}, a_stack())
    assert plan is not None
    assert [step.bot for step in plan.steps] == ["hook-optimization-bot", "thumbnail-design-bot"]
    assert {step.inputs["episode_id"] for step in plan.steps} == {EPISODE}


def test_a_role_says_what_a_request_s_shape_does_not() -> None:
    request = {
        "properties": {
            "mode": {"enum": ["speak", "panel"]},
            "episode_id": {"type": "string"},
            "text": {"type": "string", "maxLength": 3},
            "provider": {"enum": ["draft", "gemini"]},
        }
    }
    panel = Capability(name="persona-bot", summary="Reads.", request=request, gives={})
    stack = Catalogue(capabilities={panel.name: panel}, known=frozenset({panel.name}))
    ask = "Draft what the audience would say."
    role = roles()["persona-bot"]
    (step,) = suggested(ask, {"episode_id": EPISODE}, stack, {panel.name: role}).steps
    assert step["inputs"] == [
        {"field": "mode", "value": '"panel"'},
        {"field": "episode_id", "value": f'"{EPISODE}"'},
    ]
    assert suggested(ask, {}, stack, {panel.name: role}).left_out == (
        "persona-bot needs episode_id, which nobody has said.",
    )
    other = role.model_copy(update={"says": {"mode": {"speak": ("say",)}}, "usual": {"text": "too long"}})
    assert suggested(ask, {"episode_id": EPISODE}, stack, {panel.name: other}).left_out == (
        "persona-bot needs another text, which nobody has said.",
    )


def test_who_is_not_there_or_lacks_something_is_left_out_with_the_reason() -> None:
    first = suggested("Write a hook and answer comments", {}, STACK, roles())
    assert first.steps == ()
    assert first.left_out == (
        "script-generator-bot is not deployed in this stack.",
        "hook-optimization-bot needs episode_id, which nobody has said.",
        "engagement-bot is not deployed in this stack.",
    )
    assert drafted("Bake me a cake", {}, STACK) is None


@pytest.mark.parametrize(
    ("goal", "story"),
    [
        ("Make an episode about a lost ring, then post it", "a lost ring"),
        ("an episode in which two cooks fight and make up", "two cooks fight"),
        ("about a garden", "a garden"),
        ("Make me famous", "Make me famous"),
        ("ሌላ ክፍል ስራ", "ሌላ ክፍል ስራ"),
    ],
)
def test_what_an_episode_is_about_is_told_from_what_is_done_with_it(goal: str, story: str) -> None:
    assert story_of(goal) == story
