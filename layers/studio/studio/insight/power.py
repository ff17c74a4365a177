"""How many viewers a comparison of two shares takes, and what one of so many viewers can find.

Casagrande, Pike & Smith (1978), "An improved approximate formula for calculating sample sizes for comparing two
binomial distributions", Biometrics 34, as in Fleiss (1981), "Statistical Methods for Rates and Proportions", 2nd ed.,
section 3.2: the number for the normal approximation,

    n' = (z₁₋α/₂ √(2 p̄ q̄) + z_power √(p₁q₁ + p₂q₂))² / (p₁ − p₂)²,

corrected for continuity: n = n'/4 · (1 + √(1 + 4 / (n' |p₁ − p₂|)))².

That is for a test that is looked at once, at the end. `planned_for_peeking` is for one that may be looked at daily.
"""

import math
from statistics import NormalDist

from studio.insight.insufficient import Insufficient
from studio.insight.intervals import deviate
from studio.insight.sequential import tau_for

_NORMAL = NormalDist()


def sample_size(share: float, other: float, *, alpha: float = 0.05, power: float = 0.8, continuity: bool = True) -> int:
    """Return how many viewers each variant needs so that shares of `share` and `other` are told apart.

    alpha: how often equal shares may be called different (two-sided). power: how often these two are found to differ.
    continuity: whether to correct for counts being whole. Raises ValueError for shares that are equal or not between 0
    and 1, and for an alpha or power that is no probability.
    """
    return math.ceil(round(_size(share, other, alpha, power, continuity), 9))


def _size(share: float, other: float, alpha: float, power: float, continuity: bool) -> float:
    _check(share, other, alpha, power)
    gap = abs(share - other)
    middle = (share + other) / 2
    alike = math.sqrt(2 * middle * (1 - middle))
    unlike = math.sqrt(share * (1 - share) + other * (1 - other))
    plain = ((deviate(1 - alpha) * alike + _NORMAL.inv_cdf(power) * unlike) / gap) ** 2
    return plain / 4 * (1 + math.sqrt(1 + 4 / (plain * gap))) ** 2 if continuity else plain


def planned_for_peeking(share: float, other: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Return how many viewers each variant needs in `sequential.always_valid`, with the best tau for this difference.

    By then the difference is expected to lie z_power standard errors beyond the boundary of Johari et al. (2022), so
    that at this look alone it is found with a chance of `power`, and with all looks before a little more often. The
    test often ends sooner. Raises ValueError as `sample_size` does.
    """
    _check(share, other, alpha, power)
    gap = abs(share - other)
    spread = share * (1 - share) + other * (1 - other)
    tau = tau_for(gap, alpha)

    def decided(n: int) -> bool:
        variance = spread / n
        mixed = variance + tau**2
        boundary = math.sqrt(variance * mixed / tau**2 * (math.log(mixed / variance) - 2 * math.log(alpha)))
        return gap >= boundary + _NORMAL.inv_cdf(power) * math.sqrt(variance)

    enough = 1
    while not decided(enough):
        enough *= 2
    too_few = enough // 2
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        enough, too_few = (middle, too_few) if decided(middle) else (enough, middle)
    return enough


def more_needed(
    share: float, other: float, seen: int, *, alpha: float = 0.05, power: float = 0.8, peeking: bool = False
) -> Insufficient | None:
    """Return what is missing where each variant was seen so often and shares like these are to be told apart, or None.

    seen: the viewers of the variant that was seen less. peeking: whether the test is looked at before it ends. Raises
    ValueError as `sample_size` does.
    """
    needed = planned_for_peeking if peeking else sample_size
    need = needed(share, other, alpha=alpha, power=power)
    return None if seen >= need else Insufficient(need=need, have=seen, of="viewers of each variant")


def _check(share: float, other: float, alpha: float, power: float) -> None:
    if not (0 <= share <= 1 and 0 <= other <= 1):
        raise ValueError(f"Shares are between 0 and 1, and these are {share} and {other}.")
    if share == other:
        raise ValueError("No number of viewers tells equal shares apart.")
    if not 0 < alpha < 1 or not alpha / 2 < power < 1:
        raise ValueError(f"No test has an error rate of {alpha} and a power of {power}.")
