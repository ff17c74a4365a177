"""What a script may be rooted with: references that are there, lines that stay who they are, and no clichés."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.culture import (
    REDUCTIVE,
    Avoided,
    CulturalReference,
    CulturePlan,
    LineRewrite,
    Observance,
    PlanAnswer,
    SceneAnswer,
    Setting,
    Stereotype,
    changes,
    flagged,
    held_lines,
    plain_rewrites,
    plan_problems,
    rooted,
    scene_problems,
)
from studio.domain.revision import revised
from studio.domain.script import Line, Scene
from tests.unit.made import a_script

EID = Observance(
    day=date(2026, 3, 20),
    written="March 20",
    name="Eid al-Fitr",
    name_there="Ciidul Fitri",
    land="Somalia",
    estimated=True,
)
THANKS = Observance(day=date(2026, 11, 26), written="November 26", name="Thanksgiving Day", land="United States")
SETTING = Setting(
    locale="en-US", lands=("United States", "Somalia"), air_date=date(2026, 11, 23), observances=(THANKS,)
)
NAMES = ["Hodan Warsame", "Bile"]


def reference(what: str, source: str = "to be checked") -> CulturalReference:
    return CulturalReference(what=what, why="They would.", source=source)


PLAN = CulturePlan(
    references=(reference("shaah, tea with cardamom"), reference("“walahi”, I swear"), reference("Thanksgiving Day")),
    avoid=(Avoided(words="pirate", why="It is the one thing films show."),),
    setting=SETTING,
)


def a_scene(*texts: str, action: str = "Hodan sets two cups on the table between them.") -> Scene:
    given: Any = [Line(speaker=NAMES[at % 2], text=text) for at, text in enumerate(texts)]
    return a_script().scenes[0].model_copy(update={"lines": given, "action": action})


SCENE = a_scene("Sit down with me, Bile.", "I stand.", "You always stand.")


def plan_of(*references: CulturalReference, **more: Any) -> list[str]:
    return plan_problems(PlanAnswer(references=list(references), **more), SETTING, NAMES)


def scene_of(*rewrites: tuple[int, str, int], scene: Scene = SCENE, flags: tuple[Stereotype, ...] = ()) -> list[str]:
    answer = SceneAnswer(
        rewrites=[LineRewrite(line=line, text=text, reference=number) for line, text, number in rewrites],
        stereotypes=list(flags),
    )
    return scene_problems(answer, scene, PLAN, NAMES)


@pytest.mark.parametrize(
    "source",
    [
        "https://example.org/tea",
        "www.tea.example",
        "wikipedia.org",
        "en.wikipedia.org/wiki/Shaah",
        "mail tea@example.org",
        "doi 10.1000/182",
        "Lewis (1994)",
        "Ahmed et al., Tea",
        "ISBN 978-3-16-148410-0",
        "A Modern History, p. 34",
    ],
)
def test_a_source_that_nobody_has_looked_up_is_refused(source: str) -> None:
    [wrong] = plan_of(reference("tea", source), reference("bread"), reference("song"))
    assert "which nobody has looked up" in wrong


@pytest.mark.parametrize(
    "source", ["to be checked", "Hodan's aunt, e.g. on a Sunday", "a cookbook of the U.S. Midwest"]
)
def test_a_hint_where_to_look_is_a_source(source: str) -> None:
    assert plan_of(reference("tea", source), reference("bread"), reference("song")) == []


def test_only_a_day_that_is_in_the_calendar_has_it_as_its_source() -> None:
    assert plan_of(reference("Thanksgiving Day", "the calendar"), reference("bread"), reference("song")) == []
    [wrong] = plan_of(reference("Diwali", "the calendar"), reference("bread"), reference("song"))
    assert wrong == "Reference 1 is not in the calendar that was given; say “to be checked”."


def test_a_reference_that_says_the_same_or_nothing_is_refused() -> None:
    assert "Reference 3 says nothing" in plan_of(reference("Tea"), reference("song"), reference("tea!"))[0]
    assert "Reference 2 says nothing" in plan_of(reference("Tea"), reference("…"), reference("bread"))[0]


def test_a_cliche_is_in_no_reference_and_can_be_looked_for() -> None:
    plain = (reference("tea"), reference("bread"), reference("song"))
    assert plan_of(*plain, avoid=[Avoided(words="pirates", why="No.")]) == []
    [wrong] = plan_of(reference("a pirate film"), *plain[1:], avoid=[Avoided(words="pirates", why="No.")])
    assert wrong == "“pirates” is to be avoided and stands in reference 1; keep one of the two."
    [wrong] = plan_of(*plain, avoid=[Avoided(words="they all sail out and take ships", why="No.")])
    assert "at most 5 words" in wrong
    [wrong] = plan_of(*plain, avoid=[Avoided(words="Hodan", why="No.")])
    assert wrong == "“Hodan” is a name; nobody can avoid it."
    [wrong] = plan_of(reference("exotic spices"), *plain[1:])
    assert "“exotic” in it, which reduces people" in wrong


def test_a_good_rewrite_is_a_diff_with_its_citation() -> None:
    assert scene_of((1, "Sit down, Bile. The shaah is hot.", 1)) == []
    made = rooted(
        SceneAnswer(rewrites=[LineRewrite(line=1, text="Sit down, Bile. The shaah is hot.", reference=1)]), SCENE, PLAN
    )
    [change] = changes(made, SCENE)
    assert (change.line, change.speaker, change.before, change.after) == (
        1,
        "Hodan Warsame",
        "Sit down with me, Bile.",
        "Sit down, Bile. The shaah is hot.",
    )
    assert (change.what, change.why, change.source) == ("shaah, tea with cardamom", "They would.", "to be checked")
    script = a_script().model_copy(update={"scenes": [SCENE]})
    assert [line.text for line in revised(script, [made.revision]).scenes[0].lines] == [
        "Sit down, Bile. The shaah is hot.",
        "I stand.",
        "You always stand.",
    ]


@pytest.mark.parametrize(
    ("rewrite", "says"),
    [
        ((4, "And tea?", 1), "Scene 1 has no line 4; it has 3."),
        ((2, "I stand, walahi.", 9), "Line 2 carries reference 9; there are 3."),
        ((2, "…", 2), "Line 2 would have no words left; no line is dropped."),
        ((2, "I stand!!", 2), "Line 2 keeps its words; rewrite it with a reference, or leave it out."),
        ((2, "i STAND", 2), "Line 2 keeps its words; rewrite it with a reference, or leave it out."),
        ((2, "I stand here, walahi, and I will stand.", 2), "Line 2 grows to 8 words; there is time for 7."),
        ((2, "Hodan: I stand, walahi.", 2), "Line 2 begins with a name and a colon"),
        ((2, "BILE: I stand, walahi.", 2), "Line 2 begins with a name and a colon"),
        ((1, "Sit down with me, walahi.", 2), "Line 1 names Bile and would not any more; names stay."),
        ((0, "Two cups and the shaah.", 1), "The action names Hodan Warsame and would not any more; names stay."),
        ((2, "I stand like Pirates.", 2), "Line 2 would say “pirate”, which reduces people"),
        ((2, "I stand, so exotic.", 2), "Line 2 would say “exotic”, which reduces people"),
    ],
)
def test_what_breaks_a_rule_is_said_so_that_a_writer_can_act_on_it(rewrite: tuple[int, str, int], says: str) -> None:
    found = scene_of(rewrite)
    assert [sentence for sentence in found if sentence.startswith(says)], found


def test_at_most_a_third_of_the_lines_change_and_each_once() -> None:
    found = scene_of((2, "I stand, walahi.", 2), (3, "You stand, walahi.", 2))
    assert found == ["2 lines are rewritten; at most 1 of scene 1's may be. Keep the best."]
    assert scene_of((0, "Hodan sets two cups of shaah on the table.", 1), (2, "I stand, walahi.", 2)) == []
    found = scene_of((2, "I stand, walahi.", 2), (2, "I stand, and tea?", 1))
    assert found == ["Line 2 is rewritten more than once."]


def test_what_a_person_wrote_stays_and_is_in_no_diff() -> None:
    assert held_lines(SCENE, {"scene-1/action", "scene-1/line-2", "scene-2/line-1", "title"}) == [0, 2]
    answer = SceneAnswer(rewrites=[LineRewrite(line=2, text="I stand, walahi.", reference=2)])
    assert scene_problems(answer, SCENE, PLAN, NAMES, [0, 2]) == ["Line 2 was written by a person and stays."]
    made = rooted(answer, SCENE, PLAN)
    assert (len(changes(made, SCENE)), changes(made, SCENE, [2])) == (1, ())


def test_time_is_counted_where_a_script_puts_no_spaces_too() -> None:
    scene = a_scene("坐下。", "我站着。", "你总是站着。")
    assert scene_of((2, "我站着，真的。", 2), scene=scene) == []
    [wrong] = scene_of((2, "我站着，因为今天是感恩节，所以我们大家都要站着说话。", 2), scene=scene)
    assert "there is time for" in wrong


def test_a_stereotype_is_flagged_where_it_stands_and_nowhere_else() -> None:
    scene = a_scene("He walks like a pirate.", "So exotic.", "Stop.")
    flag = Stereotype(words="walks like a", why="It mocks.", line=1)
    assert scene_of(scene=scene, flags=(flag,)) == []
    found = scene_of(scene=scene, flags=(flag.model_copy(update={"line": 2}), flag.model_copy(update={"line": 7})))
    assert found == [
        "Scene 1 has no line 7; it has 3.",
        "“walks like a” does not stand in line 2; flag words as they are said there.",
    ]
    made = rooted(SceneAnswer(stereotypes=[flag]), scene, PLAN)
    assert [(f.line, f.words) for f in made.stereotypes] == [(1, "pirate"), (1, "walks like a"), (2, "exotic")]
    assert changes(made, scene) == ()


def test_a_rewrite_does_not_say_what_is_flagged_in_its_own_scene() -> None:
    scene = a_scene("He walks like a king.", "Yes.", "Stop.")
    flag = Stereotype(words="walks like a king", why="It mocks.", line=1)
    [wrong] = scene_of((1, "He walks like a king, walahi.", 2), scene=scene, flags=(flag,))
    assert "“walks like a king”, which reduces people" in wrong


def test_the_least_that_is_done_is_a_day_on_a_calendar_in_one_room() -> None:
    script = a_script()
    action = "Hodan carries the plates in, one by one, and puts them down without looking up."
    script = script.model_copy(
        update={"scenes": [scene.model_copy(update={"action": action}) for scene in script.scenes]}
    )
    [(number, rewrite)] = plain_rewrites(script, PLAN, NAMES).items()
    assert (number, rewrite.line, rewrite.reference) == (2, 0, 3)
    assert rewrite.text == f"{action} The wall calendar has November 26 circled: Thanksgiving Day."
    # Where it hangs already, it is not hung again.
    hung = script.scenes[1].model_copy(update={"action": rewrite.text})
    again = script.model_copy(update={"scenes": [script.scenes[0], hung]})
    assert plain_rewrites(again, PLAN, NAMES) == {}
    # Nor where a person wrote what there is to see; then it may hang in the next room.
    assert list(plain_rewrites(script, PLAN, NAMES, {"scene-2/action"})) == [3]


@pytest.mark.parametrize(
    "changed",
    [
        {"locale": "so-SO"},
        {"observances": ()},
        {"observances": (THANKS.model_copy(update={"estimated": True}),)},
        {"observances": (EID,)},
        {"air_date": date(2026, 11, 27)},
    ],
)
def test_what_is_not_certain_or_not_coming_is_not_circled(changed: dict[str, Any]) -> None:
    action = "Hodan carries the plates in, one by one, and puts them down without looking up."
    scenes = [scene.model_copy(update={"action": action}) for scene in a_script().scenes]
    plan = PLAN.model_copy(update={"setting": SETTING.model_copy(update=changed)})
    assert plain_rewrites(a_script().model_copy(update={"scenes": scenes}), plan, NAMES) == {}


words = st.text(alphabet="abc ’'.,!?é्क", min_size=1, max_size=40).filter(lambda text: bool(text.strip()))


@settings(max_examples=40)
@given(st.lists(words, min_size=1, max_size=6), st.integers(0, 7), words, st.integers(1, 4))
def test_what_keeps_the_rules_leaves_every_line_its_speaker_and_its_place(
    texts: list[str], line: int, text: str, number: int
) -> None:
    scene = a_scene(*texts)
    answer = SceneAnswer(rewrites=[LineRewrite(line=line, text=text, reference=number)])
    if scene_problems(answer, scene, PLAN, NAMES):
        return
    made = rooted(answer, scene, PLAN)
    script = a_script().model_copy(update={"scenes": [scene]})
    [after] = revised(script, [made.revision]).scenes
    assert [said.speaker for said in after.lines] == [said.speaker for said in scene.lines]
    changed = [at for at, (a, b) in enumerate(zip(scene.lines, after.lines, strict=True), 1) if a != b]
    assert changed == ([line] if line else [])
    assert len(changes(made, scene)) == 1


@settings(max_examples=20)
@given(st.sampled_from(sorted(REDUCTIVE)), st.sampled_from(["{}", "So {}!", "the {}s", "{}."]))
def test_words_that_reduce_anybody_are_always_flagged(cliche: str, form: str) -> None:
    scene = a_scene("Sit.", form.format(cliche.upper()))
    assert (2, cliche) in [(flag.line, flag.words) for flag in flagged(scene, PLAN)]
    found = scene_of((1, f"Sit, {form.format(cliche)}", 1), scene=scene)
    assert any(f"would say “{cliche}”" in sentence for sentence in found)
