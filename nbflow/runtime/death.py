"""What a worker that ended without a word died of, in words for people."""

from __future__ import annotations

import signal

from nbflow.catalogue import CATALOGUE
from nbflow.model.graph import Node
from nbflow.model.record import Failure
from nbflow.task.report import BROKEN, CLOSED

#: signal → how it ended, why, what to do
_WHY = {
    signal.SIGKILL: (
        "killed by the system",
        "most often the machine ran out of memory",
        "ask for less at once: --max-workers, or --memory on the step",
    ),
    signal.SIGSEGV: (
        "segmentation fault",
        "compiled code read memory that is not its own, or the stack was full",
        "look at the last library called in the log",
    ),
    signal.SIGABRT: ("abort", "compiled code gave up", "look at the end of its log"),
    signal.SIGBUS: ("bus error", "a mapped file shrank, or the disk is full", "check the disk"),
    signal.SIGILL: ("illegal instruction", "a library was built for another processor", "install one for this machine"),
    signal.SIGFPE: ("arithmetic error", "compiled code divided by zero", "look at the last library called in the log"),
    signal.SIGTERM: ("terminated", "something outside nbflow sent it SIGTERM", "run it again"),
    signal.SIGHUP: ("hung up", "something outside nbflow sent it SIGHUP", "run it again"),
    signal.SIGALRM: ("an alarm rang", "the body, or a library, set it with signal.alarm()", ""),
    signal.SIGPIPE: ("broken pipe", "the body let this signal end it", ""),
    signal.SIGXCPU: ("out of processor time", "a limit was set on it (ulimit -t)", ""),
    signal.SIGXFSZ: ("file too large", "a limit was set on the size of files (ulimit -f)", ""),
}
#: exit status → the same
_LEFT = {
    CLOSED: (
        "the body closed the descriptor on which its result is told",
        "os.closerange() and the like close what is not theirs",
        "close only what the body opened",
    ),
    BROKEN: (
        "nbflow itself failed in it",
        "most often the body changed a module or a builtin that all code needs",
        "look at the end of its log",
    ),
}


def death_of(node: Node, status: int, why: str = "", *, timed_out: bool) -> Failure:
    """Return the failure of an attempt whose worker left exit `status` (negative: a signal) and no result.

    `why` is what the place where it ran knows of it; it tells more than the status does.
    """
    if timed_out:
        text = CATALOGUE["T002"].what.format(step=node.name, timeout=duration(node.options.timeout or 0))
        if node.method is not None:
            text = text.replace("--timeout", "@timeout")
        return Failure("TimeoutError", text, code="T002")
    how, *reason = _end(status)
    if why and status > 0:
        # the first line says it better than an exit code
        how, _, why = why.partition("\n")
        reason = []
    text = CATALOGUE["T003"].what.format(step=node.name, how=how)
    detail = why or ". ".join(part for part in reason if part)
    return Failure("WorkerDied", f"{text}\n{detail}" if detail else text, code="T003")


def _end(status: int) -> tuple[str, str, str]:
    """Return how a worker ended, the likely reason, and what to do."""
    if status in _LEFT:
        return _LEFT[status]
    if status >= 0:
        return f"it left by itself with exit code {status}", "os._exit() or a library ended the process", ""
    if -status not in set(signal.Signals):
        return f"signal {-status}", "", ""
    name = signal.Signals(-status)
    how, why, fix = _WHY.get(name, ("", "", ""))
    return f"{how} ({name.name})" if how else name.name, why, fix


def duration(seconds: float) -> str:
    """Return seconds as a person writes them: `90 s`, `5 min`, `2 h`."""
    if seconds < 120:
        return f"{seconds:g} s"
    if seconds < 7200:
        return f"{seconds / 60:g} min"
    return f"{seconds / 3600:g} h"
