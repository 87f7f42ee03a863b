"""Values and exceptions of a person, quoted in a message: one line, and not too long."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def shown(value: object, limit: int = 60) -> str:
    """Return how `value` is written in Python, cut to `limit` characters."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  the person's own class may fail to say what it is
        text = f"<{type(value).__name__}>"
    return one_line(text, limit)


def said(error: BaseException, limit: int = 200) -> str:
    """Return what kind of exception it is and what it says."""
    text = one_line(str(error), limit)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def where(error: BaseException) -> str:
    """Return the line of the person's function that raised `error`, or called what did; of ours, an empty string."""
    trace = error.__traceback__ and error.__traceback__.tb_next
    if trace is None:
        return ""
    return f"raised in {Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"


def one_line(text: str, limit: int) -> str:
    """Return `text` with each run of white space as one space, cut to `limit` characters with `…`."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def listed(names: Iterable[object], limit: int = 200) -> str:
    """Return names with commas between them, or `none`."""
    return one_line(", ".join(map(str, names)), limit) or "none"
