"""What a Config holds: nested data that is read by attribute or by item, and that nobody changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, NoReturn

from nbflow.errors import did_you_mean
from nbflow.flowspec.quoting import listed

_REFUSAL = "ConfigValue is immutable: a config is the same in every step of a run. Change a copy of it: {}"


class ConfigValue(dict[str, Any]):
    """A dict that cannot be changed, and whose keys are attributes, too: `cfg.model.alpha` is `cfg["model"]["alpha"]`.

    What is inside it is wrapped likewise. It is a `dict` for all that asks for one: `json.dumps`, `**cfg`, `==`.
    """

    __slots__ = ()

    def __init__(self, data: Mapping[str, Any] = {}) -> None:
        super().__init__({key: wrapped(each) for key, each in data.items()})

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(missing(self, name)) from None

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of one's own, that can be changed."""
        made: dict[str, Any] = plain(self)
        return made

    def copy(self) -> ConfigValue:
        """Return it as it is: there is nothing to keep apart. A dict to change is `to_dict()`."""
        return self

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        return type(self), (self.to_dict(),)

    def __dir__(self) -> Iterator[str]:
        yield from super().__dir__()
        # YAML has keys that are numbers
        yield from (key for key in map(str, self) if key.isidentifier())

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(_REFUSAL.format("cfg.to_dict()"))

    __setattr__ = __delattr__ = __setitem__ = __delitem__ = _refuse
    __ior__ = clear = pop = popitem = setdefault = update = _refuse


class ConfigList(list[Any]):
    """A list in a config. It cannot be changed; `list(it)` can."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type, tuple[list[Any]]]:
        return type(self), (list(self),)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(_REFUSAL.format("list(cfg.names)"))

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = remove = pop = clear = sort = reverse = _refuse


def wrapped(value: Any) -> Any:
    """Return `value` with its mappings as ConfigValue and its lists as ConfigList, however deep."""
    if isinstance(value, ConfigValue | ConfigList):
        return value
    if isinstance(value, Mapping):
        return ConfigValue(value)
    if isinstance(value, list):
        return ConfigList(map(wrapped, value))
    return tuple(map(wrapped, value)) if type(value) is tuple else value


def plain(value: Any) -> Any:
    """Return `value` as plain Python: dicts, lists, texts and numbers themselves and no subclass of them."""
    if isinstance(value, Mapping):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, Enum | bool):
        return value
    for kind in (list, tuple, set, frozenset):
        if isinstance(value, kind):
            return kind(map(plain, value))
    for scalar in (str, int, float):
        if isinstance(value, scalar):
            return scalar(value)
    return value


def missing(value: Mapping[Any, Any], key: object) -> str:
    """Return what is said of a key that is not there."""
    return f"there is no {key!r} in the config.{did_you_mean(str(key), map(str, value))} It has: {listed(value)}"
