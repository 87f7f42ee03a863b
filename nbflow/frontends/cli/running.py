"""What `nbflow run` and `nbflow resume` do, once their zygote is on its way."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nbflow.backends.routed import RoutedBackend
from nbflow.backends.zygote import Zygote
from nbflow.code.local import installed
from nbflow.errors import TagError, UsageError, raise_for
from nbflow.frontends.cli.notebook import Opened, decorated, given_parameters, open_notebook, say
from nbflow.frontends.cli.progress import progress
from nbflow.frontends.ending.asked import hearing
from nbflow.frontends.ending.over import over
from nbflow.frontends.packages import known_packages, ready_packages
from nbflow.frontends.prepare import DefinitionNames, keep_code, parameters_of, surroundings
from nbflow.frontends.resuming import Origin, carried_over, kept_fresh, origin_of, run_among, stored
from nbflow.frontends.writable import check_writable
from nbflow.metadata.identity import system_tags
from nbflow.metadata.tags import first_tags
from nbflow.model.ids import FlowName, Pathspec, TaskKey
from nbflow.model.record import TaskRecord
from nbflow.model.status import RunStatus
from nbflow.plan.parameters import Assigned
from nbflow.plan.reuse import Reuse
from nbflow.runtime.engine import Engine
from nbflow.runtime.request import Items, RunRequest
from nbflow.workspace import Workspace


def run_notebook(arguments: argparse.Namespace, zygote: Zygote | None) -> int:
    """Run the flow and return 0 when it succeeded, 1 when a step failed."""
    return run_opened(_opened(arguments.notebook), given_parameters(arguments.parameters), arguments, zygote)


def run_opened(
    opened: Opened, given: Mapping[str, object], arguments: argparse.Namespace, zygote: Zygote | None
) -> int:
    """Run a flow that was read, with the values of parameters that were `given`, as `run_notebook` does."""
    workspace = workspace_of(opened)
    opened = decorated(opened, arguments.with_specs)
    with _host(workspace, zygote) as engine:
        request = request_of(opened, workspace, given, dry=arguments.dry)
        reuse = Reuse(fresh=arguments.fresh, everything=arguments.reuse)
        request = replace(
            request, reuse=reuse, tags=tags_of(opened, arguments), about=kept_fresh(fresh=arguments.fresh)
        )
        if arguments.dry:
            latest = _latest(workspace, opened.flow)
            before, items = (latest.by_key, latest.items) if latest else ({}, {})
            return _print_plan(request, before, items, workspace, f"dry run of {opened.flow}: nothing is started")
        return _run(engine, workspace, opened, request, arguments)


def resume_notebook(arguments: argparse.Namespace, zygote: Zygote | None) -> int:
    """Go on from an earlier run; return 0 when the new one succeeded, 1 when a step failed."""
    # a number is a run, as in a notebook
    step, named = run_among([each for each in (arguments.step, arguments.run) if each])
    opened, origin, workspace = _resumed(arguments.what, named)
    opened = decorated(opened, arguments.with_specs)
    with _host(workspace, zygote) as engine:
        names = DefinitionNames.of_file(opened.flow, opened.text.draft.definitions)
        given = carried_over(origin.run.parameters, opened.graph.parameters, names)
        request = request_of(opened, workspace, {**given, **given_parameters(arguments.parameters)}, dry=arguments.dry)
        request = replace(
            request,
            reuse=origin.reuse(opened.graph, step),
            origin=origin.run.id,
            about=kept_fresh(fresh=origin.fresh),
            tags=origin.run.tags | tags_of(opened, arguments),
        )
        title = f"resuming {origin.pathspec}" + (": nothing is started" if arguments.dry else "")
        code = _print_plan(request, origin.by_key, origin.items, workspace, title)
        return code if arguments.dry else _run(engine, workspace, opened, request, arguments)


def tags_of(opened: Opened, arguments: argparse.Namespace) -> frozenset[str]:
    """Return the tags that were typed. Raises UsageError: one that is wrong began nothing."""
    try:
        return first_tags(opened.flow, arguments.tag)
    except TagError as wrong:
        raise UsageError(wrong.problems) from None


def _opened(name: str) -> Opened:
    opened = open_notebook(name)
    say(opened.problems)
    return opened


def workspace_of(opened: Opened) -> Workspace:
    """Return where the runs of a notebook are kept."""
    # where the other verbs look: found from where the command is typed, not from where the notebook lies
    return Workspace.find(local=[str(opened.path.resolve().parent)])


def _latest(workspace: Workspace, flow: str) -> Origin | None:
    """Return the latest run, to say how long things took."""
    found = workspace.metadata.runs(flow, limit=1)
    return stored(workspace, found[0]) if found else None


def _resumed(what: str, run: str | None) -> tuple[Opened, Origin, Workspace]:
    """Return the flow as it is now and the run to go on from: `what` names a notebook, a flow, or a run."""
    if what.endswith(".ipynb"):
        opened = _opened(what)
        workspace = workspace_of(opened)
        return opened, origin_of(workspace, opened.flow, run), workspace
    spec = Pathspec.parse(what)
    workspace = Workspace.find()
    origin = origin_of(workspace, spec.flow, spec.run or run)
    if not Path(origin.run.source).is_file():
        raise_for("R015", run=origin.pathspec, source=origin.run.source or "a notebook that was never saved")
    opened = _opened(origin.run.source)
    return opened, origin, workspace_of(opened)


def _print_plan(
    request: RunRequest,
    before: Mapping[TaskKey, TaskRecord],
    items: Items,
    workspace: Workspace,
    title: str,
) -> int:
    # most runs print none
    from nbflow.frontends.forecasting import forecast_of
    from nbflow.views import plan_table

    forecast = forecast_of(request, before, items, workspace)
    print(plan_table.text(forecast, title, width=shutil.get_terminal_size().columns), file=sys.stderr)
    return 0


@contextlib.contextmanager
def _host(workspace: Workspace, zygote: Zygote | None) -> Iterator[Engine | None]:
    """Give this process's engine; None where the run gets a process of its own."""
    if zygote is None:
        yield None
        return
    with contextlib.closing(Engine(workspace, RoutedBackend(workspace, zygote))) as engine:
        yield engine


