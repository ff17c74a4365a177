"""How far a panel agrees: the published example, its identities, and panels that say too little."""

import math
import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from studio.insight.agreement import Agreement, Spread, agreement, interval_alpha, spread
from studio.insight.insufficient import Insufficient

# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", example C: four observers, twelve units.
PUBLISHED = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


def matrix(rows: tuple[str, ...]) -> list[list[float | None]]:
    return [[None if mark == "." else float(mark) for mark in row.split()] for row in rows]


def alpha(ratings: list[list[float | None]]) -> float:
    found = agreement(ratings).alpha
    assert isinstance(found, float)
    return found


def test_the_example_comes_out_as_it_was_published() -> None:
    found = agreement(matrix(PUBLISHED))
    assert alpha(matrix(PUBLISHED)) == pytest.approx(0.849, abs=5e-4)
    assert found.reading == "reliable"
    assert found.things[11] == Spread(
        n=1, mean=3, deviation=Insufficient(need=2, have=1, of="ratings"), lowest=3, highest=3
    )
    assert found.most_divided == 5


def test_agreement_is_one_where_all_say_the_same_and_about_nought_where_they_throw_dice() -> None:
    assert alpha([[1, 2, 3, 4]] * 3) == 1
    chance = random.Random(2)
    dice = [[float(chance.randint(1, 6)) for _ in range(300)] for _ in range(4)]
    assert alpha(dice) == pytest.approx(0, abs=0.08)  # type: ignore[arg-type]
    against: list[list[float | None]] = [[1, 5, 1, 5], [5, 1, 5, 1]]
    assert alpha(against) < -0.5
    assert agreement(against).reading == "divided"


def test_one_things_ratings_have_a_mean_and_a_spread() -> None:
    found = spread([2, 4, 4, 4, 5, 5, 7, 9])
    assert (found.n, found.mean, found.lowest, found.highest) == (8, 5, 2, 9)
    assert found.deviation == pytest.approx(math.sqrt(32 / 7))
    with pytest.raises(ValueError, match="Nobody"):
        spread([])
    with pytest.raises(ValueError, match="finite"):
        spread([math.nan, 1.0])


def test_too_little_is_said_to_be_so() -> None:
    assert agreement([[1, 2, 3]]).alpha == Insufficient(need=2, have=0, of="things rated by two or more")
    assert agreement([[1], [2]]).alpha == Insufficient(need=2, have=1, of="things rated by two or more")
    assert agreement([[4, 4], [4, 4]]).alpha == Insufficient(need=2, have=1, of="different ratings")
    nobody = agreement([[None, 1], [None, 2]])
    assert nobody.things[0] is None
    assert nobody.reading == "unknown"
    assert agreement([]) == Agreement(things=(), alpha=Insufficient(need=2, have=0, of="things rated by two or more"))
    assert agreement([[4, 4], [4, 4]]).most_divided is None


ratings = st.lists(st.lists(st.integers(1, 5), min_size=2, max_size=4), min_size=2, max_size=6)


@given(ratings, st.integers(-20, 20), st.sampled_from([0.5, 3.0]))
def test_the_scale_does_not_matter(things: list[list[int]], by: int, times: float) -> None:
    found = interval_alpha(things)
    assume(isinstance(found, float))
    assert interval_alpha([[times * one + by for one in thing] for thing in things]) == pytest.approx(found)
    assert interval_alpha([list(reversed(thing)) for thing in reversed(things)]) == pytest.approx(found)
    assert isinstance(found, float)
    assert found <= 1


@given(ratings)
def test_it_is_what_the_pairs_say(things: list[list[int]]) -> None:
    found = interval_alpha(things)
    assume(isinstance(found, float))
    values = [one for thing in things for one in thing]
    n = len(values)
    observed = sum(sum((a - b) ** 2 for a in thing for b in thing) / (len(thing) - 1) for thing in things) / n
    expected = sum((a - b) ** 2 for a in values for b in values) / (n * (n - 1))
    assert found == pytest.approx(1 - observed / expected)


def test_rows_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="place for every thing"):
        agreement([[1, 2], [1]])
