"""The class that a flow is written on: what `self` is while a step runs.

Outside a task an instance is like any other. A task gives it a stage (`on_stage`), from which it reads what it has not
set itself.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from nbflow.errors import did_you_mean

#: where an instance keeps its stage; names that begin so are no artifacts
_STAGE = "__nbflow_stage__"

#: what a task gives under names of its own
_GIVEN = {
    "index": "it is the place in the foreach",
    "input": "it is the item of the foreach",
    "next": "it says how the step goes on",
    "script_name": "it is the file of the flow",
}

NOT_SERIALIZED = (
    "Flows can't be serialized. Maybe you tried to assign *self* or one of the *inputs* to an attribute? "
    "Instead of serializing the whole flow, you should choose specific attributes, e.g. *inputs[0].x*, to be stored"
)


class TimeoutException(Exception):  # noqa: N818 - its users know it by this name
    """A step with @timeout ran longer than it may."""

    # where a person imports it from
    __module__ = "nbflow.exception"


class Stage(Protocol):
    """What a task lends the instance on which its step runs."""

    step: str
    #: the step joins: it starts with nothing but parameters and constants
    joins: bool
    #: parameters, configs and constants
    fixed: Collection[str]
    script_name: str

    def names(self) -> Collection[str]:
        """Return what can be read."""

    def value(self, name: str) -> Any:
        """Return one of `names()`, loaded."""

    def drop(self, name: str) -> bool:
        """Let an artifact go for good; return whether there was one."""

    def item(self) -> Any:
        """Return the item of the foreach around the task, None without one."""

    def index(self) -> int | None:
        """Return the place in the foreach around the task."""

    def foreach_stack(self) -> list[tuple[int, int, Any]]:
        """Return place, number of items and item of each foreach around the task, outermost first."""

    def go_on(self, flow: FlowBody, steps: tuple[Any, ...], how: Mapping[str, Any]) -> None:
        """Take down how the step goes on."""

    def merge(self, flow: FlowBody, inputs: Any, exclude: Collection[str], include: Collection[str]) -> None:
        """Take over what the joined tasks agree on."""

    def run_command(self, command: str, files: Mapping[str, bytes], wanted: Collection[str]) -> list[bytes]:
        """Write `files`, run a command of the shell, and return the content of the files `wanted`."""


class _ClassName:
    """`self.name`: the class's own name, until a step sets another."""

    def __get__(self, instance: object, owner: type) -> str:
        return owner.__name__


class FlowBody:
    """What the steps of a flow are written with."""

    name = _ClassName()

    # ---- what a step uses

    def next(self, *steps: Callable[..., None] | Mapping[Any, Callable[..., None]], **how: Any) -> None:
        """Say which step comes next, as the last statement of a step.

            self.next(self.train)                                    one step
            self.next(self.linear, self.forest)                      several, side by side, until a join
            self.next(self.train, foreach="regions")                 one task for each item of self.regions
            self.next(self.train, num_parallel=4)                    four tasks that run together
            self.next({"big": self.cluster, "small": self.local}, condition="size")    the one that self.size names

        Raises:
            InvalidNextError: it cannot be followed.
        """
        self._stage("next()").go_on(self, steps, how)

    @property
    def input(self) -> Any:
        """The item of the foreach that this task is for."""
        stage = _stage_of(self)
        return stage.item() if stage else None

    @property
    def index(self) -> int | None:
        """The place of this task in its foreach, from 0."""
        stage = _stage_of(self)
        return stage.index() if stage else None

    def foreach_stack(self) -> list[tuple[int, int, Any]]:
        """Return place, number of items and item of each foreach around this task, outermost first."""
        stage = _stage_of(self)
        return stage.foreach_stack() if stage else []

    def merge_artifacts(
        self, inputs: Any, exclude: Collection[str] | None = None, include: Collection[str] | None = None
    ) -> None:
        """Take over, in a join, what the joined tasks agree on: all of it or nothing. Nothing is loaded for it.

        Args:
            inputs: the join's own `inputs`.
            exclude: names to leave alone.
            include: the only names to take; each must be there.

        Raises:
            MergeError: tasks left different values under one name, or a name of `include` is missing.
        """
        self._stage("merge_artifacts()").merge(self, inputs, _names(exclude), _names(include))

    @property
    def script_name(self) -> str:
        """The name of the file that the flow stands in."""
        stage = _stage_of(self)
        if stage is not None and stage.script_name:
            return stage.script_name
        return Path(getattr(sys.modules.get(type(self).__module__), "__file__", None) or "").name

    def cmd(self, cmdline: str, input: Mapping[str, bytes] | None = None, output: Collection[str] = ()) -> Any:  # noqa: A002 - Metaflow's signature
        """Run a command of the shell; `subprocess.run` does it better.

        Args:
            cmdline: the command.
            input: file → content, written before.
            output: files whose content is returned: alone, or as a list.
        """
        found = self._stage("cmd()").run_command(cmdline, input or {}, output)
        return found[0] if len(found) == 1 else found

    def __iter__(self) -> Iterator[Callable[..., None]]:
        """Iterate over the steps, in the order of their definition."""
        names = dict.fromkeys(name for each in reversed(type(self).__mro__) for name in vars(each))
        found = ((name, inspect.getattr_static(self, name)) for name in names)
        return (getattr(self, name) for name, function in found if hasattr(function, "__nbflow_step__"))

    # ---- attributes

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        stage = _stage_of(self)
        if stage is None or name.startswith("__"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name)
        if name not in stage.names():
            raise AttributeError(_missing(self, stage, name), name=name)
        value = stage.value(name)
        if name not in stage.fixed:
            # from now on it is the instance's own: what is changed in it in place is left
            self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: object) -> None:
        if (stage := _stage_of(self)) is not None:
            _refuse_fixed(self, stage, name)
            if name in _GIVEN:
                raise AttributeError(f"self.{name} cannot be set: {_GIVEN[name]}. Give the value another name")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        stage = _stage_of(self)
        if stage is None:
            object.__delattr__(self, name)
            return
        _refuse_fixed(self, stage, name)
        given = stage.drop(name)
        if name in self.__dict__ or not given:
            object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        stage = _stage_of(self)
        return sorted({*object.__dir__(self), *(stage.names() if stage else ())} - {_STAGE})

    def __reduce_ex__(self, protocol: Any) -> Any:
        if _stage_of(self) is not None:
            raise TypeError(NOT_SERIALIZED)
        return object.__reduce_ex__(self, protocol)

    def _stage(self, what: str) -> Stage:
        stage = _stage_of(self)
        if stage is None:
            raise RuntimeError(f"self.{what} works in a step while a run executes it: nothing runs here")
        return stage


