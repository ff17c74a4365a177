"""The rules that a script keeps, one by one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.domain.base import clean
from studio.domain.script import (
    MAX_SPOKEN_SECONDS_PER_CLIP,
    WORDS_PER_SECOND,
    Beat,
    ClipDescription,
    Line,
    Scene,
    Script,
    named_in,
    problems,
    spoken_seconds,
)
from tests.unit.made import a_script

CAST = ["Hodan Warsame", "Bile"]
PROMPT = "Hodan and Bile have dinner."
names = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=1, max_size=12).map(clean)


def found(script: Script, **changes: Any) -> list[str]:
    return problems(script, **{"cast": CAST, "prompt": PROMPT, "clips": 3} | changes)


@given(st.integers(min_value=1, max_value=6))
def test_a_good_script_has_no_problems(clips: int) -> None:
    assert found(a_script(clips), clips=clips) == []
    assert found(a_script(clips), clips=clips, cast=[]) == []


@given(names)
def test_a_stranger_in_a_line_or_in_a_picture_is_named(name: str) -> None:
    script = a_script(guests=[])
    known = name.casefold() in {person.casefold() for person in CAST}
    speaks = script.model_copy(deep=True)
    speaks.scenes[1].lines.append(Line(speaker=name, text="Hello."))
    seen = script.model_copy(deep=True)
    seen.clips[2].people.append(name)
    for strange in (speaks, seen):
        assert found(strange) == (
            [] if known else [f"“{name}” is not in the cast; only the cast and the guests may appear."]
        )


def test_names_are_the_same_whatever_their_case() -> None:
    script = a_script(guests=[])
    script.scenes[0].lines[0].speaker = "HODAN WARSAME"
    assert found(script) == []


def test_a_guest_must_come_from_the_prompt_where_there_is_a_cast() -> None:
    script = a_script(guests=[{"name": "Omar"}])
    assert found(script) == ["The guest “Omar” is neither in the cast nor named in the prompt; use the cast's people."]
    assert found(script, prompt="omar comes to dinner") == []
    assert found(a_script(guests=[{"name": n} for n in (*CAST, "Omar")]), cast=[]) == []


@given(names, names)
def test_somebody_is_named_by_whole_words(first: str, last: str) -> None:
    assert named_in(f"{first} {last}", f"Then {first}, too.")
    assert named_in(f"{first} {last}", f"({first} {last})")
    assert not named_in(f"{first} {last}", f"x{first}x")


def test_a_name_is_taken_literally() -> None:
    assert not named_in("A.*", "Anything at all")
    assert named_in("A.*", "Here is A.* himself")


@given(st.permutations([1, 2, 3]))
def test_scenes_are_numbered_in_order(order: list[int]) -> None:
    script = a_script()
    for scene, number in zip(script.scenes, order, strict=True):
        scene.number = number
    assert any("Scenes must be numbered" in sentence for sentence in found(script)) is (order != [1, 2, 3])


@given(st.integers(min_value=1, max_value=6), st.integers(min_value=1, max_value=6))
def test_there_are_as_many_clips_as_were_asked_for(there: int, asked: int) -> None:
    said = any(f"There must be exactly {asked} clips" in sentence for sentence in found(a_script(there), clips=asked))
    assert said is (there != asked)


def test_clips_are_numbered_from_one() -> None:
    script = a_script()
    script.clips[0].number = 4
    assert any("exactly 3 clips, numbered from 1" in sentence for sentence in found(script))


def test_a_clip_comes_from_a_scene_that_exists() -> None:
    script = a_script()
    script.clips[1].scene = 9
    assert found(script) == ["Clip 2 comes from scene 9, which does not exist."]


@given(st.sampled_from(["{}", " {} ", "{}\n"]), st.booleans())
def test_two_clips_never_show_the_same(shape: str, louder: bool) -> None:
    script = a_script()
    again = script.clips[0].description.replace(" ", "  ")
    script.clips[2].description = shape.format(again.upper() if louder else again)
    assert found(script) == ["Clip 3 repeats clip 1; each clip shows something of its own."]


@given(st.integers(min_value=0, max_value=400))
def test_the_lines_fit_in_the_time_there_is(words: int) -> None:
    script = a_script(1)
    script.scenes[0].lines = [Line(speaker="Bile", text="word " * words + "end")]
    assert spoken_seconds(script) == (words + 1) / WORDS_PER_SECOND
    too_long = words + 1 > MAX_SPOKEN_SECONDS_PER_CLIP * WORDS_PER_SECOND
    assert bool(found(script, clips=1)) is too_long


@given(st.sampled_from(Beat), st.sampled_from(["", "Who lied?"]))
def test_an_open_question_and_a_cliffhanger_go_together(last: Beat, question: str) -> None:
    script = a_script(open_question=question)
    script.scenes[-1].beat = last
    assert bool(found(script)) is ((last is Beat.CLIFFHANGER) is not bool(question))


def test_everything_wrong_is_said_at_once() -> None:
    script = a_script(2, guests=[{"name": "Omar"}], open_question="Who?")
    script.clips[1].scene = 7
    script.scenes[1].number = 5
    assert len(found(script)) == 5


@pytest.mark.parametrize("blank", ["", "  ", "\x00\n"])
def test_nothing_that_must_be_said_is_blank(blank: str) -> None:
    scene = a_script().scenes[0].model_dump()
    for made in (
        lambda: Line(speaker="Bile", text=blank),
        lambda: ClipDescription(number=1, scene=1, description=blank),
        lambda: Scene.model_validate(scene | {"heading": blank}),
        lambda: Scene.model_validate(scene | {"action": blank}),
        lambda: a_script(synopsis=blank),
        lambda: a_script(title=blank),
    ):
        with pytest.raises(ValidationError):
            made()


def test_one_clips_description_is_replaced_and_the_rest_stays() -> None:
    script = a_script()
    changed = script.with_clip(2, "Rain.")
    assert [c.description for c in changed.clips] == [script.clips[0].description, "Rain.", script.clips[2].description]
    assert script.clips[1].description != "Rain."
    with pytest.raises(KeyError):
        script.with_clip(4, "Nothing.")
    with pytest.raises(KeyError):
        script.scene(4)
