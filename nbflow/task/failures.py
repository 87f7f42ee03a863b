"""An exception of a task → the Failure that is kept and shown: text only, with the person's own frames."""

from __future__ import annotations

import os
import site
import sysconfig
from collections.abc import Collection, Mapping
from dataclasses import field
from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException

from nbflow.catalogue import CATALOGUE
from nbflow.errors import NbflowError
from nbflow.frozen import frozen
from nbflow.model.record import Failure

_NAME, _MESSAGE, _TRACEBACK = 200, 20_000, 200_000
_NBFLOW = str(Path(__file__).resolve().parents[1]) + os.sep


@frozen
class Scene:
    """Where a task's code stands, to tell the person's frames from others."""

    #: file name of the step's cell
    file: str
    #: file names of all cells the code comes from
    cells: Collection[str]
    #: name → text of the NameError its use raises
    unbound: Mapping[str, str] = field(default_factory=dict)


def failure_of(error: BaseException, scene: Scene) -> Failure:
    """Return `error` as it is kept. Never raises, whatever the exception's own methods do."""
    try:
        return _told(error, scene)
    except BaseException as second:  # there may be no memory or no stack left, too
        name, message = _clean(type(error).__name__[:_NAME], _NAME), _clean(_text(error), _MESSAGE)
        return Failure(name, message, f"{name}: {message}\n(its traceback cannot be made: {type(second).__name__})\n")


def _told(error: BaseException, scene: Scene) -> Failure:
    trace = TracebackException(type(error), error, error.__traceback__, compact=True)
    line = _line(error, trace, scene)
    _leave_own_frames(trace, scene)
    code: str | None = None
    name, message = type(error).__name__[:_NAME], _text(error)
    if isinstance(error, NbflowError) and error.problems:
        code, message = error.problems[0].code, error.problems[0].sentences
    elif isinstance(error, NameError) and str(error.name) in scene.unbound:
        code, message = "T010", scene.unbound[str(error.name)]
    elif isinstance(error, SystemExit):
        message = f"exit({'' if error.code is None else repr(error.code)}) was called; a step ends after its last line"
    elif isinstance(error, KeyboardInterrupt):
        message = message or "the task was interrupted"
    elif isinstance(error, MemoryError):
        message = message or "the task ran out of memory"
    text = "".join(trace.format())
    return Failure(_clean(name, _NAME), _clean(message, _MESSAGE), _clean(text, _TRACEBACK), code, line)


def could_not_start(message: str, step: str = "this task") -> Failure:
    """Return the failure of an attempt whose body was never reached."""
    return Failure("WorkerError", CATALOGUE["T004"].what.format(step=step, message=message), code="T004")


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:  # it is the body's code that makes it
        return "<its text cannot be made>"


def _clean(text: str, limit: int) -> str:
    """Return `text` as it can be written anywhere, and not much longer than `limit`."""
    if len(text) > limit:
        half = limit // 2
        text = f"{text[:half]}\n… {len(text) - limit} characters …\n{text[-half:]}"
    # a file name of odd bytes has lone surrogates, which are no UTF-8
    return text.encode("utf-8", "backslashreplace").decode()


def _line(error: BaseException, trace: TracebackException, scene: Scene) -> int | None:
    """Return the line of the step's cell that was being executed."""
    if type(error) is SyntaxError and trace.filename == scene.file:
        return int(trace.lineno or 0) or None
    return next((frame.lineno for frame in reversed(trace.stack) if frame.filename == scene.file), None)


def _leave_own_frames(trace: TracebackException, scene: Scene) -> None:
    """Drop frames of nbflow and of libraries, in the exceptions it came from too; the frame that raised stays."""
    seen: set[int] = set()
    # a chain may be longer than the stack is deep
    waiting = [trace]
    while waiting:
        trace = waiting.pop()
        if id(trace) in seen:
            continue
        seen.add(id(trace))
        frames = [frame for frame in trace.stack if not frame.filename.startswith(_NBFLOW)]
        kept = [frame for frame in frames if _is_own(frame, scene)]
        if frames and frames[-1] not in kept:
            kept.append(frames[-1])
        # an exception that no code of the person's led to is a defect of ours: all frames tell where
        if kept:
            trace.stack = StackSummary.from_list(kept)
        others = (trace.__cause__, trace.__context__, *(trace.exceptions or ()))
        waiting += [each for each in others if each is not None]


def _is_own(frame: FrameSummary, scene: Scene) -> bool:
    if frame.filename in scene.cells:
        return True
    return frame.filename.startswith(os.sep) and not frame.filename.startswith(_libraries())


def _libraries() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = [paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [*site.getsitepackages(), site.getusersitepackages()]
    return tuple(folder.rstrip(os.sep) + os.sep for folder in dict.fromkeys(folders))
