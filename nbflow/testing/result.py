"""What a step under test left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from nbflow.client.data import MissingArtifactError
from nbflow.errors import did_you_mean, problem
from nbflow.model.artifact import ArtifactRef
from nbflow.model.caught import CaughtError
from nbflow.model.graph import Node
from nbflow.model.record import TaskRecord
from nbflow.task.carding import CurrentCards
from nbflow.testing.readings import leaves_of


class Result:
    """The names a step left, as a step below it would read them: `result.rmse`, `result["rmse"]`, `dict(result)`.

    An artifact that is called like something else of the result, as `names`, is read with brackets.
    """

    __slots__ = ("__dropped", "__get", "__node", "__refs", "__values", "cards", "caught", "displays", "notes")

    #: the error that --catch made a success of
    caught: CaughtError | None
    #: the step's cards with what the body appended, as `current.card` has them: `result.cards["report"].components`
    cards: CurrentCards
    #: what the body displayed, the objects themselves: `display(…)`, the last expression, figures
    displays: tuple[Any, ...]
    #: warnings that a run shows under the step
    notes: tuple[str, ...]

    def __init__(
        self,
        node: Node,
        record: TaskRecord,
        get: Callable[[ArtifactRef, str], Any],
        *,
        displays: tuple[Any, ...],
        cards: CurrentCards,
    ) -> None:
        assert record.manifest is not None, "a result of a body that did not end"
        self.__node = node
        self.__refs = record.manifest.artifacts
        self.__dropped = record.manifest.dropped
        self.__get = get
        self.__values: dict[str, Any] = {}
        self.caught = CaughtError.of(record.failure) if record.failure else None
        self.displays = displays
        self.cards = cards
        self.notes = record.notes

    @property
    def names(self) -> tuple[str, ...]:
        """The names that were left, sorted."""
        return tuple(sorted(self.__refs))

    def keys(self) -> tuple[str, ...]:
        """Return the names, for `dict(result)` and `**result`."""
        return self.names

    def __getitem__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name not in self.__refs:
            raise self.__missing(name)
        if name not in self.__values:
            self.__values[name] = self.__get(self.__refs[name], name)
        return self.__values[name]

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __contains__(self, name: object) -> bool:
        return name in self.__refs

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.__refs)

    def __dir__(self) -> list[str]:
        return sorted({*self.names, "cards", "caught", "displays", "names"})

    def __repr__(self) -> str:
        left = ", ".join(f"{name}: {self.__refs[name].type} {self.__refs[name].summary}".rstrip() for name in self)
        return f"<{self.__node.name} left {left or 'nothing'}>"

    def __missing(self, name: str) -> MissingArtifactError:
        """Return the error of a name that was not left: never, or not this time."""
        step = self.__node.name
        binding = self.__node.code.body.names.bindings.get(name)
        if binding is not None and name in leaves_of(self.__node):
            where = f"under '{binding.under}', line {binding.line}" if binding.under else f"on line {binding.line}"
            if name in self.__dropped:
                where += f", but {self.__dropped[name]}"
            elif self.caught:
                where += f", but --catch took {self.caught}"
            return MissingArtifactError(problem("T010", step=step, name=name, where=where))
        known = ", ".join(self.names) or "nothing"
        hint = did_you_mean(name, self.names)
        return MissingArtifactError(problem("M005", owner=f"step {step}", name=name, hint=hint, known=known))
