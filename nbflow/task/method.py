"""A step of a class as a task: its instance, how it is called, what it leaves and how it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nbflow.code.module import LiveDefinitions
from nbflow.errors import raise_for
from nbflow.flowspec.flow import TimeoutException, artifacts_of, on_stage
from nbflow.flowspec.prepare import prepare
from nbflow.flowspec.sources import inline_secrets
from nbflow.flowspec.wrappers import run
from nbflow.model.artifact import Manifest
from nbflow.model.caught import CaughtError
from nbflow.model.task import TaskSpec
from nbflow.store.store import Store
from nbflow.task.alarm import alarm
from nbflow.task.items import ItemRefusedError, stored_each
from nbflow.task.method_given import Given
from nbflow.task.method_joined import joined as joined_tasks
from nbflow.task.method_left import Leaver
from nbflow.task.method_next import Gone, Next
from nbflow.task.method_stage import TaskStage
from nbflow.task.outputs import Warned


class Method:
    """One attempt of one step of a class."""

    def __init__(self, spec: TaskSpec, store: Store, live: LiveDefinitions) -> None:
        assert spec.method is not None, "a step of a class"
        how = spec.method
        self._spec = spec
        self._store = store
        self._flow = prepare(live.get(how.flow_class), config_values=how.configs, with_specs=how.with_specs)
        self._given = Given(store, spec.step, spec.inputs, how.constants, self._flow.config_values)
        self._next = Next(spec.step, how, self._flow.steps)
        self._stage = TaskStage(spec, store, self._given, self._next)
        seen = (ref for table in spec.tables for ref in table.values())
        self._leaver = Leaver(store, spec.step, self._given, seen)
        #: what the instance holds when the step has ended, well or not
        self._held: Mapping[str, Any] = {}

    @property
    def inline_secrets(self) -> dict[str, str]:
        """The secrets that stand in the code of the step, by variable."""
        uses = (each for each in self._flow.steps[self._spec.step].decorators if each.name == "secrets")
        return {name: value for use in uses for name, value in inline_secrets(use.attributes["sources"]).items()}

    def run(self) -> None:
        """Call the step, with what the person's own decorators put around it."""
        spec = self._spec
        step = self._flow.steps[spec.step]
        if spec.method and spec.method.bare:
            step = replace(step, wrappers=[])
        joined = joined_tasks(self._store, spec)
        with on_stage(self._flow.flow_class, self._stage) as flow:
            try:
                with alarm(spec.method.alarm if spec.method else None, self._late):
                    ending = run(step, flow, joined)
                if ending.arguments is not None:
                    self._next.as_written(flow, ending.arguments)
                elif ending.unfinished and self._next.gone is None:
                    self._next.as_written(flow, {})
            finally:
                self._held = artifacts_of(flow)

    def _late(self, seconds: float) -> TimeoutException:
        return TimeoutException(f"Step {self._spec.step} timed out after {_span(seconds)}")

    def check(self, *, strict: bool) -> list[Warned]:
        """Return warnings about what the step did; not `strict`: it failed, and that was caught.

        Raises:
            TaskError: T019, T039, what it did cannot be kept.
        """
        if strict:
            self._next.check()
        return self._given.check_constants({*self._flow.parameters, *self._flow.configs}, strict=strict)

    def left(self, caught: CaughtError | None) -> Manifest:
        """Store what the step leaves, and what it failed with under the name that its @catch gives, and return it."""
        name = self._spec.catch_name
        return self._leaver.left({**self._held, name: caught} if name else self._held)

    def left_so_far(self) -> Manifest:
        """Store what the step had set before it failed, as far as that is possible, and return it."""
        return self._leaver.left_so_far(self._held)

    def way_on(self) -> dict[str, Any]:
        """Return what is said of the way on: the choice of a switch, or the items of a foreach, stored."""
        gone = self._next.gone
        if gone is None:
            return {"chose": None, "items": None}
        return {"chose": gone.chosen, "items": self._items(gone) if gone.items else None}

    def let_go(self) -> None:
        """Let go of what the instance holds."""
        self._held = {}

    def _items(self, gone: Gone) -> dict[str, Any]:
        try:
            refs = stored_each(gone.items, self._store)
        except ItemRefusedError as refused:
            told = dict(refused.found.facts)
            number, why = refused.number, f"{told['type']}{told['member']}: {told['why']}"
            raise_for("T022", gone.place, step=self._spec.step, number=number, variable=gone.variable, why=why)
        return {"step": gone.targets[0], "refs": [ref.to_json() for ref in refs], "total": len(refs)}


def _span(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours} hours, {minutes} minutes, {rest:g} seconds"
