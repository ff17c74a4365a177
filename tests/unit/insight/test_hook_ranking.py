"""Which hook is the strongest, and what is said about how sure that is."""

import math
import random
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.hooks import Hook, HookKind, Pair, Retention, Winner, all_pairs
from studio.insight.hook_ranking import SURE, Meeting, ranked

FIRST, SECOND, TIE = Winner.FIRST, Winner.SECOND, Winner.TIE
KINDS = list(HookKind)


def hooks(count: int = 6) -> list[Hook]:
    return [
        Hook(kind=KINDS[n % 6], seen="A door.", speaker="Hodan", said=f"Hook {n}", title="The Door")
        for n in range(count)
    ]


def kept(kind: HookKind, mean: float, n: int) -> Retention:
    return Retention(kind=kind, mean=mean, n=n)


def both(one: int, other: int, winner: int | None, count_reason: str = "") -> list[Meeting]:
    """Return two meetings, in both orders, that the same one wins; nobody for a tie."""
    as_shown = {one: FIRST, other: SECOND, None: TIE}[winner]
    turned = {one: SECOND, other: FIRST, None: TIE}[winner]
    return [
        Meeting(Pair(first=one, second=other), as_shown, count_reason),
        Meeting(Pair(first=other, second=one), turned, count_reason),
    ]


def numbers(found: object) -> list[int]:
    return [int(entry.hook.said.split()[1]) for entry in found.hooks]  # type: ignore[attr-defined]


def test_who_wins_more_stands_higher() -> None:
    met = [m for one, other in combinations(range(6), 2) for m in both(one, other, max(one, other))]
    found = ranked(hooks(), met)
    assert numbers(found) == [5, 4, 3, 2, 1, 0]
    assert [(entry.wins, entry.comparisons) for entry in found.hooks] == [(w, 10) for w in (10, 8, 6, 4, 2, 0)]
    assert sum(entry.strength for entry in found.hooks) == pytest.approx(0, abs=0.01)
    assert (found.order.effect, found.order.turned, found.order.pairs, found.order.first_won) == (0, 0, 15, 15)


def test_one_that_beats_all_the_others_alike_is_ahead_for_sure() -> None:
    met = [m for one, other in combinations(range(6), 2) for m in both(one, other, 0 if one == 0 else None)]
    found = ranked(hooks(), met)
    assert found.lead is not None
    assert (numbers(found)[0], found.notes) == (0, ())
    assert found.lead.chance > 0.9


def test_a_neck_and_neck_race_is_called_one() -> None:
    met = [m for one, other in combinations(range(6), 2) for m in both(one, other, min(one, other))]
    met = [m for m in met if {m.pair.first, m.pair.second} != {0, 1}] + both(0, 1, None)
    found = ranked(hooks(), met)
    [note] = found.notes
    assert note.startswith("Too close to call: test both. Of “Hook 0” and “Hook 1”, the first is the stronger ")
    assert "chance of 50%" in note
    assert "± " in note


def test_a_judge_who_changes_sides_between_the_first_two_has_not_decided() -> None:
    met = [m for one, other in combinations(range(6), 2) for m in both(one, other, 0 if one == 0 else None)]
    second = ranked(hooks(), met).hooks[1].hook
    other = int(second.said.split()[1])
    kept = [m for m in met if {m.pair.first, m.pair.second} != {0, other}]
    turned = [Meeting(Pair(first=0, second=other), FIRST), Meeting(Pair(first=other, second=0), FIRST)]
    found = ranked(hooks(), kept + turned)
    assert "the judge changed sides between them with the order" in found.notes[0]
    assert found.order.turned == 1


