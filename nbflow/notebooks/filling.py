"""A notebook run by papermill: each cell in turn in one kernel, the copy written as it fills.

What cells print is printed here, too, while they run, so that it is in the log of whoever runs the notebook.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflow.cards.components.notebook import outputs_of, traceback_of
from nbflow.errors import Problem, problem, raise_for
from nbflow.frozen import frozen
from nbflow.notebooks.kernel import Kernel

if TYPE_CHECKING:
    from nbformat import NotebookNode

_ENGINE = "nbflow"
#: seconds for a kernel to answer for the first time
_START = 120
#: cells of a copy are told by the numbers they have in the notebook itself
LABEL = "nbflow_cell"


@frozen
class Asked:
    """A notebook to be run."""

    #: as the person named it, for messages
    path: str
    #: its JSON with its parameters in it
    raw: Mapping[str, Any]
    kernel: Kernel
    #: file of the filled-in copy: its folder is there
    output: str
    cwd: str
    environment: Mapping[str, str] = field(default_factory=dict)
    #: told before each cell of code: its label, its number among them from 1, how many there are
    told: Callable[[str, int, int], None] | None = None
    #: an interrupt ends it as a failed cell does, the copy kept; else it is raised
    held: bool = False


@frozen
class Filled:
    """A notebook that ran, to its end or to the cell that failed."""

    #: the filled-in copy's JSON
    raw: Mapping[str, Any]
    #: what it failed with; None: it did not
    failure: Problem | None = None


def fill(asked: Asked) -> Filled:
    """Run the notebook and return its filled-in copy, which is in the file, too. A failed cell is no error here.

    Raises:
        NotebookError: W015, its kernel did not start.
    """
    with _quiet():
        return _fill(asked)


def _fill(asked: Asked) -> Filled:
    import nbformat
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook

    from nbflow.notebooks.client import Engine, Seat

    papermill_engines.register(_ENGINE, Engine)
    node: Any = nbformat.reads(json.dumps(asked.raw), as_version=4)  # type: ignore[no-untyped-call]  # it ships no types
    seat = Seat(asked.kernel, {**os.environ, **asked.environment}, asked.told)
    failure: Problem | None = None
    try:
        execute_notebook(
            node,
            # papermill reads braces in a path as places for parameters
            asked.output.replace("{", "{{").replace("}", "}}"),
            engine_name=_ENGINE,
            kernel_name=asked.kernel.name,
            language=asked.kernel.language,
            cwd=asked.cwd,
            progress_bar=False,
            start_timeout=_START,
            seat=seat,
        )
    except PapermillExecutionError:
        failure = cell_failure(asked.path, seat.raw(node))
    except (DeadKernelError, CellTimeoutError) as died:
        failure = _died(asked, seat, died)
    except KeyboardInterrupt:
        if not asked.held:
            raise
        failure = problem("W019", path=asked.path, cell=seat.label)
    except (RuntimeError, OSError) as wrong:
        if seat.began:
            raise
        _not_started(asked, wrong)
    raw = seat.raw(node)
    if failure is None:
        failure = cell_failure(asked.path, raw)
    _write(asked.output, raw)
    return Filled(raw, failure)


def _died(asked: Asked, seat: Any, died: BaseException) -> Problem:
    if not seat.began:
        _not_started(asked, died)
    return problem("W011", path=asked.path, cell=seat.label)


def _not_started(asked: Asked, wrong: BaseException) -> None:
    told = (str(wrong) or type(wrong).__name__).splitlines()[0]
    fix = f"start it by hand, which says more: {' '.join(map(str, asked.kernel.spec.argv[:3]))}"
    raise_for("W015", path=asked.path, message=told, fix=fix)


def cell_failure(path: str, raw: Mapping[str, Any]) -> Problem | None:
    """Return what the first failed cell of a filled-in notebook says, None where none failed."""
    for cell in raw["cells"]:
        if "raises-exception" in cell.get("metadata", {}).get("tags", ()):
            continue
        if said := _said_without_error(cell):
            return problem("W008", traceback=said, path=path, cell=label_of(cell), error=said.splitlines()[-1])
        for output in outputs_of(cell):
            name, value = output.get("ename"), output.get("evalue", "")
            # sys.exit() ends a notebook well
            ended = name == "SystemExit" and str(value) in {"", "0", "None"}
            if output.get("output_type") == "error" and not ended:
                told = f"{name}: {value}".rstrip(": ").splitlines()
                facts = {"path": path, "cell": label_of(cell), "error": told[0] if told else "an error"}
                return problem("W008", traceback=traceback_of(output), **facts)
    return None


def _said_without_error(cell: Mapping[str, Any]) -> str:
    """Return what a failed cell printed that left no error: of a magic that there is not, IPython only prints it."""
    if not cell.get("metadata", {}).get("papermill", {}).get("exception"):
        return ""
    outputs = list(outputs_of(cell))
    if any(each.get("output_type") == "error" for each in outputs):
        return ""
    printed = ["".join(each.get("text", "")) for each in outputs if each.get("name") == "stderr"]
    return "".join(printed).strip() or "it failed without a word"


def label_of(cell: Mapping[str, Any]) -> str:
    """Return a cell of a copy as a person names it: `cell 7`, counted in the notebook itself."""
    return str(cell.get("metadata", {}).get(LABEL) or "the cell of parameters")


def labelled(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notebook whose cells know their numbers, whatever is put between them."""
    cells = [
        {**cell, "metadata": {**cell.get("metadata", {}), LABEL: f"cell {number}"}}
        for number, cell in enumerate(raw["cells"], 1)
    ]
    return {**raw, "cells": cells}


def _write(output: str, raw: Mapping[str, Any]) -> None:
    if "://" not in output:
        Path(output).write_text(json.dumps(raw, ensure_ascii=False, indent=1), encoding="utf-8")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Let papermill and its libraries say nothing of themselves."""
    loggers = [logging.getLogger(name) for name in ("papermill", "traitlets", "nbclient")]
    before = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for each, level in zip(loggers, before, strict=True):
            each.setLevel(level)
        sys.stdout.flush()


def plain(node: NotebookNode) -> dict[str, Any]:
    """Return a notebook as plain dicts."""
    found: dict[str, Any] = json.loads(json.dumps(node))
    return found
