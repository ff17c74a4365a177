"""Which of two variants is better, as a test that may be looked at every day.

A usual test holds its error rate if it is looked at once; looked at daily and stopped at the first p < 0.05, it errs
far more often. The mixture sequential probability ratio test averages the likelihood ratio over effects θ ~ N(0, τ²):

    Λ = √(V / (V + τ²)) · exp(τ² θ̂² / (2 V (V + τ²))),    p = the least min(1, 1/Λ) of all looks so far

with θ̂ the difference of the means and V its variance. Without an effect Λ is a martingale, so that it ever reaches 1/α
with a chance of at most α, whenever and however often anybody looks (Ville's inequality). The differences whose own Λ
is below 1/α make a confidence sequence, which holds the true difference at all looks at once. Robbins (1970),
"Statistical methods related to the law of the iterated logarithm", Annals of Mathematical Statistics 41; Johari,
Koomen, Pekelis & Walsh (2017), "Peeking at A/B tests", KDD; (2022), "Always valid inference: continuous monitoring of
A/B tests", Operations Research 70.

V is estimated, which the theory takes for known. Three choices keep the promise with few observations, and where a
bandit decides whom to show what: shares are drawn a little to the middle; V is the larger of the variances with and
without the assumption that both variants vary alike; and nothing is said before both have `ENOUGH` observations.
Simulated over 60 daily looks, shares of 0.5 to 50 %, 5 to 1,000 a day, even and 1:4: at most 3 % of the tests of two
equal variants are decided at α = 5 %, and no more under Thompson sampling, where the variance without the assumption
alone decides up to 10 %. The confidence sequence held the difference in 98 % of tests and more, under a bandit too.

A bandit left alone starves the test, though: of two shares, 10 and 14 %, that an even split tells apart in 98 % of
tests in 60 days (half of them by day 22), Thompson sampling tells apart in 4 %, because it soon shows the worse to
hardly anybody. With `bandit.floor_for_test` it is 92 % (by day 29), and still 72 % of viewers see the better.
"""

import math
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from studio.domain.base import Value
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Finite, Interval, checked_counts

TAU = 0.02
"""How far apart the variants' shares are thought to lie: two points, the least for which a show would change its hook.

It must be chosen before the test and not from its results. Too large or too small by a factor of three, a test takes
up to 45 % longer; `tau_for` gives the best one for an effect.
"""

ENOUGH = 10
"""So many observations each variant needs: variances of fewer are so uncertain that up to 14 % of tests err."""


class Sample(Value):
    """What was seen of a variant: how many observations, their mean and their variance (for one of them, not the mean).

    Make one with `of_share` or `of_values`.
    """

    n: Annotated[int, Field(ge=0)]
    mean: Finite
    variance: Annotated[float, Field(ge=0, allow_inf_nan=False)]

    @classmethod
    def of_share(cls, successes: int, trials: int) -> "Sample":
        """Return a variant that succeeded so often. Raises ValueError for counts that cannot be.

        Its variance is that of (successes + 1) / (trials + 2), because none or all of a few is no certainty: Agresti &
        Caffo (2000), "Simple and effective confidence intervals for proportions and differences of proportions",
        American Statistician 54.
        """
        checked_counts(successes, trials)
        smoothed = (successes + 1) / (trials + 2)
        return cls(n=trials, mean=successes / trials if trials else 0.0, variance=smoothed * (1 - smoothed))

    @classmethod
    def of_values(cls, values: Sequence[float]) -> "Sample":
        """Return a variant with these measurements, in any unit. Raises ValueError for one that is not finite."""
        n = len(values)
        mean = math.fsum(values) / n if n else 0.0
        variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1) if n > 1 else 0.0
        return cls(n=n, mean=mean, variance=variance)


class Comparison(Value):
    """What two variants' results say at this look.

    p_value: always valid, the least of all looks so far. difference: mean of b less mean of a, with the confidence
    sequence of 1 − alpha. winner: the variant with the larger mean, once decided.
    """

    p_value: Annotated[float, Field(ge=0, le=1)]
    difference: Interval
    decided: bool
    winner: Literal["a", "b"] | None
    alpha: Annotated[float, Field(gt=0, lt=1)]
    tau: Annotated[float, Field(gt=0)]


def always_valid(
    a: Sample, b: Sample, *, alpha: float = 0.05, tau: float = TAU, previous_p: float = 1.0
) -> Comparison | Insufficient:
    """Compare the means of two variants at one look of any number.

    tau: in the unit of the means; the default is for shares. previous_p: the `p_value` of the look before, so that what
    was decided stays so. The larger mean wins: for a cost, turn the sign. Raises ValueError for an alpha or a previous
    p that is no probability, and a tau that is not above 0.
    """
    if not (0 < alpha < 1 and 0 <= previous_p <= 1):
        raise ValueError(f"Neither an error rate of {alpha} nor a former p of {previous_p} may be outside 0 to 1.")
    if not 0 < tau < math.inf:
        raise ValueError(f"Effects cannot be thought to lie {tau} apart.")
    if min(a.n, b.n) < ENOUGH:
        return Insufficient(need=ENOUGH, have=min(a.n, b.n), of="observations of the variant seen less")
    effect = b.mean - a.mean
    variance = _variance(a, b)
    if variance <= 0:
        return Insufficient(need=2, have=1, of="different values in both variants")
    mixed = variance + tau**2
    log_ratio = 0.5 * math.log(variance / mixed) + tau**2 * effect**2 / (2 * variance * mixed)
    p_value = min(previous_p, math.exp(-max(0.0, log_ratio)))
    half = math.sqrt(variance * mixed / tau**2 * (math.log(mixed / variance) - 2 * math.log(alpha)))
    decided = p_value <= alpha
    return Comparison(
        p_value=p_value,
        difference=Interval(estimate=effect, low=effect - half, high=effect + half, confidence=1 - alpha, n=a.n + b.n),
        decided=decided,
        winner=None if not decided or effect == 0 else "b" if effect > 0 else "a",
        alpha=alpha,
        tau=tau,
    )


def _variance(a: Sample, b: Sample) -> float:
    """Return the variance of the difference of two means: the larger of the one for any two and the one for equals."""
    pooled = (a.n * a.variance + b.n * b.variance) / (a.n + b.n)
    return max(a.variance / a.n + b.variance / b.n, pooled * (1 / a.n + 1 / b.n))


def tau_for(effect: float, alpha: float = 0.05) -> float:
    """Return the tau with which a difference of `effect`, in its unit, is decided after the fewest observations.

    With r = τ²/V the boundary is θ̂²/V = (1 + 1/r)(2 ln(1/α) + ln(1 + r)), least where r = 2 ln(1/α) + ln(1 + r): for
    α = 5 %, τ is 0.94 of the effect. Raises ValueError for no effect and for an alpha outside 0 to 1.
    """
    if not (0 < abs(effect) < math.inf and 0 < alpha < 1):
        raise ValueError(f"No tau finds an effect of {effect} at an error rate of {alpha}.")
    ratio = 1.0
    for _ in range(60):
        ratio = -2 * math.log(alpha) + math.log1p(ratio)
    return abs(effect) * math.sqrt(ratio / (1 + ratio))