def _run(
    engine: Engine | None, workspace: Workspace, opened: Opened, request: RunRequest, arguments: argparse.Namespace
) -> int:
    """Run it, showing how it goes."""
    check_writable("--run-id-file", arguments.run_id_file)
    request = replace(request, max_workers=arguments.max_workers, max_items=arguments.max_items)
    request = hearing(request, arguments.notify, opened.text.hearers)
    if engine is None:
        return _detach(workspace, request, arguments)
    engine.preload(installed(opened.text.modules, opened.path.resolve().parent))
    handle = engine.start(request)
    _note_id(arguments.run_id_file, handle.run)
    status = progress(handle, opened.graph)
    over(workspace, request, handle.run, _complain)
    return 0 if status is RunStatus.SUCCEEDED else 1


def _detach(workspace: Workspace, request: RunRequest, arguments: argparse.Namespace) -> int:
    """Have it run in a process of its own, and say what to type next."""
    from nbflow.frontends.detaching import detach

    made = detach(workspace, request)
    _note_id(arguments.run_id_file, made.run)
    print(f"{made.pathspec} {made.told}", file=sys.stderr)
    print(f"watch it:  nbflow attach {made.pathspec}\nend it:    nbflow cancel {made.pathspec}", file=sys.stderr)
    return 0


def _note_id(file: str | None, run: str) -> None:
    if file:
        Path(file).write_text(run, encoding="utf-8")


def _complain(line: str) -> None:
    print(line, file=sys.stderr)


def request_of(
    opened: Opened,
    workspace: Workspace,
    given: Mapping[str, object],
    *,
    dry: bool = False,
    also: Sequence[str] = (),
) -> RunRequest:
    """Return the request for a full run of a notebook.

    Args:
        opened: the notebook.
        workspace: where its run will be kept.
        given: parameter → value; text from a command line as `Text`.
        dry: no packages are got ready for it.
        also: modules that are imported elsewhere beside those that steps import.

    Raises:
        ParameterError: a value is missing or does not fit.
        PackageError: the packages of a step cannot be had.
    """
    names = DefinitionNames.of_file(opened.flow, opened.text.draft.definitions)
    cells = {name: Assigned(each.source, each.place) for name, each in opened.text.assignments.items()}
    resolved = parameters_of(opened.graph.parameters, given, cells, names)
    say(resolved.notices)
    path = opened.path.resolve()
    if dry:
        environments = known_packages(workspace, opened.graph, path.parent, sys.path)
    else:
        environments = ready_packages(workspace, opened.graph, path.parent, sys.path, say=_complain, also=also)
    around = surroundings(opened.graph, path.parent, sys.path, str(path), environments)
    texts = [cell.source for cell in opened.document.code]
    return RunRequest(
        flow=FlowName(opened.flow),
        graph=opened.graph,
        parameters=resolved.record,
        cwd=around.cwd,
        sys_path=around.sys_path,
        source=around.source,
        environment=around.environment,
        environments=around.environments,
        code=keep_code(workspace, opened.flow, opened.graph, around, texts),
        user=workspace.user,
        system_tags=system_tags(),
    )
