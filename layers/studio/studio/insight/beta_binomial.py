"""What many small groups have in common, and what of each is its own: a hierarchical model of shares.

A hook shown forty times has a share that is mostly luck; a hundred of its like say what hooks usually do. Each group's
share is drawn from one Beta(α, β) for all, which is estimated with them, so that every group is drawn to the others the
more, the less was seen of it and the more alike they are. Gelman et al. (2013), "Bayesian Data Analysis", 3rd ed.,
sections 5.1 to 5.3, with their prior p(α, β) ∝ (α + β)^(−5/2): every mean α/(α + β) is as likely as another, and the
spread of the groups, (α + β)^(−1/2), too. Where theirs is improper, so that a single group would leave the posterior
without a sum, α + β is held between 1 and 1,000,000.

The two are integrated over on a grid, and a share's posterior, a mixture of Beta distributions, is told by the Beta of
the same mean and variance: where that cuts off 5 %, the mixture has 4 to 6.5 % for groups like the published ones.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from studio.domain.base import Value
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval, checked_counts, deviate
from studio.insight.special import beta_below, beta_quantile, log_beta

LOWEST, HIGHEST = 0.0, math.log(1e6)
"""Between these ln(α + β) is held."""

_ACROSS = 33
_ALONG = 25
_REACH = 6.0
_DEEP = 14.0
"""Grid points whose density is e⁻¹⁴ of the highest, or less, do not matter."""


@dataclass(frozen=True)
class Population:
    """One of the populations that the groups may come from: its mean, its α + β, and how likely it is (sums to 1)."""

    mean: float
    concentration: float
    weight: float


class Group(Value):
    """A group's share. shrinkage: how much of the estimate is the population's; all (1) of one never seen.

    alpha, beta: of the Beta distribution that the share's posterior is told by.
    """

    share: Interval
    shrinkage: Annotated[float, Field(ge=0, le=1)]
    alpha: Annotated[float, Field(gt=0)]
    beta: Annotated[float, Field(gt=0)]


class Shrunk(Value):
    """The groups, and the mean share of all groups there might be.

    concentration: how alike groups are, as the number of trials that the population counts as in a group's estimate
    (the median of α + β). new_group: what a group that was never seen may have.
    """

    groups: dict[str, Group]
    population: Interval
    new_group: Interval
    concentration: float


def shrunk(groups: Mapping[str, tuple[int, int]], confidence: float = 0.9) -> Shrunk | Insufficient:
    """Return each group's share from its (successes, trials), with credible intervals of `confidence`.

    Equal tails on both sides. A group without trials has the population's share. Raises ValueError for counts that
    cannot be, and for a confidence outside 0 to 1.
    """
    deviate(confidence)
    for successes, trials in groups.values():
        checked_counts(successes, trials)
    trials = sum(trials for _, trials in groups.values())
    if trials == 0:
        return Insufficient(need=1, have=0, of="trials in any group")
    populations = hyperposterior(list(groups.values()))
    posteriors = {
        counts: matched_beta(*_posterior_moments(populations, *counts)) for counts in {*groups.values(), (0, 0)}
    }
    known = {counts: _interval(*found, confidence, counts[1]) for counts, found in posteriors.items()}
    means = [(one.mean, one.weight) for one in populations]
    low, high = (_quantile(means, tail) for tail in ((1 - confidence) / 2, (1 + confidence) / 2))
    return Shrunk(
        groups={
            name: Group(
                share=known[counts],
                shrinkage=min(
                    1.0, math.fsum(p.weight * p.concentration / (p.concentration + counts[1]) for p in populations)
                ),
                alpha=posteriors[counts][0],
                beta=posteriors[counts][1],
            )
            for name, counts in groups.items()
        },
        population=Interval(
            estimate=math.fsum(mean * weight for mean, weight in means),
            low=low,
            high=high,
            confidence=confidence,
            n=trials,
        ),
        new_group=known[0, 0],
        concentration=math.exp(_quantile([(math.log(one.concentration), one.weight) for one in populations], 0.5)),
    )


def prior_from(groups: Mapping[str, tuple[int, int]]) -> tuple[float, float]:
    """Return the (alpha, beta) of what a group that was never seen may have, as a prior for it.

    It is wider than the groups are, by what is unknown of the population; (1, 1), which knows nothing, where nothing
    was seen. Raises ValueError for counts that cannot be.
    """
    for successes, trials in groups.values():
        checked_counts(successes, trials)
    if not any(trials for _, trials in groups.values()):
        return 1.0, 1.0
    return matched_beta(*_posterior_moments(hyperposterior(list(groups.values())), 0, 0))


def chance_greater(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the chance that a share with the first (alpha, beta) is greater than one with the second.

    They are taken as independent, which two groups of one population are not quite: what both have in common leaves
    less between them, so the chance is told on the careful side. Within 0.001: over 200 slices of equal chance.
    """
    slices = 200
    middles = (beta_quantile(*one, (place + 0.5) / slices) for place in range(slices))
    return math.fsum(beta_below(*other, middle) for middle in middles) / slices


