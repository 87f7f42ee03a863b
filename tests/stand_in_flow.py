"""A stand-in for flows as classes: runs a converted file in one process, by Metaflow's rules, without engine and store."""

from __future__ import annotations

import builtins
import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Path = tuple[int, ...]


def step(function: Any = None, **ends: bool) -> Any:
    def mark(made: Any) -> Any:
        made.is_step, made.ends = True, ends
        return made

    return mark(function) if function else mark


def catch(var: str | None = None) -> Callable[[Any], Any]:
    def mark(made: Any) -> Any:
        made.catches, made.catch_name = True, var
        return made

    return mark


def retry(**_: Any) -> Callable[[Any], Any]:
    return lambda made: made


resources = environment = timeout = batch = card = pypi = retry


class JSONType: ...


class Parameter:
    def __init__(
        self,
        name: str,
        default: Any = None,
        type: Any = None,  # noqa: A002
        help: str = "",  # noqa: A002
        required: bool = False,
    ) -> None:
        self.name, self.default, self.type = name, default, type

    def value(self) -> Any:
        if self.type is JSONType and self.default is not None:
            return json.loads(self.default)
        return self.type(self.default) if self.type and self.default is not None else self.default


class FlowSpec:
    _manifest: dict[str, Any]

    def __init__(self, manifest: Mapping[str, Any], joins: bool, stack: Sequence[tuple[int, int, Any]]) -> None:
        put = self.__dict__
        put.update(_manifest=manifest if not joins else {}, _stack=list(stack), _next=None)
        put.update({name: each.value() for name, each in vars(type(self)).items() if isinstance(each, Parameter)})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._manifest:
            raise AttributeError(name)
        self.__dict__[name] = copy.deepcopy(self._manifest[name])
        return self.__dict__[name]

    def next(self, *targets: Any, foreach: str | None = None, condition: str | None = None) -> None:
        assert self._next is None, "next is called once"
        self._next = (targets, foreach, condition)

    @property
    def input(self) -> Any:
        return copy.deepcopy(self._stack[-1][2]) if self._stack else None

    @property
    def index(self) -> int | None:
        return self._stack[-1][0] if self._stack else None

    def foreach_stack(self) -> list[tuple[int, int, Any]]:
        return copy.deepcopy(self._stack)

    def merge_artifacts(self, inputs: Sequence[Any], include: Sequence[str]) -> None:
        for name in include:
            values = [view._left[name] for view in inputs if name in view._left]
            assert values, f"{name} is missing"
            assert all(each == values[0] for each in values), f"{name} differs"
            self._manifest[name] = values[0]

    def left(self) -> dict[str, Any]:
        own = {name: value for name, value in self.__dict__.items() if not name.startswith("_")}
        return copy.deepcopy({**self._manifest, **own})


class View:
    def __init__(self, step: str, index: int | None, left: dict[str, Any]) -> None:
        self.__dict__.update(_step=step, index=index, _left=left)

    def __getattr__(self, name: str) -> Any:
        if name not in self._left:
            raise AttributeError(name)
        return copy.deepcopy(self._left[name])


class Inputs(list[View]):
    def __getattr__(self, name: str) -> View:
        for view in self:
            if view._step == name:
                return view
        raise AttributeError(name)


class Run:
    """One run of a class. `left`: (method, path) → its artifacts."""

    def __init__(self, flow_class: type[FlowSpec]) -> None:
        self.left: dict[tuple[str, Path], dict[str, Any]] = {}
        self._class = flow_class
        steps = [each for each in vars(flow_class).values() if getattr(each, "is_step", False)]
        (first,) = [each for each in steps if each.__name__ == "start" or each.ends.get("start")]
        (last,) = [each for each in steps if each.__name__ == "end" or each.ends.get("end")]
        ended = self._line(first, {}, ())
        assert ended == (last.__name__, None)

    def _line(self, method: Any, manifest: Mapping[str, Any], stack: tuple[tuple[int, int, Any], ...]) -> Any:
        """Run from `method` on, up to the end or a join; return (last step, the join that waits)."""
        inputs: Inputs | None = None
        while True:
            flow, targets, foreach, condition = self._task(method, manifest, stack, inputs)
            here, manifest, inputs = method.__name__, flow.left(), None
            if not targets:
                return here, None
            if condition:
                method = targets[0][manifest[condition]].__func__
            elif foreach or len(targets) > 1:
                starts = self._starts(flow, targets, foreach, stack)
                ends = [(each, self._line(each[0], manifest, each[1])) for each in starts]
                (join,) = {end[1] for _, end in ends}
                views = (View(end[0], each[2], self.left[end[0], _path(each[1])]) for each, end in ends)
                method, inputs, manifest = join, Inputs(views), {}
            else:
                method = targets[0].__func__
            if inputs is None and method.__code__.co_argcount == 2:
                return here, method

    def _starts(self, flow: FlowSpec, targets: Any, foreach: str | None, stack: Any) -> Iterator[tuple[Any, Any, Any]]:
        if foreach is None:
            yield from ((target.__func__, stack, None) for target in targets)
            return
        items = list(getattr(flow, foreach))
        assert items, "zero splits"
        for index, item in enumerate(items):
            yield targets[0].__func__, (*stack, (index, len(items), item)), index

    def _task(self, method: Any, manifest: Any, stack: Any, inputs: Inputs | None) -> Any:
        flow = self._class(copy.deepcopy(dict(manifest)), inputs is not None, stack)
        arguments = (flow,) if inputs is None else (flow, inputs)
        try:
            method(*arguments)
        except Exception as error:
            if not getattr(method, "catches", False):
                raise
            flow._next = _static_next(method, flow)
            if method.catch_name:
                setattr(flow, method.catch_name, str(error))
        else:
            if getattr(method, "catch_name", None):
                setattr(flow, method.catch_name, None)
        key = method.__name__, _path(stack)
        assert key not in self.left, f"{key} ran twice"
        self.left[key] = flow.left()
        targets, foreach, condition = flow._next or ((), None, None)
        return flow, targets, foreach, condition


def _static_next(method: Any, flow: FlowSpec) -> Any:
    """The one step that `method` leads to, as its text says."""
    names = [name for name in method.__code__.co_names if getattr(getattr(type(flow), name, None), "is_step", False)]
    return ((getattr(flow, names[-1]),), None, None) if names else None


def _path(stack: Sequence[tuple[int, int, Any]]) -> Path:
    return tuple(index for index, _, _ in stack)


def run_source(source: str) -> Run:
    """Run the file `source`."""
    text = source.replace("from nbflow import", "from tests.stand_in_flow import")
    space: dict[str, Any] = {"__name__": "converted", "__builtins__": builtins}
    exec(compile(text, "flow.py", "exec"), space)
    (flow_class,) = [
        each
        for each in space.values()
        if isinstance(each, type) and issubclass(each, FlowSpec) and each is not FlowSpec
    ]
    return Run(flow_class)
