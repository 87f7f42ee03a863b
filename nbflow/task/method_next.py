"""`self.next(...)` while a step runs: what it says is checked, held against the text of the step, and taken down."""

from __future__ import annotations

import operator
import sys
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from types import MethodType
from typing import Any, NoReturn

from nbflow.errors import NOWHERE, Place, did_you_mean, raise_for
from nbflow.flowspec.flow import FlowBody, artifacts_of
from nbflow.flowspec.prepared import PreparedStep
from nbflow.flowspec.quoting import shown
from nbflow.flowspec.written import Written
from nbflow.frozen import frozen
from nbflow.model.flowclass import Transition, TransitionKind
from nbflow.model.task import MethodSpec
from nbflow.task.items import items_of

_KEYWORDS = ("foreach", "num_parallel", "condition")
_MISSING = object()


@frozen
class Gone:
    """How a step went on."""

    kind: TransitionKind
    #: in the order said; of a switch each case's, each once
    targets: tuple[str, ...]
    #: of a foreach the variable with the list, of a switch the one that decides
    variable: str | None = None
    #: of a switch
    chosen: str | None = None
    #: of a foreach what it lists, of a gang its places
    items: tuple[Any, ...] = ()
    place: Place = NOWHERE

    def __str__(self) -> str:
        return _said(self.targets, self.variable if self.kind == "foreach" else None)


