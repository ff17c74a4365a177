"""What stages change in a script, and what a person changes afterwards: both stay."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from studio.domain.revision import LineRewording, Rewording, SceneRevision, by_hand, merged, revised
from studio.domain.script import Line, Scene, Script
from tests.unit.made import a_script

LINES = 2
SCENES = 3
texts = st.sampled_from(["Sit down.", "I stand.", "Salaan."])
"""Few, so that a revision, an edit and an original may happen to say the same."""


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    script = a_script(SCENES)
    for scene in script.scenes:
        scene.action = draw(texts)
        for line in scene.lines:
            line.text = draw(texts)
    return script


@st.composite
def revisions_of(draw: st.DrawFn, script: Script) -> list[SceneRevision]:
    """Return revisions that fit a script, as a stage makes them."""
    made = []
    for scene in draw(st.lists(st.sampled_from(script.scenes), unique_by=lambda scene: scene.number)):
        numbers = draw(st.sets(st.integers(1, len(scene.lines))))
        lines = tuple(LineRewording(line=n, before=scene.lines[n - 1].text, after=draw(texts)) for n in sorted(numbers))
        action = draw(st.none() | texts.map(lambda text, of=scene: Rewording(before=of.action, after=text)))
        made.append(SceneRevision(scene=scene.number, action=action, lines=lines))
    return made


def with_line(script: Script, scene: int, line: int, text: str) -> Script:
    """Return a copy in which one line, or with 0 the action, is another."""
    then = script.model_copy(deep=True)
    if line:
        then.scene(scene).lines[line - 1].text = text
    else:
        then.scene(scene).action = text
    return then


def said(script: Script) -> dict[tuple[int, int], str]:
    """Return every text of the scenes, by scene and line; line 0 is the action."""
    return {
        (scene.number, number): text
        for scene in script.scenes
        for number, text in enumerate([scene.action, *(line.text for line in scene.lines)])
    }


places = st.tuples(st.integers(1, SCENES), st.integers(0, LINES))


@given(st.data(), scripts(), places)
def test_a_line_that_a_person_edits_stays_theirs_and_all_other_revisions_stand(
    data: st.DataObject, base: Script, place: tuple[int, int]
) -> None:
    revisions = data.draw(revisions_of(base))
    own = "Nobody else would say this."
    then = said(revised(with_line(base, *place, own), revisions))
    assert then == said(revised(base, revisions)) | {place: own}


@given(st.data(), scripts())
def test_revisions_change_what_they_say_and_nothing_else(data: st.DataObject, base: Script) -> None:
    revisions = data.draw(revisions_of(base))
    before = base.model_dump()
    wanted = {(r.scene, line.line): line.after for r in revisions for line in r.lines}
    wanted |= {(r.scene, 0): r.action.after for r in revisions if r.action}
    then = revised(base, revisions, Rewording(before=base.title, after="Another"))
    assert said(then) == said(base) | wanted
    assert then.title == "Another"
    assert then.clips == base.clips
    assert [line.speaker for scene in then.scenes for line in scene.lines] == ["Hodan Warsame", "Bile"] * SCENES
    assert base.model_dump() == before


def test_a_revision_of_what_is_not_there_any_more_changes_nothing() -> None:
    base = a_script(2)
    gone = [
        SceneRevision(scene=9, action=Rewording(before="x", after="y")),
        SceneRevision(scene=1, lines=(LineRewording(line=9, before="Sit down.", after="Sit."),)),
    ]
    assert revised(base, gone, Rewording(before="Of another script", after="Gone")) == base


@given(st.data(), scripts())
def test_merging_without_an_edit_gives_the_script_as_it_was_written(data: st.DataObject, base: Script) -> None:
    now = revised(base, data.draw(revisions_of(base)), Rewording(before=base.title, after="Another"))
    assert merged(base, now, now) == base


@given(st.data(), scripts(), st.dictionaries(places, texts, max_size=3), st.booleans())
def test_after_a_merge_the_revisions_show_what_the_person_saw(
    data: st.DataObject, base: Script, edits: dict[tuple[int, int], str], retitled: bool
) -> None:
    revisions, title = data.draw(revisions_of(base)), Rewording(before=base.title, after="Another")
    now = revised(base, revisions, title)
    then = now.model_copy(update={"title": "Theirs"}) if retitled else now
    for place, text in edits.items():
        then = with_line(then, *place, text)
    kept = merged(base, now, then)
    shown = revised(kept, revisions, title, by_hand(now, then))
    assert shown.title == then.title
    untouched = {place for place, text in said(then).items() if text == said(now)[place]}
    assert {p: t for p, t in said(kept).items() if p in untouched} == {
        p: t for p, t in said(base).items() if p in untouched
    }
    assert said(shown) == said(then)


def test_a_scene_that_was_added_or_removed_is_as_the_person_left_it() -> None:
    base = a_script(3)
    revisions = [SceneRevision(scene=n, action=Rewording(before=base.scene(n).action, after="Rooted.")) for n in (1, 3)]
    now = revised(base, revisions)
    added = Scene(number=4, heading="EXT. YARD - DAWN", beat="resolution", action="A.", lines=[line("New.")])
    then = now.model_copy(update={"scenes": [now.scenes[0], now.scenes[2], added]})
    kept = merged(base, now, then)
    assert [scene.number for scene in kept.scenes] == [1, 3, 4]
    assert kept.scenes == [base.scenes[0], base.scenes[2], added]
    assert revised(kept, revisions) == then


def test_a_scene_with_another_number_of_lines_is_as_the_person_left_it() -> None:
    base = a_script(2)
    revisions = [SceneRevision(scene=1, lines=(LineRewording(line=1, before="Sit down.", after="Fadhiiso."),))]
    now = revised(base, revisions)
    for lines in ([], [line("And now?")]):
        longer = now.scenes[0].model_copy(update={"lines": [*now.scenes[0].lines[: 1 + len(lines)], *lines]})
        then = now.model_copy(update={"scenes": [longer, now.scenes[1]]})
        assert merged(base, now, then).scenes == [longer, base.scenes[1]]
        assert revised(merged(base, now, then), revisions) == then


def test_another_speaker_or_beat_or_heading_is_kept_too() -> None:
    base = a_script(2)
    then = base.model_copy(deep=True)
    then.scenes[0].lines[0].speaker = "Bile"
    then.scenes[0].heading = "EXT. YARD - DAWN"
    then.scenes[1].beat = "twist"
    assert merged(base, base, then) == then


def line(text: str, **more: Any) -> Line:
    return Line(speaker="Bile", text=text, **more)
