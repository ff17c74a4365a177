"""Strengths from comparisons: against published estimates, against simulations, and where there is next to nothing."""

import math
import random
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.insight.bradley_terry import Z95, Contest, Strengths, chance_above, fit

# Games of the American League's Eastern Division in 1987, home wins and losses against each visitor: Agresti (2002),
# "Categorical Data Analysis", 2nd ed., page 438.
TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
AT_HOME = (
    "-   4-3 4-2 4-3 6-1 4-2 6-0",
    "3-3 -   4-2 4-3 6-0 6-1 4-3",
    "2-5 4-3 -   2-4 4-3 4-2 6-0",
    "3-3 5-1 2-5 -   4-3 4-2 6-1",
    "5-1 2-5 3-3 4-2 -   5-2 6-0",
    "2-5 3-3 3-4 4-3 4-2 -   2-4",
    "2-5 1-5 1-6 2-4 1-6 3-4 -",
)
FLAT = 1_000.0
"""A prior so wide that what comes out is the maximum-likelihood estimate."""


def games() -> list[Contest]:
    played = []
    for home, row in enumerate(AT_HOME):
        for visitor, result in enumerate(row.split()):
            if result != "-":
                won, lost = (int(number) for number in result.split("-"))
                played.append(Contest(home, visitor, won / (won + lost), won + lost))
    return played


def test_the_baseball_of_1987_comes_out_as_it_was_published() -> None:
    found = fit(len(TEAMS), games(), prior_sd=FLAT, order_sd=0)
    # Table 10.11, column 3, has Baltimore at zero; the text says that standard errors are about 0.3.
    gaps = [found.gap(team, TEAMS.index("Baltimore")) for team in range(len(TEAMS))]
    assert [round(gap, 2) for gap, _ in gaps] == [1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0.00]
    assert [round(error, 1) for _, error in gaps] == [0.3] * 6 + [0.0]
    assert (found.order_effect, found.order_error) == (0, 0)


def test_playing_at_home_was_worth_in_1987_what_was_published() -> None:
    found = fit(len(TEAMS), games(), prior_sd=FLAT, order_sd=FLAT)
    # Table 10.11, column 5, and the model's effect of playing at home.
    odds = [math.exp(ability) for ability in found.abilities]
    assert [round(one / sum(odds), 3) for one in odds] == [0.220, 0.190, 0.164, 0.157, 0.137, 0.088, 0.044]
    assert round(found.order_effect, 3) == 0.302
    assert 0.12 < found.order_error < 0.14


def test_two_who_met_often_are_as_far_apart_as_the_log_of_their_odds() -> None:
    found = fit(2, [Contest(0, 1, 0.75, 80)], prior_sd=FLAT, order_sd=0)
    gap, error = found.gap(0, 1)
    assert gap == pytest.approx(math.log(3), abs=1e-4)
    assert error == pytest.approx(math.sqrt(1 / 60 + 1 / 20), abs=1e-4), "the delta method's"
    assert found.standard_error(0) == pytest.approx(error / 2)


def simulated(true: list[float], order: float, games: int, chance: random.Random) -> list[Contest]:
    met = []
    for one, other in permutations(range(len(true)), 2):
        wins = 1 / (1 + math.exp(-(true[one] - true[other] + order)))
        met.append(Contest(one, other, sum(chance.random() < wins for _ in range(games)) / games, games))
    return met


def test_simulated_contests_give_the_order_and_the_advantage_back() -> None:
    true = [1.5, 0.7, 0.0, -0.8, -1.4]
    found = fit(5, simulated(true, 0.5, 400, random.Random(7)))
    assert sorted(range(5), key=lambda one: -found.abilities[one]) == [0, 1, 2, 3, 4]
    assert found.abilities == pytest.approx(true, abs=0.2)
    assert found.order_effect == pytest.approx(0.5, abs=0.15)


def coverage(rounds: int, games: int, sd: float, *, drawn: bool) -> tuple[float, float, float]:
    """Return how often ±1.96 standard errors hold an ability, a gap and the order effect."""
    chance = random.Random(1952)
    held = [0, 0, 0]
    for _ in range(rounds):
        spread = [chance.gauss(0, sd) for _ in range(4)] if drawn else [0.9, 0.3, -0.3, -0.9]
        true = [one - sum(spread) / 4 for one in spread]
        order = chance.gauss(0, sd) if drawn else 0.4
        found = fit(
            4, simulated(true, order, games, chance), prior_sd=sd if drawn else FLAT, order_sd=sd if drawn else FLAT
        )
        gap, error = found.gap(0, 1)
        held[0] += abs(found.abilities[2] - true[2]) <= Z95 * found.standard_error(2)
        held[1] += abs(gap - (true[0] - true[1])) <= Z95 * error
        held[2] += abs(found.order_effect - order) <= Z95 * found.order_error
    return held[0] / rounds, held[1] / rounds, held[2] / rounds


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    # 300 rounds: the standard error of a share of 95 % is 1.3 %.
    for share in coverage(300, 20, 1.0, drawn=False):
        assert 0.91 <= share <= 0.99


def test_intervals_hold_it_with_next_to_no_contests_too_where_the_prior_is_right() -> None:
    # The normal approximation is a little short here: 93 to 94 % over 4,000 rounds.
    for share in coverage(300, 1, 1.0, drawn=True):
        assert 0.90 <= share <= 0.98


