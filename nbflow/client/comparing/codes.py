"""What differs between the code of runs, cell by cell."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import cast

from nbflow.cells.magics import COMPUTED, python_of_plain
from nbflow.client.code import Code
from nbflow.code.compare import Difference, differences
from nbflow.code.package import CodePackage
from nbflow.frozen import frozen

#: what a difference is called that has no name
_NAMES = {"cell": "a cell", "definitions": "the flow's file", "python": "Python"}
_STANDS = {"cell": "step", "module": "module", "definitions": "", "python": "", "distribution": ""}


@frozen
class CodeChange:
    """One piece of code that some runs had otherwise than the base."""

    #: places of the runs among those compared: all with the same code
    runs: tuple[int, ...]
    #: as in `step train`, `a cell`, `module sales/clean.py`
    name: str
    #: unified diff
    diff: str
    #: added, removed or changed
    how: str = "changed"


def code_changes(codes: Sequence[Code | None], base: int = 0) -> tuple[CodeChange, ...]:
    """Return how the code of each run differs from that of the base; versions are the environment's."""
    old = codes[base] if codes else None
    if old is None:
        return ()
    places: dict[str, list[int]] = {}
    for place, code in enumerate(codes):
        if code is not None and code.path != old.path:
            places.setdefault(code.path, []).append(place)
    found: list[CodeChange] = []
    for runs in places.values():
        new = codes[runs[0]]
        assert new is not None, "its path is known"
        found += [CodeChange(tuple(runs), _name(each), each.diff, _how(each)) for each in _told(old, new)]
    return tuple(found)


def _told(old: Code, new: Code) -> Iterator[Difference]:
    # both have the fields of their packages
    every = differences(cast("CodePackage", old), cast("CodePackage", new))
    found = [each for each in every if each.kind in {"cell", "definitions", "module"} and not _only_looks(each)]
    in_cells = any(each.kind == "cell" for each in found)
    # the definitions of a notebook are made of its cells: said once
    yield from (each for each in found if each.kind != "definitions" or not in_cells)


def _only_looks(found: Difference) -> bool:
    """Whether it is a cell of no step that leaves nothing a step could use, as `table.head()` and `%flow compare`."""
    return found.kind == "cell" and not found.name and all(map(_leaves_nothing, filter(None, (found.old, found.new))))


def _leaves_nothing(text: str) -> bool:
    if text.lstrip().startswith("%%"):
        return False
    try:
        body = ast.parse(python_of_plain(text)).body
    except (SyntaxError, ValueError):
        return False
    # what a line of the kernel's gives is none of a step's, whatever it is called
    given = (each.value for each in body if isinstance(each, ast.Assign))
    calls = [each for each in given if isinstance(each, ast.Call) and ast.unparse(each.func) == COMPUTED]
    return sum(isinstance(each, ast.Expr | ast.Pass) for each in body) + len(calls) == len(body)


def _name(found: Difference) -> str:
    return f"{_STANDS[found.kind]} {found.name}".strip() if found.name else _NAMES.get(found.kind, found.kind)


def _how(found: Difference) -> str:
    return "added" if found.old is None else "removed" if found.new is None else "changed"
