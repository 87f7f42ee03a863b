"""Running a step cell: define it, check it, run it as a task of the draft run, bring what it left."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflow.cells.step import step_draft
from nbflow.code.notebooks import beside
from nbflow.errors import NOWHERE, FlowError, NbflowError, Problem, did_you_mean, error, problem
from nbflow.frontends.magics.around import made_ready
from nbflow.frontends.magics.document import SavedStep
from nbflow.frontends.magics.failure import task_failed
from nbflow.frontends.magics.keptcode import KeptCode
from nbflow.frontends.magics.namespace import names_in
from nbflow.frontends.magics.neworder import order_is_known
from nbflow.frontends.magics.pump import CellOutput, follow
from nbflow.frontends.magics.session import only
from nbflow.frontends.magics.show import show_line
from nbflow.frontends.magics.showing_cards import show_cards
from nbflow.frontends.prepare import Surroundings
from nbflow.frozen import frozen
from nbflow.graph.build import build
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Everything, Graph, Node
from nbflow.model.ids import FlowName, StepName
from nbflow.model.status import RunStatus
from nbflow.model.step import StepDraft
from nbflow.model.task import TaskSpec
from nbflow.plan.stale import stale_steps
from nbflow.runtime.inline import InlineHost
from nbflow.runtime.request import Outcome, RunRequest
from nbflow.runtime.specs import flow_code
from nbflow.task.here import BodyHere
from nbflow.views.line import StepLine

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


@frozen
class Defined:
    """A step cell that was taken: its draft and the graph of the moment."""

    draft: StepDraft
    graph: Graph
    problems: tuple[Problem, ...]


def run_step_cell(face: Face, text: str) -> None:
    """Define the step of `text` and, unless it says otherwise, run it."""
    if face.trouble is not None:
        raise face.trouble
    defined = define(face, text)
    face.notices.show(_own(defined, severity="notice") + _own(defined, severity="warning"))
    if _only_defined(face, defined.draft) or defined.draft.options.elsewhere:
        show_line(StepLine(defined.draft.name, defined=True))
        return
    run_cell(face, defined)


def define(face: Face, text: str) -> Defined:
    """Take the step. A cell error changes nothing; a graph error leaves the definition, so that another cell may fix it."""
    try:
        draft = step_draft(text, face.place(), face.file_name(), beside(face.folder))
    except NbflowError:
        face.session.refuse(text, time.time(), face.own_cell_id)
        raise
    known = face.document()
    session = face.session
    new = draft.name not in session.slots
    elsewhere = session.define(draft, time.time(), face.own_cell_id)
    if elsewhere is not None:
        found = problem("N008", draft.place, name=draft.name, cell=elsewhere.cell)
        face.notices.show([found], always=True)
    forgotten = session.forget_plain(face.own_cell_id, draft)
    for raw in forgotten:
        face.plain.pop(raw, None)
    if draft.statements or forgotten:
        face.renew_definitions()
    built = face.build()
    defined = Defined(draft, built.graph, built.problems)
    if errors := (*_errors(face, defined), *changed_constants(face, built.graph, draft.name)):
        raise error(errors)
    if new and not known:
        _say_placed(face, defined)
    face.preload()
    return defined


def as_saved(draft: StepDraft, folder: Path) -> StepDraft:
    """Return the step with its notebook, if one is its body, as that is saved now; unreadable, it stays what it was."""
    if draft.options.notebook is None:
        return draft
    try:
        return step_draft(draft.body.cell, replace(draft.place, step=None), draft.body.file, beside(folder))
    except NbflowError:
        return draft


def _errors(face: Face, defined: Defined) -> tuple[Problem, ...]:
    """Return what keeps this step from running: its own problems, and those of definitions that it uses."""
    found = _own(defined, severity="error")
    if any(each.place.step is None for each in found):
        # a definition's problem stands in its plain cell: does it come and go with this step?
        draft = face.draft()
        others = tuple(step for step in draft.steps if step.name != defined.draft.name)
        alone = build(replace(draft, steps=(defined.draft,))).problems
        without = build(replace(draft, steps=others)).problems
        found = tuple(each for each in found if each.place.step is not None or each in alone or each not in without)
    return tuple(order_is_known(face, defined.draft.name, _not_run_yet(face, defined, each)) for each in found)


def _not_run_yet(face: Face, defined: Defined, found: Problem) -> Problem:
    """Of a name that is nowhere, say which step of the saved notebook would leave it."""
    name = dict(found.facts).get("name", "")
    if found.code != "G001":
        return found
    for saved in face.file.steps():
        if saved.name == defined.draft.name:
            break
        if StepName(saved.name) not in face.session.slots and name in _bound_by(saved):
            return problem("C050", found.place, step=defined.draft.name, name=name, giver=saved.name)
    return found


def _bound_by(saved: SavedStep) -> set[str]:
    try:
        return set(step_draft(saved.text, NOWHERE, "").body.names.bindings)
    except NbflowError:
        return set()


def run_needed(face: Face, source: str) -> None:
    """Run the steps that were only defined and that a plain cell needs, with what they need in turn, as a draft.

    Without it, `df.head()` below a step that was defined and not run would be a NameError.
    """
    slots, results = face.session.slots, face.session.results
    waiting = [name for name in slots if _only_defined(face, slots[name].draft) and not results.has(name)]
    if not waiting:
        return
    wanted = names_in(source, face.shell.user_ns) - set(face.shell.user_ns) - face.namespace.waiting
    if not wanted:
        return
    graph = face.build().graph
    givers = [node.name for node in graph.nodes if node.name in waiting and wanted & left_by(node)]
    needed = set(givers).union(*(graph.ancestors(name) for name in givers)) & set(waiting)
    try:
        for node in graph.nodes:
            if node.name in needed and not node.options.elsewhere:
                run_cell(face, Defined(face.session.slots[node.name].draft, graph, ()))
    except (NbflowError, KeyboardInterrupt) as failure:
        face.shell.showtraceback((type(failure), failure, failure.__traceback__))


def _only_defined(face: Face, draft: StepDraft) -> bool:
    return draft.options.define or not face.run_cells


def left_by(node: Node) -> frozenset[str]:
    """Return the names the step leaves."""
    return frozenset() if isinstance(node.leaves, Everything) else node.leaves


def changed_constants(face: Face, graph: Graph, step: StepName) -> tuple[Problem, ...]:
    """Return an NBF-G015 for each constant of the step whose value in the kernel is no longer what its cell says."""
    found = []
    for statement in graph[step].code.slice if step in graph else ():
        if statement.kind not in {"constant", "function"} or statement.step is not None:
            continue
        for name in statement.names:
            if name in face.shell.user_ns and not face.namespace.from_step(name) and face.changed(name):
                how = f"{name} was changed after {statement.place.cell or 'its cell'} defined it"
                fix = f"make the change where {name} is defined, or in the step"
                found.append(problem("G015", face.place(step), name=name, how=how, fix=fix))
    return tuple(found)


def _own(defined: Defined, *, severity: str) -> tuple[Problem, ...]:
    """The problems of this very step: those of others are said when the whole is checked."""
    return tuple(
        each
        for each in (*defined.draft.notices, *defined.problems)
        if each.severity == severity and each.place.step in {defined.draft.name, None}
    )


def _say_placed(face: Face, defined: Defined) -> None:
    """Without a document, a new step that shares a name with one before it says where it went."""
    mine = set(defined.draft.body.names.bindings) | set(defined.draft.body.names.changed)
    others = [step for step in face.session.slots if step != defined.draft.name]
    shares = any(mine & set(face.session.slots[step].draft.body.names.bindings) for step in others)
    if shares and face.attended:
        names = [*others, defined.draft.name]
        found = problem("N003", face.place(defined.draft.name), order=", ".join(names), order_words=" ".join(names))
        face.notices.show([found], always=True)


def run_cell(face: Face, defined: Defined) -> None:
    """Run the step as a task of the session's draft run and bring what it left into the notebook."""
    name, session = defined.draft.name, face.session
    if missing := session.missing(defined.graph, name):
        raise error(missing)
    resolved = face.resolve({})
    around = made_ready(face, defined.graph, only=name)
    stale = stale_steps(
        defined.graph, resolved.record, around.environment, session.results.tasks, session.results.items
    )
    request = _request(face, defined, around, resolved.record)
    began = time.perf_counter()
    code = KeptCode(face, defined.graph, around)
    try:
        outcome = _run_here(face, request) if defined.draft.options.here else _run_in_worker(face, request, code)
    except BaseException:
        code.note(face, ())
        raise
    session.draft_run = outcome.run
    _adopt(face, defined, outcome)
    code.note(face, [record for key, record in outcome.results.items() if key.step == name])
    if outcome.status is not RunStatus.SUCCEEDED:
        _raise_failure(face, defined, outcome)
    node = defined.graph[name]
    upstream = sorted(stale & set(defined.graph.ancestors(name)))
    if node.options.cards:
        show_cards(face, name, outcome)
    show_line(_line(node, outcome, time.perf_counter() - began, _remarks(face, node, upstream)))


