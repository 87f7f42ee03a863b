"""What `current` says in a task: put together from what its worker was told; the rest is looked up when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nbflow.flowspec.current import Parallel, current
from nbflow.model.record import StepSummary
from nbflow.model.task import TaskSpec


def tell(spec: TaskSpec, card: Callable[[], Any]) -> None:
    """Have `current` tell of this task, with its `card`, and the client see what the run's --namespace says."""
    current._fill(members_later(spec, card), **members(spec))  # noqa: SLF001 - the one who fills it outside its module
    if spec.about.get("namespace") is not None:
        from nbflow.client.namespace import namespace

        namespace(spec.about["namespace"])


def members(spec: TaskSpec) -> dict[str, Any]:
    """Return what `current` knows at once."""
    flow, run, step, task = spec.task.split("/")
    about = spec.about
    user = about.get("user") or None
    namespace = about.get("namespace")
    gang = spec.method.gang if spec.method else None
    known = {
        "is_running_flow": True,
        "flow_name": flow,
        "run_id": run,
        "step_name": step,
        "task_id": task,
        "pathspec": spec.task,
        # for nbflow.S3
        "_root": spec.root,
        "retry_count": spec.attempt,
        "origin_run_id": about.get("origin_run_id"),
        "username": user,
        # an empty one is all runs
        "namespace": (namespace or None) if namespace is not None else _owner(about, user),
        "tags": frozenset(about.get("tags", ())),
        "parameter_names": list(about.get("parameter_names", ())),
        "is_parallel": gang is not None,
        **{name: value for name, value in (about.get("project") or {}).items() if name != "tags"},
    }
    if gang is not None:
        known["parallel"] = Parallel(gang.main_ip, gang.nodes, gang.index, gang.control_task)
    return known


def _owner(about: Mapping[str, Any], user: str | None) -> str | None:
    """Return the namespace a run is in when nobody names another: that of its token, else of its user."""
    token = next((tag for tag in about.get("tags", ()) if tag.startswith("production:")), None)
    return token or (user and f"user:{user}")


def members_later(spec: TaskSpec, card: Callable[[], Any]) -> Mapping[str, Callable[[], Any]]:
    """Return what `current` looks up when it is asked for; `card` makes what its cards are."""
    return {
        "card": card,
        "run": lambda: _client(spec, "Run", spec.task.rsplit("/", 2)[0]),
        "task": lambda: _client(spec, "Task", spec.task),
        "graph": lambda: graph(spec),
        "trigger": lambda: _trigger(spec),
        "tempdir": _tempdir,
    }


def _client(spec: TaskSpec, kind: str, pathspec: str) -> Any:
    import nbflow.client
    from nbflow.workspace import Workspace

    return getattr(nbflow.client, kind)(pathspec, workspace=Workspace.open(spec.root))


def _trigger(spec: TaskSpec) -> Any:
    told = spec.about.get("started_by")
    if not told:
        # most runs have none
        return None
    import nbflow.client
    from nbflow.workspace import Workspace

    return nbflow.client.Trigger.of(Workspace.open(spec.root), told)


def graph(spec: TaskSpec) -> dict[str, Any]:
    """Return the flow's steps as a plain dict, as its run recorded them."""
    from nbflow.workspace import Workspace

    flow, run, *_ = spec.task.split("/")
    record = Workspace.open(spec.root).metadata.run(flow, run)
    steps = record.steps if record else ()
    told = record.about.get("graph") if record else None
    found = dict(told or {"file": "", "doc": "", "steps": {each.name: _step(each, steps) for each in steps}})
    return {**found, "parameters": [{"name": name} for name in spec.about.get("parameter_names", ())]}


def _step(summary: StepSummary, steps: tuple[StepSummary, ...]) -> dict[str, Any]:
    return {
        "name": summary.name,
        "type": summary.kind,
        "doc": summary.doc,
        "next": [each.name for each in steps if summary.name in each.givers and each is not summary],
    }


def _tempdir() -> str:
    import tempfile

    return tempfile.gettempdir()
