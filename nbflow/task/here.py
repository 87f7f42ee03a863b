"""A body in this very process: for debuggers, `input` and live widgets (`--here`), and for tests of a step.

The same inputs, definitions and keeping as in a worker, but the process's own streams and displays, no timeout, no
memory limit and no folder or environment of its own.
"""

from __future__ import annotations

import builtins
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from nbflow.code.module import LiveDefinitions, remember_source
from nbflow.model.caught import CaughtError
from nbflow.model.record import Failure
from nbflow.model.task import SetupCode, TaskSpec
from nbflow.store.store import Store
from nbflow.task import body, inputs, outputs
from nbflow.task.failures import Scene, failure_of
from nbflow.task.items import stored_items
from nbflow.task.merge import Merger
from nbflow.task.shell import Shell


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
        #: globals of the body
        self.space: dict[str, Any] = {}
        self._parameters: dict[str, Any] = {}
        self._merger = Merger(spec.step, spec.merged, store, self.space)

    def run(self) -> dict[str, Any]:
        """Return what a worker would have said at its end. KeyboardInterrupt is the caller's."""
        try:
            return self.outcome()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return {"failed": failure_of(error, self._scene()).to_json(), "manifest": None, "displays": None}

    def outcome(self) -> dict[str, Any]:
        """Return what a worker would have said of a success. Whatever is raised is the caller's, as it was raised."""
        started = time.perf_counter()
        loaded = self._prepare()
        if self._spec.kind == "items":
            return self._items()
        return self._body(loaded, started)

    def _scene(self) -> Scene:
        return Scene(self._spec.file, {self._spec.file}, self._spec.unbound)

    def _prepare(self) -> Any:
        spec, space = self._spec, self.space
        remember_source(spec.file, spec.cell)
        space |= {"__name__": self._live.module.__name__, "__builtins__": builtins, **self._shell.names}
        for cell in self._setup:
            remember_source(cell.file, cell.cell)
            code = body.compiled(cell.source, cell.line, cell.file)
            space |= {name: self._live.get(name) for name in body.names_in(code) & self._live.names}
            body.run(code, space)
        space |= {name: self._live.get(name) for name in spec.roots}
        loaded = inputs.load(self._store, spec)
        self._parameters = inputs.parameters(spec, self._live)
        space |= dict(spec.values) | self._parameters | inputs.defaults(spec) | loaded.values
        if (views := inputs.joined(self._store, spec)) is not None:
            space |= {"inputs": views, "merge_artifacts": self._merger}
        return loaded

    def _items(self) -> dict[str, Any]:
        spec = self._spec
        value = eval(body.compiled_expression(spec.source, spec.line, spec.file), self.space)  # noqa: S307
        refs = stored_items(value, self._store, expression=spec.source, step=spec.step, limit=spec.limit)
        return {"items": [ref.to_json() for ref in refs], "total": len(refs)}

    def _body(self, loaded: Any, started: float) -> dict[str, Any]:
        spec = self._spec
        ready = time.perf_counter()
        caught: Failure | None = None
        try:
            code = body.compiled(spec.source, spec.line, spec.file)
            self._merger.read = body.names_in(code)
            try:
                last = body.run(code, self.space)
            finally:
                self._shell.finish()
            if last is not None:
                self._show(last)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if not spec.catches:
                raise
            caught = failure_of(error, self._scene())
            sys.stderr.write(caught.traceback)
        executed = time.perf_counter()
        warnings = outputs.check_inputs(spec, loaded, strict=caught is None)
        if caught is None:
            outputs.check_parameters(spec, self._parameters)
        extra = {}
        if spec.catch_name and (caught or spec.catch_name not in self.space):
            extra[spec.catch_name] = CaughtError.of(caught) if caught else None
        manifest = outputs.keep(spec, self._store, loaded, self.space, self._merger.refs, extra)
        return {
            "done": {
                "manifest": manifest.to_json(),
                "displays": None,
                "warnings": warnings,
                "caught": caught.to_json() if caught else None,
                "times": [ready - started, executed - ready, time.perf_counter() - executed],
            }
        }
