"""What a panel's reactions come to: how they rate, who is still there when, and who disagrees about what.

A panel is imagined, so these figures describe what was imagined. No interval is given for an audience: the viewers are
no sample of one, and a range around their mean would look like knowledge of people nobody asked.
"""

from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Literal

from studio.domain.base import Id, Value
from studio.domain.script import Script
from studio.domain.viewers import Viewer, ViewerReaction, left_by
from studio.insight.agreement import Spread, agreement
from studio.insight.insufficient import Insufficient

HIGH, LOW = 4, 2
"""Ratings from which on, and up to which, somebody liked it or did not."""


class Side(Value):
    """What some of the viewers say, and who they are."""

    says: str
    viewers: tuple[str, ...]


class Disagreement(Value):
    """Something that is taken in two ways."""

    about: str
    sides: tuple[Side, Side]


class Watching(Value):
    """How many viewers are still there at the end of a scene."""

    scene: int
    viewers: int


class SceneTaken(Value):
    """How a scene was rated by those who saw it; `ratings` is null where nobody was left to."""

    scene: int
    ratings: Spread | None


class PanelSummary(Value):
    """Mean and standard deviation of n ratings of 1 to 5 (that of a sample, n − 1), and how they spread.

    `counts` is how many gave 1, 2, 3, 4 and 5. `alpha` is Krippendorff's, over the scenes: 1 where viewers agree which
    are the better ones, 0 where the scenes make no difference to who gives what. `most_divided` is the scene on which
    they lie furthest apart, null where there is none.
    """

    n: int
    mean: float
    standard_deviation: float
    counts: tuple[int, int, int, int, int]
    scenes: tuple[SceneTaken, ...]
    alpha: float | Insufficient
    agreement: Literal["reliable", "tentative", "divided", "unknown"]
    most_divided: int | None
    watching: tuple[Watching, ...]
    disagreements: tuple[Disagreement, ...]


def summary(reactions: Sequence[ViewerReaction], script: Script) -> PanelSummary:
    """Return what the reactions come to. Raises ValueError for fewer than two, which cannot differ."""
    if len(reactions) < 2:
        raise ValueError(f"A panel has two viewers or more, and this one has {len(reactions)}.")
    ratings = [one.rating for one in reactions]
    numbers = [scene.number for scene in script.scenes]
    given = [{one.scene: float(one.rating) for one in reaction.ratings} for reaction in reactions]
    agreed = agreement([[row.get(number) for number in numbers] for row in given])
    still = len(reactions)
    watching = []
    for scene in script.scenes:
        still -= len(left_by(reactions, scene.number))
        watching.append(Watching(scene=scene.number, viewers=still))
    one, two, three, four, five = (ratings.count(rating) for rating in range(1, 6))
    return PanelSummary(
        n=len(ratings),
        mean=round(fmean(ratings), 2),
        standard_deviation=round(stdev(ratings), 2),
        counts=(one, two, three, four, five),
        scenes=tuple(SceneTaken(scene=n, ratings=one) for n, one in zip(numbers, agreed.things, strict=True)),
        alpha=agreed.alpha,
        agreement=agreed.reading,
        most_divided=None if agreed.most_divided is None else numbers[agreed.most_divided],
        watching=tuple(watching),
        disagreements=tuple(disagreements(reactions, script)),
    )


def disagreements(reactions: Sequence[ViewerReaction], script: Script) -> list[Disagreement]:
    """Return what is taken in two ways: the whole, staying, and each scene that some quote and others leave in."""
    high = tuple(one.viewer.name for one in reactions if one.rating >= HIGH)
    low = tuple(one.viewer.name for one in reactions if one.rating <= LOW)
    stays = tuple(one.viewer.name for one in reactions if one.leaves_at is None)
    leaves = tuple(one.viewer.name for one in reactions if one.leaves_at is not None)
    pairs = [
        ("the episode", (f"{HIGH} or more of 5", high), (f"{LOW} or less of 5", low)),
        ("staying", ("stays to the end", stays), ("leaves before it", leaves)),
    ]
    for scene in script.scenes:
        quotes = tuple(one.viewer.name for one in reactions if one.quote_scene == scene.number and not one.leaves_at)
        gone = tuple(left_by(reactions, scene.number))
        pairs.append((f"scene {scene.number}", ("remembers a line of it", quotes), ("leaves in it", gone)))
    return [
        Disagreement(about=about, sides=(Side(says=one[0], viewers=one[1]), Side(says=other[0], viewers=other[1])))
        for about, one, other in pairs
        if one[1] and other[1]
    ]


class Unheard(Value):
    """A viewer whose reaction stayed unusable, and why."""

    viewer: Viewer
    why: str


class PanelReport(Value):
    """How each viewer took the script, and what that comes to."""

    episode_id: Id
    summary: PanelSummary
    reactions: tuple[ViewerReaction, ...]
    unheard: tuple[Unheard, ...] = ()