def _run_in_worker(face: Face, request: RunRequest, code: KeptCode) -> Outcome:
    handle = face.engine.start(request)
    face.session.draft_run = handle.run
    code.belongs_to(handle.run)
    follow(handle, CellOutput(face.show_display, handle.mark))
    return handle.outcome()


def _run_here(face: Face, request: RunRequest) -> Outcome:
    setup = flow_code(request.flow, request.graph).setup

    def body(spec: TaskSpec) -> dict[str, Any]:
        return BodyHere(spec, face.workspace.store, face.live, setup, face.show_value).run()

    return InlineHost(face.workspace, body).run(request)


def _line(node: Node, outcome: Outcome, spent: float, remarks: list[str]) -> StepLine:
    records = tuple(record for key, record in outcome.results.items() if key.step == node.name)
    lists = [listed for (step, _), listed in outcome.items.items() if node.scope and step == node.scope[-1]]
    return StepLine(
        node.name,
        tuple(sorted(records, key=lambda record: record.path)),
        spent,
        per=node.scope[-1] if node.scope else "",
        items=sum(listed.total for listed in lists) if lists else None,
        sample=_sampled(node, outcome),
        remarks=tuple(remarks),
    )


def _sampled(node: Node, outcome: Outcome) -> str:
    """Say of a join on how many of the items it ran."""
    found = [listed for (step, _), listed in outcome.items.items() if step == node.closes and listed.sampled]
    ran, total = sum(len(listed.refs) for listed in found), sum(listed.total for listed in found)
    return f"{ran} of {total} items of {node.closes}" if found else ""


