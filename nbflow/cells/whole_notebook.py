"""A notebook that is run as a whole: what it takes, what it hands back, and the body it is to a step.

Its parameters are what its `%%parameters` cell declares, else what the cell tagged `parameters` assigns, as papermill
has it. Its results are the names it hands to `nbflow.result`. Nothing is run or imported here.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import re
import shlex
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from nbflow.cells.header import cell_kind
from nbflow.cells.magics import python_of_plain
from nbflow.cells.names import analysed
from nbflow.cells.notebook import Document, NotebookCell, parse_notebook
from nbflow.cells.parameters import parameter_cell, type_of
from nbflow.cells.syntax import digest_of, imported_modules, parse_module
from nbflow.cells.text import CellText
from nbflow.errors import Place
from nbflow.frozen import frozen
from nbflow.model.ids import STEP_NAME
from nbflow.model.parameter import ParameterDef
from nbflow.model.step import Body, Names

#: text of a notebook beside the flow's file; raises FileNotFoundError, or another OSError
NotebookReader = Callable[[str], str]

#: the artifact that is the filled-in notebook
FILLED = "notebook"
TAG = "parameters"
#: `alpha <- 0.1` and `alpha = 0.1`, as languages other than Python have them
_ASSIGNMENT = re.compile(r"^(?P<name>[A-Za-z_]\w*)\s*(?:<-|:=|=)\s*(?P<value>[^=].*?)\s*;?\s*$")
#: what runs it, wherever the step runs
_MACHINERY = ("papermill",)


def no_notebooks(name: str) -> str:
    """Know of no notebook: what has no folder has none beside it."""
    raise FileNotFoundError(name)


@frozen
class WholeNotebook:
    """A notebook file, read and not run."""

    #: as whoever runs it named it
    name: str
    #: its JSON without outputs, of format 4
    text: str
    #: of its cells: outputs, and what editors note, do not count
    digest: str
    #: in small letters, as in `python` or `r`
    language: str
    #: the kernel it was saved with, empty where it does not say
    kernel: str
    parameters: tuple[ParameterDef, ...] = ()
    #: number of the cell that declares them, among all cells; None: it has none
    parameters_cell: int | None = None
    #: that cell is one of ours, which reads what papermill writes below it
    declares: bool = False
    #: names that it hands to nbflow.result
    results: tuple[str, ...] = ()
    #: modules its cells import
    modules: tuple[str, ...] = ()

    @property
    def is_python(self) -> bool:
        """Its kernel runs Python."""
        return self.language == "python"

    @property
    def about(self) -> dict[str, Any]:
        """What whoever runs it has to know beside its text: see nbflow.notebooks.step."""
        return {
            "language": self.language,
            "kernel": self.kernel,
            "cell": self.parameters_cell,
            "declares": self.declares,
        }

    @property
    def packed(self) -> str:
        """Its text in letters that may stand in code."""
        return base64.b85encode(zlib.compress(self.text.encode("utf-8", "surrogatepass"), 9)).decode("ascii")


def whole_notebook(text: str, name: str) -> WholeNotebook:
    """Return the notebook whose JSON is `text`; `name` is for messages.

    Raises:
        UsageError: NBF-R002, it is no notebook.
        NbflowError: its `%%parameters` cell is wrong.
    """
    document = parse_notebook(text, name, any_language=True)
    language = _said(document, ("kernelspec", "language"), ("language_info", "name")).lower() or "python"
    language = "python" if language in {"ipython", "python3"} else language
    where = next((each for each in document.code if cell_kind(each.source) == "parameters"), None)
    declares = where is not None and language == "python"
    where = where if declares else next((each for each in document.code if TAG in each.tags), None)
    trees = [*_trees(document)] if language == "python" else []
    return WholeNotebook(
        name,
        _stripped(json.loads(text.removeprefix("\ufeff")), document),
        _digest(document),
        language,
        _said(document, ("kernelspec", "name")),
        _declared(where, name, language, declares=declares) if where else (),
        where.index if where else None,
        declares,
        tuple(dict.fromkeys(each for tree in trees for each in _results(tree))),
        tuple(dict.fromkeys(each for tree in trees for each in imported_modules(tree))),
    )


def notebook_body(
    cell: CellText, line: int, notebook: WholeNotebook, kernel: str | None, out: Iterable[str] | None
) -> Body:
    """Return the body of a step that runs `notebook`: it reads its parameters by name and leaves its results.

    Args:
        cell: the step's cell.
        line: of its header.
        notebook: what is run.
        kernel: by this one.
        out: names it has to hand back; None: those it is seen to.
    """
    left = tuple(name for name in (notebook.results if out is None else out) if name != FILLED)
    given = [each.name for each in notebook.parameters if each.default is None]
    perhaps = [each.name for each in notebook.parameters if each.default is not None]

    def source(text: str) -> str:
        taken = ", ".join(f"{name!r}: {name}" for name in given)
        asked = ", ".join(f"{name!r}: lambda: {name}" for name in perhaps)
        targets = f"{', '.join(left)}, = " if left else ""
        return (
            f"import nbflow.notebooks.step as _notebook; "
            f"{FILLED} = _notebook.filled({notebook.name!r}, {text!r}, {{{taken}}}, {{{asked}}}, {kernel!r}, {notebook.about!r}); "
            f"{targets}_notebook.results({left!r})"
        )

    python = source(notebook.packed)
    names, _ = analysed(parse_module(python), line)
    return Body(
        python,
        line,
        cell.text,
        cell.file,
        digest_of(parse_module(source(notebook.digest))),
        _soft(names, perhaps),
        (*_MACHINERY, *(["ipykernel"] if notebook.is_python else []), *notebook.modules),
        ((notebook.name, notebook.text),),
    )


def lone_step(notebook: WholeNotebook, kernel: str | None = None) -> str:
    """Return the cell of a flow that is this notebook and nothing else."""
    asked = f" --kernel {shlex.quote(kernel)}" if kernel else ""
    parameters = {each.name for each in notebook.parameters}
    if parameters.intersection(notebook.results):
        # what is handed back under a parameter's name is that parameter, which the run has
        asked += f" --out {','.join([FILLED, *(each for each in notebook.results if each not in parameters)])}"
    return f"%%step {FILLED} --notebook {shlex.quote(notebook.name)}{asked}"


def _soft(names: Names, perhaps: Iterable[str]) -> Names:
    """Return `names` in which what has a default is read only where something gives it, and nothing is defined."""
    known = set(perhaps)
    return replace(
        names,
        reads={name: line for name, line in names.reads.items() if name not in known},
        soft=names.soft | known,
        bindings={name: each for name, each in names.bindings.items() if not name.startswith("_")},
    )


def _said(document: Document, *places: tuple[str, str]) -> str:
    for key, name in places:
        about = document.metadata.get(key)
        if isinstance(about, dict) and isinstance(about.get(name), str) and about[name]:
            return str(about[name])
    return ""


def _digest(document: Document) -> str:
    facts = [[cell.kind, cell.source, list(cell.tags)] for cell in document.cells]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _stripped(raw: Mapping[str, Any], document: Document) -> str:
    """Return the notebook as it is before it runs: what it showed, and what tools note beside it, are left out."""
    written = raw.get("cells") or [{} for _ in document.cells]
    cells = [_cell(cell, each) for cell, each in zip(document.cells, written, strict=True)]
    metadata = {key: document.metadata[key] for key in ("kernelspec", "language_info") if key in document.metadata}
    told = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return json.dumps(told, ensure_ascii=False, indent=1)


def _cell(cell: NotebookCell, raw: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "cell_type": cell.kind,
        "id": cell.id or f"cell-{cell.index + 1}",
        "metadata": {"tags": list(cell.tags)} if cell.tags else {},
        "source": cell.source,
    }
    if cell.kind == "code":
        return {**told, "execution_count": None, "outputs": []}
    attached = raw.get("attachments")
    return {**told, "attachments": attached} if attached else told


def _trees(document: Document) -> Iterable[ast.Module]:
    for cell in document.code:
        try:
            yield parse_module(python_of_plain(cell.source))
        except (SyntaxError, RecursionError):
            # the kernel says it better
            continue


def _results(tree: ast.Module) -> Iterable[str]:
    """Yield the names in `nbflow.result(name=…)`, or `result(…)` where that was imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if called == "result" and (owner is None or (isinstance(owner, ast.Name) and owner.id == "nbflow")):
                yield from (each.arg for each in node.keywords if each.arg)


