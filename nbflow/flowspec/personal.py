"""Decorators that a person writes as classes: how they are put on steps and flows, and made ready.

A use in the code only notes its arguments. Each time the flow is made ready a fresh object is made of it, with the
values of configs for what stood in for them, and its `init` is called. Of names an object has but two of its own, so
that the class may have all others.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from types import FunctionType
from typing import Any, ClassVar, TypeVar

from nbflow.errors import NOWHERE, Place, raise_for
from nbflow.flowspec.decorators import note, refuse_function, refuse_stepless
from nbflow.flowspec.delayed import resolved
from nbflow.flowspec.step import mark_of
from nbflow.flowspec.written import Written, here
from nbflow.frozen import frozen


@frozen
class Role:
    """What a kind of decorator is to a flow."""

    #: the list of a step or flow that it belongs in: `wrappers` or `mutators`
    listed: str
    #: it stands on classes
    on_flows: bool = False
    #: it takes arguments without a name
    positional: bool = True

    @property
    def noted_under(self) -> str:
        """The attribute of the function or class under which its uses are noted."""
        return f"__nbflow_{self.listed}__"


@frozen
class Use:
    """What was said where a decorator was used."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    #: it stands in the code; False: --with added it
    static: bool = True
    written: Written | None = None

    @property
    def place(self) -> Place:
        """Where it was written, as far as that is known."""
        return self.written.place if self.written else NOWHERE

    @property
    def attributes(self) -> dict[str, Any]:
        """What it was given, for the record; arguments without a name are `args`."""
        return {**({"args": list(self.args)} if self.args else {}), **self.kwargs}


class PersonalDecorator:
    """Base of decorators that people write. Their arguments go to `init`."""

    nbflow_role: ClassVar[Role]
    nbflow_use: Use

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls):
            raise_for("D028", name=cls.__name__)

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        written = here()
        if len(args) == 1 and not kwargs and _stands_on(cls, args[0]):
            return made(cls, Use(written=written))(args[0])
        return made(cls, Use(args, kwargs, written=written))

    def __call__(self, target: Any) -> Any:
        """Note the decorator at the step or class it stands on."""
        refuse = refuse_function if self.nbflow_role.on_flows else refuse_stepless
        refuse(type(self).__name__, target, self.nbflow_use.place)
        for role in roles(type(self)):
            note(target, role.noted_under, self)
        return target

    def init(self, *args: Any, **kwargs: Any) -> None:
        """Take the arguments of the decorator: what `__init__` is to other classes."""


P = TypeVar("P", bound=PersonalDecorator)


def made(kind: type[P], use: Use) -> P:
    """Return a use of a decorator. Raises DecoratorError: it has arguments without a name, and takes none."""
    if use.args and not all(role.positional for role in roles(kind)):
        raise_for("D029", use.place, name=kind.__name__)
    new = object.__new__(kind)
    new.nbflow_use = use
    return new


def ready(use: P, values: Mapping[str, Any]) -> P:
    """Return a fresh object with the values of the configs it names, initialised."""
    said = use.nbflow_use
    known = replace(said, args=tuple(resolved(said.args, values)), kwargs=resolved(said.kwargs, values))
    fresh = made(type(use), known)
    if (known.args or known.kwargs) and type(use).init is PersonalDecorator.init:
        raise_for("D027", known.place, name=type(use).__name__)
    fresh.init(*known.args, **known.kwargs)
    return fresh


def roles(kind: type[PersonalDecorator]) -> list[Role]:
    """Return what a class is to a flow: it may be of two kinds at once."""
    found = (vars(each).get("nbflow_role") for each in kind.__mro__)
    return list(dict.fromkeys(role for role in found if role is not None))


def has_steps(flow: type) -> bool:
    """Tell whether a class, or one it is made of, has a step."""
    return any(mark_of(value) for base in flow.__mro__ for value in vars(base).values())


def positional(function: Callable[..., Any]) -> int | None:
    """Return how many arguments `function` takes by position, or None for any number."""
    found = inspect.signature(function).parameters.values()
    if any(each.kind is each.VAR_POSITIONAL for each in found):
        return None
    return sum(each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD) for each in found)


def _stands_on(kind: type[PersonalDecorator], target: Any) -> bool:
    """Tell whether the only argument is what the decorator stands on, and none of its own."""
    if kind.nbflow_role.on_flows:
        return isinstance(target, type) or mark_of(target) is not None
    return isinstance(target, FunctionType) or (isinstance(target, type) and has_steps(target))
