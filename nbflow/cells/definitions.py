"""The notebook's definitions as its plain cells ran: by name, the latest statement that binds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nbflow.cells.effects import Changed, Effect, Gone
from nbflow.cells.plain import PlainCell
from nbflow.model.step import Computed, Definitions, Statement, Unreplayed


class DefinitionTable:
    """Grows cell by cell; `freeze` gives the definitions of the moment.

    Responsibilities: which statement of a name counts, and which earlier ones it needs. What names mean to a step
    is decided in the graph.
    """

    def __init__(self) -> None:
        #: in order of execution
        self._statements: list[Statement] = []
        self._computed: dict[str, Computed] = {}
        self._unreplayed: dict[str, Unreplayed] = {}

    def add(self, cell: PlainCell) -> None:
        """Take a cell that ran."""
        self.add_effects(cell.effects)

    def add_effects(self, effects: Iterable[Effect]) -> None:
        """Take what a cell did, in its order."""
        for effect in effects:
            match effect:
                case Statement():
                    self._define(effect)
                case Computed(name=name):
                    self._computed[name] = effect
                case Changed(name=name, how=how):
                    self._change(name, how)
                case Gone(name=name):
                    self._forget(name)
                case Unreplayed(call=call):
                    self._unreplayed[call] = effect

    def freeze(self) -> Definitions:
        """Return the definitions as they stand: the latest statements, in order of execution."""
        latest = {name: number for number, each in enumerate(self._statements) for name in each.names}
        needed = {number for name, number in latest.items() if name not in self._computed}
        for number, each in enumerate(self._statements):
            if each.owner is not None and latest.get(each.owner, number) < number:
                needed.add(number)
        for number in sorted(needed, reverse=True):
            needed |= self._built_on(number)
        kept = tuple(each for number, each in enumerate(self._statements) if number in needed)
        return Definitions(kept, dict(self._computed), tuple(self._unreplayed.values()))

    def _built_on(self, number: int) -> set[int]:
        """Return the earlier statements of the same name that statement `number` needs, and they need."""
        found: set[int] = set()
        while (earlier := previous(self._statements, number)) is not None:
            found.add(earlier)
            number = earlier
        return found

    def _define(self, statement: Statement) -> None:
        owner = statement.owner
        if owner is not None and not self._may_own(statement):
            if statement.kind == "attached":
                # a change of a value that is no definition
                return
            statement = replace(statement, owner=None)
        # the same statement run again takes its new place in the order
        self._statements = [
            each for each in self._statements if (each.key, each.names, each.owner) != _identity(statement)
        ]
        self._statements.append(statement)
        for name in statement.names:
            self._computed.pop(name, None)

    def _may_own(self, statement: Statement) -> bool:
        """Whether the owner is a definition. A module owns what is set on it, never functions it decorates."""
        owner = self._latest(statement.owner or "")
        return owner is not None and (statement.kind == "attached" or owner.kind != "import")

    def _latest(self, name: str) -> Statement | None:
        if name in self._computed:
            return None
        found = (each for each in reversed(self._statements) if name in each.names)
        return next(found, None)

    def _change(self, name: str, how: str) -> None:
        statement = self._latest(name)
        if statement is not None and statement.kind != "import":
            self._computed[name] = Computed(name, statement.place, how)

    def _forget(self, name: str) -> None:
        self._computed.pop(name, None)
        self._statements = [each for each in self._statements if each.names != (name,)]


def _identity(statement: Statement) -> tuple[str, tuple[str, ...], str | None]:
    return statement.key, statement.names, statement.owner


def previous(statements: list[Statement] | tuple[Statement, ...], number: int) -> int | None:
    """Return the number of the statement that `statements[number]` builds on: one that binds a name it reads itself."""
    statement = statements[number]
    own = statement.now & set(statement.names)
    earlier = range(number - 1, -1, -1)
    return next((each for each in earlier if own & set(statements[each].names)), None)
