"""The notebook's definitions as its plain cells ran: by name, the latest statement that binds it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nbflow.cells.effects import Changed, Effect, Gone
from nbflow.cells.plain import PlainCell
from nbflow.cells.syntax import origin_of
from nbflow.model.step import Computed, Definitions, Statement, Unreplayed

#: what makes two executed statements one: digest, names, owner
_Identity = tuple[str, tuple[str, ...], str | None]


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
        #: statement → what the names meant that it read when it was executed
        self._met: dict[_Identity, dict[str, str]] = {}

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

    def freeze(self, *, once: bool = False) -> Definitions:
        """Return the definitions as they stand: the latest statements, in order of execution.

        Args:
            once: every cell was taken once, in the notebook's order. Then a definition made with a value that a cell
                below replaces is one that no slice can make again. (In a kernel it may be the same cell, edited.)
        """
        latest = {name: number for number, each in enumerate(self._statements) for name in each.names}
        needed = {number for name, number in latest.items() if name not in self._computed}
        for number, each in enumerate(self._statements):
            if each.owner is not None and latest.get(each.owner, number) < number:
                needed.add(number)
        for number in sorted(needed, reverse=True):
            needed |= self._built_on(number)
        kept = tuple(each for number, each in enumerate(self._statements) if number in needed)
        computed = {**(self._outrun(kept) if once else {}), **self._computed}
        return Definitions(kept, computed, tuple(self._unreplayed.values()))

    def _outrun(self, statements: Iterable[Statement]) -> dict[str, Computed]:
        """Return the names whose statements read, when they were executed, what a later statement replaced."""
        found: dict[str, Computed] = {}
        for statement in statements:
            met = self._met.get(_identity(statement), {})
            other = next((name for name, meant in met.items() if self._meant(name) not in {None, meant}), None)
            if other is None:
                continue
            where, last = statement.place.cell or "a plain cell", self._latest(other)
            again = f"of {last.place.cell}" if last and last.place.cell != statement.place.cell else "below"
            how = f"made in {where} with another '{other}' than that {again}: give the two different names"
            names = (name for name in statement.names if self._latest(name) is statement)
            found |= {name: Computed(name, statement.place, how) for name in (*names, *filter(None, [statement.owner]))}
        return found

    def _meant(self, name: str) -> str | None:
        """Return what `name` stands for by now, in a form to compare; None: nothing here."""
        if name in self._computed:
            return f"computed in {self._computed[name].place}"
        statement = self._latest(name)
        return None if statement is None else origin_of(statement.source, name) or statement.key

    def _built_on(self, number: int) -> set[int]:
        """Return the earlier statements of the same name that statement `number` needs, and they need."""
        found: set[int] = set()
        waiting = [number]
        while waiting:
            earlier = previous(self._statements, waiting.pop()) - found
            found |= earlier
            waiting.extend(earlier)
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
        reads = ((name, self._meant(name)) for name in sorted(statement.now.difference(statement.names)))
        self._met[_identity(statement)] = {name: meant for name, meant in reads if meant is not None}
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


def _identity(statement: Statement) -> _Identity:
    return statement.key, statement.names, statement.owner


def previous(statements: Sequence[Statement], number: int) -> set[int]:
    """Return the numbers of the statements that `statements[number]` builds on: they bind names it reads and binds."""
    statement = statements[number]
    found: set[int] = set()
    for name in statement.now & set(statement.names):
        earlier = (each for each in range(number - 1, -1, -1) if name in statements[each].names)
        found |= set(itertools.islice(earlier, 1))
    return found
