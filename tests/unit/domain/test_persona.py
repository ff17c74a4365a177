"""What is known of a character, what a speech and its reading must keep, and who is real."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.casts import ready_made
from studio.craft import public_names, viewers
from studio.domain.base import clean
from studio.domain.canon import EpisodeCanon
from studio.domain.likeness import PublicPeople, listed, people_problems, unconsented
from studio.domain.persona import (
    Holds,
    Speech,
    SpeechReading,
    checked,
    known_of,
    reading_problems,
    speech_problems,
    spoken_label,
)
from studio.domain.plain_speech import plain_reading, plain_speech
from studio.domain.project import Character, CharacterSheet, Consent
from studio.domain.viewers import (
    LEAST_VIEWERS,
    MOST_VIEWERS,
    Reaction,
    Viewer,
    panel_label,
    plain_reaction,
    reacted,
    reaction_problems,
)
from studio.insight.consistency import consistency
from studio.insight.insufficient import Insufficient
from studio.insight.panel import summary
from tests.unit.made import AT, a_script

NOBODY = "01JD0000000000000000000000"
CAST = ready_made()["say-walahi"].characters
AT_ONE = {"scene": 2, "line": 3}


def a_sheet(**changes: Any) -> CharacterSheet:
    given = {"name": "Hodan Warsame", "age": 29, "wants": "to keep the house", "voice": 'dry, says "walahi"'}
    return CharacterSheet.model_validate(given | changes)


def an_episode_canon(title: str = "The Dinner", **changes: Any) -> EpisodeCanon:
    given = {"episode_id": NOBODY, "title": title, "synopsis": "A dinner goes wrong.", "closed_at": AT}
    return EpisodeCanon.model_validate(given | changes)


# What is known


def test_the_bible_comes_first_and_the_canon_says_where_it_was_said() -> None:
    canon = an_episode_canon(
        facts=[{"person": "hodan warsame", "about": "job", "value": "paralegal", "at": AT_ONE}],
        bonds=[{"one": "Bile", "other": "Hodan Warsame", "kind": "allies", "at": AT_ONE}],
        revealed=[{"what": "the letter", "holder": "Hodan Warsame", "to": "Bile", "at": AT_ONE}],
    )
    known = known_of(a_sheet(), [canon])
    assert [source.ref for source in known] == ["B1", "B2", "B3", "B4", "B5", "C1", "C2", "C3", "C4"]
    assert [source.about for source in known[5:]] == [
        "job",
        "relationship with Bile",
        "a secret that came out",
        "what happened",
    ]
    assert known[5].where == "“The Dinner”, scene 2, line 3"
    assert known[2].says == "29"


def test_what_was_said_later_counts_and_what_is_of_others_is_left_out() -> None:
    fact = {"person": "Hodan Warsame", "about": "job", "at": AT_ONE}
    earlier = an_episode_canon(facts=[fact | {"value": "paralegal"}, fact | {"value": "cook", "person": "Bile"}])
    later = an_episode_canon("The Plate", facts=[fact | {"value": "baker", "about": "Job"}])
    jobs = [source for source in known_of(a_sheet(), [earlier, later]) if source.about.casefold() == "job"]
    assert [(source.says, source.where) for source in jobs] == [("baker", "“The Plate”, scene 2, line 3")]


def test_somebody_of_whom_nothing_is_written_has_a_name_and_a_role() -> None:
    assert [source.about for source in known_of(CharacterSheet(name="Bile"), [])] == ["name", "role"]


# Speeches


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("word " * 21, "21 words"),
        ("Hodan Warsame: Sit down.", "name in front"),
        ("I am a real person, walahi.", "a label says it"),
        ("I'm not an AI.", "a label says it"),
        ("As an AI I cannot say.", "a label says it"),
    ],
)
def test_a_speech_that_is_too_long_labelled_or_claims_to_be_somebody_is_refused(text: str, wrong: str) -> None:
    [found] = speech_problems(Speech(text=text), a_sheet(), 20)
    assert wrong in found


def test_a_speech_in_ones_own_words_has_nothing_wrong() -> None:
    assert speech_problems(Speech(text="I keep the house. Sit."), a_sheet(), 20) == []


def a_reading(**changes: Any) -> SpeechReading:
    one = {"quote": "keep the house", "ref": "B4", "reason": "She wants it.", "holds": "consistent"}
    return SpeechReading.model_validate({"statements": [one | changes]})


@pytest.mark.parametrize(
    ("changes", "wrong"), [({}, ""), ({"quote": "sell the house"}, "nobody says"), ({"ref": "C9"}, "not among")]
)
def test_a_statement_quotes_the_speech_and_is_held_against_something_known(changes: Any, wrong: str) -> None:
    found = reading_problems(a_reading(**changes), "I keep the house.", known_of(a_sheet(), []))
    assert [wrong in sentence for sentence in found] == ([True] if wrong else [])


def test_the_same_statement_twice_counts_once() -> None:
    twice = SpeechReading(statements=a_reading().statements * 2)
    assert len(reading_problems(twice, "I keep the house.", known_of(a_sheet(), []))) == 1


def test_the_score_is_the_share_that_agrees_with_its_interval() -> None:
    known = known_of(a_sheet(), [])
    statements = [*a_reading().statements * 3, *a_reading(holds="contradicts").statements]
    found = consistency(checked(SpeechReading(statements=statements), known))
    assert found.score is not None
    assert (found.consistent, found.checked, found.score.estimate, found.score.n) == (3, 4, 0.75, 4)
    assert 0.30 < found.score.low < 0.31
    assert 0.95 < found.score.high < 0.96


def test_where_nothing_could_be_checked_there_is_no_score() -> None:
    found = consistency(())
    assert (found.score, found.checked) == (None, 0)
    assert found.insufficient is not None
    assert "statements about which something is known" in found.insufficient.sentence


# Real people


def a_character(**changes: Any) -> Character:
    given = {
        "character_id": NOBODY,
        "project_id": NOBODY,
        "sheet": a_sheet(),
        "created_at": AT,
        "updated_at": AT,
    }
    return Character.model_validate(given | changes)


GIVEN = Consent(name="Hodan Warsame", text="I agree.", at=AT)


def test_somebody_real_needs_a_consent_that_stands() -> None:
    assert unconsented(a_character()) == ""
    assert unconsented(a_character(real_person=True, consent=GIVEN)) == ""
    assert "PUT /projects/" in unconsented(a_character(real_person=True))
    withdrawn = GIVEN.model_copy(update={"withdrawn_at": AT})
    assert "taken back on 2026-11-23" in unconsented(a_character(real_person=True, consent=withdrawn))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Taylor Swift", ""),
        ("TAYLOR  SWIFT", ""),
        ("Timothee Chalamet", ""),
        ("Recep Tayyip Erdogan", ""),
        ("President Barack Obama", ""),
        ("Oprah", ""),
        ("Hodan", "Speak as Donald Trump would."),
        ("Hodan", "She talks like the late singer Freddie Mercury."),
        ("Hodan", "Based on Kim Kardashian."),
        ("Hodan", "Answer in the voice of David Attenborough."),
        ("Hodan", "He is secretly Elon Musk"),
    ],
)
def test_whoever_is_called_after_or_asked_to_be_somebody_famous_is_found(name: str, text: str) -> None:
    assert listed([name], [text], public_names())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Drake Collins", ""),
        ("Adele Warsame", ""),
        ("Taylor Swiftwater", ""),
        ("Hodan", "Sahra asks whether she heard the new song of Taylor Swift."),
        ("Hodan", "Donald Trump is on the television; she speaks about her father."),
        *((sheet.name, f"{sheet.description} {sheet.voice}") for sheet in CAST),
    ],
)
def test_a_first_name_and_somebody_who_is_only_talked_about_are_nobody_to_speak_as(name: str, text: str) -> None:
    assert listed([name], [text], public_names()) == []


def test_a_model_that_names_somebody_who_is_not_there_is_told() -> None:
    found = PublicPeople.model_validate({"people": [{"name": "Elvis", "who": "a singer"}]})
    assert len(people_problems(found, "Hodan Warsame")) == 1
    assert people_problems(found, "A man called Elvis") == []


def test_the_label_says_ai_and_whose_consent_it_was() -> None:
    assert spoken_label(a_character(), "Walahi", rehearsal=False).startswith("AI-generated. A model")
    assert "rehearsal" in spoken_label(a_character(), "Walahi", rehearsal=True)
    real = spoken_label(a_character(real_person=True, consent=GIVEN), "Walahi", rehearsal=False)
    assert "a real person, with the consent that Hodan Warsame gave, recorded on 2026-11-23" in real
    assert all("AI-generated" in panel_label(rehearsal=it) for it in (True, False))


# Viewers


def a_viewer(name: str = "The commuter", **changes: Any) -> Viewer:
    given = {"name": name, "age_band": "18-24", "taste": "plates", "device": "phone", "patience_seconds": 8}
    return Viewer.model_validate(given | changes)


def a_reaction(**changes: Any) -> Reaction:
    given = {
        "quote": "I stand.",
        "liked": "Scene 1.",
        "disliked": "",
        "leaves_at": 0,
        "leaves_because": "",
        "rating": 3,
    }
    last = changes.get("leaves_at") or 3
    rated = [{"scene": number, "rating": changes.get("rating", 3)} for number in range(1, min(last, 3) + 1)]
    return Reaction.model_validate(given | {"ratings": rated} | changes)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"leaves_at": 9, "leaves_because": "Bored."}, ["no scene 9"]),
        ({"leaves_at": 2}, ["leaves_because"]),
        ({"quote": "Nobody said this."}, ["no line"]),
        ({"ratings": [{"scene": 1, "rating": 3}]}, ["[1, 2, 3]"]),
        ({"leaves_at": 1, "leaves_because": "Bored.", "ratings": [{"scene": 2, "rating": 3}]}, ["[1]"]),
    ],
)
def test_a_reaction_names_a_scene_there_is_and_quotes_a_line_there_is(changes: Any, wrong: list[str]) -> None:
    found = reaction_problems(a_reaction(**changes), a_script())
    assert len(found) == len(wrong)
    assert all(part in sentence for part, sentence in zip(wrong, found, strict=True))


def test_whoever_left_has_not_heard_what_comes_after() -> None:
    script = a_script()
    late = script.scenes[2].model_copy(
        update={"lines": [script.scenes[2].lines[0].model_copy(update={"text": "The plate was mine."})]}
    )
    script = script.model_copy(update={"scenes": [*script.scenes[:2], late]})
    [found] = reaction_problems(a_reaction(quote="The plate was mine.", leaves_at=1, leaves_because="Bored."), script)
    assert "have not heard" in found


def test_the_studios_viewers_are_as_many_as_a_panel_may_have_and_differ() -> None:
    those = viewers()
    assert LEAST_VIEWERS <= len(those) == MOST_VIEWERS
    assert len({viewer.name for viewer in those}) == len({viewer.taste for viewer in those}) == len(those)
    assert len({viewer.patience_seconds for viewer in those}) > 4


def a_panel(*taken: tuple[str, int, int]) -> Any:
    script = a_script()
    return [
        reacted(a_viewer(name), a_reaction(rating=rating, leaves_at=at, leaves_because="Bored." if at else ""), script)
        for name, rating, at in taken
    ]


def test_a_panel_comes_to_a_mean_a_deviation_and_who_is_still_there() -> None:
    found = summary(a_panel(("A", 5, 0), ("B", 1, 1), ("C", 3, 3)), a_script())
    assert (found.n, found.mean, found.standard_deviation, found.counts) == (3, 3.0, 2.0, (1, 0, 1, 0, 1))
    assert [(one.scene, one.viewers) for one in found.watching] == [(1, 2), (2, 2), (3, 1)]
    assert [one.ratings and one.ratings.n for one in found.scenes] == [3, 2, 2]
    assert (found.agreement, found.most_divided) == ("divided", 1)


def test_a_scene_that_nobody_saw_has_no_rating_and_one_scene_tells_nothing_of_agreement() -> None:
    found = summary(a_panel(("A", 3, 1), ("B", 1, 1)), a_script())
    assert [one.ratings is None for one in found.scenes] == [False, True, True]
    assert (found.agreement, isinstance(found.alpha, Insufficient)) == ("unknown", True)


def test_who_disagrees_about_what_is_shown_with_both_sides() -> None:
    found = summary(a_panel(("A", 5, 0), ("B", 1, 1), ("C", 3, 0)), a_script()).disagreements
    told = {one.about: [side.viewers for side in one.sides] for one in found}
    assert told == {
        "the episode": [("A",), ("B",)],
        "staying": [("A", "C"), ("B",)],
        "scene 1": [("A", "C"), ("B",)],
    }


def test_where_all_agree_no_disagreement_is_made_up() -> None:
    found = summary(a_panel(("A", 3, 0), ("B", 3, 0)), a_script())
    assert (found.standard_deviation, found.disagreements) == (0.0, ())
    with pytest.raises(ValueError, match="two viewers"):
        summary(a_panel(("A", 3, 0)), a_script())


# Plain readings


@pytest.mark.parametrize("sheet", CAST, ids=lambda sheet: sheet.name)
def test_a_plain_speech_says_what_the_sheet_says_and_not_what_it_hides(sheet: CharacterSheet) -> None:
    others = [one.name for one in CAST if one.name != sheet.name]
    for text in plain_speech(sheet, "Sahra asks who has read the letter.", others):
        assert speech_problems(Speech(text=text), sheet, 120) == []
        assert "the letter" in text
        assert sheet.hides not in text
        reading = SpeechReading(statements=plain_reading(text, known_of(sheet, [])))
        assert reading.statements
        assert reading_problems(reading, text, known_of(sheet, [])) == []


def test_another_age_is_a_contradiction_by_plain_rules() -> None:
    known = known_of(a_sheet(), [])
    assert [one.holds for one in plain_reading("I am 34. I'm 29.", known)] == [Holds.CONTRADICTS, Holds.CONSISTENT]


_WORDS = st.text(max_size=200).map(clean)


@given(_WORDS, _WORDS.filter(bool), st.text(max_size=60).map(clean))
def test_plain_readings_hold_for_any_words(description: str, situation: str, wants: str) -> None:
    sheet = a_sheet(description=description, wants=" ".join(wants.split()))
    known = known_of(sheet, [])
    for text in plain_speech(sheet, situation, ["Sahra Warsame"]):
        reading = SpeechReading(statements=plain_reading(text, known))
        assert [one for one in reading_problems(reading, text, known) if "twice" not in one] == []


@given(st.integers(1, 600), st.text(min_size=1, max_size=100).map(clean).filter(bool))
def test_a_plain_reaction_keeps_the_rules_whoever_watches(patience: int, taste: str) -> None:
    viewer = a_viewer(patience_seconds=patience, taste=" ".join(taste.split()) or "x")
    assert reaction_problems(plain_reaction(viewer, a_script()), a_script()) == []
