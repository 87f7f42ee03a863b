"""Uses of decorators, built-in and a person's own, as one sort of thing: their names, arguments, records, and places."""

from __future__ import annotations

from typing import Any, Final

from nbflow.errors import Place, raise_for
from nbflow.flowspec.decorators import Decorator
from nbflow.flowspec.personal import PersonalDecorator, roles
from nbflow.flowspec.prepared import PreparedFlow, PreparedStep

Use = Decorator | PersonalDecorator

#: what becomes of a decorator that is added where it stands already
IGNORE: Final = 1
ERROR: Final = 2
OVERRIDE: Final = 3


def name_of(use: Use) -> str:
    """Return what a decorator is called."""
    return use.name if isinstance(use, Decorator) else type(use).__name__


def full_name_of(use: Use) -> str:
    """Return what a decorator is called, with its module."""
    return f"nbflow.{use.name}" if isinstance(use, Decorator) else f"{type(use).__module__}.{type(use).__qualname__}"


def is_called(use: Use, name: str) -> bool:
    """Tell whether `name`, with or without a module before it, is that of a decorator."""
    full = full_name_of(use)
    return name == name_of(use) or name == full or ("." in name and full.endswith(f".{name}"))


def is_static(use: Use) -> bool:
    """Tell whether a decorator stands in the code: --with did not add it."""
    return use.static if isinstance(use, Decorator) else use.nbflow_use.static


def mutates(use: Use) -> bool:
    """Tell whether a decorator is a mutator."""
    return isinstance(use, PersonalDecorator) and any(role.listed == "mutators" for role in roles(type(use)))


def arguments_of(use: Use) -> tuple[list[Any], dict[str, Any]]:
    """Return copies of what a decorator was given: by position, and by name."""
    if isinstance(use, Decorator):
        return [], dict(use.given)
    return list(use.nbflow_use.args), dict(use.nbflow_use.kwargs)


def place_of_use(use: Use) -> Place:
    """Return where a decorator was written, as far as that is known."""
    return use.place if isinstance(use, Decorator) else use.nbflow_use.place


def uses_of(holder: PreparedStep | PreparedFlow) -> list[Use]:
    """Return all decorators of a step or of a flow, each once."""
    wrappers = holder.wrappers if isinstance(holder, PreparedStep) else []
    found = {id(each): each for each in (*holder.decorators, *wrappers, *holder.mutators)}
    return list(found.values())


def put(use: Use, holder: PreparedStep | PreparedFlow, duplicates: int) -> bool:
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


def remove(use: Use, holder: PreparedStep | PreparedFlow) -> None:
    """Take a decorator away."""
    for listed in _lists(use, holder):
        listed[:] = [each for each in listed if each is not use]


def _same(use: Use, holder: PreparedStep | PreparedFlow) -> list[Use]:
    if isinstance(use, Decorator):
        return [each for each in holder.decorators if each.name == use.name]
    return [each for each in uses_of(holder) if type(each) is type(use)]


def _lists(use: Use, holder: PreparedStep | PreparedFlow) -> list[list[Any]]:
    """Return the lists of `holder` that a decorator belongs in."""
    if isinstance(use, Decorator):
        return [holder.decorators]
    by_name = {"mutators": holder.mutators}
    if isinstance(holder, PreparedStep):
        by_name["wrappers"] = holder.wrappers
    return [by_name[role.listed] for role in roles(type(use))]


def _refuse_twice(use: Use, holder: PreparedStep | PreparedFlow) -> None:
    name, place = name_of(use), place_of_use(use)
    if isinstance(holder, PreparedStep):
        raise_for("D008", place, name=name, step=holder.name)
    raise_for("D009", place, name=name, flow=holder.name)
