"""Which posts and channels revenue came by, under three rules that are all conventions and none of them proof.

The first touch, the last one, or all alike: they say what came before a sale, not what caused it, so they are shown
side by side. Revenue that no known touch came before stays unknown.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, get_args

from studio.domain.base import Instant, Value

type Model = Literal["first", "last", "linear"]

MODELS: tuple[Model, ...] = get_args(Model.__value__)

WINDOW_DAYS = 30.0
"""How long before a sale a touch counts: the usual click-through window of advertisers' networks."""


class Touch(Value):
    """Somebody came by a post or a channel, named by `key`."""

    key: str
    at: Instant


class Journey(Value):
    """A sale with what came before it. revenue: in micro-dollars, below 0 for a refund.

    A refund has the touches and the time of the sale that it takes back: then it takes back what was attributed.
    """

    touches: tuple[Touch, ...] = ()
    revenue: int
    at: Instant


def attributed(journeys: Sequence[Journey], model: Model, *, window_days: float = WINDOW_DAYS) -> dict[str | None, int]:
    """Return the revenue in micro-dollars that each key is credited with; under None, what came by nothing known.

    Touches count from `window_days` before the sale up to it. "linear" gives every touch the same, so a key that was
    touched twice gets two parts; what does not divide goes a micro-dollar at a time to the largest remainders, the
    earlier key first. The credits of each journey sum to its revenue exactly. Raises ValueError for another model and
    for a window below 0.
    """
    if model not in MODELS:
        raise ValueError(f"There is no attribution by {model!r}.")
    if not window_days >= 0:
        raise ValueError(f"A window cannot be {window_days} days long.")
    credited: Counter[str | None] = Counter()
    for journey in journeys:
        opened = journey.at - timedelta(days=window_days)
        counted = sorted((t for t in journey.touches if opened <= t.at <= journey.at), key=lambda touch: touch.at)
        if not counted:
            credited[None] += journey.revenue
        elif model == "linear":
            credited.update(_divided(journey.revenue, Counter(touch.key for touch in counted)))
        else:
            credited[counted[0 if model == "first" else -1].key] += journey.revenue
    return dict(credited)


def _divided(amount: int, parts: Counter[str]) -> dict[str, int]:
    """Return `amount` by the parts of each key, whole and summing to it: the method of the largest remainder."""
    whole = parts.total()
    # A refund must be divided as the sale was, and dividing below 0 rounds the other way.
    sign, size = (-1, -amount) if amount < 0 else (1, amount)
    shares = {key: divmod(size * count, whole) for key, count in parts.items()}
    left = size - sum(share for share, _ in shares.values())
    # Sorting is stable: of equal remainders the one that was touched earlier goes first.
    favoured = set(sorted(shares, key=lambda key: -shares[key][1])[:left])
    return {key: sign * (share + (key in favoured)) for key, (share, _) in shares.items()}
