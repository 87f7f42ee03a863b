"""A naive execution of a graph, in one process and in any order: what the graph means, told independently of the engine."""

from __future__ import annotations

import ast
import builtins
import copy
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from nbflow.graph.view import view_chain
from nbflow.model.graph import Graph, Missing, Need, Node

Path = tuple[int, ...]
Values = dict[str, Any]


class SkippedError(Exception):
    """The task does not run."""


class View:
    """One element of a join's `inputs`."""

    def __init__(self, step: str, index: int | None, layers: Sequence[Values], own: Values) -> None:
        self.__dict__.update(_step=step, index=index, _layers=layers, _own=own)

    def __getattr__(self, name: str) -> Any:
        for layer in self._layers:
            if name in layer:
                return copy.deepcopy(layer[name])
        raise AttributeError(name)


class Inputs(list[View]):
    """A join's `inputs`."""

    skipped: list[int]

    def __getattr__(self, step: str) -> Any:
        for view in self:
            if view._step == step:
                return view
        raise AttributeError(step)


class Execution:
    """One run of a graph."""

    def __init__(self, graph: Graph, parameters: Mapping[str, Any], chance: random.Random) -> None:
        self.graph, self.parameters, self.chance = graph, parameters, chance
        #: (step, path) → what it left; None: skipped. A foreach skipped as a whole has the path of its base
        self.results: dict[tuple[str, Path], Values | None] = {}
        self.items: dict[tuple[str, Path], list[Any]] = {}
        self.conditions: dict[tuple[str, Path], bool | None] = {}

    def run(self) -> dict[tuple[str, Path], Values | None]:
        """Run every task, each step as soon as all it waits for is done, in an order left to chance."""
        todo, done = list(self.graph.nodes), set[str]()
        while todo:
            node = self.chance.choice([each for each in todo if {*each.givers, *each.base} <= done])
            todo.remove(node)
            done.add(node.name)
            for path in list(self.paths(node.base)):
                self.step(node, path)
        return self.results

    def paths(self, scope: Sequence[str], path: Path = ()) -> Iterator[Path]:
        """Yield the paths of the tasks in `scope`."""
        if len(path) == len(scope):
            yield path
            return
        for index in range(len(self.items.get((scope[len(path)], path), ()))):
            yield from self.paths(scope, (*path, index))

    def step(self, node: Node, base: Path) -> None:
        """Run the tasks of `node` in one task of its base."""
        if not node.opens:
            self.task(node, base)
            return
        try:
            given = {use: self.given(node, base, use) for use in ("body", "when", "items")}
        except SkippedError:
            self.results[node.name, base] = None
            return
        space = {**self.space(node), **given["items"]}
        self.items[node.name, base] = list(eval(node.opens.items, space))
        for index in range(len(self.items[node.name, base])):
            self.task(node, (*base, index))

    def task(self, node: Node, path: Path) -> None:
        """Run one task, or skip it."""
        try:
            inputs = self.given(node, path, "body")
            condition = self.given(node, path, "when")
            joined = self.joined(node, path)
            self.conditions[node.name, path] = None
            self.judge(node, path, condition)
        except SkippedError:
            self.results[node.name, path] = None
            return
        space = {**self.space(node), **inputs}
        if joined is not None:
            space |= {"inputs": joined, "merge_artifacts": self.merger(node, joined, space)}
        try:
            exec(compile(node.code.body.source, node.name, "exec"), space)
        except Exception as error:
            if node.options.catch is None:
                raise
            space[node.options.catch.name or "_"] = error
        assert node.leaves is not None
        self.results[node.name, path] = {name: copy.deepcopy(space[name]) for name in node.leaves if name in space}

    def judge(self, node: Node, path: Path, given: Values) -> None:
        """Evaluate the condition of a task. Raises SkippedError when it does not hold."""
        if node.when is None:
            return
        for other in node.when.else_of:
            if self.conditions.get((other, path[: len(self.graph[other].scope)])) is not False:
                raise SkippedError
        holds = node.when.expression is None or bool(eval(node.when.expression, {**self.space(node), **given}))
        self.conditions[node.name, path] = holds
        if not holds:
            raise SkippedError

    def space(self, node: Node) -> Values:
        """Return the globals of a task before its inputs: builtins, definitions, parameters."""
        module: Values = {"__builtins__": builtins, "__name__": "definitions"}
        for statement in node.code.slice:
            exec(compile(statement.source, statement.file, "exec"), module)
        definitions = {name: module[name] for name in node.code.roots}
        parameters = {name: copy.deepcopy(self.parameters[name]) for name in node.parameters}
        return {"__builtins__": builtins, **definitions, **parameters}

    def given(self, node: Node, path: Path, use: str) -> Values:
        """Return the inputs of one use of a task. Raises SkippedError for want of one, whatever its use."""
        found: Values = {}
        for need in node.needs:
            if need.kind == "value" and need.binds:
                value = self.value(need, path)
                if use in need.uses and not isinstance(value, Missing):
                    found[need.binds] = value
        for name, scope in node.context.items():
            depth = node.scope.index(scope)
            if depth < len(path):
                found[name] = (
                    path[depth] if name == "index" else copy.deepcopy(self.items[scope, path[:depth]][path[depth]])
                )
        if node.opens and use != "items" and len(path) == len(node.scope):
            found[node.opens.item] = copy.deepcopy(self.items[node.name, path[:-1]][path[-1]])
        return found

    def value(self, need: Need, path: Path) -> Any:
        """Return the value of a name, or MISSING when it stays unbound."""
        for source in need.branches[0]:
            left = self.results.get((source.step, path[: len(self.graph[source.step].scope)]))
            if left is not None:
                return copy.deepcopy(left[source.name]) if source.name in left else Missing()
        if isinstance(need.default, str):
            return ast.literal_eval(need.default)
        if need.soft:
            return Missing()
        raise SkippedError

    def joined(self, node: Node, path: Path) -> Inputs | None:
        """Return the `inputs` of a task, or None when it joins nothing. Raises SkippedError when they are not complete."""
        need = next((each for each in node.needs if each.kind == "inputs"), None)
        if need is None:
            return None
        steps = [branch[0].step for branch in need.branches]
        inputs = Inputs()
        inputs.skipped = []
        if need.closes:
            opener = self.graph[need.closes]
            base = path[: len(opener.base)]
            if (opener.name, base) not in self.items:
                raise SkippedError
            for index in range(len(self.items[opener.name, base])):
                view = self.view(steps[0], (*base, index), index)
                inputs.skipped.extend([index] if view is None else [])
                inputs.extend([view] if view else [])
            return inputs
        inputs.extend(view for step in steps if (view := self.view(step, path, None)))
        if not inputs or (need.rule == "all" and len(inputs) < len(steps)):
            raise SkippedError
        return inputs

    def view(self, step: str, path: Path, index: int | None) -> View | None:
        """Return the view of a task, or None when it was skipped."""
        own = self.results.get((step, path))
        if own is None:
            return None
        layers = [
            self.results.get((each, path[: len(self.graph[each].scope)])) or {} for each in view_chain(self.graph, step)
        ]
        scope = self.graph[step].scope
        if scope:
            opener = self.graph[scope[-1]].opens
            assert opener is not None
            layers.append({opener.item: self.items[scope[-1], path[:-1]][path[-1]]})
        return View(step, index, layers, own)

    def merger(self, node: Node, inputs: Inputs, space: Values) -> Callable[..., None]:
        """Return the merge_artifacts of a task: all or nothing."""

        def merge_artifacts(_inputs: object, include: object = None, exclude: object = None) -> None:
            found = {name: [view._own[name] for view in inputs if name in view._own] for name in node.merged}
            for name, values in found.items():
                if any(first != second for first, second in itertools.pairwise(values)):
                    raise ValueError(f"merge_artifacts: '{name}' differs")
            space.update({name: values[0] for name, values in found.items() if values})

        return merge_artifacts


def execute(
    graph: Graph, parameters: Mapping[str, Any] | None = None, seed: int = 0
) -> dict[tuple[str, Path], Values | None]:
    """Return what each task of `graph` leaves, by step and path; None: it was skipped."""
    return Execution(graph, parameters or {}, random.Random(seed)).run()
