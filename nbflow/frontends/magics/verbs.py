"""The verbs of `%flow`: run, check, show, name, drop, order, config. The Python twin calls the same functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbflow.cards.html import picture
from nbflow.cells.options import Table, help_text
from nbflow.errors import Problem, did_you_mean, error, problem, raise_for, sorted_by_place
from nbflow.frontends.magics.document import SavedStep
from nbflow.frontends.magics.face import UNNAMED
from nbflow.frontends.magics.failure import task_failed
from nbflow.frontends.magics.flowline import RUN, RunOptions, operands, run_arguments
from nbflow.frontends.magics.pump import follow
from nbflow.frontends.magics.result import shown_run
from nbflow.frontends.magics.show import line, say
from nbflow.frontends.prepare import keep_code, surroundings
from nbflow.graph.draw import svg, text
from nbflow.graph.summary import summaries
from nbflow.model.graph import Graph
from nbflow.model.ids import FLOW_NAME, FlowName, StepName
from nbflow.model.record import StepSummary
from nbflow.model.status import RunStatus
from nbflow.runtime.request import Outcome, RunRequest
from nbflow.views.live import LivePanel

if TYPE_CHECKING:
    from nbflow.client import Run
    from nbflow.frontends.magics.face import Face

__all__ = [
    "VERBS",
    "Drawing",
    "RunOptions",
    "check_flow",
    "drop_steps",
    "flow_help",
    "name_flow",
    "order_steps",
    "run_flow",
    "show_flow",
]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph that shows itself: a picture in a notebook, lines in a terminal."""

    steps: tuple[StepSummary, ...]

    def _repr_html_(self) -> str:
        return picture(svg(self.steps), "the flow's graph")

    def __repr__(self) -> str:
        return text(self.steps)


# ---- run


def run_flow(face: Face, options: RunOptions, given: Mapping[str, Any]) -> Run:
    """Run the whole flow, show its panel and return the run."""
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


# ---- check


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


def check_flow(face: Face) -> None:
    """Check the flow and say so when all is well."""
    graph, notices = checked(face, whole=True)
    face.notices.show(notices, always=True)
    count = len(graph.nodes)
    say(f"{face.flow}: {count} step{'s' if count != 1 else ''}, no errors")


def show_flow(face: Face) -> Drawing:
    """Return the graph as a picture, also when it has problems, which are printed."""
    if not face.session.slots:
        raise_for("R007", face.place())
    built = face.build()
    for each in sorted_by_place(built.problems):
        say(str(each) if each.severity == "error" else line(each))
    return Drawing(summaries(built.graph))


# ---- name, drop, order, config


def name_flow(face: Face, name: str | None) -> str:
    """Give the flow a name, or return the one it has."""
    if name is not None:
        if not FLOW_NAME.match(name):
            raise_for(
                "R004",
                face.place(),
                option=f"%flow name {name}",
                message="letters, digits, _ . and -, starting with a letter",
                fix="%flow name "
                + ("".join(letter if letter.isalnum() else "_" for letter in name).lstrip("_0123456789") or "my_flow"),
            )
        face.rename(name)
    return face.flow


def drop_steps(face: Face, names: Sequence[str]) -> None:
    """Leave steps out of the flow, with their results."""
    known = list(face.session.slots)
    if not names:
        raise_for(
            "R004",
            face.place(),
            option="%flow drop",
            message="name at least one step",
            fix=f"%flow drop {known[-1] if known else 'NAME'}",
        )
    for name in names:
        if name not in face.session.slots:
            raise_for("R005", face.place(), name=name, hint=did_you_mean(name, known), known=", ".join(known) or "none")
        face.session.drop(name)
        face.session.dropped.add(StepName(name))