def hyperposterior(groups: Sequence[tuple[int, int]]) -> list[Population]:
    """Return the populations that groups of these (successes, trials) may come from, on a grid where they lie.

    The grid is over ln(α + β), narrowed until several points are within reach of the highest, and for each of them over
    the logit of the mean. Groups without trials say nothing.
    """
    seen = Counter((successes, trials) for successes, trials in groups if trials)
    low, high = LOWEST, HIGHEST
    while True:
        step = (high - low) / (_ACROSS - 1)
        rows = [along_means(low + place * step, seen) for place in range(_ACROSS)]
        heights = [max(height for _, height in row) for row in rows]
        near = [place for place, height in enumerate(heights) if height > max(heights) - _DEEP]
        if len(near) >= _ACROSS // 2 or step < 1e-3:
            break
        low, high = max(low, low + (near[0] - 1) * step), min(high, low + (near[-1] + 1) * step)
    top = max(heights)
    points = [
        # The trapezoidal rule: populations as unlike as they may be are at an end that has weight.
        (mean, math.exp(low + place * step), math.exp(height - top) / (2 if place in (0, _ACROSS - 1) else 1))
        for place, row in enumerate(rows)
        for mean, height in row
        if height > top - _DEEP
    ]
    total = math.fsum(weight for _, _, weight in points)
    return [Population(mean, concentration, weight / total) for mean, concentration, weight in points]


def along_means(log_concentration: float, seen: Mapping[tuple[int, int], int]) -> list[tuple[float, float]]:
    """Return means along the grid at one α + β, each with the log of the posterior mass around it.

    seen: how many groups have these (successes, trials). The mass is that of the likelihood and both priors: as far as
    it depends on α + β, the prior is (α + β)^(−1/2) in its logarithm.
    """
    k = math.exp(log_concentration)
    # Where the mean lies at this concentration, and how surely: trials of one group count for less than those of many.
    worth = {counts: times * counts[1] * (k + 1) / (k + counts[1]) for counts, times in seen.items()}
    total = math.fsum(worth.values()) + 1
    centre = (math.fsum(worth[y, n] * y / n for y, n in seen) + 0.5) / total
    width = 1 / math.sqrt(total * centre * (1 - centre))
    step = 2 * _REACH * width / (_ALONG - 1)
    start = math.log(centre / (1 - centre)) - _REACH * width
    row = []
    for place in range(_ALONG):
        logit = start + place * step
        mean, rest = 1 / (1 + math.exp(-logit)), 1 / (1 + math.exp(logit))
        a, b = mean * k, rest * k
        if not (a > 1e-290 and b > 1e-290):
            continue
        likelihood = math.fsum(times * log_beta(a + y, b + n - y) for (y, n), times in seen.items())
        likelihood -= sum(seen.values()) * log_beta(a, b)
        # The prior in these coordinates is m (1 − m) (α + β)^(−1/2): Gelman et al., equation 5.10.
        row.append((mean, likelihood + math.log(mean * rest) - log_concentration / 2 + math.log(step)))
    return row


def _posterior_moments(populations: Sequence[Population], successes: int, trials: int) -> tuple[float, float]:
    """Return the mean and variance of the mixture that a group's share is."""
    parts = []
    for one in populations:
        total = one.concentration + trials
        mean = (one.mean * one.concentration + successes) / total
        parts.append((one.weight, mean, mean * (1 - mean) / (total + 1)))
    mean = math.fsum(weight * part for weight, part, _ in parts)
    return mean, math.fsum(weight * (variance + (part - mean) ** 2) for weight, part, variance in parts)


def matched_beta(mean: float, variance: float) -> tuple[float, float]:
    """Return the (alpha, beta) of the Beta distribution with this mean and variance."""
    concentration = mean * (1 - mean) / variance - 1
    return mean * concentration, (1 - mean) * concentration


def _interval(alpha: float, beta: float, confidence: float, trials: int) -> Interval:
    low, high = (beta_quantile(alpha, beta, share) for share in ((1 - confidence) / 2, (1 + confidence) / 2))
    return Interval(estimate=alpha / (alpha + beta), low=low, high=high, confidence=confidence, n=trials)


def _quantile(weighed: Sequence[tuple[float, float]], share: float) -> float:
    """Return the value below which `share` of the weight lies, each value's spread to half-way to its neighbours."""
    below, last, last_below = 0.0, -math.inf, 0.0
    for value, weight in sorted(weighed):
        middle = below + weight / 2
        if middle >= share:
            part = (share - last_below) / (middle - last_below)
            return value if last == -math.inf else last + part * (value - last)
        below, last, last_below = below + weight, value, middle
    return last
