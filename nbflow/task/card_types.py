"""Which class makes a card of a type: our own, one of the flow's definitions, or one that an installed package brings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points
from typing import Any

from nbflow.code.module import LiveDefinitions
from nbflow.model.card import DEFAULT
from nbflow.model.task import CodeStatement

#: made of their components, or of the task's record when they are read: no class of theirs is asked
OURS = (DEFAULT, "blank", "error", "taskspec_card", "default_json")
#: those of them that components may be appended to
EDITABLE = frozenset({DEFAULT, "blank"})
#: where packages name their classes, each an entry point that is a class or a list of them
GROUP = "nbflow.cards"


class CardTypes:
    """The types there are for one flow; looked for when one is asked for that is not ours."""

    def __init__(self, live: LiveDefinitions | None, statements: Iterable[CodeStatement] = ()) -> None:
        self._live = live
        self._statements = tuple(statements)
        self._found: dict[str, Any] | None = None

    def find(self, wanted: str) -> Any:
        """Return the class of a type that is not ours; None: there is none."""
        return self._classes().get(wanted)

    def editable(self, wanted: str) -> bool:
        """Say whether components may be appended to cards of this type; of one that is not there none are refused."""
        if wanted in OURS:
            return wanted in EDITABLE
        found = self.find(wanted)
        return found is None or bool(getattr(found, "ALLOW_USER_COMPONENTS", False))

    def there(self, wanted: str) -> bool:
        """Say whether there is this type."""
        return wanted in OURS or self.find(wanted) is not None

    @property
    def known(self) -> tuple[str, ...]:
        """Every type there is."""
        return (*OURS, *self._classes())

    def _classes(self) -> dict[str, Any]:
        if self._found is None:
            self._found = {}
            # the flow's own come last: they stand above those of packages
            for each in (*_installed(), *self._defined()):
                self._found[each.type] = each
        return self._found

    def _defined(self) -> Iterator[Any]:
        """Yield the card classes of the flow's definitions, which may not be executed yet."""
        from nbflow.cards import MetaflowCard

        if self._live is None:
            return
        for statement in self._statements:
            if statement.kind == "class" and "Card" in statement.source:
                for name in statement.names:
                    self._live.get(name)
        for value in list(vars(self._live.module).values()):
            if isinstance(value, type) and issubclass(value, MetaflowCard) and value is not MetaflowCard and value.type:
                yield value


def _installed() -> Iterator[Any]:
    for entry in entry_points(group=GROUP):
        try:
            found = entry.load()
        except Exception:  # noqa: S112 - a package that is broken has no types
            continue
        for each in found if isinstance(found, list | tuple) else [found]:
            if isinstance(getattr(each, "type", None), str):
                yield each
