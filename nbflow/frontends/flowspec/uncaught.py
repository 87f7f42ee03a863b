"""What a program shows of an error of nbflow that nobody caught: the message, and of the traceback its own lines only.

A class that makes no sense is refused while Python still reads its file, before any command could say so.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

import nbflow

_OURS = str(Path(nbflow.__file__).parent)


def show_plainly() -> None:
    """Have uncaught errors of nbflow shown so, unless the program shows uncaught errors in its own way."""
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _show


def _show(kind: type[BaseException], failure: BaseException, trace: TracebackType | None) -> None:
    from nbflow.errors import FlowError, NbflowError

    if not isinstance(failure, NbflowError):
        sys.__excepthook__(kind, failure, trace)
    elif isinstance(failure, FlowError) and all(each.place.line for each in failure.problems):
        sys.stderr.write(f"{failure}\n")
    else:
        _print_own_lines(failure)


def _print_own_lines(failure: BaseException) -> None:
    import traceback

    told = traceback.TracebackException.from_exception(failure)
    told.stack[:] = [frame for frame in told.stack if not frame.filename.startswith(_OURS)]
    sys.stderr.write("".join(told.format()))
