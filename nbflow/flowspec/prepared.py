"""A flow class made ready: configs resolved, mutators applied, decorators of --with added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class PreparedStep:
    """One `@step` method and what its decorators say."""

    name: str
    #: the plain function, without the wrappers
    function: Callable[..., Any]
    #: built-in decorators, in the order they stand, top first
    decorators: list[Any] = field(default_factory=list)
    #: the person's own decorators, in the order they stand, top first
    wrappers: list[Any] = field(default_factory=list)
    #: the person's own step mutators, in the order in which they act
    mutators: list[Any] = field(default_factory=list)
    #: @step(start=True), @step(end=True)
    start: bool = False
    end: bool = False
    node_info: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class PreparedFlow:
    """A flow class as its graph is built from it and its tasks run it."""

    name: str
    flow_class: type
    #: by name, in the order of definition, those of base classes first
    steps: dict[str, PreparedStep] = field(default_factory=dict)
    #: name of the class attribute → Parameter or IncludeFile, in the order of definition
    parameters: dict[str, Any] = field(default_factory=dict)
    #: name of the class attribute → Config
    configs: dict[str, Any] = field(default_factory=dict)
    #: name of the class attribute → value of each Config
    config_values: dict[str, Any] = field(default_factory=dict)
    #: built-in decorators of the class, those of base classes first
    decorators: list[Any] = field(default_factory=list)
    #: the person's own flow mutators, in the order in which they act
    mutators: list[Any] = field(default_factory=list)
