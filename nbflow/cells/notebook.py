"""A notebook file's text → its cells. Reads formats 4 and 3 by itself; nbformat would cost its import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from nbflow.errors import raise_for
from nbflow.frozen import frozen

NotebookCellKind = Literal["code", "markdown", "raw"]


@frozen
class NotebookCell:
    """One cell of a file."""

    #: 0-based, among all cells of the notebook
    index: int
    kind: NotebookCellKind
    source: str
    #: the cell's own id (format 4.5), or empty
    id: str = ""
    tags: tuple[str, ...] = ()
    #: as a person names it, where that is not its place in this notebook: `In [7]`
    called: str = ""

    @property
    def label(self) -> str:
        """The cell as a person names it: `cell 7`, counted from 1 among all cells."""
        return self.called or f"cell {self.index + 1}"


@frozen
class Document:
    """A notebook file."""

    cells: tuple[NotebookCell, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> tuple[NotebookCell, ...]:
        """The code cells."""
        return tuple(cell for cell in self.cells if cell.kind == "code")


def parse_notebook(text: str, path: str = "this file", *, any_language: bool = False) -> Document:
    """Return the cells of the notebook whose JSON is `text`; `path` is for messages.

    `any_language`: it is run as a whole by a kernel of its own, and need not be of Python.

    Raises:
        UsageError: NBF-R002, it is no notebook, or not one of Python.
    """
    if not text.strip():
        raise_for("R002", path=path, message="it is empty", fix="save the notebook in Jupyter, or name another file")
    try:
        raw = json.loads(text.removeprefix("\ufeff"))
    except ValueError as wrong:
        raise_for("R002", path=path, message=f"its text is not JSON ({wrong})", fix=_other(path))
    except RecursionError:
        raise_for("R002", path=path, message="its JSON is nested too deeply", fix=_other(path))
    if not isinstance(raw, dict):
        raise_for("R002", path=path, message="it has no cells", fix=_other(path))
    metadata = raw.get("metadata") if isinstance(raw.get("metadata"), dict) else {}
    assert isinstance(metadata, dict)
    if not any_language:
        _check_language(metadata, path)
    return Document(tuple(_cell(index, each, path) for index, each in enumerate(raw_cells(raw, path))), metadata)


def raw_cells(raw: Mapping[str, Any], path: str) -> list[Any]:
    """Return the cells of a notebook's JSON, as they stand there. Raises R002."""
    cells = raw.get("cells")
    worksheets = raw.get("worksheets")
    if cells is None and isinstance(worksheets, list):
        # format 3 had sheets
        cells = [cell for sheet in worksheets if isinstance(sheet, dict) for cell in sheet.get("cells", ())]
    if not isinstance(cells, list):
        raise_for("R002", path=path, message="it has no cells", fix=_other(path))
    return cells


def _other(path: str) -> str:
    """Return what to name instead of a file that holds something else."""
    if path.endswith(".py"):
        return "name a .ipynb file; what takes Python, too, is nbflow run, resume, check and show"
    return "name a file that Jupyter opens as a notebook"


def _cell(index: int, raw: Any, path: str) -> NotebookCell:
    if not isinstance(raw, dict):
        raise_for("R002", path=path, message=f"cell {index + 1} is not a cell", fix=_other(path))
    source = raw_source(raw)
    if isinstance(source, list):
        source = "".join(map(str, source))
    metadata = raw.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else ()
    kind = raw.get("cell_type")
    known: dict[object, NotebookCellKind] = {"code": "code", "raw": "raw"}
    return NotebookCell(
        index,
        known.get(kind, "markdown") if isinstance(kind, str) else "markdown",
        source if isinstance(source, str) else "",
        str(raw.get("id", "")),
        tuple(map(str, tags)) if isinstance(tags, list) else (),
    )


def raw_source(raw: Mapping[str, Any]) -> Any:
    """Return the source of a cell's JSON: a text, or a list of texts."""
    return raw.get("source", raw.get("input", ""))


def _check_language(metadata: Mapping[str, Any], path: str) -> None:
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        about = metadata.get(key)
        language = about.get(name) if isinstance(about, dict) else None
        if isinstance(language, str) and language.lower() not in {"python", "ipython", "python3", ""}:
            message = f"its language is {language}, not Python"
            raise_for(
                "R002", path=path, message=message, fix="choose a kernel of Python for it in Jupyter, and save it"
            )
