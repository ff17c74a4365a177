"""The canon: what a show has established, and where something said contradicts it."""

from typing import Any

from studio.domain.canon import EpisodeCanon, canon_of, contradictions, open_threads
from studio.domain.storyboard import Fact, Learned, Outline, SceneBeat, SceneBoard, Secret, Thread
from tests.unit.domain.test_storyboard import ESCALATING, boards_of
from tests.unit.made import AT

EARLIER, LATER = "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ"


def canon(episode_id: str, title: str = "Tea", **changes: Any) -> EpisodeCanon:
    """Return what an episode adds whose first scene holds these facts, learnings and threads."""
    outline = Outline(
        format="dating",
        arc="It rises.",
        beats=[SceneBeat(scene=1, beat="cold_open", tension=4, purpose="Begins.")],
        secrets=[Secret(key="S1", what="Hodan sold the house", holder="Hodan")],
    )
    board: SceneBoard = boards_of(ESCALATING)[1].model_copy(update=changes)
    script = ESCALATING.model_copy(update={"title": title})
    return canon_of(episode_id, script, outline, {1: board}, AT)


def test_what_was_said_is_kept_with_its_place() -> None:
    entry = canon(
        EARLIER,
        facts=[Fact(person="Bile", about="job", value="baker", line=2)],
        learns=[Learned(person="Bile", secret="S1", source="Hodan", line=1)],
    )
    assert [(f.person, f.about, f.value, f.at.scene, f.at.line) for f in entry.facts] == [
        ("Bile", "job", "baker", 1, 2)
    ]
    assert [(r.what, r.to, r.at.line) for r in entry.revealed] == [("Hodan sold the house", "Bile", 1)]


def test_without_a_storyboard_the_open_question_is_what_is_remembered() -> None:
    script = ESCALATING.model_copy(update={"open_question": "Who is calling?"})
    entry = canon_of(EARLIER, script, None, {}, AT)
    assert [(t.question, t.at.scene) for t in entry.threads] == [("Who is calling?", 4)]


def test_a_fact_told_otherwise_is_flagged_with_both_places_and_the_same_fact_is_not() -> None:
    before = canon(EARLIER, "The Dinner", facts=[Fact(person="Bile", about="age", value="28", line=2)])
    same = canon(LATER, facts=[Fact(person="bile", about="age", value=" 28. ", line=1)])
    other = canon(LATER, facts=[Fact(person="Bile", about="age", value="31", line=1)])
    assert contradictions([before], same) == []
    assert contradictions([before], other) == [
        "Scene 1, line 1: Bile's age is “31”; “The Dinner” said “28” (scene 1, line 2)."
    ]


def test_a_secret_that_comes_out_twice_to_the_same_person_is_flagged() -> None:
    told = [Learned(person="Bile", secret="S1", source="Hodan", line=1)]
    found = contradictions([canon(EARLIER, "The Dinner", learns=told)], canon(LATER, learns=told))
    assert found == [
        "Scene 1, line 1: Bile learns “Hodan sold the house” again; it came out in “The Dinner” (scene 1, line 1)."
    ]


def test_a_question_stays_open_until_it_is_answered() -> None:
    asked = canon(EARLIER, threads=[Thread(question="Who is calling?", state="opened", line=1)])
    answered = canon(LATER, threads=[Thread(question="who is calling", state="answered", line=1)])
    assert open_threads([asked]) == ["Who is calling?"]
    assert open_threads([asked, answered]) == []
