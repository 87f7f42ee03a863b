"""What a class says once for all its steps: its constants, which every step may read and none may set."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

from nbflow.flowspec.config import Config, has_delayed, resolved
from nbflow.flowspec.parameter import Parameter

#: names that a class may bind without making them constants
_NOT_CONSTANTS = frozenset({"cmd", "foreach_stack", "index", "input", "name", "script_name"})
_OURS = "nbflow."


def constants_of(flow_class: type, config_values: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the constants of a flow class by name, in the order of definition, those of base classes first.

    Methods, properties, classes, modules, parameters, configs and names that begin with `_` are none.

    Args:
        flow_class: the class.
        config_values: config → value, for constants that are read from one, as in `rate = config.rate`.
    """
    found: dict[str, Any] = {}
    for each in reversed(flow_class.__mro__):
        if each is not object and not each.__module__.startswith(_OURS):
            found |= vars(each)
    constants = {name: value for name, value in found.items() if _is_constant(name, value)}
    if config_values is None:
        return constants
    return {name: resolved(value, config_values) if has_delayed(value) else value for name, value in constants.items()}


def _is_constant(name: str, value: object) -> bool:
    if name.startswith("_") or name in _NOT_CONSTANTS:
        return False
    if isinstance(value, type | ModuleType | Parameter | Config):
        return False
    # functions, properties and whatever else answers when it is asked of an instance; since Python 3.13 a partial has a
    # `__get__`, too, and is a value all the same
    return isinstance(value, partial) or not hasattr(type(value), "__get__")
