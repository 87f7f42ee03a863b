"""Names with values that are loaded when they are asked for: `task.data.model`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from nbflow.cards.figures import size, value
from nbflow.client.thing import MissingError, Page
from nbflow.errors import did_you_mean, problem
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Missing


class MissingArtifactError(MissingError, AttributeError):
    """There is no artifact of that name; an AttributeError, so that `hasattr` and `getattr` work."""


class Held(NamedTuple):
    """A value that is not loaded yet, and what is known of it."""

    load: Callable[[], Any]
    type: str
    summary: str
    #: bytes as stored
    size: int

    @classmethod
    def of(cls, ref: ArtifactRef, load: Callable[[], Any]) -> Held:
        """Return what `ref` stands for."""
        shown = ref.summary if isinstance(ref.scalar, Missing) else value(ref.scalar)
        return cls(load, ref.type, shown, ref.size)

    @property
    def row(self) -> tuple[str, str, str]:
        """Its type, what it is in a few characters, and its size."""
        return self.type, self.summary, size(self.size)


class Data:
    """The artifacts of a task or run by name. Each access gives a fresh value, which may be changed."""

    __slots__ = ("__held", "__owner")

    def __init__(self, owner: str, held: Mapping[str, Held]) -> None:
        self.__owner = owner
        self.__held = held

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        if name not in self.__held:
            known = ", ".join(self.__held) or "nothing"
            hint = did_you_mean(name, self.__held)
            raise MissingArtifactError(problem("M005", owner=self.__owner, name=name, hint=hint, known=known))
        return self.__held[name].load()

    def __contains__(self, name: object) -> bool:
        return name in self.__held

    def __iter__(self) -> Iterator[str]:
        return iter(self.__held)

    def __len__(self) -> int:
        return len(self.__held)

    def __dir__(self) -> list[str]:
        return list(self.__held)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.__held)

    def _ipython_types_(self) -> list[tuple[str, str]]:
        """Return the names, each with the type of its value, for completion."""
        return [(name, held.type) for name, held in self.__held.items()]

    def __page(self) -> Page:
        rows = [(name, *held.row) for name, held in self.__held.items()]
        return Page(f"{self.__owner} left", head=("name", "type", "", "size"), rows=rows, align="lllr")

    def __repr__(self) -> str:
        return self.__page().text()

    def _repr_html_(self) -> str:
        return self.__page().html()
