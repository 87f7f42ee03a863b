"""A real kernel, driven over its own protocol as a front end does."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import warm
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import local_provisioner

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
    """One kernel and its client.

    `cold`: it is a new process, whose environment can be seen from outside, too, and no fork.
    """

    def __init__(self, folder: Path, *, cold: bool = False, **environment: str) -> None:
        self.folder = folder
        self._cold = cold
        # these clients draw no widgets
        env = {**os.environ, "NBFLOW_USER": "tester", "NBFLOW_VIEWS": "static", **environment}
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
        with pytest.MonkeyPatch.context() as patch:
            if not self._cold and warm.fits(env):
                patch.setattr(local_provisioner, "launch_kernel", _fork_kernel)
            self.manager.start_kernel(cwd=str(self.folder), env=env)
        self.client = self.manager.client()
        self.client.start_channels()
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        """Wait until it answers, and what it publishes reaches us; the client's own wait lasts 0.2 s longer."""
        deadline = time.monotonic() + 150
        while True:
            asked = self.client.kernel_info()
            with contextlib.suppress(queue.Empty):
                self.client.get_shell_msg(timeout=1)
                while True:
                    told = self.client.get_iopub_msg(timeout=0.2)
                    ours = told["parent_header"].get("msg_id") == asked
                    if ours and told["content"].get("execution_state") == "idle":
                        return
            if not self.manager.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the kernel does not start")

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

    def collect(self, msg_id: str, *, timeout: float = 150) -> Reply:
        reply = Reply()
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            try:
                # a panel that is drawn anew all the time is no reason to wait on
                message = self.client.get_iopub_msg(timeout=max(0.1, left)) if left > -1 else None
            except queue.Empty:
                message = None
            if message is None:
                # says where each of its threads is
                self.manager.signal_kernel(signal.SIGABRT)
                raise AssertionError(f"the cell did not end within {timeout} s\n{reply.text}")
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

    def run(self, source: str, *, person: bool = True, cell: str = "", timeout: float = 150) -> Reply:
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
        process = getattr(self.manager.provisioner, "process", None)
        if process is not None:
            # the manager would look only every 0.1 s whether it is gone
            process.kill()
            process.wait()
        self.manager.shutdown_kernel(now=True)


def _fork_kernel(command: list[str], *, cwd: str, env: dict[str, str], **_: Any) -> warm.Process:
    """Start a kernel as jupyter_client does, in a session of its own, but as a fork of a process that is warm."""
    _python, _m, module, *words = command
    # a kernel ends when its parent does
    env["JPY_PARENT_PID"] = str(warm.server(warm.KERNELS).pid)
    streams = [sys.__stdout__.fileno(), sys.__stderr__.fileno()]
    return warm.Process(warm.KERNELS, {"module": module}, words, cwd=Path(cwd), env=env, streams=streams, session=True)


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
