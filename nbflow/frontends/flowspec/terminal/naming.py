"""What a person names after a command: `3/train/0`, of the flow whose file it is."""

from __future__ import annotations

from nbflow.errors import raise_for
from nbflow.frontends.choosing import named_run, require_runs
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.model.ids import STEP_NAME, Pathspec
from nbflow.model.record import RunRecord


def named_tasks(call: Call, what: str) -> Pathspec:
    """Return the step or task that `what` names: RUN/STEP[/TASK], with the flow in front or not.

    Where the run is left out, or is `latest`, it is the latest one; a run alone is all its steps.

    Raises:
        UsageError: R057, it is none of these.
        NotFoundError: the flow has no such run.
    """
    words = [word for word in what.split("/") if word]
    if words and words[0] == call.flow:
        words = words[1:]
    step = bool(words) and bool(STEP_NAME.match(words[0])) and not _is_run(words[0])
    if not words or len(words) > 3 or not (step or _is_run(words[0])):
        why = f"it is RUN/STEP or RUN/STEP/TASK of flow {call.flow}"
        raise_for("R057", what=what, why=why, fix=f"{call.told(call.command)} 3/start")
    if step:
        run = require_runs(call.workspace, call.flow)
        words = words[1:] if words[0] == "latest" else words
    else:
        run = named_run(call.workspace, call.flow, words[0])
        words = words[1:]
    return Pathspec.parse("/".join([call.flow, run.id, *words]))


def _is_run(word: str) -> bool:
    kind, _, number = word.rpartition("-")
    # Step Functions calls its own what it likes
    return word.startswith("sfn-") or (number.isdigit() and kind in {"", "draft", "spin"})


def run_of(call: Call, name: str | None) -> RunRecord:
    """Return the run of `3` or `Flow/3`; None: the latest. Raises M001, M002."""
    return require_runs(call.workspace, call.flow) if name is None else named_run(call.workspace, call.flow, name)
