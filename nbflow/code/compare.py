"""What differs between the code of two runs: cell by cell, module by module, version by version."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Literal

from nbflow.code.package import CodePackage
from nbflow.frozen import frozen


@frozen
class Difference:
    """One thing that two code packages do not have in common."""

    kind: Literal["cell", "definitions", "module", "distribution", "python"]
    #: step, path or distribution; may be empty
    name: str
    old: str | None
    new: str | None

    @property
    def diff(self) -> str:
        """The change as a unified diff, without its two first lines."""
        old, new = (self.old or "").splitlines(), (self.new or "").splitlines()
        return "\n".join(list(difflib.unified_diff(old, new, lineterm="", n=3))[2:])


def differences(old: CodePackage, new: CodePackage) -> tuple[Difference, ...]:
    """Return what differs, in the order of the new run's cells."""
    found = [*_of_cells(old, new)]
    if old.definitions != new.definitions:
        found.append(Difference("definitions", "", old.definitions, new.definitions))
    found += _of_texts("module", old.modules, new.modules)
    found += _of_texts("distribution", old.distributions, new.distributions)
    if old.python != new.python:
        found.append(Difference("python", "", old.python, new.python))
    return tuple(found)


def _of_cells(old: CodePackage, new: CodePackage) -> Iterator[Difference]:
    """Compare steps by name, other cells by text."""
    steps_before = {name: text for name, text in old.cells if name != "cell"}
    steps_now = {name: text for name, text in new.cells if name != "cell"}
    yield from _of_texts("cell", steps_before, steps_now)
    before = [text for name, text in old.cells if name == "cell"]
    now = [text for name, text in new.cells if name == "cell"]
    matcher = difflib.SequenceMatcher(None, before, now, autojunk=False)
    for change, first, last, new_first, new_last in matcher.get_opcodes():
        if change != "equal":
            gone, come = before[first:last], now[new_first:new_last]
            for place in range(max(len(gone), len(come))):
                one = gone[place] if place < len(gone) else None
                other = come[place] if place < len(come) else None
                yield Difference("cell", "", one, other)


def _of_texts(
    kind: Literal["cell", "module", "distribution"], old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Difference]:
    for name in dict.fromkeys((*new, *old)):
        if old.get(name) != new.get(name):
            yield Difference(kind, name, old.get(name), new.get(name))
