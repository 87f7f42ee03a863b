"""Names lent to the notebook for a while, as `%flow debug` does, and what stood there before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from nbflow.frontends.magics.namespace import Namespace, Standing, Waiting
from nbflow.model.graph import MISSING


class Loan:
    """The names of one task in the place of the notebook's own.

    Responsibilities: remember what each name was; tell what was lent from what came since. To the flow a lent value
    is like one that a step left: no definition, and nothing that only the kernel holds.
    """

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self._before: dict[str, Standing] = {}
        #: name → id of the lent object, once it is there
        self._lent: dict[str, int] = {}
        #: names that whoever uses the loan binds anew
        self._own: frozenset[str] = frozenset()

    def lend(
        self,
        values: Mapping[str, object],
        later: Mapping[str, Callable[[], Any]],
        *,
        away: Iterable[str] = (),
        own: Iterable[str] = (),
    ) -> None:
        """Bind the names.

        Args:
            values: what to bind at once.
            later: what to load when a cell names it.
            away: names to take away.
            own: names that the borrower will bind: they are put back, too.
        """
        self._own = frozenset(own)
        for name in dict.fromkeys((*values, *later, *away, *own)):
            self._before[name] = self._namespace.standing(name)
        for name, value in values.items():
            self._lent[name] = id(value)
            self._namespace.bind(name, value)
        for name, load in later.items():
            self._namespace.wait(name, Waiting(partial(self._load, name, load)))
        for name in away:
            self._namespace.put(name, Standing(MISSING, None, None))

    def _load(self, name: str, load: Callable[[], Any]) -> Any:
        value = load()
        self._lent[name] = id(value)
        return value

    def stood(self, name: str) -> Standing | None:
        """Return what the name was, if it was anything."""
        before = self._before.get(name)
        gone = before is None or (before.value is MISSING and before.waiting is None)
        return None if gone else before

    def take_back(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Put back what stood there; return those names, and those that got another value since and keep it."""
        back, kept = [], []
        for name, before in self._before.items():
            if self._is_ours(name):
                self._namespace.put(name, before)
                back.append(name)
            else:
                kept.append(name)
        self._before = {}
        return tuple(back), tuple(kept)

    def _is_ours(self, name: str) -> bool:
        now = self._namespace.standing(name)
        if now.waiting is not None and now.value is MISSING:
            return isinstance(now.waiting.load, partial) and now.waiting.load.func == self._load
        if name in self._own:
            # a step that ran since left it
            return now.left is None or now.left != id(now.value) or now.left in {self._lent.get(name), self._left(name)}
        return now.value is MISSING or id(now.value) == self._lent.get(name)

    def _left(self, name: str) -> int | None:
        return self._before[name].left
