"""One attempt of one task, in a process of its own: load, run, keep, report.

A worker is told a TaskSpec (JSON, in a memory file) and speaks on its result pipe, a JSON object a line:

    {"display": data, "metadata": {}, "transient": {}, "update": bool, "stdout_at": n, "stderr_at": n}   as it happens
    and one of
    {"done": {"manifest", "displays": digest or null, "warnings": [[code, facts]], "caught": failure or null,
              "times": seconds of load, body, store}}
    {"items": [artifact references], "total": n}
    {"failed": failure, "manifest": what it had bound so far or null, "displays": digest or null}
"""

from __future__ import annotations

import builtins
import contextlib
import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

from nbflow.code.module import LiveDefinitions, remember_source
from nbflow.model.artifact import Manifest
from nbflow.model.caught import CaughtError
from nbflow.model.record import Failure
from nbflow.model.task import FlowCode, TaskSpec
from nbflow.store.store import Loaded, Store
from nbflow.task import body, inputs, kin, outputs, process
from nbflow.task.display import Displayer
from nbflow.task.failures import Scene, could_not_start, failure_of
from nbflow.task.items import stored_items
from nbflow.task.merge import Merger
from nbflow.task.report import CLOSED, Report
from nbflow.task.shell import Shell
from nbflow.task.shown import Shown, flush_streams
from nbflow.workspace import Workspace


def main(spec_fd: int, result_fd: int) -> int:
    """Run the attempt that the spec describes, report, and return the exit status of the process."""
    report = Report(result_fd)
    try:
        with open(spec_fd, "rb") as file:
            spec = TaskSpec.from_json(json.load(file))
        attempt = Attempt(spec, report)
    except BaseException as error:
        traceback.print_exc()
        report.say(failed=could_not_start(f"{type(error).__name__}: {error}").to_json(), manifest=None, displays=None)
        return 1
    attempt.run()
    with contextlib.suppress(BaseException):
        process.let_go(attempt.space)
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
        #: globals of the body
        self.space: dict[str, Any] = {}
        self._report = report
        self._shown = Shown(report)
        self._display = Displayer(self._shown, rich=spec.rich)
        self._code = FlowCode.from_json(json.loads(Path(spec.code).read_bytes()))
        cells = {each.file for each in self._code.statements} | {each.file for each in self._code.setup}
        self._scene = Scene(spec.file, cells | {spec.file}, spec.unbound)
        self._store: Store = Workspace.open(spec.root, local=[spec.cwd]).store
        self._loaded: Loaded = self._store.load({})
        self._parameters: dict[str, Any] = {}
        self._merger = Merger(spec.step, spec.merged, self._store, self.space)
        self._shell = Shell()

    def run(self) -> None:
        """Do it all; never raises."""
        try:
            started = time.perf_counter()
            self._prepare()
            if self.spec.kind == "items":
                self._list_items()
            else:
                self._run_body(started)
        except BaseException as error:
            self._fail(error)

    # ---- before

    def _prepare(self) -> None:
        """Fill the globals: definitions, what %%setup cells make, and everything the body reads."""
        spec, space = self.spec, self.space
        remember_source(spec.file, spec.cell)
        live = LiveDefinitions(self._code.module, self._code.statements)
        live.body = space
        process.warn_as_a_notebook_does()
        vars(builtins).update(display=self._display.display, input=_no_keyboard)
        space |= {"__name__": live.module.__name__, "__builtins__": self._builtins(), **self._shell.names}
        live.execute(spec.slice)
        self._set_up(live)
        space |= {name: live.get(name) for name in spec.roots}
        self._loaded = inputs.load(self._store, spec)
        self._parameters = inputs.parameters(spec, live)
        for given in (spec.values, self._parameters, inputs.defaults(spec), self._loaded.values):
            space.update(given)
        for name in spec.leaves:
            # what the body lets go of should be gone; inputs that are not left are compared with what they were
            self._loaded.values.pop(name, None)
        if (views := inputs.joined(self._store, spec)) is not None:
            space |= {"inputs": views, "merge_artifacts": self._merger}

    def _builtins(self) -> Any:
        """Return the builtins of the body, without names that a step above was to give and did not."""
        if self.spec.unbound.keys().isdisjoint(vars(builtins)):
            return builtins
        return {name: value for name, value in vars(builtins).items() if name not in self.spec.unbound}

    def _set_up(self, live: LiveDefinitions) -> None:
        for cell in self._code.setup:
            remember_source(cell.file, cell.cell)
            code = body.compiled(cell.source, cell.line, cell.file)
            self.space |= {name: live.get(name) for name in body.names_in(code) & live.names}
            body.run(code, self.space)

    # ---- the two kinds

    def _list_items(self) -> None:
        spec = self.spec
        code = body.compiled_expression(spec.source, spec.line, spec.file)
        value = eval(code, self.space)  # noqa: S307
        refs = stored_items(value, self._store, expression=spec.source, step=spec.step, limit=spec.limit)
        self._report.say(items=[ref.to_json() for ref in refs], total=len(refs))

    def _run_body(self, started: float) -> None:
        spec = self.spec
        loaded = time.perf_counter()
        caught: Failure | None = None
        try:
            self._execute()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if not spec.catches:
                raise
            caught = failure_of(error, self._scene)
            sys.stderr.write(caught.traceback)
        executed = time.perf_counter()
        kin.show_as("nbflow-store")
        warnings = outputs.check_inputs(spec, self._loaded, strict=caught is None)
        if caught is None:
            outputs.check_parameters(spec, self._parameters)
        extra = {}
        if spec.catch_name and (caught or spec.catch_name not in self.space):
            extra[spec.catch_name] = CaughtError.of(caught) if caught else None
        manifest = outputs.keep(spec, self._store, self._loaded, self.space, self._merger.refs, extra)
        self._report.say(
            done={
                "manifest": manifest.to_json(),
                "displays": self._keep_displays(),
                "warnings": warnings,
                "caught": caught.to_json() if caught else None,
                "times": [loaded - started, executed - loaded, time.perf_counter() - executed],
            }
        )

    def _execute(self) -> None:
        spec = self.spec
        code = body.compiled(spec.source, spec.line, spec.file)
        self._merger.read = body.names_in(code)
        kin.show_as("nbflow-body")
        with process.limited_memory(spec):
            try:
                self._display.last(body.run(code, self.space))
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
        failure = failure_of(error, self._scene)
        flush_streams()
        manifest: Manifest | None = None
        displays: str | None = None
        # who interrupts does not want to wait for this
        if not isinstance(error, KeyboardInterrupt):
            with contextlib.suppress(BaseException):
                displays = self._keep_displays()
                if self.spec.kind == "body":
                    manifest = outputs.keep_what_can_be(
                        self.spec, self._store, self._loaded, self.space, self._merger.refs
                    )
        with contextlib.suppress(OSError):
            self._report.say(
                failed=failure.to_json(), manifest=manifest.to_json() if manifest else None, displays=displays
            )
