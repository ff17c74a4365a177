"""How far a speech agrees with what is known of who speaks: the share of what could be checked, with its interval."""

from collections.abc import Sequence

from studio.domain.base import Value
from studio.domain.persona import Checked, Holds
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval, wilson


class Consistency(Value):
    """`score` is the share of checked statements that agree, with Wilson's interval of 95 %.

    The interval is about statements like these: a single one leaves nearly everything open. Null, and `insufficient`
    instead, where nothing that was said could be checked.
    """

    consistent: int
    checked: int
    score: Interval | None
    insufficient: Insufficient | None = None


def consistency(statements: Sequence[Checked]) -> Consistency:
    """Return how many of the statements agree with what they were held against."""
    agree = sum(one.holds is Holds.CONSISTENT for one in statements)
    if not statements:
        none = Insufficient(need=1, have=0, of="statements about which something is known")
        return Consistency(consistent=0, checked=0, score=None, insufficient=none)
    return Consistency(consistent=agree, checked=len(statements), score=wilson(agree, len(statements)))


class SpokenReport(Value):
    """What a character said, and how it agrees with what is known. `statements` is everything that could be checked."""

    character: str
    text: str
    consistency: Consistency
    contradictions: tuple[Checked, ...]
    statements: tuple[Checked, ...]
