"""Whether a step's condition holds for a task: --else-of, then --when, by scalars the manifests record."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from nbflow.errors import NbflowError
from nbflow.model.graph import Graph, Node
from nbflow.model.ids import Path
from nbflow.model.record import Failure
from nbflow.model.value import decode
from nbflow.plan.conditions import evaluate
from nbflow.plan.constants import Constants
from nbflow.plan.gather import Given, scalars
from nbflow.plan.ledger import Ledger

#: (what --when said or None, reason to skip or "", failure of the evaluation or None)
Judged = tuple[bool | None, str, Failure | None]


class Guard:
    """The conditions of one run, with the constants and parameters they may read."""

    def __init__(self, graph: Graph, parameters: Mapping[str, Any]) -> None:
        self._parameters = dict(_decoded(parameters))
        self._statements = graph.statements

    @cached_property
    def _constants(self) -> Constants:
        # most runs judge no condition
        return Constants(self._statements)

    def judge(self, ledger: Ledger, node: Node, path: Path, given: Given) -> Judged:
        """Return what the condition of `node` says at `path`; `given` is what it reads, all of it settled."""
        when = node.when
        if when is None:
            return None, "", None
        for other in when.else_of:
            record = ledger.result(other, path)
            if record is None or record.condition is not False:
                ran = "ran" if record is not None and record.condition else "was not judged"
                return None, f"else of {other}, which {ran}", None
        if when.expression is None:
            return True, "", None
        try:
            passed = self.holds(node, given)
        except NbflowError as error:
            found = error.problems[0]
            return (
                None,
                "",
                Failure("TaskError", found.sentences, code=found.code),
            )
        return passed, "" if passed else f"{when.expression} is false", None

    def holds(self, node: Node, given: Given) -> bool:
        """Return what the --when expression of `node` says. Raises T013 when it cannot be judged."""
        if node.when is None or node.when.expression is None:
            return True
        known, strange = scalars(given)
        known |= {name: ast.literal_eval(source) for name, source in given.defaults.items()}
        values = {**self._constants.values, **self._parameters, **known}
        strange = {name: why for name, why in self._constants.strange.items() if name not in values} | strange
        return evaluate(node.when.expression, values, strange, step=node.name)


def _decoded(parameters: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the parameters a condition may read: an Enum of the flow's own would need its code, so it is left out."""
    for name, value in parameters.items():
        if not (isinstance(value, dict) and "$enum" in value):
            yield name, decode(value)
