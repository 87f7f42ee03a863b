"""What runs a flow and may be killed: the terminal's command, a detached run, a kernel in a run, a kernel in its cells."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from crash.processes import WORD, processes
from crash.shapes import Shape
from kernels import Kernel
from terminal import Terminal

#: seconds that a run, a kernel's start or a cell may take on a busy machine
PATIENCE = 60.0
#: id of the first run and of the first draft of a folder
RUN, DRAFT = "1", "draft-1"


class Command:
    """`nbflow VERB nb.ipynb …` in a folder."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.word = uuid.uuid4().hex
        self.run = RUN
        self._id = folder / f"id-{self.word}"
        self._told = (folder / f"told-{self.word}").open("w+")
        command = [sys.executable, "-m", "nbflow.frontends.cli.main", *words, "--run-id-file", str(self._id)]
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=surroundings(self.word),
            stdin=subprocess.DEVNULL,
            stdout=self._told,
            stderr=self._told,
        )
        self.pid = self._process.pid

    def begun(self) -> bool:
        """Whether the run has begun."""
        return self._id.exists()

    def over(self) -> bool:
        """Whether the run has ended."""
        return self._process.poll() is not None

    def wait(self) -> int:
        """Wait until it has ended and return its exit code. Raises TimeoutError."""
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"the command does not end\n{self.told()}") from None

    def told(self) -> str:
        """Return what it has printed."""
        self._told.seek(0)
        return self._told.read()

    def close(self) -> None:
        """Let go of what it holds."""
        self._process.kill()
        self._process.wait()
        self._told.close()


class DetachedHost:
    """`nbflow run nb.ipynb --detach` in a folder: a process of its own, which the command has left."""

    run = RUN

    def __init__(self, folder: Path) -> None:
        self._command = Command(folder, "run", "nb.ipynb", "--detach")
        self.word = self._command.word
        self._log = folder / ".nbflow" / "logs" / "nb" / RUN / "host.log"
        assert self._command.wait() == 0, self._command.told()
        mine = processes(self.word)
        parents = {each.pid for each in mine}
        #: 0: it has ended already
        self.pid = next((each.pid for each in mine if each.parent not in parents), 0)

    def begun(self) -> bool:
        """Whether the run has begun: the command waits for it."""
        return True

    def over(self) -> bool:
        """Whether the run has ended."""
        return self.pid not in {each.pid for each in processes(self.word)}

    def wait(self) -> int:
        """Wait until it has ended. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE
        while not self.over():
            if time.monotonic() > deadline:
                raise TimeoutError(f"the detached run does not end\n{self.told()}")
            time.sleep(0.01)
        return 0

    def told(self) -> str:
        """Return what it has written."""
        return self._log.read_text() if self._log.exists() else ""

    def close(self) -> None:
        """Let go of what it holds."""
        self._command.close()


class KernelHost:
    """A kernel that knows the notebook's cells."""

    run = RUN
    #: added to the header of each step cell
    option = "--define"

    def __init__(self, folder: Path, shape: Shape) -> None:
        self.word = uuid.uuid4().hex
        self._kernel = Kernel(folder, cold=True, **surroundings(self.word))
        self.pid = self._kernel.manager.provisioner.pid
        self._last = ""
        self._text: list[str] = []
        self._cells = shape.cells(option=self.option)
        self._kernel.ok("%load_ext nbflow\n%flow name nb")
        self._kernel.ok(self._cells[0])

    def begin(self) -> None:
        """Start the run."""
        self._define()
        self._last = self._kernel.send("%flow run")

    def begun(self) -> bool:
        """Whether the run has begun, or soon will: what starts a run is ready."""
        return True

    def resume(self) -> None:
        """Resume the latest run of the flow."""
        self._define()
        self._last = self._kernel.send("%flow resume")

    def over(self) -> bool:
        """Whether the run has ended."""
        if not self._kernel.manager.is_alive():
            return True
        while True:
            try:
                message = self._kernel.client.get_iopub_msg(timeout=0)
            except queue.Empty:
                return False
            if message["parent_header"].get("msg_id") != self._last:
                continue
            if message["msg_type"] == "error":
                self._text.append("\n".join(message["content"]["traceback"]))
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return True

    def wait(self) -> int:
        """Wait until it has ended and return 1 when it failed. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE
        while not self.over():
            if time.monotonic() > deadline:
                raise TimeoutError("the cell does not end")
            time.sleep(0.01)
        return int(bool(self._text))

    def told(self) -> str:
        """Return its errors."""
        return "\n".join(self._text)

    def close(self) -> None:
        """End the kernel."""
        self._kernel.close()

    def _define(self) -> None:
        for cell in self._cells[1:]:
            self._kernel.ok(cell)


class CellsHost(KernelHost):
    """A kernel whose cells are run one after the other: each is a task of its draft."""

    run = DRAFT
    option = ""

    def begin(self) -> None:
        """Run the cells."""
        for cell in self._cells[1:]:
            self._last = self._kernel.send(cell)


def write_notebook(folder: Path, shape: Shape) -> None:
    """Write the notebook that all hosts run."""
    Terminal(folder).write(*shape.cells())


def surroundings(word: str) -> dict[str, str]:
    """Return the environment of a host; `word` marks its processes."""
    kept = {name: value for name, value in os.environ.items() if name != "NBFLOW_ROOT"}
    return {**kept, "NBFLOW_USER": "tester", WORD: word}


Host = Command | DetachedHost | KernelHost


def command(folder: Path, words: Sequence[str]) -> tuple[int, str]:
    """Run a command to its end; return its exit code and what it told. Raises TimeoutError."""
    host = Command(folder, *words)
    try:
        return host.wait(), host.told()
    finally:
        host.close()
