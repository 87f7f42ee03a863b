"""What mutators get to see of a flow and of its steps, and how they change it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from nbflow.errors import did_you_mean, raise_for
from nbflow.flowspec import uses
from nbflow.flowspec.decorators import Kind, Level
from nbflow.flowspec.finding import check_level, kind_named
from nbflow.flowspec.parameter import Parameter
from nbflow.flowspec.personal import PersonalDecorator
from nbflow.flowspec.prepared import PreparedFlow, PreparedStep
from nbflow.flowspec.quoting import shown
from nbflow.flowspec.spec_text import read_spec
from nbflow.frozen import frozen

#: name, name with module, arguments without a name, arguments with one
Spec = tuple[str, str, list[Any], dict[str, Any]]


@frozen
class Session:
    """While a mutator acts."""

    flow: PreparedFlow
    #: its pre_mutate, and not its mutate, acts
    early: bool
    #: the mutator stands in the code
    static: bool


class _Mutable:
    """Decorators of a step or of a flow."""

    #: the decorator that is there stays
    IGNORE: ClassVar[int] = uses.IGNORE
    #: it is an error, if the new one comes from the code
    ERROR: ClassVar[int] = uses.ERROR
    #: the new one takes its place
    OVERRIDE: ClassVar[int] = uses.OVERRIDE

    _level: ClassVar[Level]

    def __init__(self, session: Session, holder: PreparedFlow | PreparedStep) -> None:
        self._session = session
        self._holder = holder

    @property
    def decorator_specs(self) -> Iterator[Spec]:
        """Name, name with module, arguments without a name and with one, of each decorator. They are copies."""
        return map(_spec, uses.uses_of(self._holder))

    def has_decorator(self, name: str) -> bool:
        """Tell whether there is a decorator of that name."""
        return any(uses.is_called(each, name) for each in uses.uses_of(self._holder))

    def get_decorator_specs(self, name: str) -> list[Spec]:
        """Return the `decorator_specs` of that name."""
        return [_spec(each) for each in uses.uses_of(self._holder) if uses.is_called(each, name)]

    def add_decorator(
        self,
        deco_type: Any,
        deco_args: Sequence[Any] | None = None,
        deco_kwargs: Mapping[str, Any] | None = None,
        duplicates: int = uses.IGNORE,
    ) -> Any:
        """Add a decorator, and return it, or None when another one stays.

            step.add_decorator("retry", deco_kwargs={"times": 2})
            step.add_decorator("retry:times=2")
            step.add_decorator(retry, duplicates=step.OVERRIDE)

        Args:
            deco_type: Its name, its name and arguments as --with takes them, or the decorator itself.
            deco_args: Arguments without a name.
            deco_kwargs: Arguments with one.
            duplicates: What to do when there is one of its name: IGNORE, ERROR or OVERRIDE. Those that may stand
                more than once, as card, are added.

        Raises:
            DecoratorError: There is no such decorator, it is not for this, or it has come too late.
        """
        use = self._use(deco_type, tuple(deco_args or ()), dict(deco_kwargs or {}))
        self._check_time(use, "added")
        return use if uses.put(use, self._holder, duplicates) else None

    def remove_decorator(
        self,
        deco_name: str,
        deco_args: Sequence[Any] | None = None,
        deco_kwargs: Mapping[str, Any] | None = None,
    ) -> bool:
        """Remove the decorators of that name, with arguments only those that have just these. Return whether any was.

        Raises:
            DecoratorError: It is too late for that.
        """
        any_arguments = deco_args is None and deco_kwargs is None
        wanted = (list(deco_args or ()), dict(deco_kwargs or {}))
        found = [
            each
            for each in uses.uses_of(self._holder)
            if uses.is_called(each, deco_name) and (any_arguments or uses.arguments_of(each) == wanted)
        ]
        for each in found:
            self._check_time(each, "removed")
            uses.remove(each, self._holder)
        return bool(found)

    def _use(self, what: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> uses.AnyUse:
        flow = self._session.flow
        if isinstance(what, str):
            spec = read_spec(what)
            if spec.attributes and (args or kwargs):
                raise_for("D025", text=what)
            what, kwargs = kind_named(spec.name, flow.flow_class, self._level), kwargs or spec.attributes
        elif isinstance(what, Kind) or (isinstance(what, type) and issubclass(what, PersonalDecorator)):
            check_level(what, self._level)
        else:
            raise_for("D040", value=shown(what), wanted="a decorator, or the name of one")
        return uses.use_of(what, args, kwargs, flow, static=self._session.static)

    @abstractmethod
    def _check_time(self, use: uses.AnyUse, done: str) -> None:
        """Raise when a decorator cannot be `done`, added or removed, any more."""


class MutableStep(_Mutable):
    """A step, as a mutator sees it."""

    _level = "step"
    _holder: PreparedStep

    @property
    def flow(self) -> MutableFlow:
        """The flow it belongs to."""
        return MutableFlow(self._session, self._session.flow)

    @property
    def name(self) -> str:
        """The step's name."""
        return self._holder.name

    @property
    def function(self) -> Callable[..., Any]:
        """The method itself."""
        return self._holder.function

    def __repr__(self) -> str:
        return f"MutableStep({self.name!r})"

    def _check_time(self, use: uses.AnyUse, done: str) -> None:
        if not self._session.early and uses.mutates(use):
            raise_for("D036", what=f"the mutator {uses.name_of(use)} can be {done}")