def order_steps(face: Face, names: Sequence[str]) -> tuple[str, ...]:
    """Set the order of steps where the notebook does not tell it, or return the one they have."""
    known = list(face.session.slots)
    for name in names:
        if name not in face.session.slots:
            raise_for("R005", face.place(), name=name, hint=did_you_mean(name, known), known=", ".join(known) or "none")
    if names:
        face.session.order = tuple(StepName(name) for name in names)
    return tuple(draft.name for draft in face.draft().steps)


def configure(face: Face, words: Sequence[str]) -> None:
    """Take `run_cells=true|false`."""
    for word in words:
        name, _, value = word.partition("=")
        if name.replace("-", "_") != "run_cells" or value.lower() not in {"true", "false"}:
            raise_for(
                "R004",
                face.place(),
                option=f"%flow config {word}",
                message="there is run_cells=true|false",
                fix="%flow config run_cells=false",
            )
        face.run_cells = value.lower() == "true"
    say(f"run_cells={str(face.run_cells).lower()}")


# ---- the table

#: words a verb takes when it takes any number
_MANY = 1000


@dataclass(frozen=True, slots=True)
class Verb:
    """One word after %flow."""

    usage: str
    help: str
    #: takes the rest of the line
    run: Callable[[Face, str], Any]


def _run(face: Face, line: str) -> Any:
    options, given = run_arguments(line, [each.name for each in face.session.parameters.parameters], face.place())
    return run_flow(face, options, given)


def _check(face: Face, line: str) -> None:
    operands("check", line, 0, face.place())
    check_flow(face)


def _show(face: Face, line: str) -> Drawing:
    operands("show", line, 0, face.place())
    return show_flow(face)


def _name(face: Face, line: str) -> None:
    words = operands("name", line, 1, face.place())
    say(name_flow(face, words[0] if words else None))


def _drop(face: Face, line: str) -> None:
    drop_steps(face, operands("drop", line, _MANY, face.place()))


def _order(face: Face, line: str) -> None:
    say(" ".join(order_steps(face, operands("order", line, _MANY, face.place()))))


def _config(face: Face, line: str) -> None:
    configure(face, operands("config", line, _MANY, face.place()))


VERBS: dict[str, Verb] = {
    "run": Verb(
        "run [--NAME VALUE …] [--fresh] [--max-workers N] [--max-items N] [--tag TAG]",
        "run the whole flow, in parallel",
        _run,
    ),
    "check": Verb("check", "find every problem without running anything", _check),
    "show": Verb("show", "draw the graph", _show),
    "name": Verb("name [NAME]", "name the flow, or say its name", _name),
    "drop": Verb("drop STEP …", "leave steps out of the flow", _drop),
    "order": Verb("order [STEP …]", "say the order of steps where the notebook is not saved", _order),
    "config": Verb("config [run_cells=true|false]", "settings of this kernel", _config),
}


def flow_help() -> str:
    """Return the help of %flow."""
    wide = max(len(verb.usage) for verb in VERBS.values() if len(verb.usage) < 40)
    lines = ["%flow VERB …", ""]
    for verb in VERBS.values():
        if len(verb.usage) > wide:
            lines += [f"  {verb.usage}", f"  {'':<{wide}}  {verb.help}"]
        else:
            lines.append(f"  {verb.usage:<{wide}}  {verb.help}")
    lines += [
        "",
        "--NAME VALUE gives the parameter NAME a value; --param NAME=VALUE does so for any name.",
        "In Python: nbflow.flow.run(alpha=0.2), .check(), .show(), …",
    ]
    return "\n".join(lines)


def verb_help(verb: str, parameters: Sequence[str]) -> str:
    """Return the help of one verb, with the flow's own parameters where it takes them."""
    about = VERBS[verb]
    lines = [f"%flow {about.usage}", "", about.help]
    if verb == "run":
        lines += ["", help_text(Table("%flow run", RUN))]
        if parameters:
            lines += ["", f"parameters of this flow: {', '.join(f'--{name}' for name in parameters)}"]
    return "\n".join(lines)