def _declared(cell: NotebookCell, name: str, language: str, *, declares: bool) -> tuple[ParameterDef, ...]:
    place = Place(notebook=name, cell=cell.label)
    if declares:
        return parameter_cell(cell.source, place, f"<{name} · {cell.label}>").parameters
    found = _of_python(cell.source, place) if language == "python" else _of_other(cell.source, place)
    # of a name that is assigned twice the later one counts
    return tuple({each.name: each for each in found}.values())


def _of_python(source: str, place: Place) -> Iterable[ParameterDef]:
    """Yield what the cell assigns; of what is no literal only the notebook knows the value."""
    try:
        tree = parse_module(python_of_plain(source))
    except (SyntaxError, RecursionError):
        return
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if isinstance(node, ast.AnnAssign):
            target = node.target
        if not isinstance(target, ast.Name) or not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        default = None if node.value is None else ast.unparse(node.value)
        kind = ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else _likely(node.value)
        yield ParameterDef(target.id, kind, default, place=place)


def _likely(value: ast.expr | None) -> str:
    try:
        return (type_of(ast.literal_eval(value)) or "Any") if value is not None else "Any"
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return "Any"


def _of_other(source: str, place: Place) -> Iterable[ParameterDef]:
    for line in source.splitlines():
        found = _ASSIGNMENT.match(line.split(" #")[0])
        if found and STEP_NAME.match(found["name"].lower()):
            yield ParameterDef(found["name"], _other_type(found["value"]), found["value"], place=place)


def _other_type(value: str) -> str:
    """Return the type of a literal as most languages write it, `Any` of what may be anything."""
    if value.strip("\"'") != value:
        return "str"
    if value.lower() in {"true", "false"}:
        return "bool"
    if re.fullmatch(r"-?\d+L", value):
        return "int"
    try:
        return type(ast.literal_eval(value)).__name__ if re.fullmatch(r"-?[\d.]+(e-?\d+)?", value) else "Any"
    except (ValueError, SyntaxError):
        return "Any"
