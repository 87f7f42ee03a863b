"""The doors: each takes what a person typed, really does it, and returns what nbflow answered.

One folder, one store and one kernel serve all examples. Commands and calls run in this process, by the functions that
the real command calls; `tests/conformance/test_gallery.py` runs a few of them in processes of their own, too.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import linecache
import os
import re
import shlex
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from kernels import Kernel

from gallery.example import Call, Cell, Command, Example, FlowFile, Notebook
from nbflow.errors import NbflowError
from nbflow.frontends.cli.main import main

#: what the cells of a `Notebook` stand below
PLAIN = (
    '%%parameters\nalpha: float = 0.1\nregions: list[str] = ["eu", "us"]',
    "def clean(rows): return rows\nK = 3\nCONFIG = {'a': 1}",
    "hidden = len(input())",
)

#: what lies in the folder of a `Command` and of a `Call`, and was run
SALES = (
    "%load_ext nbflow",
    '%%parameters\nalpha: float = 0.1\nregions: list[str] = ["eu", "us"]',
    "%%step load\nsales = [3, 1, 2]",
    "%%step train --foreach regions --as region\nmodel = alpha * len(region)",
    "%%step best --join train\nmodel = max(task.model for task in inputs)",
)
BROKEN = ("%%step load\nsales = [3, 1, 2]", "%%step halve\nhalf = sales / 2")

#: what the kernel of a `Cell` has run, before `%flow run`
BEGUN = ("%load_ext nbflow", "%flow name sales", *SALES[1:], "hidden = sum(range(4))")

#: names that these cells bound, with their values: no example may change them
HELD = {"sales": "[3, 1, 2]", "model": "0.2", "hidden": "6", "alpha": "0.1"}


@dataclass(frozen=True)
class Answer:
    """What nbflow said, and how it ended."""

    text: str
    #: of a command; 1 where Python raised
    code: int = 0

    def of(self, code: str) -> str:
        """Return the lines of the problem `code`, without what stands around them."""
        found = re.search(rf"^.*?NBF-{code}\b.*(\n(?!\n|NBF-|\S).*)*", self.text, re.MULTILINE)
        return found[0] if found else ""


class Doors:
    """A folder with two notebooks that were run, and a kernel in which `sales` was typed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kernel: Kernel | None = None
        self._flows: dict[tuple[str, str], Answer] = {}
        self.write("sales.ipynb", notebook(SALES))
        self.write("broken.ipynb", notebook(BROKEN))
        for name in ("sales", "broken"):
            self.command(f"run {name}.ipynb")

    def write(self, name: str, text: str) -> None:
        """Put a file into the folder."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def answer(self, example: Example) -> Answer:
        """Type it, and return what was said."""
        match example:
            case Notebook():
                return self.cells(example.cells, example.line, alone=example.alone)
            case Command():
                return self.line(example.line, example.files)
            case FlowFile():
                # one that is wrong in several ways is typed once
                typed = (example.line, example.source)
                if typed not in self._flows:
                    self._flows[typed] = self.line(example.line, {"flow.py": example.source})
                return self._flows[typed]
            case Call():
                return self.call(example.source)
            case Cell():
                return self.cell(example.source, example.before)
        raise TypeError(example)

    def mended(self, example: Example) -> Answer:
        """Type it as the fix says."""
        match example:
            case Notebook():
                return self.cells(example.mended, example.line, alone=example.alone)
            case Command():
                return self.line(example.mended, example.files)
            case FlowFile():
                return self.line(example.line, {"flow.py": example.mended})
            case Call():
                return self.call(example.mended)
            case Cell():
                return self.cell(example.mended, example.before)
        raise TypeError(example)

    def cells(self, cells: tuple[str, ...], line: str, *, alone: bool = False) -> Answer:
        """Type `nbflow …` beside a notebook of these cells."""
        return self.line(line, {"case.ipynb": notebook(cells if alone else (*PLAIN, *cells))})

    def line(self, line: str, files: Mapping[str, str]) -> Answer:
        """Type `nbflow …` beside these files."""
        for name, text in files.items():
            self.write(name, text)
        return self.command(line.removeprefix("nbflow").strip())

    def command(self, words: str) -> Answer:
        """Do what `nbflow WORDS` does, in this process."""
        out, err = io.StringIO(), io.StringIO()
        # a file that was written anew is shown as it is now
        linecache.clearcache()
        with self._here(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _unwatched():
            try:
                code = main(shlex.split(words))
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 1
            if words.startswith(("run", "resume")):
                gc.collect()
        return Answer(self._plain(err.getvalue() + out.getvalue()), code)

    def call(self, source: str) -> Answer:
        """Execute Python in the folder; what it raises is the answer."""
        with self._here(), contextlib.redirect_stdout(io.StringIO()):
            try:
                exec(compile(source, "<typed>", "exec"), {"__name__": "typed"})
            except Exception as failure:  # noqa: BLE001 - whatever comes is what is looked at
                told = (
                    str(failure) if isinstance(failure, NbflowError) else "".join(traceback.format_exception(failure))
                )
                return Answer(self._plain(told), 1)
        return Answer("")

    def cell(self, source: str, before: tuple[str, ...] = ()) -> Answer:
        """Run a cell in the kernel below those of `before`, and take their steps away again."""
        kernel = self.started()
        for each in before:
            kernel.run(each)
        reply = kernel.run(source)
        self._as_begun(kernel, "\n".join((*before, source)))
        return Answer(self._plain(reply.traceback or reply.text), 1 if reply.ename else 0)

    def _as_begun(self, kernel: Kernel, typed: str) -> None:
        """Let the flow be what the cells of BEGUN made it."""
        names = set(re.findall(r"^%%?step ([a-z]\w*)", typed, re.MULTILINE))
        for number, each in enumerate(BEGUN):
            known = re.match(r"%%step (\w+)", each)
            if known and known[1] in names:
                kernel.ok(each, cell=f"begun-{number}")
                names.remove(known[1])
        if names:
            # a step that was refused is none, and cannot be dropped
            kernel.run("%flow drop " + " ".join(sorted(names)))

    def held(self) -> dict[str, str]:
        """Return what the kernel's variables are now."""
        kernel = self.started()
        return {name: kernel.value(name) for name in HELD}

    def started(self) -> Kernel:
        """Return the kernel, which has run the cells of BEGUN."""
        if self.kernel is None:
            self.kernel = Kernel(self.folder, NBFLOW_USER="you", NBFLOW_ROOT=str(self.folder / "kernel" / ".nbflow"))
            for number, each in enumerate(BEGUN):
                self.kernel.ok(each, cell=f"begun-{number}")
            self.kernel.ok("result = %flow run")
        return self.kernel

    def close(self) -> None:
        """End the kernel."""
        if self.kernel is not None:
            self.kernel.close()

    @contextlib.contextmanager
    def _here(self) -> Iterator[None]:
        """Be in the folder, as somebody whose environment says nothing of nbflow."""
        kept, path = dict(os.environ), list(sys.path)
        for name in [each for each in os.environ if each.startswith("NBFLOW_")]:
            del os.environ[name]
        os.environ |= {"NBFLOW_USER": "you", "COLUMNS": "120"}
        try:
            # kernels that this machine has for everybody, such as one of R, are on no page
            with contextlib.chdir(self.folder), mock.patch("jupyter_core.paths.SYSTEM_JUPYTER_PATH", []):
                yield
        finally:
            os.environ.clear()
            os.environ.update(kept)
            sys.path[:] = path

    def _plain(self, text: str) -> str:
        """Return `text` without what differs from one time or machine to another."""
        text = (
            text.replace(sys.executable, "python").replace(f"{self.folder}{os.sep}", "").replace(str(self.folder), ".")
        )
        text = re.sub(rf"{re.escape(tempfile.gettempdir())}{os.sep}tmp\w+", "/home/ada/empty", text)
        text = re.sub(r"\x1b\[[0-9;]*m", "", text)
        text = re.sub(r"(?<=runs here: )3\.\d+", "3.12", text)
        # times and processes in the log of a flow file, and how many cells were run
        text = re.sub(r"^\d{4}-\d\d-\d\d \S+ \[\S+ \(pid \d+\)\] ", "", text, flags=re.MULTILINE)
        return re.sub(r"In \[\d+\]", "In [7]", text).strip("\n")


@contextlib.contextmanager
def _unwatched() -> Iterator[None]:
    """Say nothing of processes that end by themselves after the command, whose own process would have ended by then."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def notebook(cells: tuple[str, ...]) -> str:
    """Return the text of a notebook file."""
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
        for n, text in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@contextlib.contextmanager
def open_doors() -> Iterator[Doors]:
    """Give doors in a folder of their own, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        doors = Doors(Path(folder).resolve())
        try:
            yield doors
        finally:
            doors.close()
