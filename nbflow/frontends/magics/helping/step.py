"""Help of `%%step`, `%%card`, `%%parameters` and `%%setup`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.cells.header import read_header
from nbflow.cells.options import Parsed, parse_words
from nbflow.cells.step_options import STEP
from nbflow.cells.text import CellText
from nbflow.errors import NbflowError
from nbflow.frontends.magics.helping.here import facts, parameters
from nbflow.frontends.magics.helping.tables import aligned, facts_below, option_lines
from nbflow.model.graph import Everything, Node
from nbflow.model.ids import StepName

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

_STEP = """\
%%step NAME [options]

Makes this cell a step of the flow and runs it as a task in a worker process. The step
reads names that steps above left, parameters and definitions; it leaves what it assigns.

    %%step train --foreach regions --as region --retry 2
    model = fit(df[df.region == region])

%step NAME as the first line of code means the same, and linters see through it.
Long options may stand below the header, one a line:  #| memory: 8G"""

_CARD = """\
%%card NAME [options]

Makes this cell a step whose product is a card: it is %%step NAME --card. What the cell
displays and what it appends make the card, which is kept with the task and shown here.

    %%card report
    from nbflow import current
    from nbflow.cards import Markdown, Table
    current.card.append(Markdown(f"# Sales\\nrmse **{rmse:.3f}**"))
    current.card.append(Table.from_dataframe(summary))

The look of a report is changed by running this cell again, without the steps above it.
It may append a figure, a table, or anything else that a notebook shows. Later:
%flow cards report, get_cards("flow/12/report/0"), nbflow card view flow/12/report.
%card NAME as the first line of code means the same."""

_PARAMETERS = """\
%%parameters

Declares the flow's parameters, one a line:  NAME: type = default   # help

    alpha: float = 0.1          # learning rate
    regions: list[str] = ["eu", "us"]
    end: date = date.today()

A parameter without a default must be given. A value comes from, the later the stronger:
the default; the variable NBFLOW_PARAM_ALPHA; a cell of nothing but assignments to
parameters, as papermill adds; the run itself, as in  %flow run --alpha 0.2  or
nbflow run NB.ipynb -p alpha=0.2."""

_SETUP = """\
%%setup

A cell that runs here now, and first in every task, whole: pandas options, warnings
filters, log levels.

    %%setup
    import pandas as pd
    pd.set_option("display.width", 120)"""


def step_help(face: Face, text: str = "") -> str:
    """Return the help of `%%step`; with the text of a step's cell, what holds for that step."""
    parsed, name = _read(text)
    now = None if parsed is None else held(face, parsed)
    title = [] if now is None else [f"now: what holds in step {name}" if name else "now: what holds in this cell", ""]
    of_card = bool(text) and read_header(CellText(text)).asks_card
    if now is not None and of_card:
        now.setdefault("card", "yes")
    head = _CARD if of_card else _STEP
    return "\n".join([head, "", *title, *option_lines(STEP, now), *_facts(face, name if text else "")])


def card_help(face: Face) -> str:
    """Return the help of `%%card`."""
    return "\n".join([_CARD, "", *option_lines(STEP, None), *_facts(face)])


def parameters_help(face: Face) -> str:
    """Return the help of `%%parameters`, with the values that hold here."""
    return "\n".join([_PARAMETERS, "", *parameter_lines(face), *_facts(face)])


def setup_help(face: Face) -> str:
    """Return the help of `%%setup`."""
    cells = ", ".join(cell.place.cell or "a cell" for cell in face.session.setup.values())
    return "\n".join([_SETUP, *facts_below([("setup cells", cells or "none has run here"), *facts(face)])])


def parameter_lines(face: Face, *, options: bool = False) -> list[str]:
    """Return the flow's parameters, one a line: as they are declared, or as options of a command."""
    rows = parameters(face, options=options)
    if not rows:
        return ["this flow has no parameters: a %%parameters cell declares some"]
    told = [(f"  {name}", value, origin, text) for name, value, origin, text in rows]
    return aligned([(f"parameters of {face.flow}", "now", "from", ""), *told])


def held(face: Face, parsed: Parsed) -> dict[str, str]:
    """Return what holds in a cell, by option: what its header says, and what the kernel's settings do."""
    found = {}
    for key, given in parsed.given.items():
        flag = STEP[key].flag
        found[key] = "yes" if flag else ", ".join(word.text for word in given.words)
    if not face.run_cells:
        found.setdefault("define", "yes: run_cells=false")
    return found


def held_in(face: Face, text: str) -> dict[str, str]:
    """Return what holds in a step's cell, by option."""
    parsed, _ = _read(text)
    return {} if parsed is None else held(face, parsed)


def _read(text: str) -> tuple[Parsed | None, str]:
    """Return the options of a cell, as far as they can be read, and its step."""
    if not text:
        return None, ""
    cell = CellText(text)
    header = read_header(cell)
    lines = ((line.key, line.value) for line in header.option_lines)
    return parse_words(header.words, STEP, cell, lines), header.name_word or ""


def _facts(face: Face, step: str = "") -> list[str]:
    rows = facts(face)
    if step and (node := _node(face, step)) is not None:
        rows = [*_wired(node), *rows]
    elif face.session.slots and not step:
        first = next(iter(face.session.slots))
        rows.append(("more", f"%%step {first}?  says what holds in step {first}"))
    return facts_below(rows)


def _node(face: Face, step: str) -> Node | None:
    if StepName(step) not in face.session.slots:
        return None
    try:
        return face.build().graph[step]
    except (NbflowError, KeyError):
        return None


def _wired(node: Node) -> list[tuple[str, str]]:
    """Return what a step reads and leaves, as its cell last ran."""
    reads = [f"{need.binds} of {need.branches[0][0].step}" for need in node.needs if need.binds and need.branches[0]]
    reads += [f"{name} (parameter)" for name in sorted(node.parameters)]
    leaves = () if isinstance(node.leaves, Everything) else sorted(node.leaves)
    rows = [("reads", ", ".join(reads) or "nothing"), ("leaves", ", ".join(leaves) or "nothing")]
    if node.scope:
        rows.append(("tasks", f"one per item of {' and '.join(node.scope)}"))
    return rows
