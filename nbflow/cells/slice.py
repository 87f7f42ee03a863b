"""The slice of a step: the definitions it needs, in the order they must be executed.

It begins with names the step reads that mean definitions (its *roots*) and follows what those statements read: when
they are executed (`now`), when what they define is used (`later`), in annotations. What a name means where the step
stands is for the graph to say: it gives a `resolve` that answers with a `Meaning`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from nbflow.cells.definitions import previous
from nbflow.errors import Problem, did_you_mean, problem
from nbflow.frozen import frozen
from nbflow.model.step import Definitions, Statement

#: how a definition reads a name
Reading = Literal["now", "later", "annotation"]


@frozen
class Meaning:
    """What a name stands for where the step stands."""

    #: provided: a builtin, or what every task is given; unknown: nothing
    kind: Literal["definition", "artifact", "parameter", "computed", "provided", "unknown"]
    #: the definition's statement: one of the definitions, or of the step statements given
    statement: Statement | None = None
    #: artifact: the step that leaves it; computed: how, as in `computed in cell 7`
    giver: str = ""


@frozen
class Slice:
    """Statements in the order they must be executed, and what is wrong with them: errors and notices."""

    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...] = ()


def take_slice(
    roots: Iterable[str],
    definitions: Definitions,
    step_statements: Sequence[Statement],
    resolve: Callable[[str], Meaning],
) -> Slice:
    """Return the slice of a step.

    Args:
        roots: names of its body and expressions that mean definitions.
        definitions: those of plain cells.
        step_statements: definitions in the bodies of the steps above it, in flow order.
        resolve: says what a name means where the step stands; asked once per name.
    """
    slicing = _Slicing(definitions, step_statements, resolve)
    for name in dict.fromkeys(roots):
        meaning = slicing.meaning(name)
        if meaning.statement is not None:
            slicing.need(meaning.statement)
    slicing.follow()
    statements = slicing.ordered()
    return Slice(statements, (*dict.fromkeys(slicing.problems), *_unreplayed(statements, definitions)))


class _Slicing:
    """One slice while it is made."""

    def __init__(
        self, definitions: Definitions, step_statements: Sequence[Statement], resolve: Callable[[str], Meaning]
    ) -> None:
        self.problems: list[Problem] = []
        self._definitions = definitions
        self._resolve = resolve
        #: every statement there is, in order of execution
        self._all = (*definitions.statements, *step_statements)
        self._number = {id(each): number for number, each in enumerate(self._all)}
        self._meanings: dict[str, Meaning] = {}
        self._needed: set[int] = set()
        self._todo: list[int] = []

    def meaning(self, name: str) -> Meaning:
        """Return what `name` means."""
        if name not in self._meanings:
            self._meanings[name] = self._resolve(name)
        return self._meanings[name]

    def need(self, statement: Statement) -> None:
        """Take `statement`, what it builds on, and what is attached to it."""
        self._need(self._number_of(statement))

    def _number_of(self, statement: Statement) -> int:
        return self._number[id(statement)] if id(statement) in self._number else self._all.index(statement)

    def _need(self, number: int) -> None:
        if number in self._needed:
            return
        self._needed.add(number)
        self._todo.append(number)
        for earlier in sorted(previous(self._all, number)):
            self._need(earlier)
        for attached in self._attached(number):
            self._need(attached)

    def _attached(self, number: int) -> list[int]:
        statement = self._all[number]
        return [
            after
            for after in range(number + 1, len(self._all))
            if (owner := self._all[after].owner) is not None
            and owner in statement.names
            and self.meaning(owner).statement is statement
        ]

    def follow(self) -> None:
        """Take all that the statements taken need."""
        while self._todo:
            statement = self._all[self._todo.pop()]
            own = set(statement.names)
            for name in sorted(statement.now - own):
                self._read(name, statement, "now")
            for name in sorted(statement.later - own - statement.now):
                self._read(name, statement, "later")
            for name in sorted(statement.annotations - own - statement.now - statement.later):
                self._read(name, statement, "annotation")

    def _read(self, name: str, statement: Statement, reading: Reading) -> None:
        meaning = self.meaning(name)
        if meaning.statement is not None:
            self.need(meaning.statement)
        elif reading != "annotation" and (found := self._problem(name, meaning, statement, reading)) is not None:
            self.problems.append(found)

    def _problem(self, name: str, meaning: Meaning, user: Statement, reading: Reading) -> Problem | None:
        """Return what is wrong with a definition that reads something else than a definition."""
        if meaning.kind in {"provided", "definition"}:
            return None
        label = user.names[0] if user.names else user.owner or ""
        if meaning.kind == "unknown":
            if reading == "later":
                return problem("N007", user.place, function=label, name=name)
            hint = did_you_mean(name, (each for statement in self._all for each in statement.names))
            fix = "define it in a plain cell above"
            return problem("G001", user.place, name=name, hint=hint, extra="", fix=fix)
        if user.kind in {"constant", "attached"} or meaning.kind == "computed":
            return self._hidden(name, label, meaning, user)
        if meaning.kind == "parameter":
            return problem("G016", user.place, function=label, name=name, what="a parameter", giver="of the flow")
        constant = self._definitions.of(name)
        if constant is not None and constant.kind == "constant":
            cell = constant.place.cell or "a plain cell"
            return problem("G017", user.place, function=label, name=name, cell=cell, step=meaning.giver)
        return problem("G016", user.place, function=label, name=name, what="an artifact of step", giver=meaning.giver)

    def _hidden(self, name: str, label: str, meaning: Meaning, user: Statement) -> Problem:
        """Return G015: a function uses what only the kernel holds, or a constant is made from what is none."""
        if user.kind in {"constant", "attached"}:
            where = user.place.cell or "a plain cell"
            whats = {"artifact": f"an artifact of step {meaning.giver}", "parameter": "a parameter of the flow"}
            origin = whats.get(meaning.kind, meaning.giver)
            how = f"computed in {where} from '{name}', {origin}"
            return problem("G015", user.place, name=label, how=how, fix=f"make that cell a step, or set {label} in one")
        how = f"{label} uses it, and it is {meaning.giver}"
        fix = f"make it a step, a parameter, or an argument of {label}"
        return problem("G015", user.place, name=name, how=how, fix=fix)

    def ordered(self) -> tuple[Statement, ...]:
        """Return the statements taken, each after those it reads when executed, else in order of execution."""
        done: dict[int, None] = {}
        begun: set[int] = set()

        def put(number: int) -> None:
            if number in begun:
                return
            begun.add(number)
            for before in self._before(number):
                put(before)
            done[number] = None

        for number in sorted(self._needed):
            put(number)
        return tuple(self._all[number] for number in done)

    def _before(self, number: int) -> Iterable[int]:
        """Yield the statements that `number` reads when it is executed."""
        statement = self._all[number]
        yield from sorted(previous(self._all, number))
        for name in sorted((statement.now - set(statement.names)) | ({statement.owner} if statement.owner else set())):
            giver = self.meaning(name).statement
            if giver is None:
                continue
            before = self._number_of(giver)
            yield before
            # what was set on it before this statement ran is seen by it
            yield from (each for each in self._attached(before) if each < number and each in self._needed)


def _unreplayed(statements: Iterable[Statement], definitions: Definitions) -> Iterable[Problem]:
    """Yield N002 for each setting of a module that the slice imports: it was made in the kernel only."""
    imported = {name for each in statements if each.kind == "import" for name in each.names}
    for each in definitions.unreplayed:
        if each.name in imported:
            yield problem("N002", each.place, call=each.call, cell=each.place.cell or "a plain cell")
