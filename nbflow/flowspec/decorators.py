"""Built-in decorators as data: a row of the table per name (`Kind`), and one use of it (`Decorator`).

What is written is only noted here. It is looked at when the flow is made ready, since a config may stand in for a
value until then, and so that all that is wrong is said at once.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from types import FunctionType
from typing import Any, Literal, NoReturn

from nbflow.errors import NOWHERE, Place, Problem, did_you_mean, problem, raise_for
from nbflow.flowspec.attributes import REQUIRED, Attribute, Unfit
from nbflow.flowspec.delayed import Delayed, resolved
from nbflow.flowspec.quoting import listed, shown
from nbflow.flowspec.sources import masked
from nbflow.flowspec.step import mark_of
from nbflow.flowspec.written import Written, here, place_of
from nbflow.frozen import frozen
from nbflow.model.flowclass import DecoratorSpec
from nbflow.model.notice import shown as address_shown

Level = Literal["step", "flow"]
#: code and facts of a problem
Finding = tuple[str, Mapping[str, object]]
#: what is wrong with the attributes of a use together
Check = Callable[["Decorator"], Iterable[Finding]]

#: where the decorators of a function, and those of a class itself, are noted: a list, top first
NOTED = "__nbflow_decorators__"


class Kind:
    """A built-in decorator, as its author writes it: `@retry` or `@retry(times=2)`."""

    def __init__(
        self,
        name: str,
        level: Level,
        *attributes: Attribute,
        doc: str,
        check: Check = lambda _: (),
        repeatable: bool = False,
        first: str = "",
        idle: str = "",
    ) -> None:
        self.name = self.__name__ = name
        self.level: Level = level
        self.attributes = {each.name: each for each in attributes}
        self.check = check
        #: it may stand more than once in the same place
        self.repeatable = repeatable
        #: the attribute that may stand without its name
        self.first = first
        #: what happens instead of what it asks for; empty: it is heeded
        self.idle = idle
        #: for help(retry) and retry?
        self.__doc__ = doc
        self.__signature__ = inspect.Signature([_parameter(each) for each in attributes])

    @property
    def defaults(self) -> dict[str, Any]:
        """Every attribute that has a default, with it."""
        return {name: each.default for name, each in self.attributes.items() if each.default is not REQUIRED}

    def __call__(self, *targets: Any, **given: Any) -> Any:
        """Note the decorator at what it stands on; without a target, return what does that."""
        written = here()
        if self.first and len(targets) == 1 and isinstance(targets[0], str | list | Delayed):
            given = {self.first: targets[0], **given}
            return lambda target: self._put(target, given, written)
        if not targets:
            return lambda target: self._put(target, given, written)
        if len(targets) > 1 or isinstance(targets[0], str | int | float | list | tuple | dict | Delayed):
            name = next(iter(self.attributes), "")
            example = f"@{self.name}({name}={shown(targets[0])})" if name else f"@{self.name}"
            raise_for("D004", written.place, name=self.name, example=example)
        return self._put(targets[0], given, written)

    def __repr__(self) -> str:
        return f"@{self.name}"

    def _put(self, target: Any, given: Mapping[str, Any], written: Written) -> Any:
        if self.level == "flow":
            refuse_function(self.name, target, written.place)
        else:
            refuse_stepless(self.name, target, written.place)
        note(target, NOTED, Decorator(self, given, written=written))
        return target


@frozen
class Decorator:
    """One use of a built-in decorator."""

    kind: Kind
    #: what was written, and nothing else
    given: Mapping[str, Any] = field(default_factory=dict)
    #: it stands in the code; False: --with added it
    static: bool = True
    written: Written | None = None
    #: what a person typed in a command line
    typed: str | None = None

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def attributes(self) -> dict[str, Any]:
        """All of them, with defaults for those that were not given."""
        return {**self.kind.defaults, **self.given}

    @property
    def place(self) -> Place:
        """Where it was written, as far as that is known."""
        return self.written.place if self.written else Place(text=self.typed) if self.typed else NOWHERE

    def with_values(self, values: Mapping[str, Any]) -> Decorator:
        """Return it with the values of the configs it names."""
        return replace(self, given=resolved(self.given, values))

    def checked(self, on: str) -> tuple[Decorator, tuple[Problem, ...]]:
        """Return it with its values as they are kept, and all that is wrong with it; `on` says where it stands."""
        kept, problems = dict(self.given), []
        for name, value in self.given.items():
            if (attribute := self.kind.attributes.get(name)) is None:
                problems.append(self._unknown(name))
                continue
            if value is None:
                # a config may say nothing
                del kept[name]
                continue
            try:
                kept[name] = attribute.read(value)
            except Unfit as unfit:
                problems.append(self._unfit(name, unfit, on))
        problems += [
            problem("D007", self.place, name=self.name, attribute=name, on=on)
            for name, attribute in self.kind.attributes.items()
            if attribute.default is REQUIRED and name not in kept
        ]
        read = replace(self, given=kept)
        if not problems:
            found = self.kind.check(read)
            problems += [problem(code, self.place, name=self.name, on=on, **facts) for code, facts in found]
        return read, tuple(problems)

    def _unknown(self, attribute: str) -> Problem:
        known = self.kind.attributes
        hint = did_you_mean(attribute, known)
        fix = f"@{self.name} takes no attributes" if not known else "correct the name"
        return problem(
            "D005", self.place, name=self.name, attribute=attribute, hint=hint, known=listed(known, 1000), fix=fix
        )

    def _unfit(self, attribute: str, unfit: Unfit, on: str) -> Problem:
        example = "" if unfit.example is None else f"@{self.name}({attribute}={shown(unfit.example, 120)})"
        return problem(
            "D006",
            self.place,
            name=self.name,
            attribute=attribute,
            value=shown(self.given[attribute]),
            expected=unfit.expected,
            on=on,
            fix=example,
        )


def note(target: Any, where: str, use: object) -> None:
    """Put `use` above what `target` itself has noted under `where`."""
    # a list of its own: neither a copy of the function nor a class below gets what is noted later
    setattr(target, where, [use, *vars(target).get(where, ())])


def noted(target: Any, where: str) -> list[Any]:
    """Return what `target` itself has noted, top first."""
    return list(vars(target).get(where, ()))


def refuse_stepless(name: str, target: Any, place: Place) -> None:
    """Raise unless a decorator of a step stands on one."""
    if isinstance(target, type):
        raise_for("D003", place, name=name, flow=target.__name__)
    if mark_of(target) is None:
        _refuse(target, name, place)


def refuse_function(name: str, target: Any, place: Place) -> None:
    """Raise unless a decorator of a flow stands on a class."""
    if not isinstance(target, type):
        raise_for("D002", place, name=name, function=getattr(target, "__name__", shown(target)))


def _refuse(target: Any, name: str, place: Place) -> NoReturn:
    known = isinstance(target, FunctionType)
    where = place_of(target) if known and not place.line else place
    function = target.__name__ if known else shown(target)
    raise_for("D001", where, name=name, function=function, method=target.__name__ if known else "name")


def spec_of(use: Any) -> DecoratorSpec:
    """Return a decorator, built-in or a person's own, as it is shown and recorded: in full, but without secrets."""
    if not isinstance(use, Decorator):
        attributes, name = use.nbflow_use.attributes, type(use).__name__
    else:
        attributes, name = use.attributes, use.name
        if name == "secrets":
            attributes["sources"] = masked(attributes["sources"])
        if name == "notify":
            attributes["to"] = [address_shown(each) for each in attributes.get("to", ())]
    return DecoratorSpec(name, {key: storable(value) for key, value in attributes.items()})


def storable(value: Any) -> Any:
    """Return `value` as JSON has it; what JSON has not becomes its text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(key): storable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    if isinstance(value, FunctionType | type):
        return f"{value.__module__}.{value.__qualname__}"
    return shown(value, 1000)


def _parameter(attribute: Attribute) -> inspect.Parameter:
    default = inspect.Parameter.empty if attribute.default is REQUIRED else attribute.default
    return inspect.Parameter(attribute.name, inspect.Parameter.KEYWORD_ONLY, default=default)