contests = st.lists(
    st.builds(
        lambda pair, score, weight: Contest(pair[0], pair[1], score, weight),
        st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(lambda pair: pair[0] != pair[1]),
        st.sampled_from([0.0, 0.25, 0.5, 1.0]),
        st.sampled_from([0.5, 1.0, 7.0]),
    ),
    max_size=12,
)


@given(contests, st.permutations(range(4)))
@settings(max_examples=40)
def test_names_do_not_matter(met: list[Contest], to: list[int]) -> None:
    found = fit(4, met)
    renamed = fit(4, [Contest(to[c.first], to[c.second], c.score, c.weight) for c in met])
    assert [renamed.abilities[to[one]] for one in range(4)] == pytest.approx(found.abilities, abs=1e-7)
    assert [renamed.standard_error(to[one]) for one in range(4)] == pytest.approx(
        [found.standard_error(one) for one in range(4)], abs=1e-7
    )


@given(contests)
@settings(max_examples=40)
def test_abilities_sum_to_zero_and_everything_is_finite(met: list[Contest]) -> None:
    found = fit(4, met)
    assert sum(found.abilities) == pytest.approx(0, abs=1e-9)
    assert all(abs(ability) < 10 for ability in found.abilities)
    assert all(0 < found.standard_error(one) < 2.01 for one in range(4))
    assert 0 < found.order_error <= 2.0 + 1e-9


@given(contests)
@settings(max_examples=40)
def test_seen_from_the_other_side_a_contest_says_the_same(met: list[Contest]) -> None:
    found = fit(4, met, order_sd=0)
    turned = fit(4, [Contest(c.second, c.first, 1 - c.score, c.weight) for c in met], order_sd=0)
    assert turned.abilities == pytest.approx(found.abilities, abs=1e-7)


def test_the_same_again_halves_the_variance() -> None:
    once, twice = (fit(len(TEAMS), games() * times, prior_sd=FLAT, order_sd=FLAT) for times in (1, 2))
    assert twice.abilities == pytest.approx(once.abilities, abs=1e-4)
    for team in range(len(TEAMS)):
        assert (once.standard_error(team) / twice.standard_error(team)) ** 2 == pytest.approx(2, rel=1e-3)
    assert (once.order_error / twice.order_error) ** 2 == pytest.approx(2, rel=1e-3)


def test_ties_are_half_a_win_each() -> None:
    found = fit(2, [Contest(0, 1, 0.5, 4)])
    assert found.abilities == pytest.approx([0, 0])
    assert fit(2, [Contest(0, 1, 1), Contest(0, 1, 0)]).abilities == pytest.approx([0, 0])


def test_without_contests_only_the_prior_speaks() -> None:
    found = fit(3, [], prior_means=[2.0, 1.0, 0.0], prior_sd=1.5)
    assert found.abilities == pytest.approx([1, 0, -1])
    assert found.gap(0, 2) == (pytest.approx(2), pytest.approx(1.5 * math.sqrt(2)))


def test_what_is_known_beforehand_gives_way_to_what_is_seen() -> None:
    gaps = [fit(2, [Contest(1, 0, 1, weight)], prior_means=[1, -1]).gap(0, 1)[0] for weight in (0, 1, 10, 100)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] > 0 > gaps[-1]


def test_the_unbeaten_and_the_beaten_stay_finite_and_apart() -> None:
    found = fit(3, [Contest(0, 1, 1, 50), Contest(1, 2, 1, 50), Contest(2, 0, 0, 50)])
    assert found.abilities[0] > found.abilities[1] > found.abilities[2]
    assert found.abilities[0] < 6
    huge = fit(2, [Contest(0, 1, 1, 1e6)], prior_sd=FLAT)
    assert all(map(math.isfinite, (*huge.abilities, huge.order_effect, huge.order_error)))


def test_whoever_always_wins_from_the_first_place_is_no_stronger_for_it() -> None:
    found = fit(3, [Contest(one, other, 1) for one, other in permutations(range(3), 2)])
    assert found.abilities == pytest.approx([0, 0, 0], abs=1e-9)
    assert found.order_effect > Z95 * found.order_error > 0


def test_one_alone_is_as_strong_as_it_is() -> None:
    assert fit(1, []) == Strengths((0.0,), ((0.0,),), 0.0, 2.0)


@pytest.mark.parametrize(
    ("candidates", "met", "options"),
    [
        (0, [], {}),
        (2, [Contest(0, 0, 1)], {}),
        (2, [Contest(0, 2, 1)], {}),
        (2, [Contest(-1, 1, 1)], {}),
        (2, [Contest(0, 1, 1.5)], {}),
        (2, [Contest(0, 1, math.nan)], {}),
        (2, [Contest(0, 1, 1, -1)], {}),
        (2, [Contest(0, 1, 1, math.inf)], {}),
        (2, [], {"prior_means": [1.0]}),
        (2, [], {"prior_sd": 0}),
        (2, [], {"prior_sd": math.inf}),
        (2, [], {"order_sd": -1}),
    ],
)
def test_what_is_no_comparison_is_refused(candidates: int, met: list[Contest], options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"candidate|prior|between two|share from|Priors"):
        fit(candidates, met, **options)  # type: ignore[arg-type]


def test_a_gap_as_large_as_its_error_is_above_zero_five_times_in_six() -> None:
    assert chance_above(1, 1) == pytest.approx(0.841, abs=1e-3)
    assert chance_above(0, 2) == 0.5
    assert (chance_above(1, 0), chance_above(0, 0), chance_above(-1, 0)) == (1.0, 0.5, 0.0)
