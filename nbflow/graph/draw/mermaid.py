"""A flow in Mermaid's notation."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cards.palette import colour
from nbflow.cards.printable import one_line
from nbflow.graph.draw.edges import edges_of
from nbflow.graph.draw.nesting import Nest, nested
from nbflow.graph.draw.state import States
from nbflow.model.record import StepSummary


def mermaid(steps: Sequence[StepSummary], states: States | None = None) -> str:
    """Return `steps` as a Mermaid flowchart; each foreach is a subgraph, a state is the colour of a border."""
    ids: dict[str, str] = {step.name: f"s{number}" for number, step in enumerate(steps)}
    lines = ["flowchart LR"]
    _boxes(nested(steps), ids, lines, "  ")
    for name, givers in edges_of(steps).short.items():
        lines += [f"  {ids[giver]} --> {ids[name]}" for giver in givers]
    for name, state in (states or {}).items():
        if name in ids:
            lines.append(f"  style {ids[name]} stroke:{colour(state.status)},stroke-width:2px")
    return "\n".join(lines) + "\n"


def _boxes(nest: Nest, ids: dict[str, str], lines: list[str], indent: str) -> None:
    for part in nest.parts:
        if isinstance(part, Nest):
            lines.append(f"{indent}subgraph f_{ids[part.scope]}[{_quoted('per item of ' + part.scope)}]")
            _boxes(part, ids, lines, indent + "  ")
            lines.append(f"{indent}end")
        else:
            label = _quoted(part.name, part.label)
            lines.append(f"{indent}{ids[part.name]}[{label}]")


def _quoted(*texts: str) -> str:
    # Mermaid's own entities: in its quotes everything but these is text
    said = [
        one_line(text, 60).replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
        for text in texts
        if text
    ]
    return '"' + "<br/>".join(said) + '"'
