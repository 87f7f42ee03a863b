"""A small driver of the real zygote over a real socket: what a backend does, without a scheduler."""

from __future__ import annotations

import array
import contextlib
import dataclasses
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.record import Failure
from nbflow.model.task import CodeStatement, FlowCode, SetupCode, TaskSpec
from nbflow.task.report import START as MESSAGE
from nbflow.workspace import Workspace

ROOT = Path(__file__).parents[3]
START = "import sys; sys.path.append(sys.argv[1]); from nbflow.task.zygote import main; main(int(sys.argv[2]))"
FILE = "<test.ipynb · cell 1>"


@dataclasses.dataclass
class Ended:
    """How a task went."""

    status: int
    messages: list[dict[str, Any]]
    stdout: str
    stderr: str
    workspace: Workspace

    @property
    def done(self) -> dict[str, Any]:
        assert "done" in self.messages[-1], (self.messages[-1], self.stderr)
        return self.messages[-1]["done"]  # type: ignore[no-any-return]

    @property
    def failure(self) -> Failure:
        assert "failed" in self.messages[-1], self.messages[-1]
        return Failure.from_json(self.messages[-1]["failed"])

    @property
    def manifest(self) -> Manifest:
        return Manifest.from_json(self.done["manifest"])

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.workspace.store.get(ref) for name, ref in self.manifest.artifacts.items()}

    @property
    def so_far(self) -> dict[str, Any]:
        """What a body that failed had bound."""
        assert self.failure
        manifest = Manifest.from_json(self.messages[-1]["manifest"])
        return {name: self.workspace.store.get(ref) for name, ref in manifest.artifacts.items()}

    @property
    def items(self) -> list[Any]:
        assert "items" in self.messages[-1], self.messages[-1]
        return [self.workspace.store.get(ArtifactRef.from_json(raw)) for raw in self.messages[-1]["items"]]

    @property
    def shown(self) -> list[dict[str, Any]]:
        return [message for message in self.messages if "display" in message]

    @property
    def texts(self) -> list[str]:
        return [message["display"]["text/plain"] for message in self.shown]


@dataclasses.dataclass
class Flight:
    number: int
    pid: int
    pipe: int
    stdout: Path
    stderr: Path


