"""The interpreter itself: how it waits, what no catcher catches, how long a history may be, and JSONata."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC
from types import ModuleType
from typing import Any

from aws.bench.pins import needed, replace
from aws.bench.settings import Settings
from jsonata import Jsonata
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import iteration_worker
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel import branches_decl
from moto.stepfunctions.parser.asl.component.state.fail import state_fail
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.asl.jsonata import jsonata
from moto.stepfunctions.parser.asl.parse import asl_parser
from moto.stepfunctions.parser.backend import execution, execution_worker

#: what `States.ALL` does not stand for
_FINAL = ("States.DataLimitExceeded", "States.Runtime")
#: what hands on the error of a state within, or one that it was given
_PASSING_ON: tuple[ModuleType, ...] = (branches_decl, iteration_worker, state_fail)
#: events that end an execution, and are written whatever the history's length
_LAST = ("ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")
_PERCENTAGE = re.compile(r'("ToleratedFailurePercentage"\s*:\s*\d+)(?=\s*[,}])')
#: seconds between looks whether a state that waits is still wanted
_LOOK = 0.1

needed(Environment, "is_running", "set_error")
needed(EventManager, "get_event_history")


def install(settings: Settings) -> None:
    """Have it wait as long as `settings` says, and be as strict as AWS."""
    replace(WaitFunction, "_wait_interval", _waits(settings))
    # the module's own, so that nobody else's sleep is another
    replace(retrier_decl, "time", _Clock(settings))
    for module in _PASSING_ON:
        replace(module, "CustomErrorName", _error_name)
    replace(ErrorEqualsDecl, "_eval_body", _strictly(ErrorEqualsDecl._eval_body))
    worker, told = execution_worker.ExecutionWorker, execution.Execution
    replace(worker, "_get_evaluation_environment", _with_history(worker._get_evaluation_environment, settings))
    replace(told, "get_start_execution_details", _with_text(told.get_start_execution_details))
    replace(jsonata, "_eval_jsonata", _jsonata)
    parser = asl_parser.AmazonStateLanguageParser
    replace(parser, "parse", staticmethod(_with_percentages(parser.parse)))


# ---- waiting ---------------------------------------------------------------------------------------------------------


def _waits(settings: Settings) -> Callable[..., None]:
    def wait(self: Any, env: Environment, wait_seconds: float) -> None:
        until = time.monotonic() + wait_seconds * settings.second
        while env.is_running() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK))

    return wait


class _Clock:
    """The `time` of retriers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds * self._settings.second)


# ---- errors ----------------------------------------------------------------------------------------------------------


def _strictly(matches: Callable[..., None]) -> Callable[..., None]:
    """Have `States.ALL` not match what ends an execution in any case."""

    def strict(self: Any, env: Environment) -> None:
        name = env.stack[-1]
        matches(self, env)
        said = {each.error_name for each in self.error_names}
        if getattr(name, "error_name", None) in _FINAL and name.error_name not in said:
            env.stack[-1] = False

    return strict


def _error_name(error_name: str | None) -> ErrorName:
    """Return an error by its name: moto hands on none of Step Functions' own."""
    if error_name is None or not error_name.startswith("States."):
        return CustomErrorName(error_name)
    try:
        return StatesErrorName.from_name(error_name)
    except ValueError:
        return ErrorName(error_name)


# ---- the history -----------------------------------------------------------------------------------------------------


class History(EventManager):
    """The events of one execution, which fails when they become too many."""

    def __init__(self, env: Environment, settings: Settings) -> None:
        super().__init__()
        self._env = env
        self._settings = settings
        self._full = False

    def add_event(self, context: Any, event_type: Any, *facts: Any, **named: Any) -> int:
        """Add an event; the last place is left to the failure that a full history is."""
        if len(self._history_event_list) < self._settings.history - 1 or event_type in _LAST:
            return int(super().add_event(context, event_type, *facts, **named))
        if not self._full:
            self._full = True
            cause = f"The execution reached the maximum number of history events ({self._settings.history})."
            self._env.set_error({"error": "States.Runtime", "cause": cause})
        return int(context.last_published_event_id)


def _with_history(make: Callable[[Any], Environment], settings: Settings) -> Callable[[Any], Environment]:
    def made(self: Any) -> Environment:
        env = make(self)
        env.event_manager = History(env, settings)
        return env

    return made


def _with_text(details: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Have `$$.Execution.StartTime` be text: moto leaves a value there that is no JSON."""

    def told(self: Any) -> Any:
        found = details(self)
        found.start_time = found.start_time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        return found

    return told


def _with_percentages(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Have percentages be whole numbers, too: moto's grammar takes none."""
    return lambda definition: parse(_PERCENTAGE.sub(r"\1.0", definition))


def _jsonata(expression: str) -> Any:
    """Evaluate with PyPI's engine: moto has left out the one in Java that LocalStack has here."""
    return json.loads(json.dumps(Jsonata.jsonata(expression).evaluate(None)))
