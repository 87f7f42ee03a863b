"""The verbs of `%flow`: run, check, show, name, drop, order, config. The Python twin calls the same functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbflow.cards.html import picture
from nbflow.cells.options import Table, help_text
from nbflow.errors import did_you_mean, raise_for, sorted_by_place
from nbflow.frontends.magics.flowline import RUN, RunOptions, operands, run_arguments
from nbflow.frontends.magics.runflow import checked, run_flow
from nbflow.frontends.magics.show import line, say
from nbflow.graph.draw import svg, text
from nbflow.graph.summary import summaries
from nbflow.model.ids import FLOW_NAME, StepName
from nbflow.model.record import StepSummary

if TYPE_CHECKING:
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


# ---- check and show


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
