"""What flows, runs, steps, tasks and artifacts have in common: a pathspec, a parent, and how they look."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from nbflow.cards.html import Html, block, faint, join, pairs, preformatted, table, tag, text
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.client.chosen import workspace_at, workspace_here
from nbflow.client.elsewhere import verb_for
from nbflow.client.namespace import get_namespace
from nbflow.errors import NotFoundError, did_you_mean, problem, raise_for
from nbflow.frozen import frozen
from nbflow.model.graph import MISSING, Missing
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


class MissingError(NotFoundError, KeyError):
    """There is nothing of that name in it: what `[]` raises, as everywhere."""

    # KeyError would quote the message
    __str__ = Exception.__str__


class UnknownAttributeError(NotFoundError, AttributeError):
    """The object has no attribute of that name; an AttributeError, so that `hasattr` and `getattr` work."""

    __str__ = Exception.__str__


class Thing:
    """Something that has a pathspec.

    Two of them are equal when their pathspecs are. They hold facts, no values, and pickle as their pathspec, with the
    store and the namespace they were found in.
    """

    #: parts of its pathspec
    depth: ClassVar[int]
    _by_depth: ClassVar[dict[int, type[Thing]]] = {}

    def __init_subclass__(cls) -> None:
        if "depth" in cls.__dict__:
            Thing._by_depth[cls.depth] = cls

    def __init__(
        self, pathspec: str, *, workspace: Workspace | None = None, namespace: str | Missing | None = MISSING
    ) -> None:
        """Take what all have.

        Args:
            pathspec: its place.
            workspace: the store it is in; the one the client reads unless given.
            namespace: the tag its run must have, None for any. Unless given it is the one in force, and none where
                the store is given.
        """
        self._spec = self._parse(pathspec)
        if isinstance(namespace, Missing):
            namespace = None if workspace else get_namespace()
        self._namespace = namespace
        self._workspace = workspace or workspace_here(self._spec.flow)

    @classmethod
    def _parse(cls, pathspec: object) -> Pathspec:
        if not isinstance(pathspec, str):
            kind = type(pathspec).__name__
            why = f"{cls.__name__}(…) takes a text, {_KINDS[cls.depth - 1]}, and this is of type {kind}"
            raise_for("M006", pathspec=one_line(repr(pathspec), 60), why=why)
        spec = Pathspec.parse(pathspec)
        if len(pathspec.split("/")) != cls.depth:
            why = f"{cls.__name__}(…) takes {_KINDS[cls.depth - 1]}"
            raise_for("M006", pathspec=pathspec, why=why)
        return spec

    @classmethod
    def _above(cls) -> type[Thing]:
        """Return the kind of what such a thing belongs to."""
        return Thing._by_depth[cls.depth - 1]

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            if name.startswith("_"):
                # protocols ask for these
                raise AttributeError(name)
            if hasattr(type(self), name):
                # a property of ours failed: it says why
                return object.__getattribute__(self, name)
            kind = self._by_depth[self.depth].__name__
            known = [each for each in dir(type(self)) if not each.startswith("_")]
            why, fix = self._by_verb(name)
            if not why:
                why, fix = self._instead(name)
            # what it has under another roof is nearer than what only looks alike
            hint = "" if why else did_you_mean(name, known)
            raise UnknownAttributeError(problem("M018", kind=kind, name=name, hint=hint, why=why, fix=fix))

    def _by_verb(self, name: str) -> tuple[str, str]:
        """Return why there is no such method, and what to type, where it is a verb of ours."""
        typed = verb_for(name, self.pathspec)
        return (f"{name} is a verb, which is given what it is for", typed) if typed else ("", "")

    def _instead(self, _: str) -> tuple[str, str]:
        """Return why there is no attribute of that name, where that can be told, and how to come by what is meant."""
        left = "; what steps left is behind data, as in run.data.model" if hasattr(type(self), "data") else ""
        return "", f"press Tab behind the dot: it lists all there is{left}"

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
        return None

    @property
    def origin_pathspec(self) -> str | None:
        """Its like in the run that its run was resumed from; None when it was not resumed."""
        return None

    @property
    def tags(self) -> frozenset[str]:
        """All tags of the run it is or belongs to; a flow has none."""
        return self.user_tags | self.system_tags

    @property
    def user_tags(self) -> frozenset[str]:
        """Those of its tags that people gave, and may change."""
        return frozenset()

    @property
    def system_tags(self) -> frozenset[str]:
        """Those of its tags that nbflow gave: who ran it, and with what."""
        return frozenset()

    def is_in_namespace(self) -> bool:
        """Say whether it is in the namespace in force now."""
        return self._is_in(get_namespace())

    @abstractmethod
    def _is_in(self, namespace: str | None) -> bool: ...

    @property
    def _options(self) -> tuple[tuple[str, Any], ...]:
        """What it was asked for beside its pathspec."""
        return ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._spec)

    @property
    def _identity(self) -> tuple[Path, Pathspec, tuple[tuple[str, Any], ...]]:
        return self._workspace.root, self._spec, self._options

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.pathspec, str(self._workspace.root), self._namespace, dict(self._options))

    def __repr__(self) -> str:
        given = [repr(self.pathspec), *(f"{name}={value!r}" for name, value in self._options)]
        return f"{type(self).__name__}({', '.join(given)})"

    def _ipython_key_completions_(self) -> list[Any]:
        # completion also asks objects that were made without their `__init__`, to find what an expression would give
        return self._keys() if "_spec" in self.__dict__ else []

    def _keys(self) -> list[Any]:
        """Return what may stand in its brackets."""
        return []

    @abstractmethod
    def _page(self) -> Page: ...

    def _repr_html_(self) -> str:
        return self._page().html()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's protocol
        printer.text(repr(self) if cycle else self._page().text())


def _again(kind: type[Thing], pathspec: str, root: str, namespace: str | None, options: dict[str, Any]) -> Thing:
    # elsewhere the store of the pickle may be missing: there it is looked for in the one at hand
    return kind(pathspec, workspace=workspace_at(Path(root)), namespace=namespace, **options)


@contextmanager
def by_key() -> Iterator[None]:
    """What is not found within is a KeyError, too."""
    try:
        yield
    except NotFoundError as error:
        raise MissingError(error.problems) from None


def moment(seconds: float | None) -> datetime | None:
    """Return a recorded time in the local time zone."""
    # without a zone, to be compared with datetime.now() as everybody does
    return None if seconds is None else datetime.fromtimestamp(seconds)  # noqa: DTZ006 - see above


def said(time: float | datetime | None) -> str:
    """Return a recorded time as a person reads it."""
    at = time if isinstance(time, datetime) else moment(time)
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M:%S")


def between(start: float | None, end: float | None, *, ended: bool) -> float | None:
    """Return the seconds something took, up to now while it goes on."""
    if start is None:
        return None
    last = end if ended else time.time()
    return None if last is None else last - start
