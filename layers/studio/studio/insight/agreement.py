"""How far a panel agrees: each thing's mean and spread of ratings, and the agreement over all things.

Krippendorff's alpha is 1 less the disagreement there is within a thing, over what there would be if ratings had nothing
to do with the things; for ratings on a scale with equal steps, disagreement is the squared difference. It takes any
number of raters and missing ratings. Krippendorff (2018), "Content Analysis", 4th ed., chapter 12; (2011), "Computing
Krippendorff's alpha-reliability", University of Pennsylvania.
"""

import math
import statistics
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from studio.domain.base import Value
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Finite

RELIABLE = 0.8
TENTATIVE = 0.667
"""From these alphas on, ratings may be relied on, or allow tentative conclusions (Krippendorff 2018, chapter 12)."""


class Spread(Value):
    """The ratings of one thing. deviation: their standard deviation (n − 1), or how many ratings that takes."""

    n: Annotated[int, Field(ge=1)]
    mean: Finite
    deviation: Finite | Insufficient
    lowest: Finite
    highest: Finite


class Agreement(Value):
    """What a panel's ratings have in common. things: in their order, None where nobody rated one.

    alpha: 1 for full agreement, 0 for what chance makes, below 0 where raters are set against each other; or what it
    would take to tell.
    """

    things: tuple[Spread | None, ...]
    alpha: Finite | Insufficient

    @property
    def reading(self) -> Literal["reliable", "tentative", "divided", "unknown"]:
        """What alpha allows to conclude from the ratings."""
        if isinstance(self.alpha, Insufficient):
            return "unknown"
        return "reliable" if self.alpha >= RELIABLE else "tentative" if self.alpha >= TENTATIVE else "divided"

    @property
    def most_divided(self) -> int | None:
        """The place of the thing on which raters lie furthest apart; None where no two rated the same, or all agree."""
        spreads = [
            (thing.deviation, -place)
            for place, thing in enumerate(self.things)
            if thing is not None and isinstance(thing.deviation, float) and thing.deviation > 0
        ]
        return -max(spreads)[1] if spreads else None


def spread(ratings: Sequence[float]) -> Spread:
    """Return mean and spread of one thing's ratings. Raises ValueError for none, and for one that is not finite."""
    if not ratings:
        raise ValueError("Nobody rated this.")
    if not all(map(math.isfinite, ratings)):
        raise ValueError(f"A rating is a finite number: {list(ratings)}.")
    n = len(ratings)
    return Spread(
        n=n,
        mean=math.fsum(ratings) / n,
        deviation=statistics.stdev(map(float, ratings)) if n > 1 else Insufficient(need=2, have=1, of="ratings"),
        lowest=min(ratings),
        highest=max(ratings),
    )


def agreement(ratings: Sequence[Sequence[float | None]]) -> Agreement:
    """Return how far raters agree. ratings: a row for each rater, in it a rating or None for each thing, in one order.

    Raises ValueError for rows of different lengths, and for ratings that are not finite.
    """
    if len({len(row) for row in ratings}) > 1:
        raise ValueError("Every rater has a place for every thing, None where nothing was said.")
    things = [[rating for rating in column if rating is not None] for column in zip(*ratings, strict=True)]
    return Agreement(things=tuple(spread(thing) if thing else None for thing in things), alpha=interval_alpha(things))


def interval_alpha(things: Sequence[Sequence[float]]) -> float | Insufficient:
    """Return Krippendorff's alpha for interval data from the ratings of each thing.

    What only one rated says nothing of agreement and is left out. Two things must have two ratings or more, and not all
    of these may be the same: raters who say the same of everything show no agreement on what differs.
    """
    paired = [thing for thing in things if len(thing) > 1]
    if len(paired) < 2:
        return Insufficient(need=2, have=len(paired), of="things rated by two or more")
    values = [rating for thing in paired for rating in thing]
    n = len(values)
    expected = statistics.pvariance(map(float, values)) * n / (n - 1)
    if not expected > 0:
        return Insufficient(need=2, have=1, of="different ratings")
    # The mean squared difference of all pairs is twice their variance (n − 1), both within things and over all.
    observed = math.fsum(len(thing) * statistics.variance(map(float, thing)) for thing in paired) / n
    return 1 - observed / expected
