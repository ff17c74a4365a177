"""Viewers within posts within groups: how much a group tells, where whole posts differ and not only viewers.

A post's viewers are no independent witnesses of its hook: they saw one title, one thumbnail, one day. A thousand of
them say much of that post and little of posts that begin alike. So each post's share is taken to be drawn from its
group's Beta(m·k, (1 − m)·k): m is the group's mean; k, how alike posts of one group are, is all groups' together,
because few groups have posts enough to tell it by themselves. With Gelman et al.'s prior for k (see `beta_binomial`)
and every m as likely, both are integrated over on a grid. What is known of each m then is what so many independent
viewers would tell: those are the counts that `shrunk` takes.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from studio.insight.beta_binomial import HIGHEST, LOWEST, along_means, matched_beta
from studio.insight.intervals import checked_counts

_POINTS = 17
_DEEP = 14.0
"""Values of k whose density is e⁻¹⁴ of the highest, or less, do not matter."""


def worth(groups: Mapping[str, Sequence[tuple[int, int]]]) -> dict[str, tuple[int, int]]:
    """Return, for each group of posts with (successes, trials), the counts of as many independent viewers.

    A group none of whose posts has trials counts as (0, 0). Raises ValueError for counts that cannot be.
    """
    for posts in groups.values():
        for successes, trials in posts:
            checked_counts(successes, trials)
    seen = {name: Counter(post for post in posts if post[1]) for name, posts in groups.items()}
    there = {name: counted for name, counted in seen.items() if counted}
    if not there:
        return dict.fromkeys(groups, (0, 0))
    low, high = LOWEST, HIGHEST
    # A coarse look finds where k lies, and a fine one how surely.
    low, high = _around(low, high, there)
    weighed = _along(low, high, there)
    top = max(height for height, _ in weighed)
    shares = [(math.exp(height - top), told) for height, told in weighed]
    total = math.fsum(weight for weight, _ in shares)
    found = dict.fromkeys(groups, (0, 0))
    for name in there:
        mean = math.fsum(weight * told[name][0] for weight, told in shares) / total
        square = math.fsum(weight * told[name][1] for weight, told in shares) / total
        alpha, beta = matched_beta(mean, square - mean**2)
        # One success and one failure are the prior's.
        trials = max(1, round(alpha + beta - 2))
        found[name] = (min(trials, max(0, round(alpha - 1))), trials)
    return found


type _Told = dict[str, tuple[float, float]]
"""Each group's mean at one k: its expected value, and that of its square."""


def _around(low: float, high: float, groups: Mapping[str, Counter[tuple[int, int]]]) -> tuple[float, float]:
    step = (high - low) / (_POINTS - 1)
    heights = [height for height, _ in _along(low, high, groups)]
    near = [place for place, height in enumerate(heights) if height > max(heights) - _DEEP]
    return max(low, low + (near[0] - 1) * step), min(high, low + (near[-1] + 1) * step)


def _along(low: float, high: float, groups: Mapping[str, Counter[tuple[int, int]]]) -> list[tuple[float, _Told]]:
    """Return the log of the posterior density at values of ln k from low to high, and what the groups' means are."""
    found = []
    for place in range(_POINTS):
        log_k = low + place * (high - low) / (_POINTS - 1)
        # The prior of k comes with each group's mass, and counts once.
        height, told = (len(groups) - 1) * log_k / 2, {}
        for name, counted in groups.items():
            row = along_means(log_k, counted)
            top = max(mass for _, mass in row)
            weights = [(mean, math.exp(mass - top)) for mean, mass in row]
            total = math.fsum(weight for _, weight in weights)
            height += top + math.log(total)
            told[name] = (
                math.fsum(weight * mean for mean, weight in weights) / total,
                math.fsum(weight * mean**2 for mean, weight in weights) / total,
            )
        found.append((height, told))
    return found
