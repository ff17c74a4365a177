"""Whether a test's variants were shown to as many as was meant: if not, nothing else about it can be believed.

Fabijan et al. (2019), "Diagnosing sample ratio mismatch in online controlled experiments: a taxonomy and rules of thumb
for practitioners", KDD: Pearson's chi-squared test of the counts against the planned shares, with a threshold far below
5 %, because it is run on every test and every day and an alarm stops the work.
"""

import math
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from studio.domain.base import Value
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Finite
from studio.insight.special import gamma_above

THRESHOLD = 0.0005
"""Below this p-value a mismatch is reported (Fabijan et al. 2019)."""

LEAST_EXPECTED = 5
"""So many are to be expected in every variant for the chi-squared distribution to fit.

Cochran (1954), "Some methods for strengthening the common χ² tests", Biometrics 10.
"""


class Shown(Value):
    """How often a variant was shown, and how often it should have been."""

    seen: Annotated[int, Field(ge=0)]
    expected: Finite


class RatioCheck(Value):
    """Whether the counts fit the plan. p_value: how often chance alone makes a mismatch at least as large."""

    chi_squared: Annotated[float, Field(ge=0)]
    p_value: Annotated[float, Field(ge=0, le=1)]
    mismatch: bool
    variants: dict[str, Shown]


def sample_ratio(
    seen: Mapping[str, int], planned: Mapping[str, float] | None = None, *, threshold: float = THRESHOLD
) -> RatioCheck | Insufficient:
    """Return whether variants were seen as often as planned.

    planned: the weight of each variant, of any sum above 0; equal ones where it is left out. Where the plan changed
    from day to day, as a bandit's does, it is the sum of what each day's plan expected. Raises ValueError for fewer
    than two variants, for a plan of other variants, and for counts below 0 or weights not above it.
    """
    weights = dict.fromkeys(seen, 1.0) if planned is None else dict(planned)
    if len(seen) < 2 or weights.keys() != seen.keys():
        raise ValueError(f"There must be two variants or more, all of them planned: {sorted({*seen, *weights})}.")
    if min(seen.values()) < 0 or not min(weights.values()) > 0:
        raise ValueError("Nothing is seen less than never, and a variant that is not planned is not one.")
    total, whole = sum(seen.values()), sum(weights.values())
    least = min(weights.values()) / whole
    if total * least < LEAST_EXPECTED:
        return Insufficient(need=math.ceil(LEAST_EXPECTED / least), have=total, of="viewers of all variants")
    variants = {name: Shown(seen=count, expected=total * weights[name] / whole) for name, count in seen.items()}
    chi_squared = sum((one.seen - one.expected) ** 2 / one.expected for one in variants.values())
    p_value = gamma_above((len(seen) - 1) / 2, chi_squared / 2)
    return RatioCheck(chi_squared=chi_squared, p_value=p_value, mismatch=p_value < threshold, variants=variants)
