"""What a debugger can do with a step: by hand with pdb, and over the kernel's debug protocol."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

import pytest
from kernels import Kernel, start_kernel

__all__ = ["start_kernel"]


@pytest.fixture
def kernel(start_kernel: Callable[..., Kernel]) -> Kernel:
    made = start_kernel()
    made.ok("%load_ext nbflow\n%flow name case")
    return made


def asked(kernel: Kernel, source: str, answers: list[str]) -> str:
    """Run a cell at whose questions someone types `answers`, and return what it printed."""
    printed: list[str] = []

    def show(message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    def answer(message: dict[str, Any]) -> None:
        kernel.client.input(answers.pop(0))

    reply = kernel.client.execute_interactive(source, allow_stdin=True, output_hook=show, stdin_hook=answer, timeout=60)
    assert reply["content"]["status"] == "ok" and not answers
    return "".join(printed)


class Debugger:
    """A debugger as a front end attaches it."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.requests = 0
        self.ask("initialize", clientID="test", adapterID="", pathFormat="path", linesStartAt1=True)
        self.ask("attach")

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        client = self.kernel.client
        self.requests += 1
        content = {"type": "request", "seq": self.requests, "command": command, "arguments": arguments}
        message = client.session.msg("debug_request", content)
        client.control_channel.send(message)
        while True:
            reply = client.get_control_msg(timeout=60)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                assert reply["content"]["success"], reply["content"]
                return dict(reply["content"].get("body") or {})

    def stops(self, source: str, breakpoint_on: int) -> list[int]:
        """Run a cell with a breakpoint on a line of it; return the lines on which it stopped."""
        path = self.ask("dumpCell", code=source)["sourcePath"]
        self.ask("setBreakpoints", source={"path": path}, breakpoints=[{"line": breakpoint_on}])
        self.ask("configurationDone")
        sent, found = self.kernel.send(source), []
        while True:
            try:
                message = self.kernel.client.get_iopub_msg(timeout=60)
            except queue.Empty:
                raise AssertionError(f"{source} did not end") from None
            kind, content = message["msg_type"], message["content"]
            if kind == "debug_event" and content["event"] == "stopped":
                thread = content["body"]["threadId"]
                frames = self.ask("stackTrace", threadId=thread)["stackFrames"]
                found.append(int(frames[0]["line"]))
                self.ask("continue", threadId=thread)
            if kind == "status" and content["execution_state"] == "idle" and message["parent_header"]["msg_id"] == sent:
                return found


def test_pdb_asks_in_a_step_that_runs_here_and_shows_the_lines_of_its_cell(kernel: Kernel) -> None:
    source = "# %%\n# why\n%step a --here\n# | retry: 1\nimport pdb\nx = 1\npdb.set_trace()\ny = 2\nz = 3"
    printed = asked(kernel, source, ["p x + 40", "n", "p y + 50", "c"])
    assert "41\n" in printed and "52\n" in printed
    assert "8" in printed and "pdb.set_trace()" in printed
    assert kernel.value("(x, y, z)") == "(1, 2, 3)"
    # a worker has no keyboard
    assert kernel.run("%step b\nbreakpoint()\nx = 1").ename == "BdbQuit"


# a kernel is slow as long as a debugger is attached
@pytest.mark.timeout(300)
def test_an_attached_debugger_stops_at_breakpoint_in_a_step_that_runs_here(kernel: Kernel) -> None:
    debugger = Debugger(kernel)
    assert debugger.stops("x = 1\ny = 2", 2) == [2]
    # by the mouse on line 6, by its call on line 4
    assert debugger.stops("# why\n%step a --here\nx = 1\nbreakpoint()\ny = 2\nz = 3", 6) == [5]
