"""What a body was found to do to names, gathered while it is read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from nbflow.cells.ways import State
from nbflow.frozen import frozen
from nbflow.model.step import Binding, BindingKind, DiscardedCall, Merge, Names

How = Literal["assign", "definition", "header"]

_LONGEST = 60


@frozen
class Refused:
    """Something a step may not do: a code of the catalogue, its facts, and where (line of the cell)."""

    code: str
    line: int
    column: int
    facts: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Bound:
    """A name while the body is read."""

    line: int
    under: str
    hows: set[How]


@dataclass(slots=True)
class Tally:
    """The findings so far.

    Responsibilities: remembers each name's first line, and the construct it stands under; makes `Names` of it.
    """

    #: added to a line of the code to get the line of the cell
    offset: int = 0
    reads: dict[str, int] = field(default_factory=dict)
    #: reads where nothing can have bound the name: (name, line)
    missed: set[tuple[str, int]] = field(default_factory=set)
    #: read inside functions, before the name is certain
    lazy: dict[str, int] = field(default_factory=dict)
    #: `$name` in shell lines: a read if something gives it
    perhaps: set[str] = field(default_factory=set)
    changed: dict[str, int] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    annotations: set[str] = field(default_factory=set)
    #: assigned by functions under `global` → (line, function)
    written: dict[str, tuple[int, str]] = field(default_factory=dict)
    calls: dict[DiscardedCall, None] = field(default_factory=dict)
    refused: dict[Refused, None] = field(default_factory=dict)
    merge: Merge | None = None
    _bound: dict[str, _Bound] = field(default_factory=dict)
    _constructs: list[str] = field(default_factory=list)

    @property
    def nested(self) -> bool:
        """The code being read stands under a condition, a loop or the like."""
        return bool(self._constructs)

    @contextmanager
    def under(self, construct: str) -> Iterator[None]:
        """Let what is bound inside stand under `construct`, as in `if flag`."""
        self._constructs.append(short(construct))
        try:
            yield
        finally:
            self._constructs.pop()

    def line(self, node: ast.AST) -> int:
        """Return the line of the cell on which `node` stands."""
        return int(getattr(node, "lineno", 1)) + self.offset

    def bind(self, name: str, how: How, node: ast.AST) -> None:
        """Note that `node` binds `name`."""
        construct = self._constructs[-1] if self._constructs else ""
        self._bound.setdefault(name, _Bound(self.line(node), construct, set())).hows.add(how)

    def refuse(self, code: str, node: ast.AST, **facts: str) -> None:
        """Note that the step may not do what `node` does."""
        self.refused[Refused(code, self.line(node), int(getattr(node, "col_offset", 0)), tuple(facts.items()))] = None

    def names(self, end: State) -> Names:
        """Return the findings, `end` being what is certain at the end of the body."""
        certain = end.certain if end else frozenset()
        for name, (line, function) in self.written.items():
            self._bound.setdefault(name, _Bound(line, f"global {name} in {function}", set())).hows.add("assign")
        unbound = {name: line for name, line in self.lazy.items() if name not in self._bound}
        soft = (set(self.lazy) - set(unbound)) | self.perhaps
        reads = {**unbound, **self.reads}
        return Names(
            reads=dict(sorted(reads.items(), key=lambda each: each[1])),
            soft=frozenset(soft - set(reads)),
            tried=frozenset(self.reads.keys() - {name for name, _ in self.missed}),
            bindings={name: _binding(bound, name in certain) for name, bound in self._bound.items()},
            deleted={name: line for name, line in self.deleted.items() if name not in certain},
            changed=dict(self.changed),
            annotations=frozenset(self.annotations),
            later=frozenset(set(self.lazy) - set(self.reads)),
            merge=self.merge,
            calls=tuple(self.calls),
        )


def short(text: str) -> str:
    """Return `text` on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def _binding(bound: _Bound, certain: bool) -> Binding:  # noqa: FBT001  called in one place
    return Binding(_kind(bound.hows), certain, bound.line, "" if certain else bound.under)


def _kind(hows: set[How]) -> BindingKind:
    if "definition" in hows:
        return "mixed" if len(hows) > 1 else "definition"
    return "assign" if "assign" in hows else "header"
