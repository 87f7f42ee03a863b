"""From an opened notebook to the file of its class."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from nbflow.cells.notebook import Document
from nbflow.cells.syntax import imported_modules
from nbflow.frontends.cli.notebook import Opened
from nbflow.frontends.converting.definitions import is_local
from nbflow.frontends.converting.flowfile import flow_file
from nbflow.frontends.converting.leaving import not_left
from nbflow.frontends.converting.original import Original
from nbflow.frontends.converting.skipping import settled
from nbflow.frozen import frozen
from nbflow.graph.resolve import resolve
from nbflow.model.ids import StepName

_HEADING = re.compile(r"^#{1,6}[ \t]+(?P<text>.*?)[ \t#]*$", re.MULTILINE)


@frozen
class Converted:
    """A notebook as the file of a class."""

    source: str
    class_name: str
    #: how many steps it has
    steps: int
    #: steps that only the class has
    added: tuple[str, ...]
    #: what a person should know about it
    notes: tuple[str, ...]
    #: modules of the notebook's folder that it imports
    local: tuple[str, ...]


def converted(opened: Opened, file: str = "flow.py") -> Converted:
    """Return the file, to be called `file`, that does what the notebook does.

    Raises:
        UsageError: R070, a class cannot say what the notebook says.
    """
    flow = settled(resolve(opened.text.draft))
    assigned = {name: each.source for name, each in opened.text.assignments.items()}
    title, headings = _headings(opened.document, {each.place.cell or "": each.name for each in opened.text.draft.steps})
    original = Original(opened.path.name, opened.flow, opened.graph, flow, assigned, title, headings)
    made = flow_file(original, opened.path.parent, file)
    steps = len(flow.steps) + len(made.added)
    imported = imported_modules(ast.parse(made.source))
    local = tuple(module for module in imported if is_local(module, opened.path.parent))
    return Converted(made.source, made.class_name, steps, made.added, tuple(_notes(original)), local)


def _headings(document: Document, cells: Mapping[str, StepName]) -> tuple[str, dict[StepName, str]]:
    """Return the first heading of the notebook, and those directly above the cells of steps."""
    title, above = "", ""
    found: dict[StepName, str] = {}
    for cell in document.cells:
        if cell.kind == "markdown":
            texts = [_sentence(each["text"]) for each in _HEADING.finditer(cell.source)]
            above = texts[-1] if texts else ""
            title = title or next(iter(texts), "")
            continue
        if above and cell.label in cells:
            found[cells[cell.label]] = above
        above = ""
    return title, found


def _sentence(heading: str) -> str:
    """Return a heading as the line of a docstring."""
    plain = re.sub(r"[*_`\\\"]", "", heading).strip()
    return plain if not plain or plain[-1] in ".?!:" else f"{plain}."


def _notes(original: Original) -> Iterator[str]:
    for step in original.flow.steps:
        for name in sorted(not_left(original, step)):
            yield f"step {step.name} does not leave '{name}', which cannot be stored"
        options = step.draft.options
        idle = {"--cache": options.cache, "--isolation": options.isolation != "fork"}
        yield from (
            f"step {step.name} has no {option}: a class has nothing like it" for option, given in idle.items() if given
        )
