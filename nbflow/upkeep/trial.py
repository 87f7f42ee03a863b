"""A real task, in a store of its own that is gone afterwards: the zygote starts and forks, and a result is committed."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from nbflow.backends.local import LocalBackend
from nbflow.cards.figures import duration
from nbflow.cells.step import step_draft
from nbflow.errors import NbflowError, Place
from nbflow.graph.build import build
from nbflow.model.ids import FlowName, StepName, TaskKey
from nbflow.model.status import RunStatus
from nbflow.model.step import FlowDraft
from nbflow.runtime.engine import Engine
from nbflow.runtime.request import Outcome, RunRequest
from nbflow.upkeep.finding import Finding, broken, fine, warning
from nbflow.workspace import Workspace

_CELL = "%%step trial\nanswer = 6 * 7"
#: seconds for all of it
_PATIENCE = 60.0
#: from here on it is worth a word
_SLOW = 10.0


def task() -> Finding:
    """Whether a step runs here."""
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="nbflow-doctor-", ignore_cleanup_errors=True) as folder:
            why = _try(Path(folder))
    except NbflowError as error:
        first = error.problems[0]
        return broken("task", first.what, first.fix or first.why)
    except OSError as error:
        return broken("task", f"no folder for temporary files: {error}", "set TMPDIR to one that can be written")
    took = duration(time.monotonic() - began)
    if why:
        return broken("task", why, "what stands above, or a file limit (ulimit -a), may tell why")
    if time.monotonic() - began > _SLOW:
        return warning("task", f"ran and was committed, in {took}", "is the machine busy, or Python on a network disk?")
    return fine("task", f"ran and was committed in {took}")


def _try(folder: Path) -> str:
    """Run one step in `folder` and return what went wrong."""
    workspace = Workspace.open(folder / ".nbflow")
    graph = build(FlowDraft((step_draft(_CELL, Place(), "<doctor>"),))).graph
    engine = Engine(workspace, LocalBackend())
    try:
        handle = engine.start(
            RunRequest(FlowName("doctor"), graph, cwd=str(folder), sys_path=tuple(sys.path), rich=False)
        )
        if not handle.done.wait(_PATIENCE):
            return f"a step of one line did not end within {duration(_PATIENCE)}"
        return _wrong_with(handle.outcome(), workspace)
    finally:
        engine.close()


def _wrong_with(outcome: Outcome, workspace: Workspace) -> str:
    if outcome.status is not RunStatus.SUCCEEDED:
        told = outcome.failure[1].told if outcome.failure else outcome.status.value
        return f"a step of one line failed: {told}"
    kept = workspace.metadata.tasks(outcome.flow, outcome.run)
    manifest = next((each.manifest for each in kept if each.key == TaskKey(StepName("trial"))), None)
    if manifest is None or workspace.store.get(manifest.artifacts["answer"]) != 42:
        return "a step of one line ran, but its result is not in the store"
    return ""
