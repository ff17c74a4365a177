"""The storyboard's rules: nothing is lost, nothing is shown twice, and nobody knows what they cannot know yet."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.script import Beat, ClipDescription, Line, Scene, Script
from studio.domain.shot import Angle, Move, ShotSize
from studio.domain.storyboard import (
    BoardAnswer,
    Bond,
    Learned,
    Outline,
    SceneBeat,
    SceneBoard,
    Secret,
    Seen,
    board_problems,
    boarded,
    clips_of,
    continuity_problems,
    coverage_problems,
    laid_out,
    outline_problems,
    suggested_tension,
)

PEOPLE = ["Hodan", "Bile", "Zahra"]


def a_script(beats: list[Beat], lines: list[int], clips: list[int]) -> Script:
    """Return a script with these beats, so many lines in each scene, and a clip for each scene number in `clips`."""
    return Script(
        title="Tea",
        synopsis="Somebody pours.",
        scenes=[
            Scene(
                number=number,
                heading=f"INT. ROOM {number} - DAY",
                beat=beat,
                action=f"Scene {number} happens.",
                lines=[Line(speaker=PEOPLE[n % 2], text=f"Line {n}.") for n in range(count)],
            )
            for number, (beat, count) in enumerate(zip(beats, lines, strict=True), 1)
        ],
        clips=[
            ClipDescription(number=number, scene=scene, description=f"Clip {number}.")
            for number, scene in enumerate(clips, 1)
        ],
    )


scripts = st.lists(st.tuples(st.sampled_from(Beat), st.integers(1, 7)), min_size=1, max_size=6).flatmap(
    lambda scenes: st.lists(st.integers(1, len(scenes)), min_size=1, max_size=6).map(
        lambda clips: a_script([beat for beat, _ in scenes], [count for _, count in scenes], clips)
    )
)


def seen(shot: int, words: str, people: list[str] | None = None) -> Seen:
    return Seen(
        shot=shot,
        description=words,
        people=people or [],
        size=ShotSize.MEDIUM,
        angle=Angle.EYE_LEVEL,
        lens_mm=35,
        move=Move.STATIC,
    )


def boards_of(script: Script) -> dict[int, SceneBoard]:
    """Return a board of the script in which every shot shows something of its own."""
    return {
        number: boarded(BoardAnswer(shots=[seen(slot.shot, f"Shot {number}.{slot.shot}") for slot in laid]), laid)
        for number, laid in laid_out(script).items()
    }


@given(scripts)
def test_every_line_is_in_a_shot_and_every_clip_is_one_shot_whatever_the_script(script: Script) -> None:
    laid = laid_out(script)
    for scene in script.scenes:
        assert {line for slot in laid[scene.number] for line in slot.lines} == set(range(1, len(scene.lines) + 1))
    numbers = [slot.clip for slots in laid.values() for slot in slots if slot.clip is not None]
    assert sorted(numbers) == [clip.number for clip in script.clips]
    for clip in script.clips:
        assert clip.number in [slot.clip for slot in laid[clip.scene]]


@given(scripts)
def test_a_board_of_what_was_laid_out_covers_everything(script: Script) -> None:
    boards = boards_of(script)
    assert coverage_problems(script, boards) == {}
    assert [(clip.number, clip.scene) for clip in clips_of(boards)] == [(c.number, c.scene) for c in script.clips]


@given(scripts)
def test_a_scene_a_line_or_a_clip_that_is_lost_and_a_shot_that_repeats_are_found(script: Script) -> None:
    last = script.scenes[-1].number
    boards = boards_of(script)
    without = {number: board for number, board in boards.items() if number != last}
    assert "has no shot" in coverage_problems(script, without)[last][0]

    shot = boards[last].shots[0]
    silent = {last: boards[last].model_copy(update={"shots": [shot.model_copy(update={"lines": []})]})}
    assert "covers line 1" in coverage_problems(script, boards | silent)[last][0]

    clip = script.clips[-1]
    shots = [s.model_copy(update={"clip": None if s.clip == clip.number else s.clip}) for s in boards[clip.scene].shots]
    unshot = {clip.scene: boards[clip.scene].model_copy(update={"shots": shots})}
    [sentence] = coverage_problems(script, boards | unshot)[clip.scene]
    assert f"it must have {[c.number for c in script.clips if c.scene == clip.scene]}" in sentence


def test_a_shot_that_shows_what_another_shows_is_found_in_the_later_scene() -> None:
    script = a_script([Beat.COLD_OPEN, Beat.TWIST], [1, 1], [1, 2])
    boards = boards_of(script)
    copied = boards[1].shots[0].model_copy(update={"description": "SHOT  2.1"})
    boards[1] = boards[1].model_copy(update={"shots": [copied]})
    assert coverage_problems(script, boards) == {
        2: ["The shot 1 of scene 2 repeats shot 1 of scene 1; show something else."]
    }


@given(st.lists(st.sampled_from(Beat), min_size=1, max_size=14))
def test_a_suggested_tension_rises_as_the_rule_asks(beats: list[Beat]) -> None:
    script = a_script(beats, [1] * len(beats), [1])
    tension = suggested_tension(script.scenes)
    outline = an_outline(script, tension)
    assert outline_problems(outline, script, ["dating"], PEOPLE) == []


def an_outline(script: Script, tension: dict[int, int], **changes: Any) -> Outline:
    beats = [
        SceneBeat(scene=s.number, beat=s.beat, tension=tension[s.number], purpose="Goes on.") for s in script.scenes
    ]
    return Outline(**{"format": "dating", "arc": "It rises.", "beats": beats} | changes)


ESCALATING = a_script([Beat.COLD_OPEN, Beat.ESCALATION, Beat.TWIST, Beat.CLIFFHANGER], [2, 2, 2, 2], [1])


@pytest.mark.parametrize(
    ("tension", "changes", "said"),
    [
        ({1: 4, 2: 8, 3: 6, 4: 9}, {}, "falls to tension 6 after 8"),
        ({1: 10, 2: 5, 3: 6, 4: 7}, {}, "peaks in scene 1, in the first half"),
        ({1: 4, 2: 5, 3: 6, 4: 7}, {"format": "cooking"}, "“cooking” is no format"),
        (
            {1: 4, 2: 5, 3: 6, 4: 7},
            {"secrets": [Secret(key="S1", what="A debt", holder="Amira")]},
            "not in this episode",
        ),
    ],
)
def test_an_outline_that_breaks_a_rule_is_told_which(tension: dict[int, int], changes: Any, said: str) -> None:
    found = outline_problems(an_outline(ESCALATING, tension, **changes), ESCALATING, ["dating"], PEOPLE)
    assert len(found) == 1
    assert said in found[0]


def test_an_outline_that_drops_a_scene_is_told_so() -> None:
    outline = an_outline(ESCALATING, {1: 4, 2: 5, 3: 6, 4: 7})
    short = outline.model_copy(update={"beats": outline.beats[:3]})
    assert "no scene is dropped" in outline_problems(short, ESCALATING, ["dating"], PEOPLE)[0]


def test_a_scenes_answer_names_its_shots_its_people_and_lines_that_are_there() -> None:
    scene, laid = ESCALATING.scenes[0], laid_out(ESCALATING)[1]
    answer = BoardAnswer(
        shots=[seen(1, "One."), seen(2, "Two.", ["Nobody Known"])],
        learns=[Learned(person="Bile", secret="S1", line=9)],
    )
    found = board_problems(answer, scene, laid, PEOPLE)
    assert [("shots [1]" in f, "Nobody Known" in f, "has 2 lines" in f) for f in found] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def board_with(**changes: Any) -> SceneBoard:
    board = boards_of(ESCALATING)[1]
    return board.model_copy(update=changes)


SECRETS = [Secret(key="S1", what="A debt", holder="Hodan")]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({"learns": [Learned(person="Bile", secret="S1", source="Zahra", line=1)]}, {}, "does not know it yet"),
        ({"learns": [Learned(person="Hodan", secret="S1", line=1)]}, {}, "knew it before"),
        ({"learns": [Learned(person="Bile", secret="S2", line=1)]}, {}, "no secret of this episode"),
        ({"bonds": [Bond(one="Bile", other="Zahra", kind="broken", line=1)]}, {}, "alliance that they do not have"),
        ({"bonds": [Bond(one="Bile", other="Bile", kind="allied", line=1)]}, {}, "with themself"),
        (
            {"bonds": [Bond(one="Bile", other="Zahra", kind="allied", line=1)]},
            {"bonds": [Bond(one="Zahra", other="Bile", kind="opposed", line=1)]},
            "are allied; say where that breaks",
        ),
    ],
)
def test_nobody_knows_or_breaks_what_they_cannot(first: Any, second: Any, said: str) -> None:
    outline = an_outline(ESCALATING, {1: 4, 2: 5, 3: 6, 4: 7}, secrets=SECRETS)
    found = continuity_problems(outline, {1: board_with(**first), 2: board_with(**second)})
    assert [said in sentence for sentences in found.values() for sentence in sentences] == [True]


def test_a_secret_that_goes_from_mouth_to_mouth_and_an_alliance_that_ends_are_fine() -> None:
    outline = an_outline(ESCALATING, {1: 4, 2: 5, 3: 6, 4: 7}, secrets=SECRETS)
    boards = {
        1: board_with(
            learns=[Learned(person="Bile", secret="S1", source="Hodan", line=1)],
            bonds=[Bond(one="Hodan", other="Bile", kind="allied", line=2)],
        ),
        2: board_with(
            learns=[Learned(person="Zahra", secret="S1", source="Bile", line=1)],
            bonds=[
                Bond(one="Bile", other="Hodan", kind="broken", line=1),
                Bond(one="Bile", other="Hodan", kind="opposed", line=2),
            ],
        ),
    }
    assert continuity_problems(outline, boards) == {}
