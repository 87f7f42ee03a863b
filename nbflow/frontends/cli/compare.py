"""`nbflow compare RUN [RUN …]`: what differs between runs; with a condition, whether one got worse.

Exit codes: 0 none got worse; 1 one did; 2 it could not be compared: no such run or metric, a condition that makes no sense.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from nbflow.cards.printable import one_line, printable
from nbflow.client.comparing.runs import Ground
from nbflow.errors import NbflowError, RegressionError, raise_for
from nbflow.frontends.cli.named import of_its_flow
from nbflow.frontends.ink import has_colours, ink
from nbflow.frontends.seeing.compare import RunComparison, compared
from nbflow.frontends.writable import check_writable
from nbflow.workspace import Workspace

_COLOURS = {"good": 32, "bad": 31, "doubt": 33, "more": 32, "less": 31, "title": 1, "faint": 2}


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "runs", nargs="*", metavar="RUN", help="FLOW/3, FLOW/latest, FLOW or its notebook (the latest run), or an id"
    )
    parser.add_argument(
        "--baseline", metavar="RUN", help="what they are compared with: a run, latest_successful, previous"
    )
    parser.add_argument(
        "--fail-if",
        metavar="CONDITION",
        help="exit with 1 where it holds, as 'rmse > 1.05 * baseline.rmse'; with 2 where it cannot be judged",
    )
    parser.add_argument("--flow", help="the flow of runs that are given as ids")
    parser.add_argument(
        "--diff",
        action="append",
        default=[],
        metavar="NAME",
        help="tell how an artifact differs, as train.table or train.table[eu]",
    )
    parser.add_argument(
        "--chart",
        action="append",
        default=[],
        metavar="METRIC",
        help="draw a metric across the runs, as rmse or train.rmse; with --html on the page, too",
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write it as a page with its charts, too")


def main(arguments: argparse.Namespace) -> int:
    """Print the comparison."""
    try:
        made = _compared(arguments)
        _print(made, arguments)
        made.require()
    except RegressionError as worse:
        print(f"\n{worse}", file=sys.stderr)
        return 1
    except NbflowError as wrong:
        # a typing slip is no regression: whoever decides by the exit code tells the two apart
        print(wrong, file=sys.stderr)
        return 2
    return 0


def _compared(arguments: argparse.Namespace) -> RunComparison:
    check_writable("--html", str(arguments.html) if arguments.html else None)
    # as everywhere in the terminal, whoever ran them
    ground = Ground(Workspace.open(root) if (root := Workspace.nearest()) else None, arguments.flow, None)
    return compared(
        list(map(of_its_flow, arguments.runs)),
        ground,
        baseline=of_its_flow(arguments.baseline) if arguments.baseline else None,
        fail_if=arguments.fail_if,
    )


def _print(made: RunComparison, arguments: argparse.Namespace) -> None:
    shown = sys.stdout.isatty()
    width = max(60, shutil.get_terminal_size().columns if shown else 100)
    # first: a metric that there is not is said in the place of everything else
    charts = _charts(made, arguments.chart, width)
    if arguments.html:
        from nbflow.views.compare.page import document

        try:
            arguments.html.write_text(document(made, arguments.chart), encoding="utf-8", errors="replace")
        except OSError as failed:
            raise_for("R072", path=arguments.html, message=failed.strerror or failed)
    if arguments.json:
        from nbflow.client.comparing.plainly import as_json

        print(json.dumps(as_json(made), indent=2, ensure_ascii=False, allow_nan=False))
        return
    from nbflow.views.compare.text import plain, text

    print(text(made, width=width, paint=_painted if has_colours(sys.stdout) else plain))
    for chart in charts:
        print(f"\n{chart}")
    for name in arguments.diff:
        print(f"\n{one_line(name, 80)}  {printable(made.diff(name))}")


def _charts(made: RunComparison, metrics: Sequence[str], width: int) -> list[str]:
    """Return each of `metrics` across the runs. Raises V017."""
    if not metrics:
        return []
    from nbflow.client.comparing.over import metrics_over
    from nbflow.views.compare.bars import bars

    table = metrics_over(made.runs)
    return [bars(table, metric, width) for metric in metrics]


def _painted(what: str, line: str) -> str:
    return ink(line, _COLOURS[what]) if what in _COLOURS else line
