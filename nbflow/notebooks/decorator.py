"""`@notebook(path="report.ipynb")`: a step of a class whose work a notebook does, once its own body has prepared it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from nbflow.cells.whole_notebook import whole_notebook
from nbflow.code.notebooks import beside
from nbflow.errors import raise_for
from nbflow.flowspec.wrappers import UserStepDecorator
from nbflow.notebooks.step import filled, results


class notebook(UserStepDecorator):  # noqa: N801 - it is written as a decorator
    """Run a notebook after the body of a step, with what `self` has then.

        @card(type="blank", id="notebook")
        @notebook(path="report.ipynb")
        @step
        def report(self):
            self.sales = load()
            self.next(self.end)

    Of the names that the notebook's parameters cell assigns those that self has come in; what it hands to
    `nbflow.result` becomes artifacts, and the filled-in copy is `self.notebook`. The card shows it, where one is asked
    for.

    Args:
        path: of the notebook, relative to the flow's file.
        kernel: that runs it. Default: this Python, of other languages the one it was saved with.
        out: names it has to hand back; others are left out. Default: those that can be seen in its text.

    Raises:
        NotebookError: W020, it needs what self does not have; W001, W005 to W012, W015 as a `%%step --notebook` has them.
    """

    def init(self, path: str, kernel: str | None = None, out: list[str] | None = None) -> None:
        """Take what was written."""
        self._path, self._kernel, self._out = path, kernel, out

    def post_step(self, step_name: str, flow: Any, exception: Exception | None = None) -> Exception | None:
        """Run the notebook, unless the body has failed."""
        if exception is not None:
            return exception
        file = getattr(sys.modules.get(type(flow).__module__), "__file__", None)
        try:
            text = beside(Path(file).parent if file else Path())(self._path)
        except FileNotFoundError as missing:
            raise_for("W001", path=self._path, hint=missing.args[1] if len(missing.args) == 2 else "")
        found = whole_notebook(text, self._path)
        names = [each.name for each in found.parameters]
        given = {name: getattr(flow, name) for name in names if hasattr(flow, name)}
        if lacking := [each.name for each in found.parameters if each.default is None and each.name not in given]:
            raise_for("W020", path=self._path, step=step_name, name=lacking[0])
        flow.notebook = filled(self._path, found.packed, given, {}, self._kernel, found.about)
        left = tuple(found.results if self._out is None else self._out)
        for name, value in zip(left, results(left), strict=True):
            setattr(flow, name, value)
        return None