def test_a_judge_who_always_takes_the_first_is_found_out_and_ranks_nobody() -> None:
    found = ranked(hooks(), [Meeting(Pair(first=a, second=b), FIRST) for a, b in permutations(range(6), 2)])
    assert {entry.strength for entry in found.hooks} == {0.0}
    assert numbers(found) == [0, 1, 2, 3, 4, 5], "equal ones stay in the order of the list"
    assert found.order.first_won == 30
    assert "Too close to call" in found.notes[0]
    assert found.notes[1].startswith("The judge leaned to the hook shown first (+")
    assert "15 of 15 pairs changed sides" in found.notes[1]
    other = ranked(hooks(), [Meeting(Pair(first=a, second=b), SECOND) for a, b in permutations(range(6), 2)])
    assert "shown second (-" in other.notes[1]


def test_why_is_what_was_said_where_the_first_two_met() -> None:
    met = both(0, 1, 0, "Sharper.") + both(1, 2, 1, "Another.") + both(0, 2, 0, "A third.")
    assert ranked(hooks(3), met).why == ("Sharper.", "Sharper.")


def test_a_single_hook_is_chosen_without_a_contest() -> None:
    found = ranked(hooks(1), [])
    assert (numbers(found), found.lead, found.notes, found.why) == ([0], None, (), ())


def test_what_viewers_did_before_decides_where_nobody_has_judged_and_gives_way_where_somebody_has() -> None:
    prior = {KINDS[1]: kept(KINDS[1], 0.7, 40), KINDS[0]: kept(KINDS[0], 0.4, 40)}
    assert numbers(ranked(hooks(3), [], prior)) == [1, 2, 0], "what was never measured is in between"
    many = both(0, 1, 0) * 30
    assert numbers(ranked(hooks(3), many, prior))[0] == 0


def test_few_measurements_say_less_than_many_and_none_nothing() -> None:
    def start(n: int) -> float:
        found = ranked(hooks(2), [], {KINDS[0]: kept(KINDS[0], 0.7, n), KINDS[1]: kept(KINDS[1], 0.4, n)})
        return next(entry.strength for entry in found.hooks if entry.hook.kind is KINDS[0])

    assert start(0) == 0 < start(2) < start(20) < start(2000)
    # With so many hooks measured, the difference is the one in logits.
    assert 2 * start(200_000) == pytest.approx(math.log(0.7 / 0.3) - math.log(0.4 / 0.6), abs=1e-3)
    assert math.isfinite(
        ranked(hooks(2), [], {KINDS[0]: kept(KINDS[0], 1.0, 9), KINDS[1]: kept(KINDS[1], 0.0, 9)}).hooks[0].strength
    )


@given(st.lists(st.sampled_from(list(Winner)), min_size=30, max_size=30))
@settings(max_examples=25)
def test_any_verdicts_give_a_ranking_of_all(said: list[Winner]) -> None:
    pairs = all_pairs(6)
    met = [Meeting(pair, winner) for pair, winner in zip([*pairs, *(p.turned() for p in pairs)], said, strict=True)]
    found = ranked(hooks(), met)
    assert sorted(numbers(found)) == [0, 1, 2, 3, 4, 5]
    strengths = [entry.strength for entry in found.hooks]
    assert strengths == sorted(strengths, reverse=True)
    assert sum(entry.wins for entry in found.hooks) == 30
    assert found.lead is not None
    assert 0.5 <= found.lead.chance <= 1


def test_a_first_place_that_is_called_sure_is_right_as_often_as_that_says() -> None:
    chance = random.Random(1977)
    pairs = all_pairs(6)
    right = called = 0
    for _ in range(200):
        true = [chance.gauss(0, 1.5) for _ in range(6)]
        met = []
        for pair in [*pairs, *(p.turned() for p in pairs)]:
            wins = 1 / (1 + math.exp(true[pair.second] - true[pair.first]))
            met.append(Meeting(pair, FIRST if chance.random() < wins else SECOND))
        found = ranked(hooks(), met)
        if not any("Too close" in note for note in found.notes):
            first, second = numbers(found)[:2]
            called += 1
            right += true[first] > true[second]
    assert called > 20
    assert right / called >= SURE
