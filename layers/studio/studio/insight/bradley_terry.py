"""Strengths from paired comparisons: the Bradley–Terry model, with an effect of the order in which a pair is shown.

    log odds(the first of a pair wins) = strength of the first − strength of the second + order effect

Bradley & Terry (1952), "Rank analysis of incomplete block designs I", Biometrika 39; the order effect is the
multiplicative one of Davidson & Beaver (1977), "On extending the Bradley–Terry model to incorporate within-pair order
effects", Biometrics 33. The order effect is estimated together with the strengths, because the plain share of wins of
whatever is shown first says too little of it: where one of two is far stronger, it wins from either place.

A maximum exists only where nobody is unbeaten, nor any group (Hunter 2004, "MM algorithms for generalized Bradley–Terry
models", Annals of Statistics 32, assumption 1). A weak normal prior on each strength makes it exist always. The mode is
found by Newton's method, whose matrix of second derivatives, the observed information, gives the standard errors too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

PRIOR_SD = 2.0
"""How far strengths are expected to lie from each other before anybody compared: odds of 7 to 1 are usual."""

Z95 = 1.959964
_STEPS = 100
_CLOSE = 1e-10

type Matrix = list[list[float]]


@dataclass(frozen=True)
class Contest:
    """A comparison of two candidates, by their places in a list.

    score: the share of it that the first shown won; a half for a tie. weight: how many comparisons it stands for.
    """

    first: int
    second: int
    score: float
    weight: float = 1.0


@dataclass(frozen=True)
class Strengths:
    """What was estimated: abilities in logits that sum to zero, with their covariance.

    order_effect: what being shown first adds, in logits; 0 with error 0 where it was not estimated.
    """

    abilities: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    order_effect: float
    order_error: float

    def standard_error(self, candidate: int) -> float:
        """Return the standard error of one candidate's ability, as its distance from the mean of all."""
        return math.sqrt(max(0.0, self.covariance[candidate][candidate]))

    def gap(self, one: int, other: int) -> tuple[float, float]:
        """Return how much stronger one candidate is than another, and the standard error of that."""
        cov = self.covariance
        variance = cov[one][one] + cov[other][other] - 2 * cov[one][other]
        return self.abilities[one] - self.abilities[other], math.sqrt(max(0.0, variance))


def fit(
    candidates: int,
    contests: Sequence[Contest],
    *,
    prior_means: Sequence[float] | None = None,
    prior_sd: float = PRIOR_SD,
    order_sd: float = PRIOR_SD,
) -> Strengths:
    """Return the strengths of `candidates` after these contests.

    prior_means: what is known of each beforehand, in logits; their mean does not matter. prior_sd, order_sd: standard
    deviations of the priors on strengths and order effect; a large one (1,000) gives the maximum-likelihood estimate
    where it exists, and an order_sd of 0 leaves the order effect out. Raises ValueError for what is no comparison.
    """
    _check(candidates, contests, prior_means, prior_sd, order_sd)
    means = _centred(prior_means or [0.0] * candidates)
    size = candidates + (order_sd > 0)
    centre = [*means, 0.0][:size]
    precision = [prior_sd**-2] * candidates + ([order_sd**-2] if order_sd > 0 else [])
    # Not at the prior's means: from where all are equal, the first step goes the right way whatever they say.
    at = [0.0] * size
    height = _height(at, contests, candidates, centre, precision)
    for _ in range(_STEPS):
        slope, information = _derivatives(at, contests, candidates, centre, precision)
        step = [sum(a * b for a, b in zip(row, slope, strict=True)) for row in _inverse(information)]
        scale = 1.0
        while True:
            then = [x + scale * s for x, s in zip(at, step, strict=True)]
            now = _height(then, contests, candidates, centre, precision)
            if now >= height - _CLOSE or scale < _CLOSE:
                break
            scale /= 2
        at, height = then, now
        if max(abs(s) for s in step) < _CLOSE:
            break
    _, information = _derivatives(at, contests, candidates, centre, precision)
    spread = _inverse(information)
    return Strengths(
        abilities=tuple(_centred(at[:candidates])),
        covariance=_double_centred([row[:candidates] for row in spread[:candidates]]),
        order_effect=at[candidates] if order_sd > 0 else 0.0,
        order_error=math.sqrt(spread[candidates][candidates]) if order_sd > 0 else 0.0,
    )


