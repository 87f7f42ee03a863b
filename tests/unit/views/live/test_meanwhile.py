"""What is answered beside a cell that waits for its run, and what keeps its turn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import zmq
from jupyter_client.session import Session

from nbflow.views.live.meanwhile import answering, beside

HELLO = {"comm_id": "1", "data": {"method": "custom", "content": {"type": "hello"}}}


class Manager:
    """Makes subshells, as ipykernel's."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def list_subshell(self) -> list[str]:
        return self.made

    def _create_subshell(self) -> str:
        self.made = [*self.made, f"subshell {len(self.made)}"]
        return self.made[-1]


class Kernel:
    """What the module knows of a kernel."""

    def __init__(self) -> None:
        self.session = Session(key=b"secret")
        loop = SimpleNamespace(add_callback=lambda call, *args, **more: call(*args, **more))
        self.shell_channel_thread = SimpleNamespace(manager=Manager(), io_loop=loop)
        self.hears: list[Any] = []
        self.shell_stream = SimpleNamespace(on_recv=lambda hear, *, copy: self.hears.append((hear, copy)))

    async def shell_channel_thread_main(self, frames: list[Any]) -> None:
        """Give a request to whom it is addressed."""

    def asked(self, kind: str, content: dict[str, Any], subshell: str | None = None) -> dict[str, Any]:
        """Return a front end's request as it is received in the end."""
        asks = Session(key=b"secret")
        message = asks.msg(kind, content)
        if subshell:
            message["header"]["subshell_id"] = subshell
        frames = [zmq.Frame(each) for each in asks.serialize(message, [b"somebody"])]
        who, rest = self.session.feed_identities(beside(self, frames), copy=False)
        assert [bytes(each) for each in who] == [b"somebody"]
        received: dict[str, Any] = self.session.deserialize(rest, copy=False)
        assert received["content"] == content and received["header"]["msg_id"] == message["header"]["msg_id"]
        return received


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("kernel_info_request", {}),
        ("comm_info_request", {"target_name": "jupyter.widget"}),
        ("comm_open", {"comm_id": "1", "target_name": "jupyter.widget.control", "data": {}}),
        ("comm_msg", {"comm_id": "1", "data": {"method": "request_states"}}),
        ("comm_msg", {"comm_id": "1", "data": {"method": "request_state"}}),
    ],
)
def test_questions_about_the_kernel_and_its_widgets_go_to_one_subshell(kind: str, content: dict[str, Any]) -> None:
    kernel = Kernel()
    assert [kernel.asked(kind, content)["header"]["subshell_id"] for _ in range(2)] == ["subshell 0"] * 2
    # one that is gone is made anew
    kernel.shell_channel_thread.manager.made = ["another"]
    assert kernel.asked(kind, content)["header"]["subshell_id"] == "subshell 1"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("execute_request", {"code": "1"}),
        ("complete_request", {"code": "1"}),
        ("comm_open", {"comm_id": "1", "target_name": "jupyter.widget", "data": {"method": "request_state"}}),
        ("comm_msg", {"comm_id": "1", "data": {"method": "update", "state": {}}}),
        ("comm_msg", {"comm_id": "1", "data": "request_state"}),
        ("comm_msg", HELLO),
        ("comm_close", {"comm_id": "1", "data": {}}),
    ],
)
def test_whatever_may_do_something_keeps_its_turn(kind: str, content: dict[str, Any]) -> None:
    kernel = Kernel()
    assert "subshell_id" not in kernel.asked(kind, content)["header"]
    assert not kernel.shell_channel_thread.manager.made


def test_a_question_for_a_subshell_stays_with_it() -> None:
    assert Kernel().asked("kernel_info_request", {}, "theirs")["header"]["subshell_id"] == "theirs"


def test_what_is_no_message_is_handed_on_as_it_came() -> None:
    frames = [zmq.Frame(each) for each in (b"somebody", b"<IDS|MSG>", b"not signed", b"{}", b"{}", b"{}", b"{}")]
    assert beside(Kernel(), frames) is frames


@pytest.mark.parametrize("lacks", [None, "shell_channel_thread", "shell_channel_thread_main"])
def test_a_kernel_hears_as_before_when_the_cell_has_ended(lacks: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel()
    if lacks:
        monkeypatch.setattr(kernel, lacks, None)
    monkeypatch.setattr("ipykernel.kernelbase.Kernel.initialized", lambda: True)
    monkeypatch.setattr("ipykernel.kernelbase.Kernel.instance", lambda: kernel)
    answering()()
    # frames are not copied, as ipykernel wants them
    before = (kernel.shell_channel_thread_main, False)
    assert kernel.hears[1:] == ([] if lacks else [before])
