"""The text a writer edits: nothing is lost on the way out and back, and what cannot be read names its line."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from local import script_text
from local.problems import StudioProblem
from studio.domain.base import Heading, Name, Phrase, Text, Title
from studio.domain.script import Beat, Delivery, Script
from tests.unit.made import a_script

# Marks, separators that only look like line ends, tabs, right-to-left words: what a form of text stumbles over.
_MARKS = ["Scene 1:", "Title:", "Clip 2", "\n#", "\n@", "\n  ", "\n\n"]
_RAW = st.lists(
    st.one_of(
        st.characters(),
        st.sampled_from([*"@|\\#:()[] \n\t\u2028\u2029\u00a0\u200f\u0085", *_MARKS]),
        st.text("ab |\\", max_size=5),
    ),
    min_size=1,
    max_size=12,
).map("".join)


def of(kind: Any) -> st.SearchStrategy[str]:
    """Texts of a domain type, as pydantic leaves them."""
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    def cleaned(raw: str) -> str:
        try:
            return adapter.validate_python(raw)
        except ValidationError:
            assume(False)
            raise

    return _RAW.map(cleaned)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Scripts with any words in them."""
    lines = st.lists(
        st.fixed_dictionaries(
            {
                "speaker": of(Name),
                "text": of(Text),
                "delivery": st.sampled_from(Delivery),
                "direction": st.one_of(st.sampled_from(["", "confessional", "Dialogue", "a | b"]), of(Phrase)),
            }
        ),
        min_size=1,
        max_size=3,
    )
    count = draw(st.integers(1, 2))
    return Script.model_validate(
        {
            "title": draw(of(Title)),
            "synopsis": draw(of(Text)),
            "open_question": draw(st.one_of(st.just(""), of(Phrase))),
            "scenes": [
                {
                    "number": n,
                    "heading": draw(of(Heading)),
                    "beat": draw(st.sampled_from(Beat)),
                    "action": draw(of(Text)),
                    "lines": draw(lines),
                }
                for n in range(1, count + 1)
            ],
            "clips": [{"number": n, "scene": 1, "description": draw(of(Text))} for n in range(1, count + 1)],
        }
    )


@given(scripts(), st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_read_back_without_loss(script: Script, ends: str) -> None:
    told = script.model_dump(mode="json")
    blank = Script.model_validate(told).model_dump(mode="json")
    for scene in blank["scenes"]:
        scene |= {"heading": "?", "action": "?", "lines": []}
    for clip in blank["clips"]:
        clip["description"] = "?"
    text = script_text.written(told).replace("\n", ends)
    assert Script.model_validate(script_text.read(text, blank | {"title": "?", "synopsis": "?"})) == script


def test_lines_are_added_moved_and_taken_out_and_the_rest_stays() -> None:
    script = a_script(2).model_dump(mode="json")
    text = script_text.written(script)
    assert "@Bile\n  I stand." in text
    spoken = "@Bile | voice-over | hoarse\n  I stand.\n\n  Still.\n@Hodan Warsame\n\tNo.\n"
    edited = text.replace("@Bile\n  I stand.\n", spoken, 1)
    then = script_text.read(edited.replace("Title: The Dinner", "Title: Supper"), script)
    assert then["title"] == "Supper"
    assert [line["text"] for line in then["scenes"][0]["lines"]] == ["Sit down.", "I stand.\n\nStill.", "No."]
    changed = then["scenes"][0]["lines"][1]
    assert (changed["delivery"], changed["direction"]) == ("voice_over", "hoarse")
    assert then["scenes"][1] == script["scenes"][1]
    assert then["clips"] == script["clips"]
    assert then["guests"] == script["guests"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("Scene 2:", "Scene 7:"), "there is no scene 7"),
        (("Clip 2, from scene 2:", "Clip 9:"), "there is no clip 9"),
        (("Clip 2, from scene 2:", "Clip 1:"), "“Clip 1” is here twice"),
        (("Scene 1: INT. KITCHEN - NIGHT", "# gone"), "somebody speaks before the first scene"),
        (("@Bile\n  I stand.", "I stand."), "“I stand.” is no mark"),
        (("@Bile", "@"), "nobody is named"),
        (("@Bile", "@Bile | loudly | and | slowly"), "“loudly” is no delivery"),
        (("Title: The Dinner\n", ""), "The text lacks: Title"),
        (("Title: The Dinner", "  floating"), "before any mark"),
        (("Clip 2, from scene 2:\n", ""), "The text lacks: Clip 2"),
    ],
)
def test_what_cannot_be_read_names_its_line(change: tuple[str, str], said: str) -> None:
    script = a_script(2).model_dump(mode="json")
    text = script_text.written(script)
    assert change[0] in text
    with pytest.raises(StudioProblem, match=said) as told:
        script_text.read(text.replace(*change, 1), script)
    assert told.value.code == 2


def test_a_scene_in_which_nobody_speaks_is_refused() -> None:
    script = a_script(1).model_dump(mode="json")
    text = "\n".join(row for row in script_text.written(script).split("\n") if not row.startswith("@"))
    with pytest.raises(StudioProblem, match="Nobody speaks in scene 1"):
        script_text.read(text, script)
