"""Outcomes of an owner's posts, by what the posts have in common: read, grouped and compared."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from studio.domain.audience import AudienceStage
from studio.domain.base import Value
from studio.domain.connection import LABELS, NetworkName
from studio.domain.episode import Episode
from studio.domain.errors import NotFound
from studio.domain.learning import MOST_NAMED, EvidenceGroup, ProposalEvidence
from studio.domain.measurement import Track
from studio.domain.outcome import DID, Dimension, Outcome, counted, hour_bucket, length_bucket, tells
from studio.domain.project import Project
from studio.entry.context import Studio
from studio.insight.insufficient import Insufficient
from studio.insight.outcomes import SURE, OutcomeComparison, OutcomeGroup, compared

SETTLED = 24.0
"""So many hours a post is left alone before its shares count: its first viewers are those who follow the show."""

MOST_POSTS = 500
"""So many posts are looked at, the newest."""

MOST_SHOWS = 10
"""So many shows are looked at in one run, those with most posts."""

_NO_SHOW = "{} posts are of episodes without a show. They count for genres; only a show can learn."
_OTHER_SHOWS = "{} more shows have posts. Name one with project_id."

_KINDS = {
    Dimension.HOOK: "kind of hook",
    Dimension.LENGTH: "length",
    Dimension.ASPECT: "aspect",
    Dimension.HOUR: "time of day",
    Dimension.GENRE: "genre",
}


@dataclass(frozen=True)
class SeenPost:
    """A post that was measured, with its episode as it was made."""

    track: Track
    episode: Episode
    successes: int
    trials: int


class OutcomeFinding(Value):
    """How groups of posts on one network compare. `sentence` says it; `missing`, how much more it would take.

    `better` is None unless one group is better than the others together with a chance of 95 % or more.
    """

    dimension: Dimension
    network: NetworkName
    outcome: Outcome
    better: str | None
    comparison: OutcomeComparison
    missing: Insufficient | None
    sentence: str


@dataclass(frozen=True)
class OutcomesRead:
    """The posts that count, and why others do not, each as a sentence."""

    posts: Sequence[SeenPost]
    notes: tuple[str, ...]


def read_outcomes(studio: Studio, outcome: Outcome, since: datetime, network: NetworkName | None) -> OutcomesRead:
    """Return the owner's posts that came out since, were measured, and tell of an outcome, newest first."""
    at = studio.clock()
    tracks = [t for t in studio.measurements.tracks() if t.published_at >= since and network in (None, t.network)]
    tracks.sort(key=lambda track: (track.published_at, track.post_id), reverse=True)
    old_enough = [t for t in tracks if t.age_hours >= SETTLED][:MOST_POSTS]
    clicks = _clicks(studio, tracks, since, at) if outcome is Outcome.CLICKED else {}
    found, silent, gone = [], 0, 0
    episodes: dict[str, Episode | None] = {}
    for track in old_enough:
        counts = counted(outcome, track.latest, clicks.get(track.post_id))
        if counts is None:
            silent += 1
            continue
        if track.episode_id not in episodes:
            episodes[track.episode_id] = _episode(studio, track.episode_id)
        episode = episodes[track.episode_id]
        if episode is None:
            gone += 1
            continue
        found.append(SeenPost(track, episode, *counts))
    young = len(tracks) - len(old_enough)
    notes = [
        f"{young} of {len(tracks)} posts were last measured within a day of coming out, and do not count yet."
        if young
        else "",
        f"{silent} of {len(tracks)} posts have no views, or their network does not tell how many {DID[outcome]}."
        if silent
        else "",
        f"{gone} of {len(tracks)} posts are of episodes that were deleted." if gone else "",
    ]
    return OutcomesRead(found, tuple(note for note in notes if note))


def shows_of(studio: Studio, posts: Iterable[SeenPost]) -> tuple[list[Project], list[str]]:
    """Return the shows that posts belong to, those with most first, and what is left out, each as a sentence."""
    counts = Counter(post.episode.project_id for post in posts)
    without = counts.pop(None, 0)
    shows = []
    for project_id, _ in sorted(counts.items(), key=lambda entry: (-entry[1], str(entry[0]))):
        try:
            shows.append(studio.projects.get(str(project_id)))
        except NotFound:
            # Deleted since; its episodes are still there.
            without += counts[project_id]
    notes = [_NO_SHOW.format(without)] if without else []
    more = len(shows) - MOST_SHOWS
    return shows[:MOST_SHOWS], notes + ([_OTHER_SHOWS.format(more)] if more > 0 else [])


