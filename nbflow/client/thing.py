"""What flows, runs, steps, tasks and artifacts have in common: a pathspec, a parent, and how they look."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, ClassVar, Self

from nbflow.cards.html import Html, block, faint, join, pairs, preformatted, table, tag, text
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.client.facts import workspace_here
from nbflow.errors import raise_for
from nbflow.frozen import frozen
from nbflow.model.ids import Pathspec
from nbflow.workspace import Workspace

_KINDS = ("FLOW", "FLOW/RUN", "FLOW/RUN/STEP", "FLOW/RUN/STEP/TASK", "FLOW/RUN/STEP/TASK/ARTIFACT")


@frozen
class Page:
    """How an object looks, in HTML and as text."""

    title: str
    status: str = ""
    facts: Sequence[tuple[str, str]] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    #: one letter a column: l, r or c
    align: str = ""
    #: longer pieces: (what it is, text)
    texts: Sequence[tuple[str, str]] = ()
    #: HTML that has no form as text
    pictures: Sequence[Html] = field(default_factory=tuple)

    def html(self) -> str:
        """Return it for a notebook, with neither scripts nor styles that one of them would strip."""
        sign = [text(mark(self.status), f"color:{colour(self.status)}"), " "] if self.status else []
        parts = [block(*sign, tag("b", self.title), " ", faint(self.status))]
        parts += [pairs(self.facts)] if self.facts else []
        parts += self.pictures
        parts += [table(self.rows, head=self.head, align=self.align)] if self.rows else []
        parts += [block(faint(name), preformatted(content, height=240)) for name, content in self.texts]
        return str(block(join(parts)))

    def text(self) -> str:
        """Return it for a terminal."""
        lines = [f"{self.title}  {mark(self.status)} {self.status}" if self.status else self.title]
        lines += [f"  {name:<12}{one_line(value)}" for name, value in self.facts]
        rows = [tuple(map(one_line, row)) for row in (self.head, *self.rows)] if self.rows else []
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines += ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        for name, content in self.texts:
            lines += [f"  {name}", *(f"    {line}" for line in content.splitlines())]
        return "\n".join(lines)


class Thing:
    """Something that has a pathspec.

    Two of them are equal when their pathspecs are; they hold facts, no values, and pickle as their pathspec.
    """

    #: parts of its pathspec
    depth: ClassVar[int]
    _by_depth: ClassVar[dict[int, type[Thing]]] = {}

    def __init_subclass__(cls) -> None:
        if "depth" in cls.__dict__:
            Thing._by_depth[cls.depth] = cls

    def __init__(self, pathspec: str, *, workspace: Workspace | None = None) -> None:
        self._spec = self._parse(pathspec)
        self._workspace = workspace or workspace_here(self._spec.flow)

    @classmethod
    def _parse(cls, pathspec: str) -> Pathspec:
        spec = Pathspec.parse(pathspec)
        if len(pathspec.split("/")) != cls.depth:
            why = f"{cls.__name__}(…) takes {_KINDS[cls.depth - 1]}"
            raise_for("M006", pathspec=pathspec, why=why)
        return spec

    @property
    def pathspec(self) -> str:
        """Its place, as in `quickstart/3/train`."""
        return str(self._spec)

    @property
    def path_components(self) -> list[str]:
        """The parts of its pathspec."""
        return self.pathspec.split("/")

    @property
    def id(self) -> str:
        """The last part of its pathspec."""
        return self.path_components[-1]

    @property
    def parent(self) -> Any:
        """What it belongs to: the run of a step, the step of a task; None for a flow."""
        if self.depth == 1:
            return None
        kind = Thing._by_depth[self.depth - 1]
        return kind("/".join(self.path_components[:-1]), workspace=self._workspace)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and (self._workspace.root, self._spec) == (other._workspace.root, other._spec)

    def __hash__(self) -> int:
        return hash(self._spec)

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.pathspec,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}('{self.pathspec}')"

    @abstractmethod
    def _page(self) -> Page: ...

    def _repr_html_(self) -> str:
        return self._page().html()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's protocol
        printer.text(repr(self) if cycle else self._page().text())


def moment(seconds: float | None) -> datetime | None:
    """Return a recorded time in the local time zone."""
    return None if seconds is None else datetime.fromtimestamp(seconds).astimezone()


def said(seconds: float | None) -> str:
    """Return a recorded time as a person reads it."""
    at = moment(seconds)
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M:%S")


def between(start: float | None, end: float | None, *, ended: bool) -> float | None:
    """Return the seconds something took, up to now while it goes on."""
    if start is None:
        return None
    last = end if ended else time.time()
    return None if last is None else last - start
