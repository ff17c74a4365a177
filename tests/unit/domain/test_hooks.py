"""What a hook must keep, how hooks are paired, and what the chosen one changes."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.casts import ready_made
from studio.domain.base import clean
from studio.domain.hooks import (
    HOOKS,
    MAX_WORDS,
    Hook,
    HookAnswer,
    HookKind,
    JudgeAnswer,
    Pair,
    Verdict,
    Winner,
    all_pairs,
    hook_problems,
    openers,
    retitled,
    shuffled,
    suggested_hooks,
    verdict_problems,
    woven,
)
from studio.domain.revision import LineRewording, Rewording, revised
from studio.domain.script import Beat, Line, Scene, Script
from studio.generation.draft.story import compose
from tests.unit.made import a_script

CAST: list[Any] = [c.model_dump(mode="json") for c in ready_made()["say-walahi"].characters]


def a_hook(said: str = "Who moved my plate?", **changes: Any) -> Hook:
    given = {"kind": "question", "seen": "A hand on a plate.", "speaker": "Hodan Warsame", "title": "The Plate"}
    return Hook.model_validate(given | {"said": said} | changes)


def six(**first: Any) -> HookAnswer:
    return HookAnswer(hooks=[a_hook(**first)] + [a_hook(f"Hook number {n}.") for n in range(2, 7)])


def a_scene(*lines: tuple[str, str], action: str = "Hodan waits. A cup falls.") -> Scene:
    said = [Line(speaker=speaker, text=text) for speaker, text in lines]
    return Scene(number=1, heading="INT. HALL - DAY", beat=Beat.COLD_OPEN, action=action, lines=said)


SCENE = a_script().scenes[0]
LATE = a_scene(("Hodan Warsame", "One two three four five six seven."), ("Bile", "What?"), ("Omar", "No."))


# Rules


def test_six_different_hooks_by_who_opens_the_scene_have_nothing_wrong() -> None:
    assert hook_problems(six(), SCENE) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"speaker": "Xaawo"}, "Hook 1: “Xaawo” does not speak in scene 1."),
        (
            {"said": "a b c d e f g h i j k"},
            "Hook 1: Hodan Warsame has 10 words at most; “a b c d e f g h i j k” is 11.",
        ),
        ({"said": "为" * 81}, "Hook 1: what is said is 81 characters; 80 are the most."),
        ({"said": "hook  NUMBER 4!"}, "Hook 4 says what hook 1 says; each must be another."),
        ({"seen": "word " * 41}, "Hook 1: say what is seen in 40 words at most."),
        ({"seen": "w" * 301}, "Hook 1: say what is seen in 40 words at most."),
    ],
)
def test_what_is_wrong_is_said_so_that_a_writer_can_mend_it(changes: dict[str, Any], problem: str) -> None:
    assert hook_problems(six(**changes), SCENE) == [problem]


def test_there_must_be_as_many_as_were_asked_for() -> None:
    assert hook_problems(HookAnswer(hooks=[a_hook()]), SCENE) == ["There must be exactly 6 hooks; there are 1."]


def test_who_comes_in_late_cannot_open_and_is_told_who_can() -> None:
    assert openers(LATE) == {"Hodan Warsame": MAX_WORDS}
    found = hook_problems(six(speaker="Bile"), LATE)
    assert found == ["Hook 1: “Bile” comes in too late in scene 1 to open it; give it to Hodan Warsame."]


def test_what_is_said_before_takes_its_time() -> None:
    assert openers(SCENE) == {"Hodan Warsame": 10, "Bile": 8}, "“Sit down.” comes before Bile's first line"
    wrong = hook_problems(six(speaker="Bile", said="one two three four five six seven eight nine"), SCENE)
    assert wrong == ["Hook 1: Bile has 8 words at most; “one two three four five six seven eight nine” is 9."]


def test_names_are_the_same_in_any_case() -> None:
    assert hook_problems(six(speaker="HODAN warsame"), SCENE) == []


# Pairs


@given(st.integers(1, 9))
def test_every_two_meet_once_and_each_is_first_about_half_of_the_time(count: int) -> None:
    pairs = all_pairs(count)
    assert len({frozenset({pair.first, pair.second}) for pair in pairs}) == len(pairs) == count * (count - 1) // 2
    firsts = Counter(pair.first for pair in pairs)
    assert all(abs(2 * firsts[one] - (count - 1)) <= 1 for one in range(count))


def test_a_pair_turned_is_the_same_two() -> None:
    assert Pair(first=1, second=4).turned() == Pair(first=4, second=1)


@given(st.permutations(range(6)))
def test_the_order_in_which_hooks_were_thought_of_leaves_no_trace(order: list[int]) -> None:
    hooks = six().hooks
    assert shuffled([hooks[n] for n in order]) == shuffled(hooks)


def test_a_pair_without_a_verdict_is_asked_for_and_one_with_two_is_refused() -> None:
    def judged(*numbers: int) -> JudgeAnswer:
        return JudgeAnswer(pairs=[Verdict(pair=n, reason="It asks.", winner=Winner.FIRST) for n in numbers])

    assert verdict_problems(judged(3, 1, 2), 3) == []
    assert verdict_problems(judged(1, 1, 5), 3) == [
        "Pair 2 has no verdict; every pair needs one.",
        "Pair 3 has no verdict; every pair needs one.",
        "Pair 1 has more than one verdict.",
        "There is no pair 5; they go from 1 to 3.",
    ]


# Weaving


def test_the_chosen_hook_takes_the_first_line_of_who_says_it_and_opens_the_picture() -> None:
    script = a_script()
    revision = woven(a_hook(), SCENE)
    assert revision.lines == (LineRewording(line=1, before="Sit down.", after="Who moved my plate?"),)
    then = revised(script, [revision], retitled(a_hook(), script))
    assert [line.text for line in then.scenes[0].lines] == ["Who moved my plate?", "I stand."]
    assert then.scenes[0].action == "A hand on a plate. Hodan puts plate 1 on the table."
    assert then.title == "The Plate"
    assert then.scenes[1:] == script.scenes[1:]


def test_another_who_opens_keeps_what_is_said_before() -> None:
    [line] = woven(a_hook(speaker="bile"), SCENE).lines
    assert (line.line, line.before) == (2, "I stand.")


def test_a_line_that_somebody_edited_since_stays_theirs() -> None:
    script = a_script()
    script.scenes[0].lines[0].text = "Stay where you are."
    then = revised(script, [woven(a_hook(), SCENE)], Rewording(before="Another", after="The Plate"))
    assert then.scenes[0].lines[0].text == "Stay where you are."
    assert then.scenes[0].action.startswith("A hand on a plate.")
    assert then.title == "The Dinner"


@pytest.mark.parametrize(
    ("seen", "action"),
    [
        ("A door opens", "A door opens. Hodan waits. A cup falls."),
        ("A cup falls.", "A cup falls. Hodan waits."),
        ("Hodan waits.", "Hodan waits. A cup falls."),
        ("Why?", "Why? Hodan waits. A cup falls."),
    ],
)
def test_the_action_opens_with_what_is_seen_and_says_it_once(seen: str, action: str) -> None:
    scene = a_scene(("Hodan Warsame", "Well."))
    revision = woven(a_hook(seen=seen), scene)
    assert (revision.action.after if revision.action else scene.action) == action


def test_an_action_without_room_stays_as_it_is() -> None:
    assert woven(a_hook(), a_scene(("Hodan Warsame", "Well."), action="a" * 3_995)).action is None


def test_a_hook_that_is_there_already_changes_nothing() -> None:
    hook = a_hook("Sit down.", seen="Hodan puts plate 1 on the table.", title="The Dinner")
    revision = woven(hook, SCENE)
    assert (revision.lines, revision.action, retitled(hook, a_script())) == ((), None, None)


def test_a_stranger_s_hook_cannot_be_put_anywhere() -> None:
    with pytest.raises(ValueError, match="does not speak"):
        woven(a_hook(speaker="Xaawo"), SCENE)


# A plain reading


@given(
    prompt=st.text(min_size=1, max_size=200).map(clean).filter(bool),
    clips=st.integers(1, 6),
    people=st.integers(0, 6),
)
@settings(max_examples=25)
def test_any_script_suggests_six_hooks_that_keep_the_rules(prompt: str, clips: int, people: int) -> None:
    script = compose({"prompt": prompt, "cast": CAST[:people], "project": None, "clips": clips, "locale": "en"})
    kept(script)


texts = st.text(alphabet="ab .?!。é🎂为\n", min_size=1, max_size=120).filter(lambda text: bool(clean(text)))


@given(st.lists(st.tuples(st.sampled_from(["Hodan Warsame", "Bile", "X" * 80, "{0} {}"]), texts), min_size=1), texts)
@settings(max_examples=60)
def test_so_does_any_opening_that_somebody_wrote(lines: list[tuple[str, str]], action: str) -> None:
    script = a_script()
    script.scenes[0] = a_scene(*lines, action=action)
    kept(script)


def kept(script: Script) -> None:
    hooks = suggested_hooks(script)
    assert len(hooks) == HOOKS
    assert hook_problems(HookAnswer(hooks=hooks), script.scenes[0]) == []
    for hook in hooks:
        then = revised(script, [woven(hook, script.scenes[0])], retitled(hook, script))
        Script.model_validate(then.model_dump())


def test_what_is_suggested_keeps_the_first_line_so_that_its_answer_still_fits() -> None:
    hooks = suggested_hooks(a_script())
    assert [(hook.kind, hook.speaker, hook.said) for hook in hooks[:4]] == [
        (HookKind.DISCOVERY, "Hodan Warsame", "Sit down."),
        (HookKind.CONFESSION, "Bile", "I stand."),
        (HookKind.QUESTION, "Hodan Warsame", "Well, Bile? Sit down."),
        (HookKind.ACCUSATION, "Hodan Warsame", "You knew, Bile. Sit down."),
    ]
    assert {hook.title for hook in hooks} == {"Sit down", "I stand", "The Dinner"}


def test_nothing_of_later_scenes_is_suggested() -> None:
    one, other = a_script(), a_script()
    other.scenes[2].lines[0].text = "Your mother wrote the letter."
    assert suggested_hooks(one) == suggested_hooks(other)
