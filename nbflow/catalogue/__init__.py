"""The text of every error: code → what, why, fix. `errors.py` gives them their classes and places.

Letters: C cell, G graph, P parameter, D decorator, F flow class, T task, R run and command line, S store, M metadata, N notice, V view, K card, E packages,
U settings, L schedules, A deployments, W whole notebooks, Q messages: a module each, read when one of its codes is first said. A code is
never reused. Fields in braces are facts, given by the code that found the problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from nbflow.catalogue.entry import Entry

__all__ = ["CATALOGUE", "Entry"]

_MODULES = {
    "C": "cells",
    "G": "steps",
    "P": "parameters",
    "D": "decorators",
    "F": "classes",
    "T": "tasks",
    "R": "runs",
    "S": "stored",
    "M": "metadata",
    "N": "notices",
    "V": "views",
    "K": "cards",
    "E": "environments",
    "U": "configuration",
    "L": "schedules",
    "A": "deployments",
    "W": "notebooks",
    "Q": "messages",
}


class Catalogue(Mapping[str, Entry]):
    """All entries by code."""

    def __getitem__(self, code: str) -> Entry:
        if code[:1] not in _MODULES:
            raise KeyError(code)
        return self._of(code[0])[code]

    def __iter__(self) -> Iterator[str]:
        for letter in _MODULES:
            yield from self._of(letter)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _of(self, letter: str) -> Mapping[str, Entry]:
        entries: Mapping[str, Entry] = import_module(f"nbflow.catalogue.{_MODULES[letter]}").ENTRIES
        return entries


CATALOGUE = Catalogue()
