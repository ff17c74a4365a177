"""The rubric, what marks come to, and which take is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.domain.realism import (
    MAX_TAKES,
    Fault,
    Mark,
    TakeVerdict,
    Verdict,
    acceptable,
    best,
    better,
    criteria,
    decided,
    judged,
    overall,
    rubric,
    take_numbers,
)

scores = st.one_of(st.none(), st.integers(1, 5))
score_lists = st.lists(scores, min_size=1, max_size=8)
faults = st.lists(st.sampled_from(Fault), max_size=2, unique=True).map(tuple)


@st.composite
def takes(draw: st.DrawFn) -> list[TakeVerdict]:
    numbers = draw(st.lists(st.integers(1, 40), min_size=1, max_size=MAX_TAKES, unique=True))
    return [a_take(number, draw(st.none() | score_lists), draw(faults)) for number in numbers]


def marks(given: list[int | None]) -> list[Mark]:
    return [Mark(criterion=f"c{at}", reason="Seen.", score=score) for at, score in enumerate(given)]


def a_take(number: int, given: list[int | None] | None = None, pixels: tuple[Fault, ...] = ()) -> TakeVerdict:
    verdict = None if given is None else judged(marks(given))
    return TakeVerdict(take=number, sha256=f"{number:064}", model="m", verdict=verdict, pixels=pixels)


# -- the rubric


@pytest.mark.parametrize("photorealistic", [True, False])
@pytest.mark.parametrize("references", [True, False])
def test_each_criterion_is_written_out_once_in_the_instructions(photorealistic: bool, references: bool) -> None:
    asked = criteria(photorealistic=photorealistic, references=references)
    keys = [criterion.key for criterion in asked]
    assert len(set(keys)) == len(keys) == 6 + photorealistic + references
    assert ("illustration_look" in keys, "matches_references" in keys) == (photorealistic, references)
    text = rubric(asked)
    for criterion in asked:
        for words in (f"{criterion.key}: {criterion.title}.", criterion.one, criterion.three, criterion.five):
            assert text.count(words) == 1
    if not photorealistic:
        assert "render" not in text, "a storyboard is meant to look drawn"


def test_what_needs_somebody_in_the_picture_may_go_without_a_score_and_nothing_else() -> None:
    asked = criteria(photorealistic=True, references=True)
    assert {criterion.key for criterion in asked if criterion.needs} == {
        "hands",
        "faces",
        "natural_expression",
        "matches_references",
    }


def test_the_instructions_say_nothing_of_who_made_the_picture() -> None:
    text = rubric(criteria(photorealistic=True, references=True)).casefold()
    for word in ("gemini", "draft", "provider", "model", "generated", "prompt", " ai ", "banana"):
        assert word not in text


# -- marks


@given(score_lists)
def test_a_verdict_lies_between_one_and_the_mean(given: list[int | None]) -> None:
    found = overall(given)
    scored = [score for score in given if score is not None]
    if found is None:
        assert scored == []
    else:
        assert 1 <= found <= sum(scored) / len(scored) + 0.005


@given(score_lists, st.randoms())
def test_the_order_of_marks_changes_no_verdict(given: list[int | None], chance: object) -> None:
    shuffled = list(given)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert overall(shuffled) == overall(given)


@given(score_lists, st.data())
def test_a_better_mark_never_makes_a_worse_verdict(given: list[int | None], data: st.DataObject) -> None:
    raised = [score if score is None else data.draw(st.integers(score, 5)) for score in given]
    assert (overall(raised) or 0) >= (overall(given) or 0)


@given(st.lists(st.one_of(st.none(), st.integers(1, 5)), max_size=7))
def test_no_picture_with_a_one_reaches_the_usual_threshold(others: list[int | None]) -> None:
    assert not acceptable(judged(marks([1, *others])), 3.5)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([5] * 8, 5),
        ([5] * 7 + [1], 3.0),
        ([5] * 7 + [2], 3.88),
        ([4] * 7 + [2], 3.0),
        ([3] * 6, 3),
        ([1], 1),
        ([None, 4, None], 4),
        ([None], None),
    ],
)
def test_marks_come_to_their_mean_less_a_penalty_for_what_is_wrong(
    given: list[int | None], expected: float | None
) -> None:
    assert overall(given) == expected


def test_the_weakest_mark_is_the_first_of_the_lowest() -> None:
    weakest = judged(marks([None, 4, 2, 2])).weakest
    assert weakest is not None
    assert weakest.criterion == "c2"
    assert judged(marks([None])).weakest is None


@pytest.mark.parametrize("score", [0, 6, -1, 3.5, "good"])
def test_a_score_is_one_to_five_or_none(score: object) -> None:
    with pytest.raises(ValidationError):
        Mark(criterion="hands", reason="Seen.", score=score)  # type: ignore[arg-type]


def test_a_reason_is_one_line_and_cut_where_it_runs_on() -> None:
    assert Mark(criterion="c", reason=" Six\n fingers.\x00 ").reason == "Six fingers."
    long = Mark(criterion="c", reason="word " * 500).reason
    assert len(long) <= 400
    assert long.endswith("…")
    with pytest.raises(ValidationError):
        Mark(criterion="c", reason=" \n ")


def test_a_rehearsal_is_accepted_and_has_no_score() -> None:
    rehearsal = Verdict(rehearsal=True, note="Nobody looked.")
    assert acceptable(rehearsal, 5)
    assert rehearsal.overall is None
    assert not acceptable(Verdict(), 1)


# -- takes


@given(takes())
def test_no_take_is_better_than_the_best_and_the_best_can_be_shown(all_takes: list[TakeVerdict]) -> None:
    found = best(all_takes)
    usable = [take for take in all_takes if take.usable]
    assert (found is None) == (usable == [])
    if found is not None:
        assert found.usable
        assert not any(better(other, found) for other in usable)


@given(takes(), st.randoms())
def test_the_order_of_takes_does_not_matter(all_takes: list[TakeVerdict], chance: object) -> None:
    shuffled = list(all_takes)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert best(shuffled) == best(all_takes)


@given(takes())
def test_of_two_takes_exactly_one_is_better(all_takes: list[TakeVerdict]) -> None:
    for one in all_takes:
        assert not better(one, one)
        for other in all_takes:
            assert one is other or better(one, other) is not better(other, one)


@given(takes(), st.floats(1, 5))
def test_one_take_is_kept_and_every_take_says_why(all_takes: list[TakeVerdict], threshold: float) -> None:
    told = decided(all_takes, threshold)
    kept = best(all_takes)
    assert [take.take for take in told if take.kept] == ([] if kept is None else [kept.take])
    for take in told:
        assert take.reason.startswith("Kept" if take.kept else "Not kept")
        assert take.model_copy(update={"kept": False, "reason": ""}) in all_takes


def test_what_is_wrong_with_a_file_counts_more_than_any_verdict() -> None:
    whole_but_poor, misshapen = a_take(2, [2]), a_take(1, None, (Fault.WRONG_SIZE,))
    assert best([misshapen, whole_but_poor]) == whole_but_poor
    assert best([misshapen, a_take(2, None, (Fault.BLANK,))]) == misshapen


def test_a_picture_that_was_judged_goes_before_one_that_nobody_would_judge() -> None:
    assert best([a_take(1, [2]), a_take(2, None)]) == a_take(1, [2])


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ([a_take(1, [5])], ["Kept: 5.00 of 5, at least the 3.5 asked for."]),
        (
            [a_take(1, [2]), a_take(2, [4])],
            ["Not kept: 1.25 of 5. Take 2 is better.", "Kept: 4.00 of 5, at least the 3.5 asked for."],
        ),
        (
            [a_take(1, [3]), a_take(2, [2])],
            [
                "Kept as the best there is: 3.00 of 5, less than the 3.5 asked for.",
                "Not kept: 1.25 of 5. Take 1 is better.",
            ],
        ),
        (
            [a_take(1, None, (Fault.BLANK,)), a_take(2, None, (Fault.DUPLICATE,))],
            [
                "Not kept: it is of one colour.",
                "Kept for want of a better one: it is the same as another clip's picture.",
            ],
        ),
    ],
)
def test_the_reasons_are_sentences_for_people(given: list[TakeVerdict], reasons: list[str]) -> None:
    assert [take.reason for take in decided(given, 3.5)] == reasons


def test_why_there_are_not_more_takes_is_said_where_it_matters() -> None:
    [kept] = decided([a_take(1, [3])], 3.5, "The cap is reached.")
    assert kept.reason.endswith("less than the 3.5 asked for. No other take was painted: The cap is reached.")


@given(st.integers(1, 50), st.integers(1, 50), st.integers(-3, 9))
def test_no_two_takes_of_a_clip_have_a_number_in_common(one: int, other: int, many: int) -> None:
    numbers = take_numbers(one, many)
    assert 1 <= len(numbers) <= MAX_TAKES
    assert one == other or not set(numbers) & set(take_numbers(other, MAX_TAKES))
    assert take_numbers(1, many)[0] == 1, "what was painted before there were takes is found again"


@given(takes())
def test_a_take_is_read_back_as_it_was_written(all_takes: list[TakeVerdict]) -> None:
    for take in all_takes:
        assert TakeVerdict.model_validate(take.model_dump(mode="json")) == take
