"""A run of the whole flow from a notebook: what is asked for, and watching it to its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from nbflow.errors import error, problem, raise_for
from nbflow.frontends.ending.asked import hearing
from nbflow.frontends.ending.over import over
from nbflow.frontends.holding import held_interrupts
from nbflow.frontends.magics.around import looked_around, made_ready
from nbflow.frontends.magics.binding import bind_ended
from nbflow.frontends.magics.failure import task_failed
from nbflow.frontends.magics.flowline import RunOptions
from nbflow.frontends.magics.looking import panel_of, under_voila
from nbflow.frontends.magics.named import flow_of
from nbflow.frontends.magics.pump import follow, interrupted
from nbflow.frontends.magics.result import shown_run
from nbflow.frontends.magics.show import say
from nbflow.frontends.magics.whole import checked
from nbflow.frontends.prepare import keep_code
from nbflow.graph.added import moved, with_decorators
from nbflow.metadata.identity import system_tags
from nbflow.metadata.tags import first_tags
from nbflow.model.graph import Graph
from nbflow.model.ids import FlowName
from nbflow.model.status import RunStatus
from nbflow.notebooks.errand import asked_tags, note_run
from nbflow.plan.ledger import settled_steps
from nbflow.runtime.request import Outcome, RunRequest

if TYPE_CHECKING:
    from nbflow.client import Run
    from nbflow.frontends.magics.face import Face


def asked(face: Face, options: RunOptions, given: Mapping[str, Any]) -> RunRequest:
    """Return the request for a run of the whole flow. Raises FlowError, ParameterError: nothing has run.

    What it may reuse is for the verb to say.
    """
    if options.background and options.detach:
        raise_for("R018", face.place())
    if face.trouble is not None:
        raise face.trouble
    flow = flow_of(face)
    written, notices = checked(face, whole=True)
    graph = with_decorators(written, options.with_specs)
    resolved = face.resolve(dict(given))
    face.notices.show([*notices, *moved(written, graph), *resolved.notices])
    way = options.environment
    around = looked_around(face, graph, way) if options.dry else made_ready(face, graph, way)
    return RunRequest(
        flow=FlowName(flow),
        graph=graph,
        parameters=resolved.record,
        # a cell may capture another value while the run goes on
        captured={step: dict(values) for step, values in face.captured.items()},
        max_workers=options.max_workers,
        max_items=options.max_items,
        tags=first_tags(face.flow, (*options.tags, *asked_tags())),
        system_tags=system_tags(),
        cwd=around.cwd,
        sys_path=around.sys_path,
        source=around.source,
        environment=around.environment,
        environments=around.environments,
        code=keep_code(face.workspace, face.flow, graph, around, face.texts()),
        user=face.workspace.user,
    )


def launch(face: Face, request: RunRequest, options: RunOptions) -> Run:
    """Run it as `options` say: here, beside other cells, or in a process of its own. Return when that says so."""
    request = hearing(request, options.notify, face.session.hearers.values())
    if options.detach:
        return face.background.detach(request)
    if options.background and (face.attended or under_voila() or not hasattr(face.shell, "kernel")):
        return face.background.start(request)
    if options.background:
        say("nobody is at the keyboard: this cell waits for the run, which would end with the kernel")
    return run_here(face, request)


def run_here(face: Face, request: RunRequest, *, adopts: bool = True) -> Run:
    """Run it in this kernel, show its panel, and return when it is over. An interrupt cancels it.

    `adopts`: it is the notebook's own flow, and what it leaves becomes the notebook's.
    """
    with held_interrupts() as pressed:
        handle = face.engine.start(request)
        note_run(handle.flow, handle.run)
        panel = panel_of(face, handle, handle.flow, cancel=handle.cancel, waited=True)
    face.session.ran = True
    try:
        panel.open()
        if pressed:
            raise interrupted("cancelled before a task began")
        follow(handle, panel)
    except KeyboardInterrupt:
        if not handle.done.is_set():
            # it came before anybody watched
            handle.cancel()
            handle.done.wait()
        over(face.workspace, request, handle.run, say)
        bind_ended(face, f"{handle.flow}/{handle.run}")
        raise
    finally:
        panel.settle()
    over(face.workspace, request, handle.run, say)
    outcome = handle.outcome()
    if adopts:
        adopt(face, request.graph, outcome)
    if outcome.status is not RunStatus.SUCCEEDED:
        bind_ended(face, f"{outcome.flow}/{outcome.run}")
        _raise(face, request.graph, outcome)
    return shown_run(face, f"{outcome.flow}/{outcome.run}")


def adopt(face: Face, graph: Graph, outcome: Outcome) -> None:
    """The run's results become the latest; names left outside any foreach appear in the notebook."""
    settled = settled_steps(graph, outcome.results, outcome.items)
    for task in outcome.results.values():
        if task.step not in settled:
            # of a foreach that was not finished: to be reused, and not to be joined
            face.session.results.remember(task, f"{outcome.flow}/{outcome.run}")
    face.session.results.adopt(settled, outcome.results, outcome.items, f"{outcome.flow}/{outcome.run}")
    for node in graph.nodes:
        record = next((each for key, each in outcome.results.items() if key.step == node.name), None)
        if not node.scope and record is not None and record.status.has_result and record.manifest:
            face.bring(node, record.manifest.artifacts)


def _raise(face: Face, graph: Graph, outcome: Outcome) -> NoReturn:
    if outcome.failure is None:
        raise error(problem("R011", face.place(), run=f"{outcome.flow}/{outcome.run}", why="someone cancelled it"))
    key, failure = outcome.failure
    failed = task_failed(key, failure, graph[key.step].place.at(failure.line))
    failed.shown_in = f"{outcome.flow}/{outcome.run}"
    raise failed
