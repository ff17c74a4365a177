"""Groups that share a population: the published example, how often intervals hold, and groups with next to nothing."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.insight.beta_binomial import Group, Shrunk, hyperposterior, prior_from, shrunk
from studio.insight.insufficient import Insufficient
from studio.insight.special import beta_below

# Tumours among rats of 71 groups: Tarone (1982), as in Gelman et al. (2013), "Bayesian Data Analysis", table 5.1.
RATS = """0/20 0/20 0/20 0/20 0/20 0/20 0/20 0/19 0/19 0/19 0/19 0/18 0/18 0/17 1/20 1/20 1/20 1/20 1/19 1/19 1/18 1/18
2/25 2/24 2/23 2/20 2/20 2/20 2/20 2/20 2/20 1/10 5/49 2/19 5/46 3/27 2/17 7/49 7/47 3/20 3/20 2/13 9/48 10/50 4/20
4/20 4/20 4/20 4/20 4/20 4/20 10/48 4/19 4/19 4/19 5/22 11/46 12/49 5/20 5/20 6/23 5/19 6/22 6/20 6/20 6/20 16/52
15/46 15/47 9/24 4/14"""


def rats() -> dict[str, tuple[int, int]]:
    counts = [tuple(map(int, one.split("/"))) for one in RATS.split()]
    assert len(counts) == 71
    return {str(place): (y, n) for place, (y, n) in enumerate(counts)}


def of(groups: dict[str, tuple[int, int]], confidence: float = 0.9) -> Shrunk:
    found = shrunk(groups, confidence)
    assert isinstance(found, Shrunk)
    return found


def test_the_rats_come_out_as_they_were_published() -> None:
    # Gelman et al., page 113: E(α | y) = 2.4 and E(β | y) = 14.3.
    populations = hyperposterior(list(rats().values()))
    assert sum(one.weight for one in populations) == pytest.approx(1)
    alpha = sum(one.weight * one.mean * one.concentration for one in populations)
    beta = sum(one.weight * (1 - one.mean) * one.concentration for one in populations)
    assert (round(alpha, 1), round(beta, 1)) == (2.4, 14.3)


def test_rats_are_drawn_to_each_other() -> None:
    found = of(rats(), 0.95)
    assert found.population.estimate == pytest.approx(2.4 / (2.4 + 14.3), abs=0.002)
    none, current = found.groups["0"], found.groups["70"]
    assert 0.05 < none.share.estimate < 0.08
    # With the population fixed at Beta(1.4, 8.6), page 104 has for 4 of 14 rats a posterior mean of 0.223 with a
    # standard deviation of 0.083; integrated over, it is drawn in a little further.
    assert current.share.estimate == pytest.approx(0.21, abs=0.01)
    assert current.share.high - current.share.low == pytest.approx(2 * 1.96 * 0.075, abs=0.04)
    assert found.groups["67"].shrinkage < current.shrinkage < found.groups["31"].shrinkage


def test_a_beta_of_the_same_mean_and_variance_has_the_quantiles_of_the_mixture() -> None:
    populations = hyperposterior(list(rats().values()))
    found = of(rats())
    for name in ("0", "31", "66", "70"):
        y, n = rats()[name]
        share = found.groups[name].share
        for end, tail in ((share.low, 0.05), (share.high, 0.95)):
            below = sum(
                one.weight
                * beta_below(one.mean * one.concentration + y, (1 - one.mean) * one.concentration + n - y, end)
                for one in populations
            )
            assert below == pytest.approx(tail, abs=0.015)


def test_intervals_hold_the_shares_as_often_as_they_say() -> None:
    chance = random.Random(5)
    held = population = groups = 0
    rounds = 40
    for _ in range(rounds):
        mean, concentration = chance.uniform(0.05, 0.6), chance.choice([4, 20, 100])
        true = [chance.betavariate(mean * concentration, (1 - mean) * concentration) for _ in range(8)]
        trials = [chance.choice([5, 20, 80]) for _ in true]
        found = of(
            {str(g): (chance.binomialvariate(n, p), n) for g, (n, p) in enumerate(zip(trials, true, strict=True))}
        )
        held += sum(found.groups[str(g)].share.holds(p) for g, p in enumerate(true))
        population += found.population.holds(mean)
        groups += len(true)
    assert 0.87 <= held / groups <= 0.95
    assert population / rounds >= 0.8


def test_drawing_in_is_nearer_to_the_truth_than_each_alone() -> None:
    chance = random.Random(6)
    alone = together = 0.0
    for _ in range(25):
        true = [chance.betavariate(6, 54) for _ in range(12)]
        seen = {str(g): (chance.binomialvariate(30, p), 30) for g, p in enumerate(true)}
        found = of(seen)
        alone += sum((seen[str(g)][0] / 30 - p) ** 2 for g, p in enumerate(true))
        together += sum((found.groups[str(g)].share.estimate - p) ** 2 for g, p in enumerate(true))
    assert together < 0.6 * alone


def test_a_group_without_trials_has_the_populations_share() -> None:
    found = of({"a": (30, 100), "b": (25, 100), "new": (0, 0)})
    assert found.groups["new"].shrinkage == pytest.approx(1)
    assert found.groups["new"].share == found.new_group
    assert found.new_group.estimate == pytest.approx(found.population.estimate)
    assert found.new_group.n == 0
    assert found.new_group.low < found.population.low
    assert found.groups["a"] == of({"a": (30, 100), "b": (25, 100)}).groups["a"], "it says nothing of the others"


def test_one_group_alone_is_believed_nearly_as_it_is_and_says_little_of_others() -> None:
    found = of({"only": (50, 200)})
    only = found.groups["only"]
    assert only.share.estimate == pytest.approx(0.25, abs=0.02)
    assert only.shrinkage < 0.2
    assert found.new_group.low < 0.02
    assert found.new_group.high > 0.7


def test_what_is_alike_is_pooled_and_what_is_not_is_left_alone() -> None:
    alike = of({str(g): (300, 10_000) for g in range(12)})
    apart = of({str(g): (300 + 700 * g, 10_000) for g in range(12)})
    assert alike.groups["0"].shrinkage > 0.5 > 0.01 > apart.groups["0"].shrinkage
    assert alike.concentration > 100 * apart.concentration
    assert alike.population.high - alike.population.low < 0.005


def test_a_million_views_and_a_thousand_groups_are_no_trouble() -> None:
    found = of({"a": (30_000, 1_000_000), "b": (0, 1), "c": (1_000_000, 1_000_000), "d": (0, 5_000_000)})
    assert found.groups["a"].share.estimate == pytest.approx(0.03, abs=1e-4)
    assert found.groups["d"].share.high < 1e-5
    many = of({str(g): (g % 7, 40 + g % 11) for g in range(1000)})
    assert many.population.high - many.population.low < 0.01


def test_a_prior_from_earlier_groups_is_a_little_wider_than_they_are() -> None:
    alpha, beta = prior_from(rats())
    assert alpha / (alpha + beta) == pytest.approx(2.4 / 16.7, abs=0.002)
    assert 10 < alpha + beta < 16.7
    assert prior_from({}) == prior_from({"a": (0, 0)}) == (1, 1)
    assert sum(prior_from({"a": (3, 10)})) < 3, "one group tells little of others"


groups = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair))),
    min_size=1,
)


@given(groups)
@settings(max_examples=20)
def test_estimates_lie_between_the_groups_own_share_and_the_others(seen: dict[str, tuple[int, int]]) -> None:
    found = shrunk(seen)
    if isinstance(found, Insufficient):
        assert not any(n for _, n in seen.values())
        return
    turned = of({name: (n - y, n) for name, (y, n) in seen.items()})
    for name, group in found.groups.items():
        assert isinstance(group, Group)
        assert 0 <= group.share.low <= group.share.estimate <= group.share.high <= 1
        assert turned.groups[name].share.estimate == pytest.approx(1 - group.share.estimate, abs=1e-6)
        assert math.isfinite(group.shrinkage)
    assert list(found.groups) == list(seen)


def test_nothing_seen_is_not_enough() -> None:
    assert shrunk({"a": (0, 0)}) == shrunk({}) == Insufficient(need=1, have=0, of="trials in any group")


@pytest.mark.parametrize("counts", [(2, 1), (-1, 5)])
def test_counts_that_cannot_be_are_refused(counts: tuple[int, int]) -> None:
    for function in (shrunk, prior_from):
        with pytest.raises(ValueError, match="trials"):
            function({"a": counts})
    with pytest.raises(ValueError, match="between 0 and 1"):
        shrunk({"a": (1, 2)}, 90)
