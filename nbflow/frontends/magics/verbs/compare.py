"""`%flow compare`: what differs between runs of this flow; with --fail-if the cell fails where a run is worse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from IPython.display import display

from nbflow.cells.options import Table, parse_line
from nbflow.client.comparing.runs import MOST, Ground
from nbflow.frontends.magics.flowline import OPTIONS
from nbflow.frontends.seeing.compare import RunComparison, compared

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> Any:
    """Carry out the line: return the comparison, or with --chart the figure of a metric."""
    parsed = parse_line(text, Table("%flow compare", OPTIONS["compare"], operands=MOST), face.place())
    runs = [each.text for each in parsed.operands]
    made = _made(face, runs, parsed.value("baseline"), parsed.value("fail-if"))
    if not made.passed:
        # the cell fails, and shows why
        display(made)
    made.require()
    metric = parsed.value("chart")
    return made if metric is None else made.chart(metric)


def compare_runs(face: Face, runs: Sequence[Any], *, baseline: Any = None, fail_if: str | None = None) -> RunComparison:
    """Return what differs between runs. Raises RegressionError where `fail_if` holds."""
    made = _made(face, runs, baseline, fail_if)
    made.require()
    return made


def _made(face: Face, runs: Sequence[Any], baseline: Any, fail_if: str | None) -> RunComparison:
    ground = Ground(face.workspace, face.flow)
    return compared(runs, ground, baseline=baseline, fail_if=fail_if)
