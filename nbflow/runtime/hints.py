"""What can be added to a failure by who knows the graph: a worker sees its own step only."""

from __future__ import annotations

import re
from dataclasses import replace

from nbflow.graph.view import unread_name
from nbflow.model.graph import Graph
from nbflow.model.record import Failure

#: NameError, and pandas' own for names in query strings
_UNDEFINED = frozenset({"NameError", "UndefinedVariableError"})
#: Python's own for memory that is refused, and numpy's
_SHORT = frozenset({"MemoryError", "_ArrayMemoryError"})
#: what pdb raises where nobody answers
_DEBUGGER = "BdbQuit"
_QUOTED = re.compile(r"'([^\W\d]\w*)'")


def hinted(failure: Failure, graph: Graph, step: str) -> Failure:
    """Return `failure`, with what helps.

    One of an undefined name that the step could read says how, one of a debugger where it works, one of memory what
    the step's own limit is.

    Names in strings, as in `df.query("a > @t")`, are not seen by the analysis of the body.
    """
    if failure.type == _DEBUGGER and failure.code is None:
        hint = _where_to_debug(graph, step)
        return replace(failure, message=hint, traceback=f"{failure.traceback.rstrip()}: {hint}\n")
    # where nothing limits it, as in a test of the step, nobody renders a traceback either
    if failure.type in _SHORT and failure.code is None and failure.traceback:
        return _with_limit(failure, graph, step)
    if failure.type not in _UNDEFINED or failure.code is not None:
        return failure
    found = _QUOTED.search(failure.message)
    hint = unread_name(graph, step, found[1]) if found else ""
    if not hint:
        return failure
    return replace(failure, message=f"{failure.message}.{hint}", traceback=f"{failure.traceback.rstrip()}.{hint}\n")


def _with_limit(failure: Failure, graph: Graph, step: str) -> Failure:
    """Return a failure for lack of memory with the limit that the step has of --memory, where it has one."""
    # a method's is no limit: see nbflow.runtime.specs
    limit = graph[step].options.resources.memory if step in graph and graph[step].method is None else None
    if limit is None:
        return failure
    hint = f"--memory {_written(limit)} is the limit that {step} has: give it more, or drop the option"
    last = failure.traceback.rstrip()
    parted = ": " if last.endswith(failure.type) else ". "
    message = f"{failure.message.rstrip('.')}. {hint}"
    return replace(failure, message=message, traceback=f"{last}{parted}{hint}\n")


def _written(count: int) -> str:
    """Return a number of bytes as one writes it behind --memory."""
    return f"{count >> 30}G" if count % (1 << 30) == 0 else f"{count / (1 << 20):.4g}M"


def _where_to_debug(graph: Graph, step: str) -> str:
    nobody = "a worker has no keyboard, so nobody answers the debugger"
    if step in graph and graph[step].method is not None:
        return nobody
    # breakpoint() waits in a kernel for a debugger that is attached, and does nothing otherwise
    return f"{nobody}. With --here in the step's header, pdb.set_trace() asks below its cell"
