"""What a step of a class leaves: what it was given, overlaid by what its instance holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import FunctionType, MethodType
from typing import Any

from nbflow.errors import Problem, error, problem
from nbflow.flowspec.flow import FlowBody
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.store.store import Store, Writer
from nbflow.task.display import is_handle
from nbflow.task.inputs import Inputs, TaskView
from nbflow.task.method_given import Given
from nbflow.task.outputs import add


class Leaver:
    """Stores what one attempt leaves.

    Responsibilities: hand on by reference what was not touched, store the rest, say what cannot be stored.
    """

    def __init__(self, store: Store, step: str, given: Given, seen: Iterable[ArtifactRef]) -> None:
        self._store = store
        self._step = step
        self._given = given
        #: what the step could see: what equals one of it is not stored again
        self._seen = tuple(seen)

    def left(self, held: Mapping[str, Any]) -> Manifest:
        """Return what is left by an instance that holds `held`.

        Raises:
            TaskError: T011, T020, T021, something of it is no artifact.
        """
        manifest, refused = self._stored(held)
        if refused:
            raise error(refused)
        return manifest

    def left_so_far(self, held: Mapping[str, Any]) -> Manifest:
        """Return what a step that failed has left, as far as it can be stored."""
        return self._stored(held)[0]

    def _stored(self, held: Mapping[str, Any]) -> tuple[Manifest, list[Problem]]:
        given = self._given
        writer = Writer(self._store, (*self._seen, *given.artifacts.values()))
        inherited = {*given.constants, *(given.artifacts.keys() - held.keys())}
        refused: list[Problem] = []
        for name, ref in (*given.constants.items(), *given.artifacts.items()):
            if name in inherited:
                writer.keep(name, ref)
        for name, value in held.items():
            if (own := given.untouched(name, value)) is not None:
                writer.keep(name, own)
                inherited.add(name)
            elif found := self._add(writer, name, value):
                refused.append(found)
        return Manifest(writer.close(), inherited=frozenset(inherited)), refused

    def _add(self, writer: Writer, name: str, value: object) -> Problem | None:
        if isinstance(value, FunctionType | MethodType):
            return problem("T020", name=name, step=self._step, what=_named(value))
        if isinstance(value, FlowBody | TaskView | Inputs):
            return problem("T021", name=name, step=self._step)
        fix = f"leave something that can be pickled, or write del self.{name} before the step ends"
        if is_handle(value):
            why = "it stands for an output on a screen"
            return problem("T011", name=name, step=self._step, type=type(value).__name__, member="", why=why, fix=fix)
        return add(writer, self._step, name, value, fix)


def _named(function: FunctionType | MethodType) -> str:
    if isinstance(function, MethodType):
        return "a method"
    return "a lambda" if function.__name__ == "<lambda>" else f"the function {function.__name__}"
