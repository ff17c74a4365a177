"""What a critique and a revision must keep, and what two blind judgements come to."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.craft import rubrics
from studio.domain.base import clean
from studio.domain.hooks import Winner
from studio.domain.plain_critique import faults, mended, mended_lines
from studio.domain.quoting import quoted_in
from studio.domain.reflection import (
    DECIDED,
    MAX_CRITICISMS,
    Critique,
    RevisedDialogue,
    RoundOutcome,
    Target,
    critique_problems,
    decision,
    dialogue_problems,
    rendered,
    text_of,
    text_problems,
    with_lines,
)
from studio.domain.script import Beat
from tests.unit.made import a_script

FIRST, SECOND, TIE = Winner


# Quoting


@pytest.mark.parametrize("quote", ["the letter", "“The  letter”", "THE LETTER…", "it's", "it’s", "- the letter."])
def test_words_that_are_there_are_quoted_whatever_stands_around_them(quote: str) -> None:
    assert quoted_in(quote, "She found the\nletter. It’s gone.")


@pytest.mark.parametrize("quote", ["a letter", "the lett", "“”", "", "…", "letter it's gone now"])
def test_other_words_parts_of_words_and_no_words_are_not_quoted(quote: str) -> None:
    assert not quoted_in(quote, "She found the letter. It's gone.")


def test_a_quotation_in_a_script_without_spaces_is_found() -> None:
    assert quoted_in("母亲发现", "厨房里，母亲发现了一个秘密")


@given(st.text(), st.text())
def test_quoting_never_breaks_on_odd_text(quote: str, text: str) -> None:
    assert quoted_in(quote, text) in {True, False}


# Critiques


def a_critique(**changes: Any) -> Critique:
    one = {"criterion": "economy", "quote": "goes wrong", "fault": "It is vague.", "remedy": "Say how."}
    return Critique.model_validate({"criticisms": [one | changes]})


def wrong_with(critique: Critique) -> list[str]:
    return critique_problems(critique, "A dinner goes wrong.", rubrics()[Target.SYNOPSIS])


def test_a_criticism_by_the_rubric_that_quotes_the_text_has_nothing_wrong() -> None:
    assert wrong_with(a_critique()) == []
    assert wrong_with(Critique(criticisms=[])) == []


def test_a_criticism_that_quotes_what_is_not_there_is_said_to() -> None:
    [wrong] = wrong_with(a_critique(quote="goes badly"))
    assert "goes badly" in wrong
    assert "not in the text" in wrong


def test_a_criticism_by_another_standard_is_told_which_there_are() -> None:
    [wrong] = wrong_with(a_critique(criterion="beauty"))
    assert "stakes, specific, economy, open_end" in wrong


def test_the_same_criticism_twice_is_one_too_many() -> None:
    twice = Critique(criticisms=a_critique().criticisms * 2)
    assert len(wrong_with(twice)) == 1


def test_every_kind_of_text_has_a_rubric_with_both_ends() -> None:
    assert set(rubrics()) == set(Target)
    for rubric in rubrics().values():
        assert len({standard.key for standard in rubric}) == len(rubric) >= 3
        assert all(standard.weak and standard.strong for standard in rubric)


# Revisions


def lines(*said: tuple[int, str, str]) -> RevisedDialogue:
    return RevisedDialogue.model_validate(
        {"lines": [{"line": n, "speaker": who, "text": text} for n, who, text in said]}
    )


def test_lines_that_stay_with_their_speakers_have_nothing_wrong() -> None:
    scene = a_script().scenes[0]
    assert dialogue_problems(lines((1, "hodan warsame", "Sit."), (2, "Bile", "No.")), scene) == []


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ([(1, "Hodan Warsame", "Sit.")], "2 lines"),
        ([(2, "Bile", "No."), (1, "Hodan Warsame", "Sit.")], "2 lines"),
        ([(1, "Bile", "Sit."), (2, "Bile", "No.")], "cannot say it"),
        ([(1, "Oprah", "Sit."), (2, "Bile", "No.")], "“Oprah” cannot say it"),
        ([(1, "Hodan Warsame", "word " * 40), (2, "Bile", "No.")], "41 words"),
    ],
)
def test_a_line_that_is_lost_changes_hands_or_grows_is_refused(said: Any, wrong: str) -> None:
    [found] = dialogue_problems(lines(*said), a_script().scenes[0])
    assert wrong in found


def test_only_the_scene_that_is_revised_changes() -> None:
    script = a_script()
    then = with_lines(script, 2, lines((1, "Hodan Warsame", "Sit."), (2, "Bile", "No.")))
    assert text_of(Target.DIALOGUE, then, 2) == "Hodan Warsame: Sit.\nBile: No."
    assert [then.scenes[0], then.scenes[2]] == [script.scenes[0], script.scenes[2]]
    with pytest.raises(KeyError):
        with_lines(script, 9, lines((1, "Bile", "No.")))


def test_a_title_is_one_short_line_and_a_clip_keeps_its_people() -> None:
    assert text_problems(Target.TITLE, "The Plate") == []
    assert len(text_problems(Target.TITLE, "x" * 200)) == 1
    assert len(text_problems(Target.TITLE, "The\nPlate")) == 1
    assert text_problems(Target.TEXT, "x" * 8_000) == []
    clip = a_script().clips[0].model_copy(update={"description": "Hodan slides a plate."})
    assert text_problems(Target.CLIP, "Hodan slides it.", clip) == []
    assert "must name" in text_problems(Target.CLIP, "She slides it.", clip)[0]


# Deciding


@pytest.mark.parametrize(
    ("draft_first", "revision_first", "made"),
    [
        (SECOND, FIRST, RoundOutcome.REVISION),
        (FIRST, SECOND, RoundOutcome.DRAFT),
        (FIRST, FIRST, RoundOutcome.ORDER),
        (SECOND, SECOND, RoundOutcome.ORDER),
        (TIE, FIRST, RoundOutcome.TIE),
        (SECOND, TIE, RoundOutcome.TIE),
        (TIE, TIE, RoundOutcome.TIE),
        (TIE, SECOND, RoundOutcome.TIE),
    ],
)
def test_only_a_revision_preferred_in_both_orders_is_better(
    draft_first: Winner, revision_first: Winner, made: RoundOutcome
) -> None:
    assert decision(draft_first, revision_first) is made
    assert DECIDED[made]


# Plain rules


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("It was a very long night.", "It was a long night."),
        ("He is not really gone.", "He is not really gone."),
        ("Stop!!", "Stop!"),
        ("厨房里，母亲发现了一个秘密", "厨房里，母亲发现了一个秘密"),
    ],
)
def test_plain_rules_cut_what_says_nothing_and_leave_the_rest(text: str, then: str) -> None:
    assert mended(text, faults(Target.TEXT, text)) == then


def test_a_synopsis_that_closes_is_given_what_the_episode_leaves_open() -> None:
    script = a_script(open_question="Who moved the plate?", scenes=_cliffhanger())
    [fault] = faults(Target.SYNOPSIS, script.synopsis, script)
    assert (fault.criterion, fault.quote) == ("open_end", "A dinner goes wrong.")
    assert mended(script.synopsis, [fault]) == "A dinner goes wrong. Who moved the plate?"


def test_people_who_know_each_other_do_not_call_each_other_by_name() -> None:
    said = [("Hodan Warsame", "Bile, sit down."), ("Bile", "I stand, Hodan.")]
    found = faults(Target.DIALOGUE, "\n".join(f"{who}: {text}" for who, text in said))
    assert [line.text for line in mended_lines(said, found)] == ["Sit down.", "I stand."]


def _cliffhanger() -> Any:
    scenes = a_script().scenes
    return [*scenes[:-1], scenes[-1].model_copy(update={"beat": Beat.CLIFFHANGER})]


@given(st.text(max_size=400).map(clean).filter(bool), st.sampled_from([t for t in Target if t is not Target.CLIP]))
def test_what_plain_rules_say_would_pass_as_a_critique_whatever_the_text(text: str, target: Target) -> None:
    found = faults(target, text, a_script() if target is not Target.TEXT else None)
    critique = Critique(criticisms=[fault.criticism() for fault in found])
    assert len(found) <= MAX_CRITICISMS
    assert critique_problems(critique, text, rubrics()[target]) == []
    assert rendered(mended_lines([("Bile", text)], found))
