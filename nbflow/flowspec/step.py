"""`@step`: a method becomes a step of its flow."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import field
from types import FunctionType
from typing import Any

from nbflow.errors import raise_for
from nbflow.flowspec.written import place_of
from nbflow.frozen import frozen

_MARK = "__nbflow_step__"


@frozen
class StepMark:
    """What `@step` says of a method."""

    #: @step(start=True): the flow begins here, whatever the step is called
    start: bool = False
    #: @step(end=True)
    end: bool = False
    #: anything an author wants to be found at the step
    node_info: Mapping[str, Any] = field(default_factory=dict)


def step(
    f: Any = None, /, *, start: bool = False, end: bool = False, node_info: Mapping[str, Any] | None = None
) -> Any:
    """Make a method a step of its flow.

    It stands on the line just above `def`; other decorators stand above it.

        @retry(times=2)
        @step
        def train(self): ...

    A flow begins at the step called `start`, or at the one with `@step(start=True)`, and ends likewise.
    """
    mark = StepMark(start, end, dict(node_info or {}))
    return _marked(f, mark) if f is not None else lambda function: _marked(function, mark)


def mark_of(function: object) -> StepMark | None:
    """Return what `@step` said of `function`, or None when it is no step."""
    # a class that answers every question about its attributes is no step
    mark = getattr(function, _MARK, None) if isinstance(function, FunctionType) else None
    return mark if isinstance(mark, StepMark) else None


def _marked(function: Any, mark: StepMark) -> Any:
    if not isinstance(function, FunctionType):
        raise_for("D010", what=getattr(function, "__name__", None) or repr(function))
    if mark_of(function):
        raise_for("D011", place_of(function), function=function.__name__)
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise_for("D012", place_of(function), function=function.__name__)
    if inspect.isgeneratorfunction(function):
        raise_for("D013", place_of(function), function=function.__name__)
    setattr(function, _MARK, mark)
    return function
