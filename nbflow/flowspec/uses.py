"""Uses of decorators, built-in and a person's own, as one sort of thing: their names, arguments and places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nbflow.errors import Place, raise_for
from nbflow.flowspec.decorators import Decorator, Kind
from nbflow.flowspec.delayed import resolved
from nbflow.flowspec.personal import PersonalDecorator, Use, made, ready, roles
from nbflow.flowspec.prepared import PreparedFlow, PreparedStep

AnyUse = Decorator | PersonalDecorator

#: what becomes of a decorator that is added where it stands already
IGNORE: Final = 1
ERROR: Final = 2
OVERRIDE: Final = 3


def use_of(
    kind: Kind | type[PersonalDecorator],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    flow: PreparedFlow,
    *,
    static: bool,
    typed: str = "",
) -> AnyUse:
    """Return a use of a decorator that stands nowhere in the code, made ready.

    Raises:
        DecoratorError: It does not take such arguments.
    """
    if isinstance(kind, Kind):
        if args:
            name = next(iter(kind.attributes), "")
            raise_for("D004", name=kind.name, example=f"@{kind.name}({name}=…)" if name else f"@{kind.name}")
        return Decorator(kind, resolved(dict(kwargs), flow.config_values), static=static, typed=typed or None)
    return ready(made(kind, Use(args, kwargs, static=static)), flow.config_values)


def name_of(use: AnyUse) -> str:
    """Return what a decorator is called."""
    return use.name if isinstance(use, Decorator) else type(use).__name__


def full_name_of(use: AnyUse) -> str:
    """Return what a decorator is called, with its module."""
    return f"nbflow.{use.name}" if isinstance(use, Decorator) else f"{type(use).__module__}.{type(use).__qualname__}"


def is_called(use: AnyUse, name: str) -> bool:
    """Tell whether `name`, with or without a module before it, is that of a decorator."""
    full = full_name_of(use)
    return name == name_of(use) or name == full or ("." in name and full.endswith(f".{name}"))


def is_static(use: AnyUse) -> bool:
    """Tell whether a decorator stands in the code: --with did not add it."""
    return use.static if isinstance(use, Decorator) else use.nbflow_use.static


def mutates(use: AnyUse) -> bool:
    """Tell whether a decorator is a mutator."""
    return isinstance(use, PersonalDecorator) and any(role.listed == "mutators" for role in roles(type(use)))


def arguments_of(use: AnyUse) -> tuple[list[Any], dict[str, Any]]:
    """Return copies of what a decorator was given: by position, and by name."""
    if isinstance(use, Decorator):
        return [], dict(use.given)
    return list(use.nbflow_use.args), dict(use.nbflow_use.kwargs)


def place_of_use(use: AnyUse) -> Place:
    """Return where a decorator was written, as far as that is known."""
    return use.place if isinstance(use, Decorator) else use.nbflow_use.place


def uses_of(holder: PreparedStep | PreparedFlow) -> list[AnyUse]:
    """Return all decorators of a step or of a flow, each once."""
    wrappers = holder.wrappers if isinstance(holder, PreparedStep) else []
    found = {id(each): each for each in (*holder.decorators, *wrappers, *holder.mutators)}
    return list(found.values())


def put(use: AnyUse, holder: PreparedStep | PreparedFlow, duplicates: int) -> bool:
    """Put a decorator above the others, and return whether it stands there now.

    Raises:
        DecoratorError: it stands there already, `duplicates` is ERROR, and it comes from the code.
    """
    same = [] if isinstance(use, Decorator) and use.kind.repeatable else _same(use, holder)
    if same and duplicates == ERROR and is_static(use):
        _refuse_twice(use, holder)
    if same and duplicates != OVERRIDE:
        return False
    for each in same:
        remove(each, holder)
    for listed in _lists(use, holder):
        # a mutator waits until those before it have acted
        listed.insert(len(listed) if listed is holder.mutators else 0, use)
    return True


def remove(use: AnyUse, holder: PreparedStep | PreparedFlow) -> None:
    """Take a decorator away."""
    for listed in _lists(use, holder):
        listed[:] = [each for each in listed if each is not use]


def _same(use: AnyUse, holder: PreparedStep | PreparedFlow) -> list[AnyUse]:
    if isinstance(use, Decorator):
        return [each for each in holder.decorators if each.name == use.name]
    return [each for each in uses_of(holder) if type(each) is type(use)]


def _lists(use: AnyUse, holder: PreparedStep | PreparedFlow) -> list[list[Any]]:
    """Return the lists of `holder` that a decorator belongs in."""
    if isinstance(use, Decorator):
        return [holder.decorators]
    by_name = {"mutators": holder.mutators}
    if isinstance(holder, PreparedStep):
        by_name["wrappers"] = holder.wrappers
    return [by_name[role.listed] for role in roles(type(use))]


def _refuse_twice(use: AnyUse, holder: PreparedStep | PreparedFlow) -> None:
    name, place = name_of(use), place_of_use(use)
    if isinstance(holder, PreparedStep):
        raise_for("D008", place, name=name, step=holder.name)
    raise_for("D009", place, name=name, flow=holder.name)
