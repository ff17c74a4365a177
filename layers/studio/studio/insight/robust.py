"""How unusual a number is beside earlier ones, when some of those may be wild themselves.

The mean and the standard deviation move with the very spike that is looked for; the median and the median absolute
deviation do not, until half of the values are wild. The modified z-score is the one of Iglewicz & Hoaglin (1993), "How
to Detect and Handle Outliers", ASQC Basic References in Quality Control 16, with their cut at 3.5.
"""

import math
import statistics
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from studio.domain.base import Value
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Finite

UNUSUAL = 3.5
"""From this modified z-score on a value is called unusual (Iglewicz & Hoaglin 1993)."""

ENOUGH = 7
"""So many earlier values are needed before a new one can be called unusual.

Simulated, a normal value that is like all the others is beyond 3.5 with a chance of 12 % after five, 7 % after seven,
3 % after ten and 1 % after twenty: a median absolute deviation of few values is often far too small.
"""

_MAD_TO_SD = 1.4826
"""A normal distribution's standard deviation is so many median absolute deviations: 1 / Φ⁻¹(3/4)."""

_MEAN_TO_SD = 1.253314
"""A normal distribution's standard deviation is so many mean absolute deviations: √(π/2)."""

_ROUNDING = 1e-9


class Yardstick(StrEnum):
    """What a deviation was measured with."""

    MEDIAN_DEVIATION = "median_deviation"
    MEAN_DEVIATION = "mean_deviation"
    """More than half of the earlier values are the same, so that the median deviation is 0."""
    OWN_DEVIATION = "own_deviation"
    """All earlier values are the same: the mean deviation of them and the new value."""
    NOISE = "noise"
    """What chance alone makes, where the earlier values spread less than that."""


class RobustZ(Value):
    """A value by its distance from the median of n earlier ones: z = distance / scale, which is in its unit."""

    z: Finite
    value: Finite
    centre: Finite
    scale: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    measured_by: Yardstick
    n: Annotated[int, Field(ge=1)]

    @property
    def unusual(self) -> bool:
        """Whether it is further out than chance explains well, to either side."""
        return abs(self.z) > UNUSUAL


class Velocity(Value):
    """How fast something grows now, in counts an hour, beside how fast it used to (the median of the time before)."""

    per_hour: Finite
    usual_per_hour: Finite | None
    against_before: RobustZ | Insufficient

    @property
    def spike(self) -> bool:
        """Whether it grows unusually fast."""
        return isinstance(self.against_before, RobustZ) and self.against_before.z > UNUSUAL


def median(values: Sequence[float]) -> float:
    """Return the middle value. Raises ValueError where there is none."""
    if not values:
        raise ValueError("Of no values there is no median.")
    return float(statistics.median(values))


def robust_z(
    value: float, history: Sequence[float], *, noise: float = 0.0, enough: int = ENOUGH
) -> RobustZ | Insufficient:
    """Return how unusual `value` is beside its history, which must not contain it; what is missing, for a short one.

    The scale is the median absolute deviation (× 1.4826), or where that is 0 the mean absolute deviation (× 1.253314),
    as Iglewicz & Hoaglin have it. They count the value itself among the others, so a value that leaves a constant
    history is measured by the mean absolute deviation of all of them; a value equal to a constant history has z = 0.
    noise: the least that chance alone moves a value by, in its unit, for counts the square root of the expected one; it
    keeps a step from 0 to 1 from being news. Raises ValueError for what is not finite.
    """
    if not all(map(math.isfinite, (value, noise, *history))) or noise < 0:
        raise ValueError("A value, its history and its noise must be finite numbers.")
    if len(history) < enough or not history:
        return Insufficient(need=max(1, enough), have=len(history), of="earlier values")
    centre = median(history)
    # Equal sums of floats differ in their last digits: that is no spread, and no news either.
    nothing = _ROUNDING * max(abs(value), *(abs(one) for one in history))
    distance = value - centre if abs(value - centre) > nothing else 0.0
    scale, measured_by = _scale(distance, [abs(one - centre) for one in history], nothing)
    if scale < noise:
        scale, measured_by = noise, Yardstick.NOISE
    z = distance / scale if distance else 0.0
    return RobustZ(z=z, value=value, centre=centre, scale=scale, measured_by=measured_by, n=len(history))


def _scale(distance: float, deviations: Sequence[float], nothing: float) -> tuple[float, Yardstick]:
    typical = median(deviations)
    if typical > nothing:
        return _MAD_TO_SD * typical, Yardstick.MEDIAN_DEVIATION
    total = math.fsum(one for one in deviations if one > nothing)
    if total > 0:
        return _MEAN_TO_SD * total / len(deviations), Yardstick.MEAN_DEVIATION
    return _MEAN_TO_SD * abs(distance) / (len(deviations) + 1), Yardstick.OWN_DEVIATION


def decayed(weight: float, age: float, half_life: float) -> float:
    """Return what is left of `weight` after `age`: half of it after each `half_life`; both in the same unit of time.

    Raises ValueError for an age below 0 and a half-life that is not above it.
    """
    if age < 0 or not half_life > 0:
        raise ValueError(f"Nothing decays over an age of {age} with a half-life of {half_life}.")
    return float(weight * 0.5 ** (age / half_life))


def velocity(series: Sequence[tuple[float, float]], *, enough: int = ENOUGH) -> Velocity | Insufficient:
    """Return how fast a count grows in the latest interval of `series`, beside the intervals before.

    series: (hours, count so far), at least two, hours strictly rising from any beginning; a count may fall, as
    corrected ones do. `against_before` needs `enough` earlier intervals. What arrives by chance varies by the square
    root of its number (Poisson), so growth is not measured finer than that. Raises ValueError for hours out of order.
    """
    if len(series) < 2:
        return Insufficient(need=2, have=len(series), of="counts over time")
    if any(after[0] <= before[0] for before, after in pairwise(series)):
        raise ValueError("Counts must be in the order of their hours, one for each.")
    rates = [(after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(series)]
    *earlier, latest = rates
    hours = series[-1][0] - series[-2][0]
    usual = median(earlier) if earlier else None
    noise = math.sqrt(max(1.0, (usual or 0.0) * hours)) / hours
    return Velocity(
        per_hour=latest, usual_per_hour=usual, against_before=robust_z(latest, earlier, noise=noise, enough=enough)
    )
