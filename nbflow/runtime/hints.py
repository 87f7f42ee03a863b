"""What can be added to a failure by who knows the graph: a worker sees its own step only."""

from __future__ import annotations

import re
from dataclasses import replace

from nbflow.graph.view import unread_name
from nbflow.model.graph import Graph
from nbflow.model.record import Failure

#: NameError, and pandas' own for names in query strings
_UNDEFINED = frozenset({"NameError", "UndefinedVariableError"})
_QUOTED = re.compile(r"'([^\W\d]\w*)'")


def hinted(failure: Failure, graph: Graph, step: str) -> Failure:
    """Return `failure`; one of an undefined name that the step could read says how.

    Names in strings, as in `df.query("a > @t")`, are not seen by the analysis of the body.
    """
    if failure.type not in _UNDEFINED or failure.code is not None:
        return failure
    found = _QUOTED.search(failure.message)
    hint = unread_name(graph, step, found[1]) if found else ""
    if not hint:
        return failure
    return replace(failure, message=f"{failure.message}.{hint}", traceback=f"{failure.traceback.rstrip()}.{hint}\n")
