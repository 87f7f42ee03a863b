"""One attempt of one task, in a process of its own: load, run, keep, report.

A worker is told a TaskSpec (JSON, in a memory file) and speaks on its result pipe, a JSON object a line:

    {"display": data, "metadata": {}, "transient": {}, "update": bool, "stdout_at": n, "stderr_at": n}   as it happens
    and one of
    {"done": {"manifest", "displays": digest or null, "warnings": [[code, facts]], "caught": failure or null,
              "cards": [CardRef], "times": seconds of load, body, store}}; of a step of a class also
             {"chose": step or null, "items": {"step", "refs": [artifact references], "total": n} or null}
    {"items": [artifact references], "total": n}
    {"failed": failure, "manifest": what it had bound so far or null, "displays": digest or null, "cards", "warnings"}
"""

from __future__ import annotations

import builtins
import contextlib
import json
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from nbflow.code.module import LiveDefinitions, remember_source
from nbflow.model.artifact import Manifest
from nbflow.model.caught import CaughtError
from nbflow.model.record import Failure
from nbflow.model.task import FlowCode, TaskSpec
from nbflow.store.files.keeping import files_kept_in
from nbflow.store.store import Store
from nbflow.task import about, body, kin, process, threads
from nbflow.task.cell import Cell
from nbflow.task.display import Displayer
from nbflow.task.failures import Scene, could_not_start, failure_of
from nbflow.task.outputs import Warned
from nbflow.task.report import CLOSED, Report
from nbflow.task.secrets import Secrets
from nbflow.task.shell import Shell
from nbflow.task.shown import Shown, flush_streams
from nbflow.task.task_cards import TaskCards
from nbflow.workspace.shared import storage_at

if TYPE_CHECKING:
    from nbflow.task.method import Method


def main(spec_fd: int, result_fd: int, begin: Callable[[int, int], NoReturn] | None = None) -> int:
    """Run the attempt that the spec describes, report, and return the exit status of the process.

    Where it asks for a Python of its own, `begin` is called and this process becomes one; without it this is one.
    """
    report = Report(result_fd)
    try:
        with open(spec_fd, "rb") as file:
            spec = TaskSpec.from_json(json.load(file))
            if spec.fresh and begin is not None:
                begin(spec_fd, result_fd)
        attempt = Attempt(spec, report)
    except BaseException as error:
        traceback.print_exc()
        report.say(failed=could_not_start(f"{type(error).__name__}: {error}").to_json(), manifest=None, displays=None)
        return 1
    attempt.run()
    with contextlib.suppress(BaseException):
        process.let_go(attempt.let_go)
    return CLOSED if report.lost else 0


def _no_keyboard(prompt: object = "") -> NoReturn:
    raise EOFError(f"{prompt or 'input()'}: a step has no keyboard. Make it a parameter, or run the cell with --here")


