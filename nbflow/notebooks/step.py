"""What a step does whose body is a notebook: run it, keep its filled-in copy, take what it hands back.

The step's code (see nbflow.cells.whole_notebook) calls `filled`, then `results`: what was filled in is bound, and kept,
before a cell's failure is raised.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nbflow.cards.components.notebook import Notebook
from nbflow.errors import NbflowError, Problem, did_you_mean, error, raise_for
from nbflow.flowspec.current import current
from nbflow.notebooks.filling import Asked, fill, labelled
from nbflow.notebooks.handing import ROOT, handed_back
from nbflow.notebooks.injected import Reference, is_plain, with_extension, with_parameters
from nbflow.notebooks.kernel import kernel_for
from nbflow.notebooks.outside import as_variables
from nbflow.store.files.file import File
from nbflow.store.files.value import FileValue
from nbflow.workspace import Workspace

#: seconds between two words on which cell is running
_PAUSE = 15
#: the step's card that shows the notebook, and its artifact
CARD = "notebook"


class _Body:
    """The notebook of this process's task."""

    path = ""
    failure: Problem | None = None
    handed: Mapping[str, Any] = {}


def filled(
    path: str,
    packed: str,
    given: Mapping[str, Any],
    perhaps: Mapping[str, Callable[[], Any]],
    kernel: str | None,
    about: Mapping[str, Any],
) -> File:
    """Run a notebook in this task and return its filled-in copy, whole or up to the cell that failed.

    Args:
        path: as the step's header names it.
        packed: the notebook, as `WholeNotebook.packed` has it.
        given: parameter → value of the flow.
        perhaps: of parameters with a default, what gives the flow's value; NameError: it has none.
        kernel: that is asked for; None: this Python, else the notebook's own.
        about: `language`, `kernel` it was saved with, `cell` that declares parameters, whether that one `declares`.

    Raises:
        NotebookError: W005, W006, W012, W015: no cell has run.
    """
    _Body.path, _Body.failure, _Body.handed = path, None, {}
    raw = labelled(json.loads(zlib.decompress(base64.b85decode(packed))))
    seat = kernel_for(path, about["language"], about["kernel"], kernel)
    workspace = Workspace.open(current._root)  # noqa: SLF001 - as nbflow.S3 does
    with tempfile.TemporaryDirectory(prefix="nbflow-notebook-") as folder:
        values = {**given, **_had(perhaps)}
        told = {name: _reference(workspace, name, each, about["language"], folder) for name, each in values.items()}
        raw = with_parameters(raw, about["cell"], told, about["language"], declares=about["declares"], path=path)
        if about["language"] == "python":
            raw = with_extension(raw)
        output = Path(folder, Path(path).name)
        around = {**_environment(), **(as_variables(values) if about["declares"] else {})}
        done = fill(Asked(path, raw, seat, str(output), os.getcwd(), around, _Told()))  # noqa: PTH109 - as text
        _Body.failure = done.failure
        if done.failure is None:
            _Body.handed = handed_back(done.raw, workspace.store)
        kept = File(output)
    with contextlib.suppress(NbflowError):
        # a card is never what a task fails of
        if CARD in current.card:
            current.card[CARD].append(Notebook(done.raw))
    return kept


def results(names: Sequence[str]) -> tuple[Any, ...]:
    """Return what the notebook handed back under `names`.

    Raises:
        NotebookError: W008, W011, what it failed with; W009, it handed back no such value.
    """
    if _Body.failure is not None:
        raise error(_Body.failure)
    missing = [name for name in names if name not in _Body.handed]
    if missing:
        known = ", ".join(_Body.handed)
        hint = did_you_mean(missing[0], _Body.handed).strip()
        raise_for(
            "W009",
            path=_Body.path,
            names=" and no ".join(f"'{name}'" for name in missing),
            why=f"it handed back {known}.{' ' + hint if hint else ''}" if known else "it handed back nothing",
            fix=f"in a cell of it: nbflow.result({missing[0]}=…)",
        )
    for name in _Body.handed:
        if name not in names and name not in current.parameter_names:
            sys.stderr.write(f"nbflow: {name} was handed back and is not kept: name it with --out\n")
    return tuple(_Body.handed[name] for name in names)


def _had(perhaps: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Return the values that the flow has; of the others the notebook's own defaults count."""
    import builtins

    found = {}
    for name, give in perhaps.items():
        with contextlib.suppress(NameError):
            value = give()
            # a name of Python's own is no value of the flow
            if value is not getattr(builtins, name, _Body):
                found[name] = value
    return found


def _environment() -> dict[str, str]:
    """Return what the kernel's environment has beside this one's: modules as this task finds them, and the store."""
    root = current._root  # noqa: SLF001 - as above
    return {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), ROOT: root, "NBFLOW_ROOT": root}


class _Told:
    """Says in the task's log where a notebook is that takes long: at most once in some seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, label: str, number: int, count: int) -> None:
        if time.monotonic() - self._last > _PAUSE:
            self._last = time.monotonic()
            sys.stderr.write(f"nbflow: {label} ({number} of {count})\n")
            sys.stderr.flush()


def _reference(workspace: Workspace, name: str, value: Any, language: str, folder: str) -> Any:
    """Return a value as the cell of parameters has it: itself, or what brings it."""
    if is_plain(value):
        return value
    if language != "python":
        return _other(name, value, folder)
    ref = workspace.store.put(value)
    place = _place_of(workspace, name, ref.digest)
    if place:
        return Reference(f"nbflow.DataArtifact({place!r}, namespace=None).data")
    workspace.store.settle()
    return Reference(f"nbflow.given({workspace.store.put_bytes(json.dumps(ref.to_json()).encode())!r})")


def _place_of(workspace: Workspace, name: str, digest: str) -> str:
    """Return the artifact of this run that has this content, the one of that name first; empty: none has."""
    tasks = workspace.metadata.tasks(current.flow_name, current.run_id)
    left = [
        (known != name, f"{current.flow_name}/{current.run_id}/{task.step}/{task.id}/{known}")
        for task in tasks
        if task.manifest
        for known, ref in task.manifest.artifacts.items()
        if ref.digest == digest
    ]
    return min(left)[1] if left else ""


def _other(name: str, value: Any, folder: str) -> Any:
    """Return a value for another language: of files the path, of tables that of a file of CSV."""
    if isinstance(value, FileValue):
        return str(value.path)
    file = Path(folder, f"{name}.csv")
    # CSV: what every language reads without a package
    if callable(write := getattr(value, "to_csv", None)):
        write(file, index=False)
    elif callable(write := getattr(value, "write_csv", None)):
        write(file)
    else:
        return value
    return str(file)
