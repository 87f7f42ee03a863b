"""The process of a test made a task's for a while: its folder, path and environment, `display` and figures."""

from __future__ import annotations

import builtins
import contextlib
import copy
import functools
import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nbflow.code.module import LiveDefinitions
from nbflow.model.task import CodeStatement

#: what nobody changes in place
_CONSTANT = (type(None), bool, int, float, complex, str, bytes)
_CACHED = type(functools.cache(int))


@contextlib.contextmanager
def as_in_a_task(folder: Path, environment: Mapping[str, str], shown: list[Any]) -> Iterator[None]:
    """Work in `folder`, with `environment` set, and gather in `shown` what is displayed; take all back in the end."""
    path, outside = sys.path[:], dict(os.environ)
    os.environ.setdefault("MPLBACKEND", "agg")
    with contextlib.chdir(folder), warnings.catch_warnings(), _displaying(shown), _drawing(shown):
        try:
            sys.path[:] = [str(folder), *(entry for entry in path if entry != str(folder))]
            os.environ.update(environment)
            yield
        finally:
            sys.path[:] = path
            for name in os.environ.keys() - outside.keys():
                del os.environ[name]
            os.environ.update(outside)


@contextlib.contextmanager
def own_definitions(live: LiveDefinitions, statements: Sequence[CodeStatement]) -> Iterator[None]:
    """Let a task change the constants of `statements`, and fill caches, for itself only."""
    space = vars(live.module)
    names = {name for each in statements if each.kind in {"constant", "attached"} for name in each.names}
    before = {name: space[name] for name in names & space.keys() if not isinstance(space[name], _CONSTANT)}
    memo: dict[int, Any] = {}
    for name, value in before.items():
        # what cannot be copied is shared
        with contextlib.suppress(Exception):
            space[name] = copy.deepcopy(value, memo)
    for value in space.values():
        if isinstance(value, _CACHED) and value.__module__ == live.module.__name__:
            value.cache_clear()
    try:
        yield
    finally:
        space |= before


@contextlib.contextmanager
def _displaying(shown: list[Any]) -> Iterator[None]:
    def display(*values: Any, **_: Any) -> None:
        shown.extend(values)

    space = vars(builtins)
    before = space.get("display")
    space["display"] = display
    try:
        yield
    finally:
        space["display"] = before
        if before is None:
            del space["display"]


@contextlib.contextmanager
def _drawing(shown: list[Any]) -> Iterator[None]:
    """Open no window: the figures that are left open are displayed, and closed; others are out of reach."""
    figures = _figures()
    others = dict(figures)
    figures.clear()
    warnings.filterwarnings("ignore", ".* is non-interactive, and thus cannot be shown")
    try:
        yield
    finally:
        figures = _figures()
        shown.extend(manager.canvas.figure for manager in figures.values())
        if figures:
            sys.modules["matplotlib.pyplot"].close("all")
        figures.update(others)


def _figures() -> dict[int, Any]:
    """Return matplotlib's own table of open figures."""
    table = sys.modules.get("matplotlib._pylab_helpers")
    return table.Gcf.figs if table else {}