class Attempt:
    """The attempt that this process is for.

    Responsibilities: the order of things, and that whatever is raised anywhere ends in one message to the scheduler.
    """

    def __init__(self, spec: TaskSpec, report: Report) -> None:
        process.make_own(spec)
        self.spec = spec
        #: globals of a cell's body, and of %%setup cells
        self._space: dict[str, Any] = {}
        self._report = report
        self._secrets = Secrets()
        self._shown = Shown(report, self._secrets.masked)
        self._display = Displayer(self._shown, rich=spec.rich)
        self._code = FlowCode.from_json(json.loads(Path(spec.code).read_bytes()))
        cells = {each.file for each in self._code.statements} | {each.file for each in self._code.setup}
        self._scene = Scene(spec.file, cells | {spec.file}, spec.unbound)
        # the scheduler has opened the workspace, and found it to be one of this version
        self._store = Store(storage_at(Path(spec.root)), local=[spec.cwd])
        self._body: Cell | Method | None = None
        #: what is to be said of the task, whatever its body does
        self._told: list[Warned] = []
        self._cards = TaskCards(spec, self._told, partial(about.graph, spec))
        self._shell = Shell()

    def run(self) -> None:
        """Do it all; never raises."""
        with files_kept_in(self._store.blobs):
            self._run()

    def _run(self) -> None:
        try:
            started = time.perf_counter()
            about.tell(self.spec, lambda: self._cards.current)
            self._told += threads.limit(self.spec.env, self.spec.step)
            self._body = self._prepared()
            if isinstance(self._body, Cell) and self.spec.kind == "items":
                self._report.say(**self._body.items())
            else:
                self._run_body(self._body, started)
        except BaseException as error:
            self._fail(error)

    def let_go(self) -> None:
        """Let go of what the body has bound."""
        if self._body is not None:
            self._body.let_go()

    # ---- before

    def _prepared(self) -> Cell | Method:
        """Return the body, ready to run: with the definitions, what %%setup cells make, and everything it reads."""
        spec, space = self.spec, self._space
        remember_source(spec.file, spec.cell)
        live = LiveDefinitions(self._code.module, self._code.statements, self._code.path)
        live.body = space
        self._cards.stand_on(live, self._code.statements)
        process.warn_as_a_notebook_does()
        vars(builtins).update(display=self._display.display, input=_no_keyboard)
        space |= {"__name__": live.module.__name__, "__builtins__": self._builtins(), **self._shell.names}
        if spec.method is None:
            # a %%setup cell may need them, too
            self._give_secrets({})
        live.execute(spec.slice)
        self._set_up(live)
        if spec.method is None:
            return Cell(spec, self._store, live, space)
        # who runs cells only does without what classes need
        from nbflow.task.method import Method

        made = Method(spec, self._store, live)
        self._give_secrets(made.inline_secrets)
        return made

    def _give_secrets(self, inline: Mapping[str, str]) -> None:
        self._secrets.give(self.spec.secrets, self.spec.step, inline)
        self._store.withheld = self._cards.withheld = self._secrets.texts

    def _builtins(self) -> Any:
        """Return the builtins of the body, without names that a step above was to give and did not."""
        if self.spec.unbound.keys().isdisjoint(vars(builtins)):
            return builtins
        return {name: value for name, value in vars(builtins).items() if name not in self.spec.unbound}

    def _set_up(self, live: LiveDefinitions) -> None:
        for cell in self._code.setup:
            remember_source(cell.file, cell.cell)
            code = body.compiled(cell.source, cell.line, cell.file)
            self._space |= {name: live.get(name) for name in body.names_in(code) & live.names}
            body.run(code, self._space)

    # ---- the body

    def _run_body(self, ready: Cell | Method, started: float) -> None:
        loaded = time.perf_counter()
        caught: Failure | None = None
        try:
            self._execute(ready)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if not self.spec.catches:
                raise
            caught = self._secrets.masked_failure(failure_of(error, self._scene))
            if self.spec.catch_told:
                sys.stderr.write(caught.traceback)
        executed = time.perf_counter()
        kin.show_as("nbflow-store")
        warnings = ready.check(strict=caught is None)
        manifest = ready.left(CaughtError.of(caught) if caught else None)
        cards = self._cards.made(self._store, manifest, caught)
        displays = self._keep_displays()
        # what is said to be there can be read by everyone
        self._store.settle()
        self._report.say(
            done={
                "manifest": manifest.to_json(),
                "displays": displays,
                "warnings": [*self._told, *warnings],
                "caught": caught.to_json() if caught else None,
                "cards": cards,
                "times": [loaded - started, executed - loaded, time.perf_counter() - executed],
                **ready.way_on(),
            }
        )

    def _execute(self, ready: Cell | Method) -> None:
        kin.show_as("nbflow-body")
        with process.limited_memory(self.spec):
            try:
                self._display.last(ready.run())
            except Exception:
                # figures drawn before the error say what led to it
                with contextlib.suppress(Exception):
                    self._display.figures()
                raise
            finally:
                self._shell.finish()
            self._display.figures()

    # ---- after

    def _keep_displays(self) -> str | None:
        data = self._shown.to_bytes()
        return self._store.put_bytes(data) if data else None

    def _fail(self, error: BaseException) -> None:
        kin.show_as("nbflow-store")
        failure = self._secrets.masked_failure(failure_of(error, self._scene))
        flush_streams()
        manifest: Manifest | None = None
        displays: str | None = None
        cards: list[Any] = []
        # who interrupts does not want to wait for this
        if not isinstance(error, KeyboardInterrupt):
            with contextlib.suppress(BaseException):
                displays = self._keep_displays()
                if self._body is not None and self.spec.kind == "body":
                    manifest = self._body.left_so_far()
                    cards = self._cards.made(self._store, manifest, failure)
        with contextlib.suppress(OSError):
            self._report.say(
                failed=failure.to_json(),
                manifest=manifest.to_json() if manifest else None,
                displays=displays,
                cards=cards,
                warnings=self._told,
            )
