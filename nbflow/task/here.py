"""A body in this very process: for debuggers, `input` and live widgets (`--here`), and for tests of a step.

The same inputs, definitions and keeping as in a worker, but the process's own streams and displays, no timeout, no
memory limit and no folder or environment of its own.
"""

from __future__ import annotations

import builtins
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from nbflow.code.module import LiveDefinitions, remember_source
from nbflow.flowspec.current import in_current
from nbflow.model.caught import CaughtError
from nbflow.model.record import Failure
from nbflow.model.task import SetupCode, TaskSpec
from nbflow.store.files.keeping import files_kept_in
from nbflow.store.store import Store
from nbflow.task import about, body
from nbflow.task.cell import Cell
from nbflow.task.failures import Scene, failure_of
from nbflow.task.outputs import Warned
from nbflow.task.secrets import Secrets
from nbflow.task.shell import Shell
from nbflow.task.task_cards import TaskCards


class BodyHere:
    """One attempt run by its caller's thread."""

    def __init__(
        self,
        spec: TaskSpec,
        store: Store,
        live: LiveDefinitions,
        setup: Sequence[SetupCode],
        show: Callable[[Any], None],
    ) -> None:
        self._spec = spec
        self._store = store
        self._live = live
        self._setup = setup
        self._show = show
        self._shell = Shell()
        self._told: list[Warned] = []
        self._secrets = Secrets()
        #: what the step's cards are made of
        self.cards = TaskCards(spec, self._told, partial(about.graph, spec))
        self.cards.stand_on(live, ())
        #: globals of the body
        self.space: dict[str, Any] = {}

    def run(self) -> dict[str, Any]:
        """Return what a worker would have said at its end. KeyboardInterrupt is the caller's."""
        try:
            return self.outcome()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return {
                "failed": self._secrets.masked_failure(failure_of(error, self._scene())).to_json(),
                "manifest": None,
                "displays": None,
            }

    def outcome(self) -> dict[str, Any]:
        """Return what a worker would have said of a success. Whatever is raised is the caller's, as it was raised."""
        spec, started = self._spec, time.perf_counter()
        with (
            in_current(about.members_later(spec, lambda: self.cards.current), **about.members(spec)),
            files_kept_in(self._store.blobs),
            self._secrets_given(),
        ):
            cell = self._prepared()
            return cell.items() if spec.kind == "items" else self._body(cell, started)

    @contextmanager
    def _secrets_given(self) -> Iterator[None]:
        # a test of a step gives it what it likes, in the environment
        secrets = self._spec.secrets if self._spec.root and self._spec.kind == "body" else ()
        with self._secrets.given_here(secrets, self._spec.step):
            before = self._store.withheld
            self._store.withheld = self.cards.withheld = self._secrets.texts
            try:
                yield
            finally:
                self._store.withheld = before

    def _scene(self) -> Scene:
        return Scene(self._spec.file, {self._spec.file}, self._spec.unbound)

    def _prepared(self) -> Cell:
        spec, space = self._spec, self.space
        remember_source(spec.file, spec.cell)
        space |= {"__name__": self._live.module.__name__, "__builtins__": builtins, **self._shell.names}
        for cell in self._setup:
            remember_source(cell.file, cell.cell)
            code = body.compiled(cell.source, cell.line, cell.file)
            space |= {name: self._live.get(name) for name in body.names_in(code) & self._live.names}
            body.run(code, space)
        return Cell(spec, self._store, self._live, space)

    def _body(self, cell: Cell, started: float) -> dict[str, Any]:
        ready = time.perf_counter()
        caught: Failure | None = None
        try:
            try:
                last = cell.run()
            finally:
                self._shell.finish()
            if last is not None:
                self._show(last)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if not self._spec.catches:
                raise
            caught = self._secrets.masked_failure(failure_of(error, self._scene()))
            sys.stderr.write(caught.traceback)
        executed = time.perf_counter()
        warnings = cell.check(strict=caught is None)
        manifest = cell.left(CaughtError.of(caught) if caught else None)
        # a test of a step has no store that its cards could be read from
        cards = self.cards.made(self._store, manifest, caught) if self._spec.root else []
        return {
            "done": {
                "manifest": manifest.to_json(),
                "displays": None,
                "cards": cards,
                "warnings": [*self._told, *warnings],
                "caught": caught.to_json() if caught else None,
                "times": [ready - started, executed - ready, time.perf_counter() - executed],
            }
        }
