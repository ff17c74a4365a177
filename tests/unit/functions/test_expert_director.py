"""From scenes to direction, through the bot's own function."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.expert_director import app
from studio.craft import formats, handbook, likely_format
from studio.domain.direction import Camera, Performance, SceneDirection, problems
from studio.domain.episode import Episode, Status
from studio.domain.errors import BadAnswer
from studio.domain.pipeline import Step
from studio.domain.script import Beat, Line, Scene
from studio.domain.shot import Angle, Move, ShotSize
from studio.entry import Settings, Studio
from studio.stages import StageRequest
from tests.conftest import Clock
from tests.unit.made import a_script, an_owner, moved, stored
from tests.unit.staged import Bending

S = Status


@pytest.fixture
def studio(cloud: None) -> Studio:
    return Studio(an_owner(), Settings.from_environment(), take=1, clock=Clock())


def direct(studio: Studio, bend: Callable[[int, int, Any], Any] = lambda *_: None) -> tuple[Episode, Bending]:
    writer = Bending(bend)
    studio.writers["draft"] = writer
    episode = moved(studio, stored(studio), S.WRITING, S.WRITTEN)
    app.direct(StageRequest(episode_id=episode.episode_id), studio)
    return episode, writer


def test_the_rehearsal_directs_every_scene_in_one_look(studio: Studio) -> None:
    episode, writer = direct(studio)
    paper = studio.episodes.paper(episode.episode_id)
    assert paper.told is not None
    assert paper.look is not None
    assert paper.look.palette in handbook().look["palette"]
    assert list(paper.directions) == [1, 2, 3]
    for scene in paper.told.scenes:
        assert problems(paper.directions[scene.number], scene) == []
    assert sorted(number for number, _ in writer.calls) == [0, 1, 2, 3]
    assert {request.instructions for _, request in writer.calls} == {app.PROMPT}


def test_a_direction_is_repaired_with_the_rules_words_and_then_refused(studio: Studio) -> None:
    def stranger(scene: int, _: int, answer: Any) -> Any:
        note = Performance(person="Batman", note="Broods.")
        return answer.model_copy(update={"performance": [note]}) if scene == 2 else None

    with pytest.raises(BadAnswer, match="“Batman” does not speak in scene 2; direct Hodan Warsame, Bile"):
        direct(studio, stranger)
    writer: Any = studio.writers["draft"]
    assert [len(request.feedback) for request in writer.of(2)] == [0, 3, 3]
    [episode] = studio.episodes.page(1, None)[0]
    record = studio.episodes.stage(episode.episode_id, Step.DIRECTION)
    assert record is not None
    # The other scenes' answers are bought; the next attempt finds them.
    assert (record.status, len(record.calls)) == ("stopped", 6)


# -- the rules


def camera(label: Any = "A", size: ShotSize = ShotSize.MEDIUM, lens: int = 35) -> Camera:
    return Camera(label=label, size=size, angle=Angle.EYE_LEVEL, lens_mm=lens, move=Move.STATIC)


def direction(**changes: Any) -> SceneDirection:
    notes = [Performance(person=name, note="Waits.") for name in ("hodan warsame", "Bile")]
    given_: dict[str, Any] = {
        "intention": "Dread.",
        "blocking": "Across the table.",
        "performance": notes,
        "cameras": [camera(), camera("B", ShotSize.CLOSE_UP, 85)],
        "lighting": "One lamp.",
        "colour": "Amber.",
    }
    return SceneDirection(**given_ | changes)


NOTE = Performance(person="Bile", note="Waits.")
HODAN = Performance(person="Hodan Warsame", note="Waits.")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"performance": [HODAN, NOTE, Performance(person="Omar", note="Hides.")]}, "“Omar” does not speak"),
        ({"performance": [NOTE]}, "Hodan Warsame speaks in scene 1 and gets no performance note"),
        ({"performance": [HODAN, NOTE, NOTE]}, "one performance note"),
        ({"cameras": [camera(), camera("C", lens=85)]}, "labelled A, B, C in order; these are A, C"),
        ({"cameras": [camera("B"), camera("A", lens=85)]}, "these are B, A"),
        ({"cameras": [camera(), camera("B")]}, "Two cameras have the same size, angle and lens"),
        ({"cameras": [camera()]}, "has 2 people speaking; cover it with at least two cameras"),
    ],
)
def test_a_direction_that_breaks_a_rule_is_told_which(changes: dict[str, Any], said: str) -> None:
    [found] = problems(direction(**changes), a_script().scenes[0])
    assert said in found


def test_a_direction_that_keeps_the_rules_is_told_nothing() -> None:
    assert problems(direction(), a_script().scenes[0]) == []
    alone = Scene(
        number=1,
        heading="INT. HALL - DAY",
        beat=Beat.CONFESSIONAL,
        action="She sits.",
        lines=[Line(speaker="Bile", text="I lied.")],
    )
    assert problems(direction(performance=[NOTE], cameras=[camera()]), alone) == []


# -- the craft


@given(st.sampled_from(Beat), st.integers(1, 3))
def test_the_handbook_covers_every_beat_with_cameras_that_differ(beat: Beat, count: int) -> None:
    cameras = handbook().set_ups(beat, count)
    assert [one.label for one in cameras] == ["A", "B", "C"][:count]
    assert len({(one.size, one.angle, one.lens_mm) for one in cameras}) == count
    assert set(handbook().beats[beat]) <= set(SceneDirection.model_fields) | {"note"}
    assert all(handbook().beats[beat].values())


def test_a_format_is_known_by_its_words() -> None:
    for known in formats().values():
        assert known.beats
        assert likely_format(" ".join(known.words), a_script()) == known.key
    assert likely_format("zzz", a_script(synopsis="zzz")) == next(iter(formats()))
