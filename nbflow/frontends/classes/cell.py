"""`MyFlow.run(alpha=0.6)`: a class run from Python, in a notebook with the panel of `%flow run`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from inspect import getattr_static
from typing import TYPE_CHECKING, Any

from nbflow.cards.figures import several
from nbflow.client import Run
from nbflow.errors import error, problem
from nbflow.flowspec.parameter import Parameter
from nbflow.frontends.classes.asking import request_of
from nbflow.frontends.classes.opened import ClassFlow, config_values, open_class
from nbflow.frontends.classes.resuming import resumed
from nbflow.frontends.classes.running import host, start
from nbflow.frontends.ending.over import over
from nbflow.model.status import RunStatus
from nbflow.runtime.request import Outcome, RunRequest
from nbflow.workspace import Workspace

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def run_class(
    flow_class: type,
    given: Mapping[str, Any],
    *,
    tags: Sequence[str] = (),
    namespace: str | None = None,
    max_workers: int | None = None,
    max_splits: int = 100,
    with_specs: Sequence[str] = (),
    configs: Mapping[str, Any] | None = None,
    background: bool = False,
    notify: Any = (),
    resume: bool = False,
    step: str | None = None,
    origin: str | None = None,
) -> Run:
    """Run a flow class and return its run when it is over.

    Args:
        flow_class: the class: of a notebook's cell, or of a file.
        given: parameter → value.
        tags: labels of the run.
        namespace: what the client sees in its tasks; None: the user's own.
        max_workers: most tasks at once; None is the number of cores.
        max_splits: most tasks that one foreach may have.
        with_specs: decorators for all steps, as `--with` takes them.
        configs: config → value, in the place of what each Config finds.
        background: return at once; the run goes on beside other cells (in a notebook).
        notify: addresses that hear of its end, or secrets that hold them, as env.SLACK_URL: a text or several. Where the
            class has a parameter of that name, its value.
        resume: go on from an earlier run, with its parameters.
        step: with `resume`: it runs again, with every step that follows it.
        origin: with `resume`: id of the run to go on from; None: the latest.

    Raises:
        FlowError: the class makes no sense; nothing ran.
        TaskError: a step failed.
        KeyboardInterrupt: it was interrupted, and no worker is left.
    """
    face = _face_of(flow_class)
    if notify != () and isinstance(getattr_static(flow_class, "notify", None), Parameter):
        given, notify = {**given, "notify": notify}, ()
    notify = (notify,) if isinstance(notify, str) else tuple(notify)
    values = config_values(flow_class, contents=configs or {})
    how: dict[str, Any] = {"config_values": values, "with_specs": with_specs, "max_splits": max_splits}
    flow = open_class(flow_class, **how) if face is None else _open_in(face, flow_class, **how)
    workspace = Workspace.find(local=[str(flow.folder)]) if face is None else face.workspace
    if resume:
        request = resumed(flow, workspace, step=step, origin=origin, tags=tags, max_workers=max_workers, notify=notify)
    else:
        request = request_of(
            flow, workspace, given, tags=tags, namespace=namespace, max_workers=max_workers, notify=notify
        )
    if face is None:
        return _run_here(flow, workspace, request)
    return _run_in(face, flow, request, background=background)


def _face_of(flow_class: type) -> Face | None:
    """Return the notebook in which the class was defined, which then understands nbflow; None: it is in a file."""
    if "IPython" not in sys.modules or _in_a_file(flow_class):
        return None
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return None
    from nbflow.frontends.magics import face_of, load

    load(shell)
    return face_of(shell)


def _in_a_file(flow_class: type) -> bool:
    return getattr(sys.modules.get(flow_class.__module__), "__file__", None) is not None and not (
        flow_class.__module__.startswith("nbflow_defs.") or flow_class.__module__ == "__main__"
    )


def _open_in(face: Face, flow_class: type, **how: Any) -> ClassFlow:
    from nbflow.frontends.classes.notebook import open_in_notebook

    return open_in_notebook(face, flow_class, **how)


def _run_here(flow: ClassFlow, workspace: Workspace, request: RunRequest) -> Run:
    from nbflow.frontends.cli.progress import progress

    with host(workspace) as engine:
        handle = start(engine, flow, request)
        progress(handle, flow.graph)
        outcome = handle.outcome()
        over(workspace, request, outcome.run, _complain)
    run = Run(f"{outcome.flow}/{outcome.run}", workspace=workspace)
    if outcome.status is not RunStatus.SUCCEEDED:
        _fail(
            flow, outcome, f"{several(len(handle.left), 'job')} may still run" if handle.left else "no worker is left"
        )
    return run


def _complain(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - where the run's progress is told


def _fail(flow: ClassFlow, outcome: Outcome, left: str) -> None:
    if outcome.failure is None:
        raise KeyboardInterrupt(f"{outcome.flow}/{outcome.run} was cancelled; {left}")
    key, failure = outcome.failure
    place = flow.graph[key.step].place.at(failure.line)
    raise error(problem("T001", place, step=key, error=failure.told, traceback=failure.traceback.rstrip()))


def _run_in(face: Face, flow: ClassFlow, request: RunRequest, *, background: bool) -> Run:
    from nbflow.frontends.classes.notebook import run_in_notebook

    return run_in_notebook(face, flow, request, background=background)