def findings(
    posts: Iterable[SeenPost], outcome: Outcome, dimensions: Iterable[Dimension], zone: tzinfo
) -> list[OutcomeFinding]:
    """Return how groups compare, for each dimension on each network with posts, the network with most posts first.

    Never across networks: a viewer of one is not a viewer of another, nor is a view counted alike.
    """
    by_network: dict[NetworkName, list[SeenPost]] = {}
    for post in posts:
        by_network.setdefault(post.track.network, []).append(post)
    ordered = sorted(by_network.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return [
        _finding(own, outcome, dimension, network, zone)
        for dimension in dimensions
        for network, own in ordered
        if tells(outcome, network)
    ]


def group_of(post: SeenPost, dimension: Dimension, zone: tzinfo) -> str | None:
    """Return what group a post is in; None where nobody knows."""
    groups: dict[Dimension, Callable[[], str | None]] = {
        Dimension.HOOK: lambda: post.track.hook_kind,
        Dimension.LENGTH: lambda: length_bucket(post.track.latest.length_seconds),
        Dimension.ASPECT: lambda: post.episode.aspect,
        Dimension.HOUR: lambda: hour_bucket(post.track.published_at, zone),
        Dimension.GENRE: lambda: post.episode.brief.genre.strip() or None,
    }
    return groups[dimension]()


def grouped(posts: Iterable[SeenPost], dimension: Dimension, zone: tzinfo) -> dict[str, list[SeenPost]]:
    """Return the posts by their group; those of which nobody knows it are left out."""
    found: dict[str, list[SeenPost]] = {}
    for post in posts:
        name = group_of(post, dimension, zone)
        if name is not None:
            found.setdefault(str(name), []).append(post)
    return found


def evidence_of(finding: OutcomeFinding, posts: Iterable[SeenPost], zone: tzinfo) -> ProposalEvidence | None:
    """Return what a proposal can rest on; None where no group is better for sure.

    Shares are rounded to a thousandth, so that the same posts are the same evidence.
    """
    comparison = finding.comparison
    if finding.better is None or comparison.others is None or comparison.chance is None:
        return None
    own = [post for post in posts if post.track.network is finding.network]
    known = [post for group in grouped(own, finding.dimension, zone).values() for post in group]
    known.sort(key=lambda post: (post.track.published_at, post.track.post_id), reverse=True)
    return ProposalEvidence(
        dimension=finding.dimension,
        outcome=finding.outcome,
        network=finding.network,
        better=_evidence(comparison.groups[0]),
        others=_evidence(comparison.others),
        groups=tuple(_evidence(group) for group in comparison.groups),
        # Nothing is certain of what comes next.
        chance=min(0.999, round(comparison.chance, 3)),
        sure=SURE,
        first_published=min(post.track.published_at for post in known),
        last_measured=max(post.track.latest.at for post in known),
        post_ids=tuple(post.track.post_id for post in known[:MOST_NAMED]),
    )


def _finding(
    posts: Sequence[SeenPost], outcome: Outcome, dimension: Dimension, network: NetworkName, zone: tzinfo
) -> OutcomeFinding:
    groups = grouped(posts, dimension, zone)
    counts = {name: [(post.successes, post.trials) for post in own] for name, own in groups.items()}
    comparison = compared(counts, of=_KINDS[dimension])
    better = comparison.better
    return OutcomeFinding(
        dimension=dimension,
        network=network,
        outcome=outcome,
        better=better.name if better else None,
        comparison=comparison,
        missing=comparison.missing,
        sentence=_sentence(comparison, dimension, network, outcome),
    )


def _sentence(found: OutcomeComparison, dimension: Dimension, network: NetworkName, outcome: Outcome) -> str:
    where = f"By {_KINDS[dimension]} on {LABELS[network]}"
    if found.chance is None or found.others is None:
        return f"{where}: {found.missing.sentence if found.missing else 'nothing to compare.'}"
    best, others = found.groups[0], found.others
    said = (
        f"{where}: {best.share.estimate:.0%} of the viewers of “{best.name}” {DID[outcome]} ({best.posts} posts), "
        f"{others.share.estimate:.0%} of others' ({others.posts} posts). The chance that it is really better is "
        f"{min(found.chance, 0.999):.1%}"
    )
    if found.better:
        return f"{said}."
    more = f" It takes about {found.missing.more} more posts, if it stays so." if found.missing else ""
    return f"{said}, so there is nothing to change yet; {SURE:.0%} and a point of difference are asked for.{more}"


def _evidence(group: OutcomeGroup) -> EvidenceGroup:
    return EvidenceGroup(
        name=group.name,
        share=round(group.share.estimate, 3),
        low=round(group.share.low, 3),
        high=round(group.share.high, 3),
        posts=group.posts,
        viewers=group.trials,
        successes=group.successes,
    )


def _episode(studio: Studio, episode_id: str) -> Episode | None:
    try:
        return studio.episodes.get(episode_id)
    except NotFound:
        return None


def _clicks(studio: Studio, tracks: Iterable[Track], since: datetime, at: datetime) -> Mapping[str, int]:
    """Return the clicks of each post that is the only one of its episode, network and variant.

    Of an episode of which no event was ever reported, nobody knows whether anybody clicked.
    """
    of: dict[tuple[str, str, str], list[str]] = {}
    for track in tracks:
        of.setdefault((track.episode_id, track.network.value, track.variant), []).append(track.post_id)
    clicks = dict.fromkeys((key for key, posts in of.items() if len(posts) == 1), 0)
    told_of: set[str | None] = set()
    for event in studio.events.between(since, at + timedelta(seconds=1)):
        told_of.add(event.episode_id)
        key = (event.episode_id or "", event.channel.value, event.variant or "")
        if event.stage is AudienceStage.CLICK and key in clicks:
            clicks[key] += event.count
    return {of[key][0]: count for key, count in clicks.items() if key[0] in told_of}
