"""`python flow.py tag list`: the labels of one run, or of all."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from nbflow.errors import raise_for
from nbflow.frontends.choosing import require_runs
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.naming import run_of
from nbflow.frontends.flowspec.terminal.tag import tag_lines
from nbflow.metadata.identity import identity, tags_of
from nbflow.model.record import RunRecord


def add(parser: argparse.ArgumentParser, call: Call) -> None:  # noqa: ARG001 - as every command has it
    """Declare the arguments."""
    parser.add_argument("run", nargs="?", metavar="RUN", help="the run (default: the latest)")
    parser.add_argument("--run-id", metavar="RUN", help="the same")
    parser.add_argument("--all", action="store_true", help="of all runs")
    parser.add_argument("--my-runs", action="store_true", help="of all your own runs")
    parser.add_argument("--hide-system-tags", action="store_true", help="only those that people gave")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--group-by-tag", action="store_true", help="each tag with its runs")
    how.add_argument("--group-by-run", action="store_true", help="each run with its tags")
    how.add_argument("--flat", action="store_true", help="one tag a line and nothing else")


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Print them."""
    runs = _runs(call, arguments)
    system = not arguments.hide_system_tags
    if arguments.flat:
        lines = sorted({tag for run in runs for tag in _tags(run, system=system)})
    elif arguments.group_by_tag:
        lines = _by_tag(runs, system=system)
    elif arguments.group_by_run or len(runs) == 1:
        lines = [line for run in runs for line in (f"{run.flow}/{run.id}", *tag_lines(run, system=system))]
    else:
        lines = [f"  {tag}" for tag in sorted({tag for run in runs for tag in _tags(run, system=system)})]
    for line in lines:
        call.console.tell(line)
    return 0


def _runs(call: Call, arguments: argparse.Namespace) -> Sequence[RunRecord]:
    named = arguments.run_id or arguments.run
    several = arguments.all or arguments.my_runs
    if named and several:
        option = "--all" if arguments.all else "--my-runs"
        raise_for("R004", option=option, message=f"it excludes a run, and {named} is one", fix="give one of them")
    if not several:
        return [run_of(call, named)]
    require_runs(call.workspace, call.flow)
    runs = call.workspace.metadata.runs(call.flow)
    return [run for run in runs if identity() in tags_of(run)] if arguments.my_runs else runs


def _tags(run: RunRecord, *, system: bool) -> frozenset[str]:
    return tags_of(run) if system else run.tags


def _by_tag(runs: Sequence[RunRecord], *, system: bool) -> list[str]:
    found: dict[str, list[str]] = {}
    for run in runs:
        for tag in _tags(run, system=system):
            found.setdefault(tag, []).append(f"{run.flow}/{run.id}")
    return [line for tag in sorted(found) for line in (tag, *(f"  {name}" for name in found[tag]))]
