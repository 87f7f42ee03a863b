"""A real kernel, driven over its own protocol as a front end does."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Reply:
    """What one cell gave."""

    stdout: str = ""
    stderr: str = ""
    displays: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    ename: str | None = None
    evalue: str = ""
    traceback: str = ""
    #: kinds and texts in the order they came
    order: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that a person could read."""
        plain = [str(each.get("text/plain", "")) for each in self.displays]
        return "\n".join([self.stdout, self.stderr, *plain, self.traceback])


class Kernel:
    """One kernel and its client."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        env = {**os.environ, "NBFLOW_USER": "tester", **environment}
        for _ in range(3):
            try:
                self._start(env)
            except RuntimeError:
                # a port that was found free was taken by another kernel meanwhile
                self.close()
            else:
                return
        self._start(env)

    def _start(self, env: dict[str, str]) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(self.folder), env=env)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def send(self, source: str, *, person: bool = True, cell: str = "") -> str:
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        message = self.client.session.msg(
            "execute_request",
            content,
            metadata={"cellId": cell or f"cell of {source.split(maxsplit=2)[:2]}"} if person else {},
        )
        self.client.session.send(self.client.shell_channel.socket, message)
        header: dict[str, Any] = message["header"]
        return str(header["msg_id"])

    def collect(self, msg_id: str, *, timeout: float = 60) -> Reply:
        reply = Reply()
        deadline = time.monotonic() + timeout
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return reply
            self._take(reply, kind, content)

    def _take(self, reply: Reply, kind: str, content: dict[str, Any]) -> None:
        if kind == "stream":
            setattr(reply, content["name"], getattr(reply, content["name"]) + content["text"])
            reply.order.append((content["name"], content["text"]))
        elif kind in {"display_data", "execute_result"}:
            reply.displays.append(content["data"])
            reply.order.append((kind, str(content["data"].get("text/plain", ""))))
        elif kind == "update_display_data":
            reply.updates.append(content["data"])
        elif kind == "error":
            reply.ename, reply.evalue = content["ename"], content["evalue"]
            reply.traceback = _ANSI.sub("", "\n".join(content["traceback"]))

    def run(self, source: str, *, person: bool = True, cell: str = "", timeout: float = 60) -> Reply:
        """Run a cell and return what it gave; `cell` is its id."""
        return self.collect(self.send(source, person=person, cell=cell), timeout=timeout)

    def ok(self, source: str, *, person: bool = True, cell: str = "") -> Reply:
        """Run a cell that must succeed."""
        reply = self.run(source, person=person, cell=cell)
        assert reply.ename is None, f"{source}\n{reply.ename}: {reply.evalue}\n{reply.traceback}"
        return reply

    def value(self, expression: str) -> str:
        """repr of an expression in the user's namespace."""
        return self.ok(f"print(repr({expression}))").stdout.strip()

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def start_kernel(tmp_path: Path) -> Iterator[Callable[..., Kernel]]:
    """Start kernels in the test's folder."""
    started: list[Kernel] = []

    def start(**environment: str) -> Kernel:
        kernel = Kernel(tmp_path, **environment)
        started.append(kernel)
        return kernel

    yield start
    for kernel in started:
        kernel.close()
