"""The stage on which the instance of a class stands while its step runs: what `self` reads, and where it says what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from nbflow.flowspec.flow import FlowBody
from nbflow.model.task import TaskSpec
from nbflow.store.store import Store
from nbflow.task.method_given import Given
from nbflow.task.method_merge import ClassMerger
from nbflow.task.method_next import Next
from nbflow.task.shell import run_command


class TaskStage:
    """A stage (see flowspec.flow.Stage) that takes everything from the task."""

    def __init__(self, spec: TaskSpec, store: Store, given: Given, going: Next) -> None:
        assert spec.method is not None, "a step of a class"
        self.step = spec.step
        self.joins = spec.method.joins
        self.fixed: Collection[str] = spec.method.constants
        self.script_name = Path(spec.about.get("script") or "").name
        self._store = store
        self._given = given
        self._going = going
        self._frames = spec.method.frames
        #: items that were loaded, by the depth of their foreach
        self._items: dict[int, Any] = {}

    def names(self) -> Collection[str]:
        """Return what can be read."""
        return self._given.names

    def value(self, name: str) -> Any:
        """Return one of `names()`, loaded."""
        return self._given.value(name)

    def drop(self, name: str) -> bool:
        """Let an artifact go for good; return whether there was one."""
        return self._given.drop(name)

    def item(self) -> Any:
        """Return the item of the innermost foreach around the task, None without one."""
        return self._item(len(self._frames) - 1) if self._frames else None

    def index(self) -> int | None:
        """Return the place in the innermost foreach around the task."""
        return self._frames[-1].index if self._frames else None

    def foreach_stack(self) -> list[tuple[int, int, Any]]:
        """Return place, number of items and item of each foreach around the task, outermost first."""
        return [(frame.index, frame.total, self._item(depth)) for depth, frame in enumerate(self._frames)]

    def go_on(self, flow: FlowBody, steps: tuple[Any, ...], how: Mapping[str, Any]) -> None:
        """Take down how the step goes on."""
        self._going(flow, steps, how)

    def merge(self, flow: FlowBody, inputs: Any, exclude: Collection[str], include: Collection[str]) -> None:
        """Take over what the joined tasks agree on."""
        ClassMerger(self._store, self.step, self._given, joins=self.joins)(flow, inputs, exclude, include)

    def run_command(self, command: str, files: Mapping[str, bytes], wanted: Collection[str]) -> list[bytes]:
        """Write `files`, run a command of the shell, and return the content of the files `wanted`."""
        for path, content in files.items():
            Path(path).write_bytes(content)
        run_command(command)
        return [Path(path).read_bytes() for path in wanted]

    def _item(self, depth: int) -> Any:
        if depth not in self._items:
            self._items[depth] = self._store.get(self._frames[depth].item, name="input")
        return self._items[depth]
