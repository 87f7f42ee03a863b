"""Shift-Tab in a line of ours: the kernel's own answer knows a word, not the line it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflow.frontends.magics.helping.asked import help_at
from nbflow.frontends.magics.helping.tables import WIDTH, narrow

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbflow.frontends.magics.face import Face

_INSPECT = "do_inspect"


def register(shell: InteractiveShell, face: Face) -> None:
    """Let the kernel of `shell`, if it has one, answer for lines of ours first. `unregister` takes it back."""
    kernel = getattr(shell, "kernel", None)
    inspect = getattr(kernel, _INSPECT, None)
    if kernel is None or inspect is None:
        return

    def do_inspect(code: str, cursor_pos: int, *more: Any, **options: Any) -> Any:
        try:
            told = help_at(face, code, cursor_pos)
        except Exception:  # noqa: BLE001 - half a line may be anything: then it is the kernel's to answer
            told = None
        if told is None:
            return inspect(code, cursor_pos, *more, **options)
        return {"status": "ok", "found": True, "data": {"text/plain": narrow(told, WIDTH)}, "metadata": {}}

    # the class's own method stays as it is
    kernel.__dict__[_INSPECT] = do_inspect


def unregister(shell: InteractiveShell) -> None:
    """Take back what `register` did."""
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        kernel.__dict__.pop(_INSPECT, None)
