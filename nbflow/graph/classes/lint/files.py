"""Rules about files that steps read."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, problem
from nbflow.graph.classes.lint.decorators import has
from nbflow.graph.classes.lint.registry import rule
from nbflow.graph.classes.lint.wording import place_of
from nbflow.graph.classes.walked import WalkedFlow
from nbflow.graph.local_paths import local_paths


@rule
def files_of_this_machine_are_read_here(flow: WalkedFlow) -> Iterator[Problem]:
    """F043: a step with @batch reads no file of this machine by its path."""
    for step in flow.steps:
        body = step.draft.body
        own_open = "import open" in body.cell or "def open(" in body.cell
        for each in local_paths(body.source, own_open=own_open) if has(step, "batch") else ():
            place = place_of(step, body.line + each.line - 1)
            yield problem("F043", place, step=step.name, reader=each.reader, path=each.path)
