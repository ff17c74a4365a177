"""Which hook is the strongest, how sure that is, and what a reader of the ranking must know."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.domain.hooks import Hook, HookKind, Lead, OrderEffect, Pair, RankedHook, Retention, Winner
from studio.insight.bradley_terry import Z95, Contest, Strengths, chance_above, fit

SURE = 0.8
"""From this chance on that the first is stronger than the second, it counts as the stronger.

Simulated, six hooks whose strengths lie one or two logits apart: a first place this sure comes up in 18 to 31 of 100
rankings, and is right in 79 to 96 of 100, the less the more the judge only repeats itself in the other order.
"""

_SCORES = {Winner.FIRST: 1.0, Winner.SECOND: 0.0, Winner.TIE: 0.5}
_HALF = 0.5
"""What a comparison counts for the strengths where each pair is shown in both orders: a judge asked twice is not two.

Counted whole, intervals of 95 % hold the truth in 86 of 100 rankings when the second answer repeats the first; counted
half, in 91 to 97.
"""

_USUAL_SAMPLE = 10
"""So many measured hooks of a kind count as much as knowing nothing about it: Bühlmann's credibility, n / (n + k)."""


@dataclass(frozen=True)
class Meeting:
    """What a judge said of two hooks, by their places in the list, in the order in which they were shown."""

    pair: Pair
    winner: Winner
    reason: str = ""


@dataclass(frozen=True)
class Ranking:
    """The hooks, strongest first. `why` is what was said where the first two met."""

    hooks: tuple[RankedHook, ...]
    lead: Lead | None
    order: OrderEffect
    why: tuple[str, ...]
    notes: tuple[str, ...]


def ranked(
    hooks: Sequence[Hook], meetings: Sequence[Meeting], prior: Mapping[HookKind, Retention] | None = None
) -> Ranking:
    """Return the hooks by strength. Equally strong ones stay in the order of the list.

    prior: what viewers did at earlier hooks of each kind, as performance-tracking measures it; without any every kind
    starts equal. Where there is some, a kind starts above or below the mean of those measured by its difference in
    logits, less the fewer hooks were measured; that a logit of retention is worth one of a judge's preference is
    assumed, until both have been seen together.
    """
    starts = _starts(hooks, prior or {})
    strengths = fit(len(hooks), _contests(meetings, _HALF), prior_means=starts)
    places = sorted(range(len(hooks)), key=lambda place: -round(strengths.abilities[place], 9))
    # Of the order, both showings are the evidence: what was only repeated says nothing for it, and what turned counts.
    order = _order_effect(meetings, fit(len(hooks), _contests(meetings, 1.0), prior_means=starts))
    lead = _lead(strengths, places)
    top = set(places[:2])
    met = [m for m in meetings if {m.pair.first, m.pair.second} == top] if len(hooks) > 1 else []
    return Ranking(
        hooks=tuple(_ranked(hooks, place, strengths, meetings) for place in places),
        lead=lead,
        order=order,
        why=tuple(m.reason for m in met if m.reason),
        notes=_notes([hooks[place] for place in places], lead, order, turned=_turned(met)),
    )


def _contests(meetings: Sequence[Meeting], weight: float) -> list[Contest]:
    return [Contest(m.pair.first, m.pair.second, _SCORES[m.winner], weight) for m in meetings]


def _starts(hooks: Sequence[Hook], prior: Mapping[HookKind, Retention]) -> list[float]:
    """Return where each hook starts, in logits; a kind that was never measured starts at the others' mean."""
    measured = {kind: _logit(known) for kind, known in prior.items() if known.n > 0}
    if not measured:
        return [0.0] * len(hooks)
    total = sum(prior[kind].n for kind in measured)
    mean = sum(prior[kind].n * logit for kind, logit in measured.items()) / total
    trust = {kind: prior[kind].n / (prior[kind].n + _USUAL_SAMPLE) for kind in measured}
    return [trust[h.kind] * (measured[h.kind] - mean) if h.kind in measured else 0.0 for h in hooks]


def _logit(known: Retention) -> float:
    # Everybody or nobody staying is a small sample and no certainty: keep half a viewer in a hundred on either side.
    share = min(0.995, max(0.005, known.mean))
    return math.log(share / (1 - share))


def _ranked(hooks: Sequence[Hook], place: int, strengths: Strengths, meetings: Sequence[Meeting]) -> RankedHook:
    as_first = [_SCORES[m.winner] for m in meetings if m.pair.first == place]
    as_second = [1 - _SCORES[m.winner] for m in meetings if m.pair.second == place]
    return RankedHook(
        hook=hooks[place],
        strength=round(strengths.abilities[place], 3),
        standard_error=round(strengths.standard_error(place), 3),
        wins=sum(as_first) + sum(as_second),
        comparisons=len(as_first) + len(as_second),
    )


def _lead(strengths: Strengths, places: Sequence[int]) -> Lead | None:
    if len(places) < 2:
        return None
    gap, error = strengths.gap(places[0], places[1])
    chance = chance_above(gap, error)
    return Lead(gap=round(gap, 3), standard_error=round(error, 3), chance=round(chance, 3))


def _order_effect(meetings: Sequence[Meeting], strengths: Strengths) -> OrderEffect:
    by_pair: dict[frozenset[int], list[Meeting]] = {}
    for meeting in meetings:
        by_pair.setdefault(frozenset({meeting.pair.first, meeting.pair.second}), []).append(meeting)
    return OrderEffect(
        effect=round(strengths.order_effect, 3),
        standard_error=round(strengths.order_error, 3),
        first_won=sum(_SCORES[m.winner] for m in meetings),
        turned=sum(_turned(met) for met in by_pair.values()),
        pairs=len(by_pair),
    )


def _turned(met: Sequence[Meeting]) -> bool:
    """Tell whether the same two had different winners in different orders."""
    winners = {None if m.winner is Winner.TIE else getattr(m.pair, m.winner.value) for m in met}
    return len(winners) > 1


def _notes(hooks: Sequence[Hook], lead: Lead | None, order: OrderEffect, *, turned: bool) -> tuple[str, ...]:
    notes = []
    if lead is not None and (lead.chance < SURE or turned):
        why = " the judge changed sides between them with the order, and" if turned else ""
        notes.append(
            f"Too close to call: test both. Of “{hooks[0].said}” and “{hooks[1].said}”,{why} the first is the stronger "
            f"with a chance of {lead.chance:.0%} (ahead by {lead.gap:.2f} ± {lead.standard_error:.2f} logits)."
        )
    if abs(order.effect) > Z95 * order.standard_error:
        which = "first" if order.effect > 0 else "second"
        notes.append(
            f"The judge leaned to the hook shown {which} ({order.effect:+.2f} ± {order.standard_error:.2f} logits; "
            f"{order.turned} of {order.pairs} pairs changed sides). Every pair was shown in both orders, "
            "so nobody gains by it; the ranking only tells less than it would."
        )
    return tuple(notes)
