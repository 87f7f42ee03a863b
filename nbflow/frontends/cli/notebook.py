"""A notebook file as a checked flow: what `run`, `check` and `show` begin with."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nbflow.cells.flow import FlowText, flow_text
from nbflow.cells.notebook import Document, parse_notebook
from nbflow.cells.whole_notebook import NotebookReader
from nbflow.code.notebooks import beside
from nbflow.errors import Problem, did_you_mean, error, problem, raise_for, sorted_by_place
from nbflow.frozen import frozen
from nbflow.graph.added import moved, with_decorators
from nbflow.graph.build import build
from nbflow.model.graph import Graph
from nbflow.model.ids import FLOW_NAME, flow_name_of
from nbflow.plan.parameters import Text


@frozen
class Opened:
    """A notebook that was read and whose flow makes sense."""

    path: Path
    flow: str
    document: Document
    text: FlowText
    graph: Graph
    #: notices and warnings
    problems: tuple[Problem, ...]


def open_notebook(name: str) -> Opened:
    """Return the flow in file `name`.

    Raises:
        UsageError: there is no such file, or it is no notebook, or it has no steps.
        FlowError: its cells or graph are wrong; every problem is in it.
    """
    path = Path(name)
    check_file(path)
    return opened_of(path, parse_notebook(text_of(path), name), beside(path.parent))


def decorated(opened: Opened, specs: Sequence[str]) -> Opened:
    """Return it with what `--with` adds to its steps, and say what should be known of that. Raises DecoratorError."""
    if not specs:
        return opened
    graph = with_decorators(opened.graph, specs)
    say(moved(opened.graph, graph))
    return replace(opened, graph=graph)


def check_file(path: Path) -> None:
    """Raise R001 or R002 where `path` is no file."""
    if path.is_dir():
        inside = next((f" in it: {each}" for each in sorted(path.glob("*.ipynb"))), "")
        raise_for("R002", path=path, message="it is a folder", fix=f"name a notebook{inside}")
    if not path.is_file():
        raise_for("R001", path=path, hint=_what_else(path))


def opened_of(path: Path, document: Document, notebooks: NotebookReader) -> Opened:
    """Return the flow of the notebook `document`, whose file is `path` and may be elsewhere. Raises as above."""
    name = str(path)
    text = flow_text(document, path.name, notebooks=notebooks)
    if not text.draft.steps and not text.draft.problems:
        raise_for("R003", path=name)
    built = build(text.draft)
    found = sorted_by_place([*text.draft.problems, *_declared(path, text), *built.problems])
    found += [
        problem("C052", step.place, name=name) for step in text.draft.steps for name in step.wiring.capture
    ]  # `nbflow run` has no kernel to take it from
    if errors := [each for each in found if each.severity == "error"]:
        raise error(errors)
    return Opened(path, _flow_name(path, text), document, text, built.graph, tuple(found))


def _declared(path: Path, text: FlowText) -> tuple[Problem, ...]:
    """Return what is wrong with the types and names of the parameters."""
    if not text.draft.parameters:
        return ()
    # a type may be a class of the notebook: of its definitions, that one is executed, and no other
    from nbflow.frontends.prepare import DefinitionNames
    from nbflow.plan import declarations

    return declarations.check(
        text.draft.parameters, DefinitionNames.of_file(_flow_name(path, text), text.draft.definitions)
    )


def _what_else(path: Path) -> str:
    """Return what stands in place of a file: what `path` is, or which notebook was meant."""
    if re.match(r"[a-z]+:/", str(path)):
        return " It is an address: download the notebook first."
    folder = path.parent if path.parent.is_dir() else Path()
    return did_you_mean(path.name, [each.name for each in folder.glob("*.ipynb")])


def text_of(path: Path) -> str:
    """Return the text of a notebook's file. Raises R002."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as cause:
        message, fix = f"it is no UTF-8 text ({cause.reason})", "name a file that Jupyter opens as a notebook"
        raise error(problem("R002", path=str(path), message=message, fix=fix)) from None


def _flow_name(path: Path, text: FlowText) -> str:
    """The name that `%flow name` gives, else the file's."""
    if text.name and FLOW_NAME.match(text.name):
        return text.name
    return flow_name_of(path.stem)


def given_parameters(words: list[str]) -> Mapping[str, object]:
    """Return what `-p name=value` gave, as text to be read by each parameter's type."""
    given: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise_for("R004", option=f"-p {word}", message="a parameter is given as NAME=VALUE", fix=f"-p {word}=VALUE")
        given[name.strip().replace("-", "_")] = Text(value)
    return given


def say(problems: tuple[Problem, ...]) -> None:
    """Print notices and warnings to the error stream."""
    for each in problems:
        if each.severity != "error":
            where = f" ({each.place})" if str(each.place) else ""
            head = "note" if each.severity == "notice" else f"warning NBF-{each.code}"
            print(f"{head}: {each.what}{where}" + (f". {each.fix}" if each.fix else ""), file=sys.stderr)
