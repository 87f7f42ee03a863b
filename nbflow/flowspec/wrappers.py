"""Decorators of a person that act while a step runs: before it, after it, when it fails, or instead of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Mapping
from types import FunctionType
from typing import Any, ClassVar, Final, NoReturn

from nbflow.errors import NOWHERE, raise_for
from nbflow.flowspec.personal import PersonalDecorator, Role, positional
from nbflow.flowspec.prepared import PreparedStep
from nbflow.flowspec.quoting import shown
from nbflow.flowspec.written import place_of
from nbflow.frozen import frozen

#: what a generator yields to leave the step out
USER_SKIP_STEP: Final[dict[str, Any]] = {}


@frozen
class Ending:
    """How a step with its wrappers ended, as far as its self.next goes."""

    #: arguments for its self.next instead of those that it has in the text; {} calls it as it is written.
    #: They count whatever the body called. None: what was called counts
    arguments: Mapping[str, Any] | None = None
    #: the body did not get to its end: its self.next is due as it is written, unless one was called
    unfinished: bool = False


class UserStepDecorator(PersonalDecorator):
    """Base of decorators of steps that act in the task.

    class timed(UserStepDecorator):
        def init(self, unit="s"):
            self.unit = unit

        def pre_step(self, step_name, flow, inputs=None):
            self.start = time.time()

        def post_step(self, step_name, flow, exception=None):
            print(step_name, time.time() - self.start)
            return exception
    """

    nbflow_role = Role("wrappers", positional=False)

    #: whether the step is left out; a dict leaves it out, too, and is the arguments of its self.next
    skip_step: bool | Mapping[str, Any] = False

    def pre_step(self, step_name: str, flow: Any, inputs: Any = None) -> Callable[..., Any] | None:
        """Act before the step; a function that is returned is called instead of it, with self and, in a join, inputs."""

    def post_step(
        self,
        step_name: str,  # noqa: ARG002 - given to whoever overrides it
        flow: Any,  # noqa: ARG002 - as above
        exception: Exception | None = None,
    ) -> Exception | tuple[Exception | None, Mapping[str, Any] | None] | None:
        """Act after the step. What is returned is raised: None makes a success of a failure.

        With a pair, its second is arguments for self.next ({}: as it is written), or None.
        """
        return exception


class GeneratorDecorator(UserStepDecorator):
    """Base of the classes that `user_step_decorator` makes of generator functions."""

    nbflow_generator: ClassVar[Callable[..., Generator[Any, None, None]]]


def user_step_decorator(function: Callable[..., Any]) -> Any:
    """Make a decorator of steps of a generator function.

        @user_step_decorator
        def careful(step_name, flow, inputs, attributes):
            try:
                yield
            except ValueError:
                flow.failed = True

    It yields once: nothing, to run the step; a function, to call that instead; USER_SKIP_STEP, or a dict of
    arguments for self.next, to leave the step out. An exception of the step is raised by the `yield`.
    """
    name = getattr(function, "__name__", shown(function))
    if not isinstance(function, FunctionType) or not inspect.isgeneratorfunction(function):
        place = place_of(function) if isinstance(function, FunctionType) else NOWHERE
        raise_for("D026", place, name=name, why="it is no generator function: it does not yield")
    count = positional(function)
    if count not in (3, 4, None):
        raise_for("D026", place_of(function), name=name, why=f"it takes {count} arguments")
    namespace: dict[str, Any] = {key: getattr(function, key) for key in ("__doc__", "__module__", "__qualname__")}
    namespace["nbflow_generator"] = staticmethod(function)
    if count != 3:
        # it takes attributes, and so the decorator takes arguments
        namespace["init"] = lambda self, **attributes: None  # noqa: ARG005 - what it takes is looked at, not used
    return type(name, (GeneratorDecorator,), namespace)


def run(step: PreparedStep, flow: Any, inputs: Any = None) -> Ending:
    """Run a step within its wrappers.

    Args:
        step: The step, made ready.
        flow: What it calls self.
        inputs: What a join gets; None for other steps.

    Raises:
        DecoratorError: A wrapper did what none may.
        BaseException: What the body or a wrapper raised, and no wrapper took.
    """
    return _within(list(step.wrappers), step, flow, inputs)


def _within(wrappers: list[UserStepDecorator], step: PreparedStep, flow: Any, inputs: Any) -> Ending:
    given = (flow,) if inputs is None else (flow, inputs)
    if not wrappers:
        step.function(*given)
        return Ending()
    wrapper, *inner = wrappers
    task = _Task(step.name, given, inputs, lambda: _within(inner, step, flow, inputs))
    return task.generated(wrapper) if isinstance(wrapper, GeneratorDecorator) else task.called(wrapper)


@frozen
class _Task:
    """What a wrapper is around."""

    step: str
    #: self and, in a join, inputs
    given: tuple[Any, ...]
    inputs: Any
    #: runs the body within the wrappers further in
    inner: Callable[[], Ending]

    def generated(self, wrapper: GeneratorDecorator) -> Ending:
        """Run it within a generator."""
        function = type(wrapper).nbflow_generator
        given: Any = (self.step, self.given[0], self.inputs, dict(wrapper.nbflow_use.kwargs))
        generator = function(*given[: positional(function)])
        try:
            said = next(generator)
        except StopIteration:
            # it yielded nothing: the step is left out
            return Ending(arguments={})
        if not (said is None or isinstance(said, Mapping) or callable(said)):
            generator.close()
            _refuse("D030", wrapper, said)
        try:
            ending = Ending(arguments=said) if isinstance(said, Mapping) else self._body(said, wrapper)
        except BaseException as failure:  # noqa: BLE001 - it goes into the generator, whatever it is
            return _thrown(generator, failure, wrapper)
        try:
            next(generator)
        except StopIteration:
            return ending
        return _yielded_again(generator, wrapper)

    def called(self, wrapper: UserStepDecorator) -> Ending:
        """Run it between pre_step and post_step."""
        instead = wrapper.pre_step(self.step, self.given[0], self.inputs)
        if not (instead is None or callable(instead)):
            _refuse("D032", wrapper, instead)
        skip, failure, ending = wrapper.skip_step, None, Ending(unfinished=True)
        try:
            if skip is True or isinstance(skip, Mapping):
                ending = Ending(arguments={} if skip is True else skip)
            else:
                ending = self._body(instead, wrapper)
        except Exception as error:  # noqa: BLE001 - post_step decides what becomes of it
            failure = error
        return _verdict(wrapper.post_step(self.step, self.given[0], failure), failure, ending, wrapper)

    def _body(self, instead: Callable[..., Any] | None, wrapper: UserStepDecorator) -> Ending:
        """Run what is further in, or `instead` of it, and return what is wanted of self.next."""
        if instead is None:
            return self.inner()
        said = instead(*self.given)
        if said is True or isinstance(said, Mapping):
            return Ending(arguments={} if said is True else said)
        if said is None or said is False:
            # one that replaces a step may call self.next itself, and need not
            return Ending(unfinished=True)
        return _refuse("D034", wrapper, said)


def _thrown(generator: Generator[Any, None, None], failure: BaseException, wrapper: UserStepDecorator) -> Ending:
    try:
        generator.throw(failure)
    except StopIteration:
        return Ending(unfinished=True)
    except RuntimeError as error:
        # Python puts this around a StopIteration that leaves a generator
        if isinstance(failure, StopIteration) and error.__cause__ is failure:
            raise failure from None
        raise
    return _yielded_again(generator, wrapper)


def _yielded_again(generator: Generator[Any, None, None], wrapper: UserStepDecorator) -> NoReturn:
    generator.close()
    raise_for("D031", wrapper.nbflow_use.place, name=type(wrapper).__name__)


def _verdict(said: Any, failure: Exception | None, ending: Ending, wrapper: UserStepDecorator) -> Ending:
    """Raise what a post_step returned, or return how the step ended."""
    verdict, arguments = said if isinstance(said, tuple) and len(said) == 2 else (said, None)
    if isinstance(verdict, BaseException):
        if verdict is failure or verdict.__cause__:
            raise verdict
        raise verdict from failure
    if verdict is not None or not (arguments is None or isinstance(arguments, Mapping)):
        _refuse("D033", wrapper, said)
    return ending if arguments is None else Ending(arguments=arguments)


def _refuse(code: str, wrapper: UserStepDecorator, value: object) -> NoReturn:
    raise_for(code, wrapper.nbflow_use.place, name=type(wrapper).__name__, value=shown(value))
