"""What the notebook gets of a stored task that is looked into, and what is said of each name."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from nbflow.cards.figures import several, size, value
from nbflow.cards.printable import one_line
from nbflow.client.data import Data, Held
from nbflow.code.module import LiveDefinitions
from nbflow.errors import NbflowError
from nbflow.frontends.magics.loan import Loan
from nbflow.frontends.magics.namespace import LAZY, Standing
from nbflow.frontends.stored import StoredTask, ThenStore, definitions_of, in_place
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import MISSING, Missing
from nbflow.model.status import TaskStatus
from nbflow.model.step import Statement
from nbflow.store.store import Store
from nbflow.task import body, inputs
from nbflow.views.debugged import Lent

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: names under which what a failed attempt had bound is offered: the first that the body does not use
_FAILED = ("failed", "failed_attempt", "what_failed_left")
#: names of what it had bound that are said
_MOST = 4
#: what nobody changes in place
_CONSTANT = (type(None), bool, int, float, complex, str, bytes)


class Lending:
    """What the notebook gets of one task.

    Responsibilities: private copies of the inputs, parameters as they were, definitions as the task had them; for
    each name a row that says what it is.
    """

    def __init__(self, face: Face, task: StoredTask) -> None:
        self._face = face
        self._task = task
        self._spec = task.spec
        self._node = task.node
        code = task.node.code.body.names
        self._read = {*code.reads, *code.soft}
        self._bound = set(code.bindings)
        self._live = self._definitions()
        self._apart = self._live is not face.live
        store = task.workspace.store
        self._store: Store = ThenStore(store, self._live) if self._apart else store
        self._values: dict[str, Any] = {}
        self._later: dict[str, Callable[[], Any]] = {}
        self._rows: dict[str, Lent] = {}
        #: what is missing → why
        self.lost: dict[str, str] = dict(task.known.lost)
        with in_place(self._live):
            self._take_definitions()
            self._take_plain()
        self._take_inputs()
        self._take_join()
        self._take_rest()

    def lend(self, loan: Loan) -> tuple[Lent, ...]:
        """Bind it all, take away names that the task did not have, and return a row for each."""
        variables, hidden = self._face.shell.user_ns, self._face.shell.user_ns_hidden
        unheld = (self._read | set(self._spec.unbound)) - self._values.keys() - self._later.keys()
        away = [name for name in sorted(unheld) if name in variables and name not in hidden]
        for name in away:
            self._rows[name] = Lent(name, "taken away: the task did not have it")
        loan.lend(self._values, self._later, away=away, own=self._bound | set(self._spec.merged))
        return tuple(self._with_old(row, loan.stood(row.name)) for row in self._rows.values())

    def _with_old(self, row: Lent, stood: Standing | None) -> Lent:
        if stood is None or self._is_same(row.name, stood):
            return row
        old = "a value not loaded yet" if stood.value is MISSING else _short(stood.value)
        return Lent(row.name, row.what, row.origin, old)

    def _is_same(self, name: str, stood: Standing) -> bool:
        """Whether the notebook had the same, as far as that is told without looking into it."""
        old, new = stood.value, self._values.get(name)
        if old is new or (isinstance(old, _CONSTANT) and type(old) is type(new) and old == new):
            return True
        if name in self._spec.roots:
            return not self._apart and type(old) is type(new) and (callable(new) or repr(old) == repr(new))
        if name in self._spec.parameters:
            with contextlib.suppress(Exception):
                return type(old) is type(new) and bool(old == new)
            return False
        ref = self._spec.inputs.get(name)
        left = stood.waiting is not None or (stood.left is not None and stood.left == id(old))
        records = self._face.session.results.tasks.values() if ref is not None and left else ()
        manifests = (record.manifest for record in records if record.manifest)
        return ref is not None and any(
            each.artifacts[name].digest == ref.digest for each in manifests if name in each.artifacts
        )

    def _take(self, name: str, what: str, origin: str, load: Callable[[], Any]) -> None:
        """Take a value; what keeps it from being there is told in the end."""
        try:
            self._values[name] = load()
        except NbflowError as failure:
            self.lost[name] = failure.problems[0].what
        except Exception as failure:  # noqa: BLE001 - a definition's own code, or an import, may raise anything
            self.lost[name] = f"{type(failure).__name__}: {failure}"
        else:
            self._rows[name] = Lent(name, what or _short(self._values[name]), origin)

    # ---- definitions

    def _definitions(self) -> LiveDefinitions:
        """Return the notebook's own definitions where they are what the task had, else the task's in a module apart."""
        same_flow = self._face.live.module.__name__ == self._task.flow_code.module
        if same_flow and all(each.key in self._now.get(each.names, ()) for each in self._needed()):
            return self._face.live
        return definitions_of(self._task)

    @cached_property
    def _now(self) -> dict[tuple[str, ...], set[str]]:
        """The digests of the notebook's own definitions, by their names."""
        here = self._face.draft()
        steps = (statement for step in here.steps for statement in step.statements)
        found: dict[tuple[str, ...], set[str]] = {}
        for each in (*here.definitions.statements, *steps):
            found.setdefault(each.names, set()).add(each.key)
        return found

    def _needed(self) -> Iterator[Statement]:
        """Yield the definitions that the body, or a pickle among the inputs, needs."""
        yield from self._node.code.slice
        refs = [*self._spec.inputs.values(), *(ref for table in self._spec.tables for ref in table.values())]
        yield from self._task.statements_for(refs)

    def _take_definitions(self) -> None:
        if self._apart:
            # what raises is told with the names it keeps from being there
            with contextlib.suppress(Exception):
                self._live.execute(self._spec.slice)
        by_name = {name: each for each in self._node.code.slice for name in each.names}
        for name in self._spec.roots:
            if name in self._task.read_elsewhere:
                continue
            statement = by_name.get(name)
            where = statement.place.cell or "" if statement else ""
            behind = self._task.statements_behind([name])
            old = any(each.key not in self._now.get(each.names, {each.key}) for each in behind)
            what = _said(statement)
            self._take(
                name, f"{what}, as it was then" if old and what else what, where, partial(self._definition, name)
            )
        bound = {name for cell in self._task.graph.setup for name in cell.body.names.bindings}
        for name in sorted(bound & self._read):
            self._take(name, "", "%%setup", partial(self._of_setup, name))

    def _definition(self, name: str) -> Any:
        """Return what a definition stands for: of a constant a copy, which the body may change."""
        found = self._live.get(name)
        if isinstance(found, list | dict | set | bytearray):
            with contextlib.suppress(Exception):
                return copy.deepcopy(found)
        return found

    def _of_setup(self, name: str) -> Any:
        return self._set_up[name]

    @cached_property
    def _set_up(self) -> dict[str, Any]:
        """What the %%setup cells bind."""
        space: dict[str, Any] = {}
        for cell in self._task.graph.setup:
            code = body.compiled(cell.body.source, cell.body.line, cell.body.file)
            space |= {name: self._live.get(name) for name in body.names_in(code) & self._live.names}
            body.run(code, space)
        return space

    # ---- values

    def _take_plain(self) -> None:
        """Take parameters, defaults and `index`."""
        spec = self._spec
        found = inputs.parameters(spec, self._live)
        for name in sorted(found.keys() - self._task.read_elsewhere):
            held = found[name]
            self._take(name, value(held, 60), "parameter", partial(_itself, held))
        for name, held in inputs.defaults(spec).items():
            self._take(name, value(held, 60), "--default", partial(_itself, held))
        for name, held in spec.values.items():
            where = f"foreach of {self._node.context.get(name, self._node.name)}"
            self._take(name, value(held), where, partial(_itself, held))

    def _take_inputs(self) -> None:
        for name, ref in self._spec.inputs.items():
            load, where = partial(self._store.get, ref, name=name), self._giver(name)
            if not self._task.workspace.store.has(ref):
                self.lost[name] = "its bytes are gone from the store"
            elif ref.kind == "pickle" and ref.size > LAZY:
                self._later[name] = load
                what = f"{_described(ref)}, {size(ref.size)}, loaded when a cell names it"
                self._rows[name] = Lent(name, what, where)
            else:
                self._take(name, _described(ref), where, load)

    def _giver(self, name: str) -> str:
        """Return where an input came from, in a few words."""
        node, record = self._node, self._task.record
        if node.opens and name == node.opens.item and record.path:
            return f"item {record.path[-1]}"
        if origin := self._task.known.origins.get(name):
            flow, run, step, *_ = origin.split("/")
            return step if run == self._task.run.id else f"{step} of {flow}/{run}"
        if name in record.captured:
            return "--capture"
        return f"item of {node.context[name]}" if name in node.context else ""

    def _take_join(self) -> None:
        views = self._task.inputs(self._store)
        if views is None or self._spec.joined is None:
            return
        self._values["inputs"] = views
        joined = ", ".join(dict.fromkeys(view.step for view in self._spec.joined.views))
        self._rows["inputs"] = Lent("inputs", f"{several(len(views), 'task')}, values load as they are read", joined)
        if self._node.code.body.names.merge is not None:
            self._values["merge_artifacts"] = self._task.merger(self._face.shell.user_ns, self._store)

    def _take_rest(self) -> None:
        """Offer what the attempt had bound when it failed."""
        record = self._task.record
        kept = record.manifest.artifacts if record.manifest and record.status is TaskStatus.FAILED else {}
        given = {ref.digest for ref in self._spec.inputs.values()}
        left = {each: ref for each, ref in kept.items() if ref.digest not in given or each not in self._spec.inputs}
        taken = {*self._values, *self._later, *self._read, *self._bound}
        name = next((each for each in _FAILED if each not in taken), None)
        if not left or name is None:
            return
        held = {each: Held.of(ref, partial(self._store.get, ref, name=each)) for each, ref in left.items()}
        self._values[name] = Data(f"until it failed, {self._task.pathspec}", held)
        names = ", ".join(f"{name}.{each}" for each in list(left)[:_MOST])
        more = f" and {len(left) - _MOST} more" if len(left) > _MOST else ""
        self._rows[name] = Lent(name, f"what it had bound: {names}{more}")


def _said(statement: Statement | None) -> str:
    """Return what a definition is; empty: its value says it."""
    if statement is None or statement.kind in {"constant", "attached"}:
        return ""
    return one_line(statement.source) if statement.kind == "import" else statement.kind


def _described(ref: ArtifactRef) -> str:
    if not isinstance(ref.scalar, Missing):
        return value(ref.scalar, 60)
    return f"{ref.type} {ref.summary}".rstrip()


def _short(held: object) -> str:
    """Return what a value is, without running code of its own."""
    if isinstance(held, _CONSTANT):
        return value(held)
    kind = type(held)
    if kind.__name__ in {"type", "function", "module", "builtin_function_or_method"}:
        return f"{'class' if kind is type else kind.__name__} {getattr(held, '__name__', '')}".rstrip()
    return kind.__name__


def _itself(held: Any) -> Any:
    return held