class Driver:
    """Starts a zygote and tasks in it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.workspace = Workspace.open(folder / ".nbflow")
        self.exits: dict[int, int] = {}
        self._number = 0
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # it would hide output that stays in a buffer
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START, str(ROOT), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                env={"PYTHONHASHSEED": "0", **inherited, **environment},
                cwd=folder,
            )
        assert self.hear() == {"ready": 1}

    @property
    def store(self) -> Any:
        return self.workspace.store

    def hear(self, timeout: float = 30) -> dict[str, Any]:
        ready, _, _ = select.select([self.socket], [], [], timeout)
        assert ready, "the zygote says nothing"
        data = self.socket.recv(1 << 16)
        assert data, "the zygote is gone"
        return json.loads(data)  # type: ignore[no-any-return]

    def tell(self, **message: Any) -> None:
        self.socket.send(json.dumps(message).encode())

    def preload(self, *modules: str, rich: bool = False) -> dict[str, Any]:
        self.tell(preload=modules, rich=rich)
        return self.hear()

    def spec(
        self,
        source: str,
        *,
        statements: Sequence[CodeStatement] = (),
        setup: Sequence[str] = (),
        give: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> TaskSpec:
        """Return the spec of a body; `give`: its inputs as values; `leaves` are all its simple names unless given."""
        number = len(list(self.folder.glob("code-*")))
        code = self.folder / f"code-{number}.json"
        cells = tuple(SetupCode(text, 1, text, f"<setup {place}>") for place, text in enumerate(setup))
        code.write_text(json.dumps(FlowCode("nbflow_defs.test", tuple(statements), cells).to_json()))
        names = {line.partition("=")[0].strip() for line in source.splitlines() if "=" in line}
        known: dict[str, Any] = {
            "kind": "body",
            "task": "test/1/a/0",
            "step": "a",
            "attempt": 0,
            "root": str(self.workspace.root),
            "cwd": str(self.folder),
            "sys_path": tuple(sys.path),
            "code": str(code),
            "source": source,
            "line": 1,
            "cell": source,
            "file": FILE,
            "inputs": {name: self.store.put(value) for name, value in (give or {}).items()},
            "leaves": tuple(sorted(name for name in names if name.isidentifier() and not name.startswith("_"))),
            "rich": False,
        }
        return TaskSpec(**{**known, **fields})

    def start(self, spec: TaskSpec) -> Flight:
        self._number += 1
        number = self._number
        logs = [self.folder / f"{number}-{stream}" for stream in ("stdout", "stderr")]
        told = os.memfd_create("spec")
        os.write(told, json.dumps(spec.to_json()).encode())
        os.lseek(told, 0, os.SEEK_SET)
        reader, writer = os.pipe()
        opened = [os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644) for path in logs]
        fds = [told, *opened, writer]
        self.socket.sendmsg(
            [json.dumps({"task": number}).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
        )
        for fd in fds:
            os.close(fd)
        while (message := self.hear()).get("started") != number:
            self._note(message)
        return Flight(number, message["pid"], reader, *logs)

    def wait(self, flight: Flight, timeout: float = 30) -> Ended:
        """Read what the worker says until the zygote says that it ended."""
        text = b""
        deadline = time.monotonic() + timeout
        os.set_blocking(flight.pipe, False)
        while flight.number not in self.exits:
            assert time.monotonic() < deadline, "the task does not end"
            ready, _, _ = select.select([self.socket, flight.pipe], [], [], 0.5)
            if flight.pipe in ready:
                text += self._read(flight.pipe)
            if self.socket in ready:
                self._note(self.hear())
        while more := self._read(flight.pipe):
            text += more
        os.close(flight.pipe)
        messages = [json.loads(line.removeprefix(MESSAGE)) for line in text.splitlines()]
        read = (flight.stdout.read_text(), flight.stderr.read_text())
        return Ended(self.exits[flight.number], messages, *read, self.workspace)

    def run(self, source: str, **fields: Any) -> Ended:
        return self.wait(self.start(self.spec(source, **fields)))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.tell(bye=1)
        self.socket.close()
        self.process.wait(10)

    def _note(self, message: dict[str, Any]) -> None:
        assert "exit" in message, message
        self.exits[message["exit"]] = message["status"]

    @staticmethod
    def _read(pipe: int) -> bytes:
        try:
            return os.read(pipe, 1 << 20)
        except BlockingIOError:
            return b""


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """A zygote that the tests of a module share."""
    driver = Driver(tmp_path_factory.mktemp("zygote"))
    yield driver
    driver.close()


@pytest.fixture
def flow(zygote: Driver, tmp_path: Path) -> Callable[..., Any]:
    """Write a flow file, whose steps can then be run one by one."""
    # a test of the zygote executes this file elsewhere
    from class_tasks import ClassTasks

    return lambda text, flow_class="F": ClassTasks(zygote, tmp_path, text, flow_class)


@pytest.fixture
def start_zygote(tmp_path: Path) -> Iterator[Callable[..., Driver]]:
    """Start a zygote of the test's own."""
    started: list[Driver] = []

    def start(**environment: str) -> Driver:
        started.append(Driver(tmp_path, **environment))
        return started[-1]

    yield start
    for driver in started:
        driver.close()


@pytest.fixture
def definition() -> Callable[..., CodeStatement]:
    """Make a statement of a plain cell."""

    def make(source: str, *names: str, now: tuple[str, ...] = (), later: tuple[str, ...] = ()) -> CodeStatement:
        return CodeStatement(names, source, source, f"<test.ipynb · {names[0]}>", 1, source, now, later, "function")

    return make


@pytest.fixture(scope="session")
def driver_class() -> type[Driver]:
    return Driver
