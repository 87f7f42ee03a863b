"""While a cell waits for its run: what a page that is read anew asks first is answered beside the cell.

A front end shows a kernel's widgets when it knows what the kernel can do and what state they have. It asks so as one that does
not know yet whether the kernel hears it beside cells, and the questions queue behind the cell that runs. ipykernel 7 takes
requests in on a thread of their own, and has subshells; there those that only read are addressed to one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

#: ask what the kernel can do, and which widgets it has
_READING = {"kernel_info_request", "comm_info_request"}
#: by which the states of all widgets are asked for
_CONTROL = "jupyter.widget.control"
#: ask for the state of all widgets, and of one
_STATES = {"request_states", "request_state"}
#: the subshell by the kernel's manager of them: a widget that has answered on it is heard on it from then on
_SUBSHELLS: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def answering() -> Callable[[], None]:
    """Have such questions answered from now on, and return what ends that. Nothing else is heard out of its turn.

    Where a kernel has no subshells, as before ipykernel 7, nothing happens.
    """
    from ipykernel.kernelbase import Kernel

    kernel: Any = Kernel.instance() if Kernel.initialized() else None
    thread = getattr(kernel, "shell_channel_thread", None)
    hand_on = getattr(kernel, "shell_channel_thread_main", None)
    # where one of these is gone, the page waits for the cell
    if thread is None or hand_on is None or not hasattr(thread.manager, "_create_subshell"):
        return lambda: None

    async def take(frames: list[Any]) -> None:
        await hand_on(beside(kernel, frames))

    def listen(hear: Callable[[list[Any]], Any]) -> None:
        # a stream belongs to its thread
        thread.io_loop.add_callback(kernel.shell_stream.on_recv, hear, copy=False)

    listen(take)
    return lambda: listen(hand_on)


def _reads(kind: str, content: dict[str, Any]) -> bool:
    """Whether a request only asks what the kernel can do, or what its widgets are."""
    if kind == "comm_open":
        return content.get("target_name") == _CONTROL
    data = content.get("data")
    return kind in _READING or (kind == "comm_msg" and isinstance(data, dict) and data.get("method") in _STATES)


def beside(kernel: Any, frames: list[Any]) -> list[Any]:
    """Return a request to the thread that runs cells as one to a subshell, if it is such a question."""
    import zmq

    session = kernel.session
    try:
        who, rest = session.feed_identities(frames, copy=False)
        # one that is read in full counts as received, and could not be handed on
        seen = session.deserialize(rest, content=False, copy=False)
        header = seen["header"]
        if header.get("subshell_id") or not _reads(header["msg_type"], session.unpack(seen["content"])):
            return frames
        header["subshell_id"] = _subshell(kernel)
        parts = session.serialize(seen, who) + seen["buffers"]
    except Exception:  # noqa: BLE001  whoever it is handed on to says what is wrong with it
        return frames
    return [zmq.Frame(each) for each in parts]


def _subshell(kernel: Any) -> str:
    manager = kernel.shell_channel_thread.manager
    made: str | None = _SUBSHELLS.get(manager)
    if made is None or made not in manager.list_subshell():
        # private to ipykernel: `answering` has looked whether it is there
        made = _SUBSHELLS[manager] = manager._create_subshell()  # noqa: SLF001 - see above
    return made
