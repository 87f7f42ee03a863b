"""`nbflow run NOTEBOOK.ipynb --papermill`: all cells from top to bottom in a kernel, the filled-in copy kept with the run.

A notebook with steps makes its run itself, by `%flow run`. One without becomes the body of a flow's only step.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbflow.cells.header import cell_kind
from nbflow.cells.notebook import Document, NotebookCell, parse_notebook
from nbflow.cells.whole_notebook import FILLED, WholeNotebook, lone_step, whole_notebook
from nbflow.client import Run
from nbflow.code.notebooks import beside
from nbflow.errors import Problem, did_you_mean, error, problem, raise_for
from nbflow.frontends.cli.notebook import Opened, check_file, given_parameters, opened_of, say, text_of
from nbflow.frontends.cli.running import run_opened, tags_of, workspace_of
from nbflow.frontends.ending.asked import hearers
from nbflow.frontends.ending.over import told
from nbflow.frontends.prepare import DefinitionNames, parameters_of
from nbflow.frontends.writable import check_writable
from nbflow.graph.summary import summaries
from nbflow.metadata.identity import system_tags
from nbflow.model.ids import FlowName, RunId
from nbflow.model.parameter import ParameterDef
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.notebooks import errand
from nbflow.notebooks.filling import Asked, Filled, fill, labelled
from nbflow.notebooks.injected import added, with_extension, with_parameters
from nbflow.notebooks.kernel import Kernel, kernel_for
from nbflow.notebooks.outside import as_variables
from nbflow.notebooks.reading import check_output, is_address, read, write
from nbflow.notify import ended
from nbflow.plan.parameters import coerce
from nbflow.plan.typeform import UnknownTypeError, parse_type
from nbflow.store.files.file import File

_RUNS = re.compile(r"^[ \t]*(?:[\w., ]+=[ \t]*)?%flow[ \t]+(?:run|resume)\b|\bflow\.(?:run|resume)\(", re.MULTILINE)
#: option → its place in what was parsed, why it does not go with a kernel that runs cells, what to do
_ALONE = (
    ("--dry", "dry", "a kernel runs every cell", "nbflow run without --papermill says what would run"),
    (
        "--detach",
        "detach",
        "papermill stays until the last cell has run",
        "nbflow schedule starts it when nobody is there",
    ),
)
_OF_RUN = (
    ("--fresh", "fresh"),
    ("--reuse", "reuse"),
    ("--max-workers", "max_workers"),
    ("--max-items", "max_items"),
    ("--with", "with_specs"),
)


def run_whole(arguments: argparse.Namespace) -> int:
    """Run it, and return 0 when every cell and the run succeeded, else 1."""
    name: str = arguments.notebook
    _refuse(arguments, [(option, place, why, fix) for option, place, why, fix in _ALONE])
    path = Path(name.rpartition("/")[2]) if is_address(name) else Path(name)
    if not is_address(name):
        check_file(path)
    text = read(name) if is_address(name) else text_of(path)
    whole = whole_notebook(text, path.name)
    check_output(arguments.output, name)
    check_writable("--run-id-file", arguments.run_id_file)
    kernel = kernel_for(name, whole.language, whole.kernel, arguments.kernel)
    document = parse_notebook(text, name, any_language=True)
    if whole.is_python and any(cell_kind(cell.source) == "step" for cell in document.code):
        return _Flow(arguments, path, document, whole, kernel).run()
    return _run_alone(arguments, path, text, whole)


def _refuse(arguments: argparse.Namespace, options: list[tuple[str, str, str, str]]) -> None:
    found = [each for each in options if getattr(arguments, each[1], None)]
    if found:
        option, _, why, fix = found[0]
        raise_for("W013", option=option, why=why, fix=fix)


def _given(arguments: argparse.Namespace, whole: WholeNotebook) -> dict[str, object]:
    """Return what -p gave. Raises W004 where the notebook takes nothing, P003 of what it does not take."""
    given = dict(given_parameters(arguments.parameters))
    if given and whole.parameters_cell is None:
        raise_for("W004", path=arguments.notebook, names=", ".join(given))
    known = [each.name for each in whole.parameters]
    wrong: list[Problem] = [
        problem("P003", name=each, hint=did_you_mean(each, known), known=", ".join(known) or "none")
        for each in given
        if each not in known
    ]
    if wrong:
        raise error(wrong)
    loose = {each.name for each in whole.parameters if not _is_known(each) or each.type == "Any"}
    return {name: _read_loosely(value) if name in loose else value for name, value in given.items()}


def _read_loosely(text: object) -> object:
    """Return what was typed for a parameter of no type: JSON where it is that, else a text."""
    try:
        return json.loads(str(text))
    except ValueError:
        return str(text)


# ---- a notebook without steps


def _run_alone(arguments: argparse.Namespace, path: Path, text: str, whole: WholeNotebook) -> int:
    """Run it as the body of a step."""
    from nbflow.backends.zygote import spawn

    given = _given(arguments, whole)
    for each in whole.parameters:
        if each.name in given and _is_known(each):
            # said where the notebook itself declares it
            coerce(each, given[each.name], namespace={})
    zygote = spawn()
    cells = [_declaration(whole, given)] if whole.parameters else []
    cells.append(lone_step(whole, arguments.kernel))
    document = Document(tuple(NotebookCell(number, "code", cell) for number, cell in enumerate(cells)))
    opened = opened_of(path, document, lambda _: text)
    say(opened.problems)
    code = run_opened(opened, given, arguments, zygote)
    _tell_alone(arguments, opened)
    return code


def _declaration(whole: WholeNotebook, given: Mapping[str, object]) -> str:
    """Return the parameters of the flow: all that have a plain default, and what is given.

    What the notebook computes of a default it computes itself.
    """
    lines = ["%%parameters"]
    for each in whole.parameters:
        default = each.default if whole.is_python or each.name not in given else None
        kind = each.type if _is_known(each) else "Any"
        plain = default is not None and (whole.declares or _is_literal(default))
        if plain and whole.is_python:
            lines.append(f"{each.name}: {kind} = {default}")
        elif each.name in given or (each.default is None and whole.is_python):
            lines.append(f"{each.name}: {kind}")
    return "\n".join(lines)


def _is_known(parameter: ParameterDef) -> bool:
    try:
        parse_type(parameter.type, {})
    except UnknownTypeError:
        return False
    return True


def _is_literal(source: str) -> bool:
    import ast

    try:
        ast.literal_eval(source)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _tell_alone(arguments: argparse.Namespace, opened: Opened) -> None:
    """Write the copy where it was asked for, and say where it is."""
    workspace = workspace_of(opened)
    latest = workspace.metadata.runs(opened.flow, limit=1)
    if not latest:
        return
    run = Run(f"{opened.flow}/{latest[0].id}", workspace=workspace, namespace=None)
    found = run.notebook
    if found is not None:
        _tell(arguments, run.pathspec, found.source)


def _tell(arguments: argparse.Namespace, run: str, text: str, *, written: bool = False) -> None:
    if arguments.output and is_address(arguments.output):
        write(arguments.output, text)
    elif arguments.output and not written:
        Path(arguments.output).write_text(text, encoding="utf-8")
    where = f"{arguments.output}, and " if arguments.output else ""
    print(f"the filled-in notebook:  {where}nbflow notebook {run}", file=sys.stderr)


# ---- a notebook with steps


class _Flow:
    """A notebook whose cells make the run."""

    def __init__(
        self, arguments: argparse.Namespace, path: Path, document: Document, whole: WholeNotebook, kernel: Kernel
    ) -> None:
        why = "the notebook's own %flow run starts the run"
        options = [(option, place, why, f"write it there: %flow run {option}") for option, place in _OF_RUN]
        _refuse(arguments, options)
        self._arguments, self._path, self._whole, self._kernel = arguments, path, whole, kernel
        self._opened = opened_of(path, document, beside(path.parent))
        say(self._opened.problems)
        self._tags = tags_of(self._opened, arguments)
        self._values = self._checked()
        self._notices = hearers(arguments.notify)
        self._workspace = workspace_of(self._opened)

    def _checked(self) -> dict[str, Any]:
        """Return the values to put in, checked and of their types. Raises P001 to P003, W004."""
        opened, whole = self._opened, self._whole
        given = _given(self._arguments, whole)
        names = DefinitionNames.of_file(opened.flow, opened.text.draft.definitions)
        if whole.declares:
            values = parameters_of(opened.graph.parameters, given, {}, names).values
            return {name: values[name] for name in given}
        declared = {each.name: each for each in whole.parameters}
        return {name: coerce(declared[name], value, namespace=names) for name, value in given.items()}

    def run(self) -> int:
        """Run the cells, keep the copy, and say what came of it."""
        started = time.time()
        with tempfile.TemporaryDirectory(prefix="nbflow-papermill-") as folder:
            around = errand.errand(Path(folder), sorted(self._tags), self._arguments.run_id_file)
            done = self._filled(Path(folder), around)
            runs = errand.runs_noted(Path(folder))
            kept = File(_written(Path(folder), self._path.name, done))
            run = self._kept(runs, done, kept, started)
        record = self._workspace.metadata.run(*run.split("/"))
        for each in ended(self._workspace, *run.split("/"), notices=self._notices):
            print(told(each), file=sys.stderr)
        text = json.dumps(done.raw, ensure_ascii=False, indent=1)
        if done.failure is not None:
            print(f"\n{done.failure}\n", file=sys.stderr)
        status = record.status if record else RunStatus.FAILED
        well = done.failure is None and status is RunStatus.SUCCEEDED
        print(
            f"{run} {status.value}{'' if well or status is not RunStatus.SUCCEEDED else ', and a cell failed'}",
            file=sys.stderr,
        )
        _tell(self._arguments, run, text, written=True)
        return 0 if well else 1

    def _filled(self, folder: Path, told: Mapping[str, str]) -> Filled:
        arguments, path, whole = self._arguments, self._path, self._whole
        raw = labelled(json.loads(whole.text))
        cell, values = whole.parameters_cell, self._values
        raw = _made_ready(with_parameters(raw, cell, values, "python", declares=whole.declares, path=path.name))
        local = arguments.output and not is_address(arguments.output)
        output = Path(arguments.output).resolve() if local else folder / path.name
        around = {
            **told,
            # what the kernel takes for the notebook that it is of
            "JPY_SESSION_NAME": str(path.resolve()),
            "NBFLOW_ROOT": str(self._workspace.root),
            # one that has no default is declared before its value is put in
            **as_variables(self._values),
        }
        folder_of_it = str(path.resolve().parent)
        with _ended_by_terminate():
            return fill(Asked(path.name, raw, self._kernel, str(output), folder_of_it, around, _say, held=True))

    def _kept(self, runs: list[str], done: Filled, kept: File, started: float) -> str:
        """Keep the copy with the run that the cells made, else with one that says why they made none; return the run."""
        found = runs[-1] if runs else self._failed(done, started)
        flow, run = found.split("/")
        store, metadata = self._workspace.store, self._workspace.metadata
        ref = store.put(kept)
        store.settle()
        record = metadata.run(flow, run)
        about = dict(record.about) if record else {}
        metadata.update_run(flow, run, about={**about, FILLED: ref.to_json()})
        return found

    def _failed(self, done: Filled, started: float) -> str:
        """Record a run that ended before its cells made one."""
        opened = self._opened
        why = done.failure.what if done.failure else "no cell ran the flow"
        made = self._workspace.metadata.create_run(
            RunRecord(
                flow=FlowName(opened.flow),
                id=RunId(""),
                kind="run",
                status=RunStatus.FAILED,
                user=self._workspace.user,
                created_at=started,
                started_at=started,
                finished_at=time.time(),
                tags=self._tags,
                system_tags=system_tags(),
                source=str(self._path.resolve()),
                steps=summaries(opened.graph),
                reason=why,
            )
        )
        if self._arguments.run_id_file:
            Path(self._arguments.run_id_file).write_text(made.id, encoding="utf-8")
        return f"{made.flow}/{made.id}"


@contextlib.contextmanager
def _ended_by_terminate() -> Iterator[None]:
    """Let a schedule that ends this process end the notebook as Ctrl-C does: what it showed is kept."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    # of an interrupted loop it would tell the tasks that nobody waits for any more
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _made_ready(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook with what it takes for granted: the extension above, `%flow run` below."""
    sources = [cell["source"] for cell in raw["cells"] if cell["cell_type"] == "code"]
    below = [] if any(map(_RUNS.search, sources)) else [added("run", "%flow run")]
    return with_extension({**raw, "cells": [*raw["cells"], *below]})


def _written(folder: Path, name: str, done: Filled) -> Path:
    kept = folder / "kept"
    kept.mkdir()
    (kept / name).write_text(json.dumps(done.raw, ensure_ascii=False, indent=1), encoding="utf-8")
    return kept / name


def _say(label: str, number: int, count: int) -> None:
    print(f"{label} ({number} of {count})", file=sys.stderr, flush=True)