class Next:
    """The one `self.next` of a task."""

    def __init__(self, step: str, spec: MethodSpec, steps: Mapping[str, PreparedStep]) -> None:
        self.gone: Gone | None = None
        #: a decorator of the person's own said with what to go on
        self._replaced = False
        self._step = step
        self._most = spec.max_splits
        self._steps = steps
        self._foreseen = Transition.from_json(spec.goes_on) if spec.goes_on else None

    def __call__(self, flow: FlowBody, steps: tuple[Any, ...], how: Mapping[str, Any]) -> None:
        """Take down what a step said. Raises InvalidNextError when it makes no sense."""
        self._take_down(flow, steps, how, _place())

    def as_written(self, flow: FlowBody, other: Mapping[str, Any]) -> None:
        """Go on as the text of the step says, its body did not; `other`: keyword arguments to be used instead."""
        self.gone = None
        self._replaced = bool(other)
        foreseen = self._foreseen
        if foreseen is None:
            return
        methods = {name: MethodType(self._steps[name].function, flow) for name in foreseen.targets}
        how: dict[str, Any] = {}
        steps: tuple[Any, ...] = tuple(methods.values())
        if foreseen.kind == "foreach":
            how = {"foreach": foreseen.variable}
        elif foreseen.kind == "parallel":
            # it stands there as an expression
            space = self._steps[self._step].function.__globals__
            how = {"num_parallel": other.get("num_parallel") or eval(foreseen.variable or "1", space, {"self": flow})}  # noqa: S307 - the flow's own expression
        elif foreseen.kind == "switch":
            how = {"condition": foreseen.variable}
            steps = ({value: methods[name] for value, name in foreseen.cases},)
        self._take_down(flow, steps, {**how, **other}, NOWHERE)

    def _take_down(self, flow: FlowBody, steps: tuple[Any, ...], how: Mapping[str, Any], place: Place) -> None:
        if unknown := [name for name in how if name not in _KEYWORDS]:
            hint = did_you_mean(unknown[0], _KEYWORDS)
            self._fail("T030", place, name=unknown[0], hint=hint)
        if self.gone is not None:
            self._fail("T031", place)
        given = {name: value for name, value in how.items() if value is not None}
        if "condition" in given or any(isinstance(each, Mapping) for each in steps):
            self.gone = self._switch(flow, place, steps, given)
            return
        targets = tuple(self._target(place, f"{number}. argument", each) for number, each in enumerate(steps, 1))
        if not targets:
            self._fail("T034", place)
        if "foreach" in given:
            self.gone = self._foreach(flow, place, targets, given)
        elif "num_parallel" in given:
            self.gone = self._gang(place, targets, given["num_parallel"])
        else:
            self.gone = Gone("split" if len(targets) > 1 else "linear", targets, place=place)

    def check(self) -> None:
        """Find out that the step went on as its text says. Raises T039."""
        gone, foreseen = self.gone, self._foreseen
        expected = "no step" if foreseen is None else f"step(s) {_foreseen_text(foreseen)}"
        if gone is None:
            if foreseen is not None:
                self._fail("T039", NOWHERE, expected=expected, actual="not called")
            return
        same = foreseen is not None and (foreseen.kind, set(foreseen.targets)) == (gone.kind, set(gone.targets))
        if same and gone.kind in {"foreach", "switch"} and not self._replaced:
            same = foreseen is not None and foreseen.variable == gone.variable
        if not same:
            self._fail("T039", gone.place, expected=expected, actual=f"called with {gone}")

    # ---- the kinds

    def _switch(self, flow: FlowBody, place: Place, steps: tuple[Any, ...], given: Mapping[str, Any]) -> Gone:
        cases, variable = steps[0] if len(steps) == 1 else None, given.get("condition")
        example = "self.next({'yes': self.a, 'no': self.b}, condition='answer')"
        if variable is None:
            self._fail("T035", place, message="A dictionary of cases needs a condition", fix=f"write {example}")
        if not isinstance(variable, str):
            message = f"The condition must be a string, the name of a variable, not {shown(variable)}"
            self._fail("T035", place, message=message, fix=f"write {example}")
        if others := sorted(given.keys() - {"condition"}):
            message = f"A condition cannot be combined with {' and '.join(others)}"
            self._fail("T035", place, message=message, fix="put the foreach into a step that the switch leads to")
        if not isinstance(cases, Mapping) or not cases:
            message = "A condition needs a non-empty dictionary of cases, and nothing beside it"
            self._fail("T035", place, message=message, fix=f"write {example}")
        targets = {case: self._target(place, f"target of case {case!r}", each) for case, each in cases.items()}
        value = self._variable(flow, place, "Condition", variable)
        try:
            chosen = targets[value]
        except (KeyError, TypeError):
            # the class that code written for switches catches
            raise RuntimeError(
                f"Switch condition variable '{variable}' has value {shown(value)} which is not in the available cases: "
                f"{list(targets)}. Add a case for it to self.next() in step {self._step}"
            ) from None
        return Gone("switch", tuple(dict.fromkeys(targets.values())), variable, chosen, place=place)

    def _foreach(self, flow: FlowBody, place: Place, targets: tuple[str, ...], given: Mapping[str, Any]) -> Gone:
        variable = given["foreach"]
        if not isinstance(variable, str):
            message = f"The argument to 'foreach' must be a string, the name of a variable, not {shown(variable)}"
            self._fail("T037", place, message=message, fix=f"write self.next(self.{targets[0]}, foreach='items')")
        if len(targets) != 1 or "num_parallel" in given:
            message = "Specify exactly one target for 'foreach', and nothing beside it"
            self._fail("T037", place, message=message, fix=f"write self.next(self.{targets[0]}, foreach='{variable}')")
        value = self._variable(flow, place, "Foreach", variable)
        try:
            items = items_of(value)
        except TypeError:
            message = f"Foreach variable *self.{variable}* in step *{self._step}* is not iterable"
            fix = f"Please check details: it is {shown(value)}. Make it a list, as in self.{variable} = [...]"
            self._fail("T038", place, message=message, fix=fix)
        found = tuple(islice(items, self._most + 1))
        self._check_number(place, variable, value, found)
        if _is_passing(value) and variable in artifacts_of(flow):
            # nobody can go through it again, nor store it
            setattr(flow, variable, list(found))
        return Gone("foreach", targets, variable, items=found, place=place)

    def _check_number(self, place: Place, variable: str, value: Any, found: tuple[Any, ...]) -> None:
        if not found:
            message = f"Foreach iterator over *{variable}* in step *{self._step}* produced zero splits"
            fix = f"Check your variable: self.{variable} is {shown(value)}. To go round the foreach, use a condition"
            self._fail("T038", place, message=message, fix=fix)
        if len(found) > self._most:
            number = f"{len(value):,}" if hasattr(value, "__len__") else f"more than {self._most:,}"
            message = (
                f"Foreach in step *{self._step}* yielded {number} child steps which is more than the current maximum "
                f"of {self._most:,} children"
            )
            fix = "You can raise the maximum with the --max-num-splits option"
            self._fail("T038", place, message=message, fix=fix)

    def _gang(self, place: Place, targets: tuple[str, ...], number: Any) -> Gone:
        if len(targets) != 1:
            message = "Only one destination allowed when num_parallel used in self.next()"
            self._fail("T036", place, message=message, fix=f"write self.next(self.{targets[0]}, num_parallel=...)")
        try:
            count = operator.index(number)
        except TypeError:
            count = 0
        if count < 1:
            message = f"num_parallel is how many tasks run together, and {shown(number)} is no such number"
            self._fail("T036", place, message=message, fix="give a whole number of at least 1")
        return Gone("parallel", targets, items=tuple(range(count)), place=place)

    # ---- what is named

    def _target(self, place: Place, which: str, target: Any) -> str:
        if not isinstance(target, MethodType):
            self._fail("T032", place, which=which, value=shown(target))
        name = target.__name__
        if name not in self._steps:
            self._fail("T033", place, name=name, hint=did_you_mean(name, self._steps, "self.{}"))
        return name

    def _variable(self, flow: FlowBody, place: Place, what: str, name: str) -> Any:
        value = getattr(flow, name, _MISSING)
        if value is _MISSING:
            message = f"{what} variable *self.{name}* in step *{self._step}* does not exist"
            hint = did_you_mean(name, dir(flow), "self.{}")
            self._fail("T038", place, message=message, fix=f"Check your variable: set self.{name} first.{hint}")
        return value

    def _fail(self, code: str, place: Place, **facts: object) -> NoReturn:
        raise_for(code, place, step=self._step, where=_where(place), **facts)


def _said(targets: Collection[str], variable: str | None) -> str:
    names = ", ".join(targets)
    return f"*{names}*, foreach='{variable}'" if variable else f"*{names}*"


def _foreseen_text(foreseen: Transition) -> str:
    return _said(foreseen.targets, foreseen.variable if foreseen.kind == "foreach" else None)


def _where(place: Place) -> str:
    return f" on line {place.line}" if place.line else ""


def _is_passing(value: Any) -> bool:
    """Whether `value` can be gone through once only, or is a view of something else."""
    return isinstance(value, Iterator) or type(value).__name__ in {"dict_keys", "dict_values", "dict_items"}


def _place() -> Place:
    """Return the line of the person's code that says `self.next`."""
    frame = sys._getframe(1)  # noqa: SLF001 - no cheaper way to it
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("nbflow."):
        frame = frame.f_back
    return Written(frame.f_code.co_filename, frame.f_lineno).place
