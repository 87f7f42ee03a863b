"""What a worker that ended without a word died of, in words for people."""

from __future__ import annotations

import signal

from nbflow.catalogue import CATALOGUE
from nbflow.model.graph import Node
from nbflow.model.record import Failure
from nbflow.task.report import CLOSED

_WHY = {
    signal.SIGKILL: (
        "killed by the system",
        "most often the machine ran out of memory",
        "ask for less at once: --max-workers, or --memory on the step",
    ),
    signal.SIGSEGV: (
        "segmentation fault",
        "compiled code read memory that is not its own",
        "look at the last library called in the log",
    ),
    signal.SIGABRT: ("abort", "compiled code gave up", "look at the end of its log"),
    signal.SIGBUS: ("bus error", "a mapped file shrank, or the disk is full", "check the disk"),
    signal.SIGTERM: ("terminated", "something outside nbflow sent it SIGTERM", "run it again"),
}


def death_of(node: Node, status: int, *, timed_out: bool) -> Failure:
    """Return the failure of an attempt whose worker left exit `status` (negative: a signal) and no result."""
    if timed_out:
        text = CATALOGUE["T002"].what.format(step=node.name, timeout=duration(node.options.timeout or 0))
        return Failure("TimeoutError", text, code="T002")
    if status < 0:
        name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
        how, why, fix = (
            _WHY.get(signal.Signals(-status), (name, "", "")) if -status in set(signal.Signals) else (name, "", "")
        )
        how = f"{how} ({name})" if how != name else name
    elif status == CLOSED:
        how = "the body closed the descriptor on which its result is told"
        why, fix = "os.closerange() and the like close what is not theirs", "close only what the body opened"
    else:
        how, why, fix = f"it left by itself with exit code {status}", "os._exit() or a library ended the process", ""
    text = CATALOGUE["T003"].what.format(step=node.name, how=how)
    detail = ". ".join(part for part in (why, fix) if part)
    return Failure("WorkerDied", f"{text}\n{detail}" if detail else text, code="T003")


def duration(seconds: float) -> str:
    """Return seconds as a person writes them: `90 s`, `5 min`, `2 h`."""
    if seconds < 120:
        return f"{seconds:g} s"
    if seconds < 7200:
        return f"{seconds / 60:g} min"
    return f"{seconds / 3600:g} h"
