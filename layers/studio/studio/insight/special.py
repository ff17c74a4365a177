"""The special functions that the statistics need and the standard library has not.

Regularised incomplete gamma and beta functions by series and continued fraction: NIST Digital Library of Mathematical
Functions, chapter 8 (https://dlmf.nist.gov/8.7, 8.9, 8.17), evaluated by the modified method of Lentz as in Press et
al. (2007), "Numerical Recipes", 3rd ed., sections 5.2, 6.2 and 6.4. Relative errors are below 1e-7 for parameters from
0.01 to 1,000,000, and near 1e-12 for usual ones.
"""

import math
from collections.abc import Iterator

_TINY = 1e-300
_CLOSE = 1e-15
_TERMS = 20_000
"""Continued fractions here converge within a few times the square root of the largest parameter."""


def log_beta(a: float, b: float) -> float:
    """Return ln B(a, b) for a and b above 0 (DLMF 5.12.1). Raises ValueError otherwise."""
    _positive(a, b)
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def gamma_above(shape: float, x: float) -> float:
    """Return Q(shape, x), the regularised upper incomplete gamma function: what lies above x (DLMF 8.2.4).

    Of a chi-squared statistic with k degrees of freedom the p-value is Q(k/2, statistic/2). Raises ValueError for a
    shape that is not above 0 and an x below it.
    """
    _positive(shape)
    if not x >= 0:
        raise ValueError(f"There is no incomplete gamma function at {x}.")
    if x == 0:
        return 1.0
    if x == math.inf:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        return max(0.0, 1 - front * _gamma_series(shape, x))

    # DLMF 8.9.2, in the even form that converges twice as fast.
    def steps() -> Iterator[tuple[float, float]]:
        yield 1.0, x + 1 - shape
        for n in range(1, _TERMS):
            yield n * (shape - n), x + 2 * n + 1 - shape

    return min(1.0, front * _continued_fraction(steps()))


def beta_below(a: float, b: float, x: float) -> float:
    """Return I_x(a, b), the regularised incomplete beta function: what of a Beta(a, b) lies below x (DLMF 8.17.2).

    Raises ValueError for an a or b that is not above 0, and an x outside 0 to 1.
    """
    _positive(a, b)
    if not 0 <= x <= 1:
        raise ValueError(f"There is no incomplete beta function at {x}.")
    if x in (0, 1):
        return float(x)
    # The fraction converges fast below the mean; above it, the other side is taken (DLMF 8.17.4).
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_fraction(b, a, 1 - x)
    return _beta_fraction(a, b, x)


def beta_quantile(a: float, b: float, share: float) -> float:
    """Return the x below which `share` of a Beta(a, b) lies: the inverse of `beta_below`, within 1e-12.

    Newton's steps within a bracket that is halved wherever one would leave it. Raises ValueError as `beta_below` does,
    and for a share outside 0 to 1.
    """
    _positive(a, b)
    if not 0 <= share <= 1:
        raise ValueError(f"No distribution has a quantile of {share}.")
    if share in (0, 1):
        return float(share)
    scale = log_beta(a, b)
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(200):
        error = beta_below(a, b, x) - share
        low, high = (low, x) if error > 0 else (x, high)
        density = math.exp((a - 1) * math.log(x) + (b - 1) * math.log1p(-x) - scale) if 0 < x < 1 else 0.0
        then = x - error / density if density > 0 else math.nan
        if not low < then < high:
            then = (low + high) / 2
        if abs(then - x) <= 1e-13 * x or high - low <= 1e-15:
            return then
        x = then
    return x


def _positive(*parameters: float) -> None:
    if not all(0 < parameter < math.inf for parameter in parameters):
        raise ValueError(f"{parameters} must be above 0 and finite.")


def _gamma_series(shape: float, x: float) -> float:
    """Return the series of P(shape, x) without its front (DLMF 8.7.1)."""
    term = total = 1 / shape
    for n in range(1, _TERMS):
        term *= x / (shape + n)
        total += term
        if term < total * _CLOSE:
            break
    return total


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Return I_x(a, b) by DLMF 8.17.22."""
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - log_beta(a, b)) / a

    def steps() -> Iterator[tuple[float, float]]:
        yield 1.0, 1.0
        for m in range(_TERMS):
            yield -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), 1.0
            n = m + 1
            yield n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n)), 1.0

    return min(1.0, front * _continued_fraction(steps()))


def _continued_fraction(steps: Iterator[tuple[float, float]]) -> float:
    """Return a₁/(b₁ + a₂/(b₂ + …)) from its (a, b), by the modified method of Lentz (Numerical Recipes, 5.2)."""
    value, above, below = _TINY, _TINY, 0.0
    for a, b in steps:
        below = 1 / (b + a * below or _TINY)
        above = b + a / above or _TINY
        change = above * below
        value *= change
        if abs(change - 1) < _CLOSE * 4:
            break
    return value
