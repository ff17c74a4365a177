"""What an episode will cost, and has cost, as tables."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from local.client import ApiProblem, StudioClient
from local.steps import LABELS

Json = dict[str, Any]

ASK_ABOVE_USD = 1.0
"""Expected to cost more than this, an episode is only ordered after a question, where somebody can be asked."""

_WORK = LABELS | {"render_clip": "pictures", "judge_clip": "judging"}


def quote_for(
    client: StudioClient, prompt: str, *, project: str | None, clips: int, full: bool, provider: str | None
) -> Json:
    """What an episode that might be made would cost."""
    asked = {"prompt": prompt, "clips": clips, "pipeline": "full" if full else "quick"}
    chosen = {"project_id": project, "provider": provider}
    return client.post("/quotes", asked | {name: value for name, value in chosen.items() if value is not None})


def bill_of(client: StudioClient, episode_id: str) -> Json | None:
    """What an episode was quoted at and has cost; None where the studio does not say."""
    try:
        return client.get(f"/episodes/{episode_id}/bill")
    except ApiProblem:
        return None


def quote_table(quote: Mapping[str, Any]) -> RenderableType:
    """A quote: each step and clip, the totals, and what is left of the caps."""
    table = _table("Step", "Clip", "Calls", "Expected", "At most", "Model")
    for line in quote["lines"]:
        table.add_row(
            *_what(line),
            f"{line['calls']:g}–{line['calls_at_most']}",
            dollars(line["expected_usd"]),
            dollars(line["at_most_usd"]),
            f"[dim]{line['model']}[/]",
        )
    table.add_section()
    table.add_row("Total", "", "", f"[bold]{dollars(quote['expected_usd'])}[/]", dollars(quote["at_most_usd"]), "")
    return Group(table, _caps(quote["caps"]))


def bill_table(bill: Mapping[str, Any]) -> RenderableType:
    """Quote and bill side by side."""
    table = _table("Step", "Clip", "Calls", "Quoted", "At most", "Cost")
    for line in bill["lines"]:
        table.add_row(
            *_what(line),
            str(line["calls"]),
            dollars(line["quoted_expected_usd"]),
            dollars(line["quoted_at_most_usd"]),
            dollars(line["spent_usd"]),
        )
    table.add_section()
    quoted, most = dollars(bill["quoted_expected_usd"]), dollars(bill["quoted_at_most_usd"])
    table.add_row("Total", "", "", quoted, most, f"[bold]{dollars(bill['spent_usd'])}[/]")
    open_calls = bill["committed_usd"] - bill["spent_usd"]
    under_way = [f"[dim]Up to {dollars(open_calls)} more for calls under way.[/]"] if open_calls > 0 else []
    return Group(table, *under_way, _caps(bill["caps"]))


def costs_nothing(page: Mapping[str, Any]) -> bool:
    """Whether a quote or a bill has no money in it."""
    return not any(page.get(name) for name in ("at_most_usd", "quoted_at_most_usd", "spent_usd", "committed_usd"))


def dollars(amount: float | None) -> str:
    """An amount, to a hundredth of a cent; a dash for one that is not known."""
    return "–" if amount is None else f"${amount:.4f}"


def _what(line: Mapping[str, Any]) -> tuple[str, str]:
    return _WORK.get(line["step"], line["step"]), "" if line["clip"] is None else str(line["clip"])


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in columns:
        table.add_column(name, justify="left" if name in {"Step", "Model"} else "right", no_wrap=True)
    return table


def _caps(caps: Mapping[str, Any]) -> str:
    return (
        f"[dim]Left: ${caps['episode_left_usd']:.2f} of ${caps['episode_cap_usd']:.2f} for this episode, "
        f"${caps['month_left_usd']:.2f} of ${caps['month_cap_usd']:.2f} this month.[/]"
    )
