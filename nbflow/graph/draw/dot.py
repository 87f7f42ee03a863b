"""A flow in the DOT language of Graphviz."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cards.palette import colour
from nbflow.cards.printable import one_line
from nbflow.graph.draw.edges import edges_of
from nbflow.graph.draw.nesting import Nest, nested
from nbflow.graph.draw.state import States
from nbflow.model.record import StepSummary


def dot(steps: Sequence[StepSummary], states: States | None = None, *, name: str = "flow") -> str:
    """Return `steps` as a DOT digraph; each foreach is a cluster, a state is the colour of a border."""
    states = states or {}
    lines = [
        f"digraph {_quoted(name)} {{",
        "  rankdir=LR;",
        '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11];',
        '  edge [color="#7d828b", arrowsize=0.7];',
    ]
    _boxes(nested(steps), states, lines, "  ")
    for step, givers in edges_of(steps).short.items():
        lines += [f"  {_quoted(giver)} -> {_quoted(step)};" for giver in givers]
    return "\n".join([*lines, "}", ""])


def _boxes(nest: Nest, states: States, lines: list[str], indent: str) -> None:
    for number, part in enumerate(nest.parts):
        if isinstance(part, Nest):
            lines.append(f"{indent}subgraph {_quoted(f'cluster_{part.scope}_{number}')} {{")
            lines.append(
                f"{indent}  label={_quoted(f'per item of {part.scope}')}; style=rounded; color={_quoted('#b9bdc4')};"
            )
            _boxes(part, states, lines, indent + "  ")
            lines.append(f"{indent}}}")
        else:
            label = _quoted(*(one_line(each, 60) for each in (part.name, part.label) if each))
            line = f", color={_quoted(colour(states[part.name].status))}, penwidth=2" if part.name in states else ""
            lines.append(f"{indent}{_quoted(part.name)} [label={label}{line}];")


def _quoted(*texts: str) -> str:
    # one line each; a backslash of the text is no escape of DOT
    said = (one_line(text).replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return '"' + "\\n".join(said) + '"'