def chance_above(gap: float, standard_error: float) -> float:
    """Return the probability that a difference is above zero, by the normal approximation."""
    if standard_error == 0:
        return 0.5 if gap == 0 else float(gap > 0)
    return 0.5 * (1 + math.erf(gap / standard_error / math.sqrt(2)))


def _check(
    candidates: int,
    contests: Sequence[Contest],
    prior_means: Sequence[float] | None,
    prior_sd: float,
    order_sd: float,
) -> None:
    if candidates < 1:
        raise ValueError("There must be at least one candidate.")
    if prior_means is not None and len(prior_means) != candidates:
        raise ValueError(f"There are {candidates} candidates and {len(prior_means)} prior means.")
    if not (0 < prior_sd < math.inf and 0 <= order_sd < math.inf):
        raise ValueError("Priors need a finite standard deviation.")
    for contest in contests:
        if contest.first == contest.second or not {contest.first, contest.second} <= set(range(candidates)):
            raise ValueError(f"{contest} is not between two of {candidates} candidates.")
        if not (0 <= contest.score <= 1 and 0 <= contest.weight < math.inf):
            raise ValueError(f"{contest} needs a share from 0 to 1 and a weight.")


def _log_odds(at: Sequence[float], contest: Contest, candidates: int) -> float:
    order = at[candidates] if len(at) > candidates else 0.0
    return at[contest.first] - at[contest.second] + order


def _height(
    at: Sequence[float], contests: Sequence[Contest], candidates: int, centre: Sequence[float], precision: list[float]
) -> float:
    """Return the log of the posterior density, up to a constant."""
    height = -0.5 * sum(p * (x - c) ** 2 for x, c, p in zip(at, centre, precision, strict=True))
    for contest in contests:
        x = _log_odds(at, contest, candidates)
        # log(1 + e^x), without overflow
        height += contest.weight * (contest.score * x - max(x, 0.0) - math.log1p(math.exp(-abs(x))))
    return height


def _derivatives(
    at: Sequence[float], contests: Sequence[Contest], candidates: int, centre: Sequence[float], precision: list[float]
) -> tuple[list[float], Matrix]:
    """Return the slope of the log posterior and its information, the negative of its second derivatives."""
    size = len(at)
    slope = [p * (c - x) for x, c, p in zip(at, centre, precision, strict=True)]
    information = [[precision[i] if i == j else 0.0 for j in range(size)] for i in range(size)]
    for contest in contests:
        x = _log_odds(at, contest, candidates)
        chance = 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
        signs = [(contest.first, 1.0), (contest.second, -1.0)] + ([(candidates, 1.0)] if size > candidates else [])
        surprise, weight = contest.weight * (contest.score - chance), contest.weight * chance * (1 - chance)
        for i, sign in signs:
            slope[i] += sign * surprise
            for j, other in signs:
                information[i][j] += sign * other * weight
    return slope, information


def _inverse(matrix: Matrix) -> Matrix:
    """Return the inverse of a positive definite matrix, by Gauss–Jordan elimination."""
    size = len(matrix)
    rows = [[*row, *(float(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for i in range(size):
        best = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[best] = rows[best], rows[i]
        pivot = rows[i][i]
        rows[i] = [x / pivot for x in rows[i]]
        for r in range(size):
            if r != i and (factor := rows[r][i]):
                rows[r] = [x - factor * y for x, y in zip(rows[r], rows[i], strict=True)]
    return [row[size:] for row in rows]


def _centred(values: Sequence[float]) -> list[float]:
    mean = math.fsum(values) / len(values)
    return [value - mean for value in values]


def _double_centred(matrix: Matrix) -> tuple[tuple[float, ...], ...]:
    """Return the covariance of values less their mean, from that of the values."""
    half = [_centred(row) for row in matrix]
    columns = [_centred(column) for column in zip(*half, strict=True)]
    return tuple(tuple(row) for row in zip(*columns, strict=True))
