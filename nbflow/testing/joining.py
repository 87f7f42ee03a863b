"""The `inputs` of a join from what a test gives: a list for the items of a foreach, a dictionary for branches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol, runtime_checkable

from nbflow.errors import did_you_mean, raise_for
from nbflow.graph.view import view_chain
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Graph, Need, Node
from nbflow.model.ids import StepName
from nbflow.model.task import InputsSpec, ViewSpec
from nbflow.plan.gather import Joined
from nbflow.testing.readings import leaves_of

#: stores name → value, as left by a step
Keep = Callable[[str, Mapping[str, Any]], dict[str, ArtifactRef]]


@runtime_checkable
class Names(Protocol):
    """Names with values: a dictionary, or the result of another step."""

    def keys(self) -> Any: ...
    def __getitem__(self, name: str, /) -> Any: ...


class Joiner:
    """Builds what one join is told of the tasks it joins.

    Responsibilities: a view looks into the same layers, in the same order, as in a run.
    """

    def __init__(self, graph: Graph, node: Node, keep: Keep) -> None:
        self._graph = graph
        self._node = node
        self._keep = keep
        self._tables: list[Mapping[str, ArtifactRef]] = []

    def joined(self, given: object) -> Joined | None:
        """Return the views of `given`, what a test calls `inputs`; None when the step joins nothing. Raises R032."""
        need = next((each for each in self._node.needs if each.kind == "inputs"), None)
        if need is None:
            return None
        spec = self._branches(need, given) if need.closes is None else self._items(need, given)
        return Joined(spec, tuple(self._tables), ())

    def _items(self, need: Need, given: object) -> InputsSpec:
        step = need.branches[0][0].step
        if isinstance(given, Mapping | str) or not hasattr(given, "__iter__"):
            self._fail(
                f"it is a {type(given).__name__}, and {step} runs once for each item",
                "inputs=[{…}, {…}]: a dictionary, or a result, for each item in order; None for one that was skipped",
            )
        tasks = list(given)
        views = [self._view(step, index, task) for index, task in enumerate(tasks) if task is not None]
        skipped = tuple(index for index, task in enumerate(tasks) if task is None)
        return InputsSpec(tuple(views), over=step, skipped=skipped)

    def _branches(self, need: Need, given: object) -> InputsSpec:
        steps = tuple(branch[0].step for branch in need.branches)
        call = f"inputs={{{', '.join(f'{step!r}: {{…}}' for step in steps)}}}"
        if not isinstance(given, Mapping):
            self._fail(f"it is a {type(given).__name__}, and {self._node.name} joins branches", call)
        for name in given:
            if name not in steps:
                self._fail(f"'{name}' is not joined here.{did_you_mean(str(name), steps)}", call)
        ran = tuple(step for step in steps if given.get(step) is not None)
        if need.rule == "all" and len(ran) < len(steps):
            missing = next(step for step in steps if step not in ran)
            self._fail(f"{missing} is missing, and without it the join would be skipped", call)
        return InputsSpec(tuple(self._view(step, None, given[step]) for step in ran), branches=ran)

    def _view(self, step: StepName, index: int | None, task: object) -> ViewSpec:
        if not isinstance(task, Names):
            said = step if index is None else f"{step}[{index}]"
            self._fail(f"what stands for {said} is a {type(task).__name__}", "give a dictionary or a result: {…}")
        values = {str(name): task[name] for name in task.keys()}  # noqa: SIM118  a result is no mapping in full
        chain = view_chain(self._graph, step)
        scope = self._graph[step].scope
        opens = self._graph[scope[-1]].opens if scope else None
        item = opens.item if opens else None
        layers = []
        for giver in chain:
            own = {name: values.pop(name) for name in leaves_of(self._graph[giver]) & values.keys()}
            # the task's own layer is there even when it is empty
            if own or giver == step:
                layers.append(self._add(giver, own))
        if item in values:
            layers.append(self._add(f"{scope[-1]}:items", {item: values.pop(item)}))
        for name in values:
            known = {each for giver in chain for each in leaves_of(self._graph[giver])} | ({item} if item else set())
            left = f"leave one of {', '.join(sorted(known))}" if known else "leave it out"
            self._fail(f"{step} leaves no '{name}'.{did_you_mean(name, known)}", left)
        return ViewSpec(step, index, tuple(layers), item)

    def _add(self, giver: str, values: Mapping[str, Any]) -> int:
        self._tables.append(self._keep(giver, values))
        return len(self._tables) - 1

    def _fail(self, message: str, fix: str) -> NoReturn:
        raise_for("R032", step=self._node.name, message=message, fix=fix)