class MutableFlow(_Mutable):
    """A flow, as a mutator sees it. Its configs, parameters and steps are attributes of it, too."""

    _level = "flow"
    _holder: PreparedFlow

    @property
    def configs(self) -> Iterator[tuple[str, Any]]:
        """Attribute of the class and value of each config."""
        return iter(list(self._holder.config_values.items()))

    @property
    def parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Attribute of the class and Parameter of each parameter."""
        return iter(list(self._holder.parameters.items()))

    @property
    def steps(self) -> Iterator[tuple[str, MutableStep]]:
        """Name and MutableStep of each step, in the order of their definition."""
        return iter([(name, MutableStep(self._session, each)) for name, each in self._holder.steps.items()])

    def add_parameter(self, name: str, value: Parameter, overwrite: bool = False) -> None:  # noqa: FBT001, FBT002 - Metaflow's signature
        """Add a parameter as attribute `name` of the flow.

        Raises:
            DecoratorError: There is such an attribute, and `overwrite` is not said; or it is too late for that.
        """
        self._check_early("parameters can be added")
        if not isinstance(value, Parameter):
            raise_for("D040", value=shown(value), wanted="a Parameter")
        held = self._holder
        is_parameter = name in held.parameters
        # an attribute that is a parameter no more has been removed
        taken = is_parameter or not isinstance(getattr(held.flow_class, name, value), Parameter)
        if taken and not (is_parameter and overwrite):
            raise_for("D039", name=name, flow=held.name)
        held.parameters[name] = value

    def remove_parameter(self, parameter_name: str) -> bool:
        """Remove a parameter, named as in the command line or as the class's attribute. Return whether it was there.

        Raises:
            DecoratorError: It is too late for that.
        """
        self._check_early("parameters can be removed")
        known = self._holder.parameters
        found = [attribute for attribute, each in known.items() if each.name == parameter_name]
        for attribute in found or ([parameter_name] if parameter_name in known else []):
            del known[attribute]
            return True
        return False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        held = self._holder
        if name in held.steps:
            return MutableStep(self._session, held.steps[name])
        for known in (held.config_values, held.parameters):
            if name in known:
                return known[name]
        known_names = [*held.steps, *held.config_values, *held.parameters]
        hint = did_you_mean(name, known_names)
        raise AttributeError(f"{held.name} has no step, config or parameter '{name}'.{hint}", name=name, obj=self)

    def __repr__(self) -> str:
        return f"MutableFlow({self._holder.name!r})"

    def _check_early(self, what: str) -> None:
        if not self._session.early:
            raise_for("D036", what=what)

    def _check_time(self, use: uses.AnyUse, done: str) -> None:
        if done == "removed" and uses.mutates(use):
            raise_for("D037", name=uses.name_of(use))
        self._check_early(f"decorators of the flow, as {uses.name_of(use)}, can be {done}")


def _spec(use: uses.AnyUse) -> Spec:
    return (uses.name_of(use), uses.full_name_of(use), *uses.arguments_of(use))
