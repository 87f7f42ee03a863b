"""Decorators by name: a row of the tables, or a person's own in the flow's module or anywhere that can be imported."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from nbflow.errors import NOWHERE, Place, did_you_mean, raise_for
from nbflow.flowspec.decorators import Kind, Level
from nbflow.flowspec.decorators_of_flows import FLOW_KINDS
from nbflow.flowspec.decorators_of_steps import STEP_KINDS
from nbflow.flowspec.personal import PersonalDecorator
from nbflow.flowspec.quoting import listed

_TABLES: Mapping[Level, Mapping[str, Kind]] = {"step": STEP_KINDS, "flow": FLOW_KINDS}

AnyKind = Kind | type[PersonalDecorator]


def kind_named(name: str, flow_class: type, level: Level, place: Place = NOWHERE) -> AnyKind:
    """Return the decorator that `name` means.

    Args:
        name: Of a built-in decorator; or of a person's own: as the flow's module has it, the name of its function or
            class, or the path by which it can be imported.
        flow_class: The flow's class.
        level: What it is for.
        place: Where the name was written.

    Raises:
        DecoratorError: There is none, or it is for something else.
    """
    found = _TABLES[level].get(name) or _personal(name, flow_class)
    if found is None:
        other: Level = "flow" if level == "step" else "step"
        if name in _TABLES[other]:
            raise_for("D024", place, name=name, other=other, level=level)
        known = [*_TABLES[level], *sorted({each.__name__ for each in _own(flow_class)})]
        hint = did_you_mean(name, known)
        raise_for("D022", place, level=level, name=name, hint=hint, known=listed(known, 1000))
    check_level(found, level, place)
    return found


def check_level(kind: AnyKind, level: Level, place: Place = NOWHERE) -> None:
    """Raise when a decorator is for flows where one for steps is wanted, or the reverse."""
    its: Level = kind.level if isinstance(kind, Kind) else "flow" if kind.nbflow_role.on_flows else "step"
    if its != level:
        raise_for("D024", place, name=kind.__name__, other=its, level=level)


def _personal(name: str, flow_class: type) -> type[PersonalDecorator] | None:
    for space in _spaces(flow_class):
        if (found := _followed(space, name)) is not None:
            return found
    called = {id(each): each for each in _own(flow_class) if each.__name__ == name}
    if len(called) == 1:
        return next(iter(called.values()))
    return _imported(name) if "." in name else None


def _spaces(flow_class: type) -> Iterator[Mapping[str, Any]]:
    """Yield the names of the modules in which the flow's class and those it is made of stand."""
    seen: set[int] = set()
    for each in flow_class.__mro__:
        spaces = [vars(module)] if (module := sys.modules.get(each.__module__)) else []
        # a module that was executed under another name is found by what its functions see
        spaces += [value.__globals__ for value in vars(each).values() if hasattr(value, "__globals__")]
        for space in spaces:
            if id(space) not in seen and space.get("__name__") != "builtins":
                seen.add(id(space))
                yield space


def _own(flow_class: type) -> Iterator[type[PersonalDecorator]]:
    """Yield the decorators of a person that the flow's modules know."""
    for space in _spaces(flow_class):
        for value in list(space.values()):
            if _is_personal(value):
                yield value


def _followed(space: Mapping[str, Any], path: str) -> type[PersonalDecorator] | None:
    first, *rest = path.split(".")
    found = space.get(first)
    for name in rest:
        found = getattr(found, name, None)
    return found if _is_personal(found) else None


def _imported(path: str) -> type[PersonalDecorator] | None:
    module, _, name = path.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as missing:
        # the module itself is not there; one that it needs and has not is told as it is
        if missing.name is None or not (module == missing.name or module.startswith(f"{missing.name}.")):
            raise
        return None
    return found if _is_personal(found) else None


def _is_personal(value: object) -> bool:
    if not (isinstance(value, type) and issubclass(value, PersonalDecorator)):
        return False
    return not value.__module__.startswith("nbflow.flowspec.")
