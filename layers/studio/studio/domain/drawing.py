"""A plan as a drawing, in Mermaid's flowchart language."""

from collections.abc import Mapping

from studio.domain.plan import Plan, waves

_LONGEST = 100
_PLAIN = frozenset(" .,-'/:?!()")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of what follows, also of what is not its own."""

_STYLES = {
    "waiting": "fill:#f4f4f5,stroke:#a1a1aa,color:#18181b",
    "running": "fill:#dbeafe,stroke:#2563eb,color:#18181b",
    "done": "fill:#dcfce7,stroke:#16a34a,color:#18181b",
    "failed": "fill:#fee2e2,stroke:#dc2626,color:#18181b",
    "skipped": "fill:#fafafa,stroke:#a1a1aa,color:#71717a,stroke-dasharray:4 3",
    "cancelled": "fill:#fafafa,stroke:#a1a1aa,color:#71717a,stroke-dasharray:4 3",
    "approval": "stroke:#d97706,stroke-width:3px",
}


def mermaid(plan: Plan, statuses: Mapping[str, str] | None = None) -> str:
    """Return the drawing of a plan without circles. statuses: each step's, by its id, to be seen by its colour.

    A step that needs a person's approval has a thick edge. Raises Invalid for a plan that goes round in a circle.
    """
    order = [step_id for wave in waves(plan) for step_id in wave]
    node = {step_id: f"s{place}" for place, step_id in enumerate(order, 1)}
    lines = ["flowchart LR", f'  goal(["{escaped(plan.goal)}"])']
    for step_id in order:
        step = plan.step(step_id)
        said = [escaped(step.bot), *([f"<small>{escaped(step.why)}</small>"] if step.why else [])]
        lines.append(f'  {node[step_id]}["{"<br/>".join(said)}"]')
    for step_id in order:
        before = [node[name] for name in plan.step(step_id).needs if name in node] or ["goal"]
        lines += [f"  {one} --> {node[step_id]}" for one in before]
    shown = statuses or {}
    for style in _STYLES:
        kind = plan.approvals if style == "approval" else [one for one in order if shown.get(one) == style]
        if named := [node[step_id] for step_id in kind if step_id in node]:
            lines += [f"  classDef {style} {_STYLES[style]}", f"  class {','.join(named)} {style}"]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return text that may stand in a label: one line, cut to length, whatever Mermaid might read as its numeric code.

    Codes are `#` number `;` (Mermaid's "Entity codes to escape characters"). Letters and digits of every script stay.
    """
    line = " ".join("".join(c for c in text if c not in _TURNING).split())
    cut = line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
    return "".join(c if c.isalnum() or c in _PLAIN or ord(c) > 0x2000 else f"#{ord(c)};" for c in cut)
