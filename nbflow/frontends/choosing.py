"""Which run is meant, where a person names none, a number, or a pathspec."""

from __future__ import annotations

from nbflow.errors import did_you_mean, near_or_all, raise_for
from nbflow.model.ids import Pathspec
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace

#: stored statuses of runs that may be under way
_GOING = (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.CANCELLING)


def under_way(workspace: Workspace, flow: str) -> tuple[RunRecord, ...]:
    """Return the runs of the flow that go on, newest first; those without an owner do not."""
    found = [run for status in _GOING for run in workspace.metadata.runs(flow, status=status) if not run.status.ended]
    return tuple(sorted(found, key=lambda run: run.created_at, reverse=True))


def named_run(workspace: Workspace, flow: str, word: str) -> RunRecord:
    """Return the run of `12`, or of `sales/12`. Raises M001, M002, M006."""
    spec = Pathspec.parse(word if "/" in word else f"{flow}/{word}")
    found = workspace.metadata.run(spec.flow, spec.run) if spec.run else None
    if found is None:
        require_runs(workspace, spec.flow)
        known = [each.id for each in workspace.metadata.runs(spec.flow, drafts=True, limit=1000)]
        raise_for("M002", flow=spec.flow, run=spec.run or "", hint=near_or_all(spec.run or "", known, "Its runs are"))
    return found


def latest(workspace: Workspace, flow: str) -> RunRecord:
    """Return the latest run under way, else the latest of all. Raises M001 when there is none."""
    going = under_way(workspace, flow)
    return going[0] if going else require_runs(workspace, flow)


def only_one_under_way(workspace: Workspace, flow: str, command: str) -> RunRecord | None:
    """Return the run under way; None when there is none. Raises R017 when there are several; `command` names one."""
    going = under_way(workspace, flow)
    if len(going) > 1:
        names = [f"{each.flow}/{each.id}" for each in going]
        fixes = [f"{command} {each}" for each in names]
        raise_for("R017", count=len(going), runs=", ".join(names), fix="\n".join(fixes))
    return going[0] if going else None


def require_runs(workspace: Workspace, flow: str) -> RunRecord:
    """Return the latest run of the flow. Raises M001 when there is none."""
    metadata = workspace.metadata
    found = metadata.runs(flow, limit=1)
    if not found:
        known = [name for name in metadata.flows() if metadata.runs(name, limit=1)]
        why = f"the flows with runs are: {', '.join(known)}" if known else "no flow has a run in this store yet"
        raise_for("M001", name=flow, hint=did_you_mean(flow, known), why=why)
    return found[0]