def _request(face: Face, defined: Defined, around: Surroundings, parameters: Mapping[str, Any]) -> RunRequest:
    session, name = face.session, defined.draft.name
    options = defined.draft.options
    everything = options.sample is None or not (options.sample_given or face.attended)
    graph = only(defined.graph, name)
    return RunRequest(
        flow=FlowName(face.flow),
        graph=graph,
        parameters=parameters,
        kind="draft",
        run=session.draft_run,
        targets=frozenset({name}),
        given={key: record for key, record in session.results.tasks.items() if key.step != name and key.step in graph},
        given_items={where: listed for where, listed in session.results.items.items() if where[0] != name},
        before={key: record for key, record in session.results.tasks.items() if key.step == name},
        sample={} if everything else {name: options.sample or 1},
        captured=_captured(face, graph[name]),
        cwd=around.cwd,
        sys_path=around.sys_path,
        source=around.source,
        environment=around.environment,
        environments=around.environments,
    )


def _captured(face: Face, node: Node) -> dict[StepName, dict[str, ArtifactRef]]:
    """Store the kernel's values that --capture names."""
    if not node.captured:
        return {}
    writer = face.workspace.store.writer()
    for name in node.captured:
        if name not in face.shell.user_ns:
            hidden = face.shell.user_ns_hidden
            mine = [key for key in face.shell.user_ns if not key.startswith("_") and key not in hidden]
            hint = did_you_mean(name, mine)
            raise error(problem("C054", node.place, name=name, hint=hint))
        writer.add(name, face.shell.user_ns[name])
    face.captured[node.name] = writer.close()
    return {node.name: face.captured[node.name]}


def _adopt(face: Face, defined: Defined, outcome: Outcome) -> None:
    """What the cell computed becomes the step's latest result and appears in the notebook's namespace."""
    name = defined.draft.name
    mine = {key: record for key, record in outcome.results.items() if key.step == name}
    if outcome.status is not RunStatus.SUCCEEDED:
        return
    face.session.results.adopt([name], mine, outcome.items, f"{outcome.flow}/{outcome.run}")
    node = defined.graph[name]
    records = sorted(mine.values(), key=lambda record: record.path)
    first = next((record for record in records if record.manifest), None)
    if first is not None and first.manifest is not None:
        face.bring(node, first.manifest.artifacts)


def _remarks(face: Face, node: Node, stale: Sequence[str]) -> list[str]:
    """Notices for the line under the cell: stale inputs, and names a plain cell has rebound."""
    found = [f"{name} is stale: its latest result was used" for name in stale]
    rebound = [
        need for need in node.needs if need.binds and need.kind == "value" and face.namespace.rebound(need.binds)
    ]
    found += [f"{need.binds} here is {need.branches[0][0].step}'s, not the notebook's" for need in rebound]
    return found


def _raise_failure(face: Face, defined: Defined, outcome: Outcome) -> None:
    if outcome.failure is None:
        raise FlowError(problem("R011", face.place(defined.draft.name), run=f"{outcome.flow}/{outcome.run}", why=""))
    key, failure = outcome.failure
    raise task_failed(key, failure, face.place(key.step).at(failure.line))
