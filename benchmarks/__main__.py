"""`python -m benchmarks`: measure this machine."""

from __future__ import annotations

import argparse
from itertools import chain
from pathlib import Path

from benchmarks import alone, beside, doors, many, table
from benchmarks.timing import Figure


def main() -> None:
    """Measure, printing a line at a time."""
    asked = _asked()
    metaflow = doors.metaflow_version()
    facts = table.machine(metaflow)
    table.show_machine(facts)
    tries = asked.tries or (1 if asked.quick else 3)
    figures: list[Figure] = []

    def keep(*made: Figure) -> None:
        figures.extend(made)
        # each time: a run that is broken off leaves what it has
        if asked.json:
            table.write(asked.json, facts, figures)

    table.show_heading(compared=True)
    measured = beside.QUICK if asked.quick else beside.FULL
    for group in beside.groups(measured, tries, table.progress, metaflow=bool(metaflow)):
        table.progress("")
        table.show_compared(group)
        keep(*group)

    table.show_heading(compared=False)
    python = figures[0].median
    for figure in chain(alone.figures(tries, table.progress), many.figures(tries, table.progress)):
        table.progress("")
        table.show_alone(figure, python)
        keep(figure)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Time nbflow, and Metaflow beside it.")
    parser.add_argument("--quick", action="store_true", help="no foreach of 500, and fewer tries: a minute or two")
    parser.add_argument("--tries", type=int, metavar="N", help="tries that count (default: 3, with --quick 1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every try to FILE, too")
    return parser.parse_args()


main()
