"""Values of a config that are named before they are known: `cfg.model.alpha` in a class body, `config_expr("cfg.a")`.

A class body is executed before any config is read. What it hands on to decorators and parameters is a `Delayed`, which
is replaced by its value when the flow is made ready.
"""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol

from nbflow.errors import NbflowError, raise_for
from nbflow.flowspec.config_value import missing, plain
from nbflow.flowspec.quoting import listed, one_line, said

#: `**cfg.part` is a keyword argument of such a name, until the config is known
_UNPACKED = "_unpacked_"


class Values(dict[str, Any]):
    """The values of a flow's configs by attribute; `aliases` maps their names on the command line to these."""

    def __init__(self, values: Mapping[str, Any], aliases: Mapping[str, str] = {}) -> None:
        super().__init__(values)
        self.aliases = aliases

    @property
    def scope(self) -> dict[str, Any]:
        """Every name an expression may say, with its value."""
        return {**{alias: self[name] for alias, name in self.aliases.items() if name in self}, **self}


class Head(Protocol):
    """What a delayed value begins with: a config, or the text of an expression."""

    def evaluated(self, values: Mapping[str, Any]) -> Any:
        """Return its value."""

    def __str__(self) -> str:
        """Return it as a person writes it."""


class Delayed:
    """A value of a config, or of an expression with configs. Attributes and items of it are delayed, too."""

    __slots__ = ("_head", "_trail")

    def __init__(self, head: Head, trail: tuple[tuple[str, Any], ...] = ()) -> None:
        self._head = head
        #: ("attribute" or "item", key) each
        self._trail = trail

    def resolve(self, values: Mapping[str, Any]) -> Any:
        """Return the value, now that those of the configs are known (by attribute of the class).

        Raises:
            ParameterError: it cannot be evaluated.
        """
        path, value = str(self._head), self._head.evaluated(values)
        for kind, key in self._trail:
            known = resolved(key, values)
            value = self._followed(path, value, kind, known)
            path = _written(path, kind, known)
        return value

    def _followed(self, path: str, value: Any, kind: str, key: Any) -> Any:
        try:
            # a key of the config is meant, and not the method of dicts that may have its name
            return value[key] if kind == "item" or isinstance(value, Mapping) else getattr(value, key)
        except (AttributeError, LookupError, TypeError) as error:
            mapping = isinstance(value, Mapping)
            message = missing(value, key) if mapping else f"{path} is {one_line(repr(value), 60)}. {said(error)}"
            raise_for("P037", expression=str(self), message=message, known="")

    def __getattr__(self, name: str) -> Delayed:
        # Python, IPython and inspect ask every object for names of this kind
        if name.startswith("_"):
            raise AttributeError(name)
        return Delayed(self._head, (*self._trail, ("attribute", name)))

    def __getitem__(self, key: Any) -> Delayed:
        return self if is_unpacked(key) else Delayed(self._head, (*self._trail, ("item", key)))

    def keys(self) -> list[str]:
        """Return the one name under which `**` hands all of it on."""
        return [f"{_UNPACKED}{id(self)}"]

    def __repr__(self) -> str:
        text = str(self._head)
        for kind, key in self._trail:
            text = _written(text, kind, key)
        return text

    def _too_early(self, what: str) -> NoReturn:
        raise_for("P038", expression=repr(self), what=what)

    def __bool__(self) -> NoReturn:  # noqa: PLE0304  a Delayed in a condition is a mistake
        self._too_early("it is neither true nor false")

    def __iter__(self) -> NoReturn:
        self._too_early("it cannot be gone through")

    def __format__(self, _: str) -> NoReturn:
        self._too_early("it cannot be put into a text")

    def __eq__(self, other: object) -> bool:
        return self is other or self._too_early("it cannot be compared")

    def __lt__(self, other: object) -> NoReturn:
        self._too_early("it cannot be compared")

    __gt__ = __le__ = __ge__ = __lt__
    __hash__ = object.__hash__
    __str__ = __repr__

    def __copy__(self) -> Delayed:
        return self

    def __deepcopy__(self, _: object) -> Delayed:
        return self


class _Expression:
    """The head of a `config_expr`: its text, and the globals of the module it stands in."""

    def __init__(self, text: str, namespace: Mapping[str, Any]) -> None:
        self._text = text
        self._namespace = namespace

    def __str__(self) -> str:
        return self._text

    def evaluated(self, values: Mapping[str, Any]) -> Any:
        scope = values.scope if isinstance(values, Values) else dict(values)
        try:
            # as globals, so that lambdas and comprehensions in it see them too
            return eval(self._text.strip(), {"__builtins__": builtins, **self._namespace, **scope})  # noqa: S307 - the flow's own text
        except NbflowError:
            raise
        except Exception as error:  # noqa: BLE001  the person's expression may raise anything
            known = f"the flow's configs are: {listed(scope)}" if isinstance(error, NameError) else ""
            raise_for("P037", expression=self._text, message=said(error), known=known)


def config_expr(expr: str) -> Any:
    """Return the value that `expr`, an expression with configs, has when the flow is run.

    It goes where the config itself is not at hand, or where more than a part of it is wanted:

        @project(name=config_expr("cfg.project.lower()"))
        class TrainFlow(FlowSpec):
            cfg = Config("cfg", default="train.json")
    """
    frame = inspect.currentframe()
    caller = frame.f_back if frame else None
    return Delayed(_Expression(expr, caller.f_globals if caller else {}))


def is_unpacked(name: object) -> bool:
    """Tell whether a keyword argument is what `**cfg.part` hands on: its value is the Delayed of all the arguments."""
    return isinstance(name, str) and name.startswith(_UNPACKED)


def has_delayed(value: object) -> bool:
    """Tell whether `value` is a Delayed, or a collection with one inside."""
    if isinstance(value, Mapping):
        return any(has_delayed(key) or has_delayed(each) for key, each in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return any(map(has_delayed, value))
    return isinstance(value, Delayed)


def resolved(value: Any, values: Mapping[str, Any]) -> Any:
    """Return `value` with each Delayed in it replaced by what it stands for, as plain Python (dicts and lists).

    Raises:
        ParameterError: one cannot be evaluated.
    """
    if isinstance(value, Delayed):
        return plain(value.resolve(values))
    if not has_delayed(value):
        return value
    if isinstance(value, Mapping):
        return _entries(value, values)
    make: Callable[[Any], Any] = next(kind for kind in (list, tuple, set, frozenset) if isinstance(value, kind))
    return make(resolved(each, values) for each in value)


def _entries(value: Mapping[Any, Any], values: Mapping[str, Any]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key, each in value.items():
        known = resolved(each, values)
        if not is_unpacked(key):
            made[resolved(key, values)] = known
        elif isinstance(known, dict):
            made.update(known)
        else:
            message = f"** needs a mapping, and it is {one_line(repr(known), 60)}"
            raise_for("P037", expression=repr(each), message=message, known="")
    return made


def _written(path: str, kind: str, key: Any) -> str:
    return f"{path}.{key}" if kind == "attribute" else f"{path}[{key!r}]"