@contextlib.contextmanager
def on_stage(flow_class: type[FlowBody], stage: Stage) -> Iterator[FlowBody]:
    """Inside the block there is an instance of the class that reads what `stage` gives; its __init__ is not called."""
    flow = object.__new__(flow_class)
    flow.__dict__[_STAGE] = stage
    with contextlib.ExitStack() as shadows:
        for name in stage.names():
            if hasattr(flow_class, name):
                shadows.callback(_shadow(flow_class, name))
        yield flow


def artifacts_of(flow: FlowBody) -> dict[str, Any]:
    """Return what the instance itself holds."""
    return {name: value for name, value in vars(flow).items() if not name.startswith("__")}


class _Shadow:
    """Stands in a class for an attribute of a name that a task gives, too: instances on a stage read what it gives."""

    def __init__(self, name: str, original: Any) -> None:
        self._name = name
        self._original = original

    def __get__(self, instance: FlowBody | None, owner: type) -> Any:
        if instance is not None and (stage := _stage_of(instance)) and self._name in stage.names():
            return FlowBody.__getattr__(instance, self._name)
        bind = getattr(type(self._original), "__get__", None)
        return bind(self._original, instance, owner) if bind else self._original


def _shadow(flow_class: type, name: str) -> Callable[[], None]:
    """Put a shadow over an attribute of the class and return what takes it away."""
    own, original = name in vars(flow_class), inspect.getattr_static(flow_class, name)
    setattr(flow_class, name, _Shadow(name, original))
    return partial(setattr, flow_class, name, original) if own else partial(delattr, flow_class, name)


def _names(given: Collection[str] | None) -> Collection[str]:
    """Return names as a collection; one alone, a string, is one name and not its letters."""
    return (given,) if isinstance(given, str) else given or ()


def _stage_of(flow: FlowBody) -> Stage | None:
    stage: Stage | None = flow.__dict__.get(_STAGE)
    return stage


def _refuse_fixed(flow: FlowBody, stage: Stage, name: str) -> None:
    if name in stage.fixed:
        raise AttributeError(
            f"Flow level attributes and Parameters are not modifiable: '{name}' belongs to {type(flow).__name__}. "
            "Give the new value another name",
            name=name,
        )


def _missing(flow: FlowBody, stage: Stage, name: str) -> str:
    known = {*artifacts_of(flow), *stage.names()}
    hint = did_you_mean(name, known, "self.{}")
    if stage.joins:
        hint += (
            f" A join starts empty: take it from one of the joined tasks, self.{name} = inputs[0].{name}, "
            "or call self.merge_artifacts(inputs) first"
        )
    return f"Flow {type(flow).__name__} has no attribute '{name}'.{hint}"
