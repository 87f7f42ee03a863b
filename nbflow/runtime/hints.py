"""What can be added to a failure by who knows the graph: a worker sees its own step only."""

from __future__ import annotations

import re
from dataclasses import replace

from nbflow.graph.view import unread_name
from nbflow.model.graph import Graph
from nbflow.model.record import Failure

#: NameError, and pandas' own for names in query strings
_UNDEFINED = frozenset({"NameError", "UndefinedVariableError"})
#: what pdb raises where nobody answers
_DEBUGGER = "BdbQuit"
_QUOTED = re.compile(r"'([^\W\d]\w*)'")


def hinted(failure: Failure, graph: Graph, step: str) -> Failure:
    """Return `failure`; one of an undefined name that the step could read says how, one of a debugger says where it works.

    Names in strings, as in `df.query("a > @t")`, are not seen by the analysis of the body.
    """
    if failure.type == _DEBUGGER and failure.code is None:
        hint = _where_to_debug(graph, step)
        return replace(failure, message=hint, traceback=f"{failure.traceback.rstrip()}: {hint}\n")
    if failure.type not in _UNDEFINED or failure.code is not None:
        return failure
    found = _QUOTED.search(failure.message)
    hint = unread_name(graph, step, found[1]) if found else ""
    if not hint:
        return failure
    return replace(failure, message=f"{failure.message}.{hint}", traceback=f"{failure.traceback.rstrip()}.{hint}\n")


def _where_to_debug(graph: Graph, step: str) -> str:
    nobody = "a worker has no keyboard, so nobody answers the debugger"
    if step in graph and graph[step].method is not None:
        return nobody
    # breakpoint() waits in a kernel for a debugger that is attached, and does nothing otherwise
    return f"{nobody}. With --here in the step's header, pdb.set_trace() asks below its cell"
