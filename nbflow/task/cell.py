"""The body of a cell as a task: the globals it runs in, and what is kept of them."""

from __future__ import annotations

from typing import Any

from nbflow.code.module import LiveDefinitions
from nbflow.model.artifact import Manifest
from nbflow.model.caught import CaughtError
from nbflow.model.task import TaskSpec
from nbflow.store.store import Store
from nbflow.task import body, inputs, outputs
from nbflow.task.items import stored_items
from nbflow.task.merge import Merger
from nbflow.task.outputs import Warned


class Cell:
    """One attempt of one step cell."""

    def __init__(self, spec: TaskSpec, store: Store, live: LiveDefinitions, space: dict[str, Any]) -> None:
        self._spec = spec
        self._store = store
        self._space = space
        space |= {name: live.get(name) for name in spec.roots}
        self._loaded = inputs.load(store, spec)
        self._parameters = inputs.parameters(spec, live)
        for given in (spec.values, self._parameters, inputs.defaults(spec), self._loaded.values):
            space.update(given)
        for name in spec.leaves:
            # what the body lets go of should be gone; inputs that are not left are compared with what they were
            self._loaded.values.pop(name, None)
        self._merger = Merger(spec.step, spec.merged, store, space)
        if (views := inputs.joined(store, spec)) is not None:
            space |= {"inputs": views, "merge_artifacts": self._merger}

    def run(self) -> Any:
        """Execute the body and return the value of its last expression."""
        spec = self._spec
        code = body.compiled(spec.source, spec.line, spec.file)
        self._merger.read = body.names_in(code)
        return body.run(code, self._space)

    def items(self) -> dict[str, Any]:
        """Evaluate the --foreach expression, store its items, and return what is said of them."""
        spec = self._spec
        value = eval(body.compiled_expression(spec.source, spec.line, spec.file), self._space)  # noqa: S307 - the flow's own expression
        refs = stored_items(value, self._store, expression=spec.source, step=spec.step, limit=spec.limit)
        return {"items": [ref.to_json() for ref in refs], "total": len(refs)}

    def check(self, *, strict: bool) -> list[Warned]:
        """Return warnings about what the body did; not `strict`: it failed, and that was caught.

        Raises:
            TaskError: T012, T017, it changed what it was given and does not leave it.
        """
        warnings = outputs.check_inputs(self._spec, self._loaded, strict=strict)
        if strict:
            outputs.check_parameters(self._spec, self._parameters)
        return warnings

    def left(self, caught: CaughtError | None) -> Manifest:
        """Store what the body leaves, and what it failed with under the name that --catch gives, and return it."""
        name, extra = self._spec.catch_name, {}
        if name and (caught or name not in self._space):
            extra[name] = caught
        return outputs.keep(self._spec, self._store, self._loaded, self._space, self._merger.refs, extra)

    def left_so_far(self) -> Manifest:
        """Store what the body had bound before it failed, as far as that is possible, and return it."""
        return outputs.keep_what_can_be(self._spec, self._store, self._loaded, self._space, self._merger.refs)

    def way_on(self) -> dict[str, Any]:
        """Return what is said of the way on: nothing, the graph knows it."""
        return {}

    def let_go(self) -> None:
        """Let go of what the body has bound."""
        self._space.clear()
