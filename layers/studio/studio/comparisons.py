"""Comparing an experiment's variants: the plan, the test, the sharing out of viewers, and what it all comes to."""

from collections.abc import Iterable, Mapping, Sequence

from studio.domain.audience import AudienceEvent
from studio.domain.base import Value
from studio.domain.digest import digest_of
from studio.domain.experiment import Counts, Design, Experiment, Sharing
from studio.domain.journey import grouped, reached
from studio.insight.bandit import Arm, allocation, choose, floor_for_test
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval, wilson
from studio.insight.power import planned_for_peeking, sample_size
from studio.insight.sample_ratio import RatioCheck
from studio.insight.sequential import Comparison, Sample, always_valid, tau_for


class ViewersNeeded(Value):
    """How many viewers each variant takes to see the effect: looked at once, or at every day as here."""

    looked_at_once: int
    looked_at_daily: int


class VariantResult(Value):
    """What was seen of a variant. `against_first` compares it with the first, null for that one."""

    name: str
    trials: int
    successes: int
    share: Interval | Insufficient
    against_first: Comparison | Insufficient | None


def planned(design: Design) -> ViewersNeeded:
    """Return how many viewers a design takes."""
    shares = (design.share, design.share + design.effect)
    alpha = error_rate(design)
    return ViewersNeeded(
        looked_at_once=sample_size(*shares, alpha=alpha, power=design.power),
        looked_at_daily=planned_for_peeking(*shares, alpha=alpha, power=design.power),
    )


def error_rate(design: Design) -> float:
    """Return the error rate of one comparison: each variant is compared with the first (Bonferroni)."""
    return design.alpha / (len(design.variants) - 1)


def counts_of(design: Design, events: Iterable[AudienceEvent]) -> dict[str, Counts]:
    """Return how many saw each variant, and how many of them did what was hoped for."""
    by_variant = grouped(events, lambda event: event.variant or "")
    found = {}
    for name in design.names:
        there = reached(by_variant.get(name, ()))
        # Who did what was hoped for has seen it, also where nobody counted that.
        trials = max(there[design.seen], there[design.success])
        found[name] = Counts(trials=trials, successes=there[design.success])
    return found


def result_of(name: str, experiment: Experiment, counts: Mapping[str, Counts]) -> VariantResult:
    """Return what is known of a variant at this look."""
    design, here = experiment.design, counts[name]
    first = design.names[0]
    against = None
    if name != first:
        against = always_valid(
            Sample.of_share(counts[first].successes, counts[first].trials),
            Sample.of_share(here.successes, here.trials),
            alpha=error_rate(design),
            tau=tau_for(design.effect, error_rate(design)),
            previous_p=experiment.p_values[name],
        )
    share = wilson(here.successes, here.trials) if here.trials else Insufficient(need=1, have=0, of="viewers")
    return VariantResult(name=name, trials=here.trials, successes=here.successes, share=share, against_first=against)


def winner_of(results: Sequence[VariantResult]) -> str:
    """Return the variant that is surely better than the first, the best of them; the first where it beats all."""
    compared = {result.name: result.against_first for result in results}
    decided = {name: told for name, told in compared.items() if isinstance(told, Comparison) and told.decided}
    better = {name: told.difference.estimate for name, told in decided.items() if told.winner == "b"}
    if better:
        return max(better, key=lambda name: better[name])
    return results[0].name if len(decided) == len(results) - 1 else ""


def _arms(design: Design, counts: Mapping[str, Counts]) -> list[Arm]:
    return [
        Arm(name=name, successes=counts[name].successes, failures=counts[name].trials - counts[name].successes)
        for name in design.names
    ]


def weights_of(design: Design, counts: Mapping[str, Counts]) -> dict[str, float]:
    """Return the share of viewers to show each variant from now on."""
    if design.sharing is Sharing.EVEN:
        return dict.fromkeys(design.names, 1 / len(design.names))
    return allocation(_arms(design, counts), seed=1, floor=floor_for_test(len(design.names)))


def next_shown(experiment: Experiment, counts: Mapping[str, Counts], how_many: int) -> tuple[str, ...]:
    """Return whom to show what: drawn by what is known so far, the same for the same counts."""
    design = experiment.design
    begin = sum(count.trials for count in counts.values())
    if design.sharing is Sharing.EVEN:
        return tuple(design.names[(begin + n) % len(design.names)] for n in range(how_many))
    seeds = (int(digest_of(experiment.experiment_id, begin + n)[:8], 16) for n in range(how_many))
    return tuple(choose(_arms(design, counts), seed) for seed in seeds)


def verdict_of(experiment: Experiment, ratio: RatioCheck | Insufficient, missing: Insufficient | None) -> str:
    """Return how an experiment stands, in a sentence. missing: how many viewers it still takes."""
    if isinstance(ratio, RatioCheck) and ratio.mismatch:
        return "The variants were not shown to as many as was meant, so nothing can be concluded. Find out why first."
    if experiment.winner:
        return f"“{experiment.winner}” is better; the error rate of {experiment.design.alpha:.0%} holds over all looks."
    if missing is not None:
        return f"Not decided. {missing.sentence}"
    return "Not decided, though a difference like the planned one would have shown by now: it is probably smaller."
