"""A full run of the notebook's flow, and the check that stands before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nbflow.errors import Problem, error, problem, raise_for, sorted_by_place
from nbflow.frontends.magics.document import SavedStep
from nbflow.frontends.magics.failure import task_failed
from nbflow.frontends.magics.flowline import RunOptions
from nbflow.frontends.magics.pump import follow
from nbflow.frontends.magics.result import shown_run
from nbflow.frontends.magics.session import UNNAMED
from nbflow.frontends.prepare import keep_code, surroundings
from nbflow.model.graph import Graph
from nbflow.model.ids import FlowName, StepName
from nbflow.model.status import RunStatus
from nbflow.runtime.request import Outcome, RunRequest
from nbflow.views.live import LivePanel

if TYPE_CHECKING:
    from nbflow.client import Run
    from nbflow.frontends.magics.face import Face


def run_flow(face: Face, options: RunOptions, given: Mapping[str, Any]) -> Run:
    """Run the whole flow, show its panel and return the run."""
    if face.trouble is not None:
        raise face.trouble
    if face.flow == UNNAMED:
        raise_for("C053", face.place())
    graph, notices = checked(face, whole=True)
    resolved = face.resolve(dict(given))
    face.notices.show([*notices, *resolved.notices])
    around = surroundings(graph, face.folder, face.sys_path, face.source)
    results = face.session.results
    request = RunRequest(
        flow=FlowName(face.flow),
        graph=graph,
        parameters=resolved.record,
        known={} if options.fresh else results.known,
        captured=face.captured,
        max_workers=options.max_workers,
        max_items=options.max_items,
        tags=frozenset(options.tags),
        cwd=around.cwd,
        sys_path=around.sys_path,
        source=around.source,
        environment=around.environment,
        code=keep_code(face.workspace, face.flow, graph, around, face.texts()),
    )
    handle = face.engine.start(request)
    face.session.ran = True
    panel = LivePanel(handle)
    try:
        follow(handle, panel)
    finally:
        panel.settle()
    outcome = handle.outcome()
    _adopt(face, graph, outcome)
    if outcome.status is not RunStatus.SUCCEEDED:
        _raise(face, graph, outcome)
    return shown_run(face, f"{outcome.flow}/{outcome.run}")


def _adopt(face: Face, graph: Graph, outcome: Outcome) -> None:
    """The run's results become the latest; names left outside any foreach appear in the notebook."""
    settled = {key.step for key, record in outcome.results.items() if record.status.has_result or record.reason}
    face.session.results.adopt(settled, outcome.results, outcome.items, f"{outcome.flow}/{outcome.run}")
    for node in graph.nodes:
        record = next((each for key, each in outcome.results.items() if key.step == node.name), None)
        if not node.scope and record is not None and record.status.has_result and record.manifest:
            face.bring(node, record.manifest.artifacts)


def _raise(face: Face, graph: Graph, outcome: Outcome) -> None:
    if outcome.failure is None:
        raise error(problem("R011", face.place(), run=f"{outcome.flow}/{outcome.run}", why="someone cancelled it"))
    key, failure = outcome.failure
    raise task_failed(key, failure, graph[key.step].place.at(failure.line))


def checked(face: Face, *, whole: bool) -> tuple[Graph, tuple[Problem, ...]]:
    """Return the graph and its notices. Raises FlowError with every problem, edited steps (`whole`) included."""
    if not face.session.slots:
        raise_for("R007", face.place())
    built = face.build()
    problems = list(built.problems)
    if whole:
        problems += _edited(face)
    errors = [each for each in sorted_by_place(problems) if each.severity == "error"]
    if errors:
        raise error(errors)
    return built.graph, tuple(problems)


def _edited(face: Face) -> list[Problem]:
    """What the saved notebook says of steps that differ from what ran."""
    found: list[Problem] = []
    seen: dict[str, SavedStep] = {}
    saved_at = face.file.saved_at() or 0.0
    for saved in face.file.steps():
        name = StepName(saved.name)
        slot = face.session.slots.get(name)
        if (first := seen.setdefault(name, saved)) is not saved:
            found.append(problem("C011", face.place(name), name=name, first=first.label, second=saved.label))
        elif slot is None:
            found += [problem("N013", face.place(name), step=name)] if name not in face.session.dropped else []
        elif slot.draft.body.cell.rstrip() != saved.text.rstrip() and slot.ran_at < saved_at:
            found.append(problem("C051", slot.draft.place, step=name))
    found += [problem("N004", step=name) for name in sorted(face.gone())]
    return found
