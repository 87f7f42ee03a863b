"""A notebook whose steps are tested."""

from __future__ import annotations

import os
from types import ModuleType

from nbflow.errors import NbflowError, did_you_mean, error, problem
from nbflow.frontends.cli.notebook import open_notebook
from nbflow.model.graph import Graph
from nbflow.testing.ground import Ground
from nbflow.testing.step import StepUnderTest


def load(path: str | os.PathLike[str]) -> Notebook:
    """Return the notebook in the file `path`, checked as `nbflow run` checks it; nothing of it has run.

    From then on `import` finds the modules beside it, as pytest does with those beside a test.

    Raises:
        UsageError: there is no such file, or it is no notebook, or it has no steps.
        FlowError: its cells or graph are wrong; every problem is in it.
    """
    __tracebackhide__ = True
    try:
        return Notebook(Ground(open_notebook(os.fspath(path))))
    except NbflowError as wrong:
        # which says all
        wrong.__traceback__ = None
        raise


class Notebook:
    """The steps of a notebook file, and its definitions."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        ground.stand_in_path()

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of the steps, in the notebook's order."""
        return tuple(node.name for node in self.graph.nodes)

    @property
    def graph(self) -> Graph:
        """The flow as a graph."""
        return self._ground.graph

    @property
    def definitions(self) -> ModuleType:
        """What plain cells define, as a module: to call a function, to make an object, to replace either.

        It lasts as long as this notebook: what a test changes in it, the steps see, and later tests.
        """
        return self._ground.definitions().module

    def step(self, name: str) -> StepUnderTest:
        """Return the step `name`. Raises R005 when there is none."""
        if name not in self.graph:
            __tracebackhide__ = True
            raise error(problem("R005", name=name, hint=did_you_mean(name, self.steps), known=", ".join(self.steps)))
        return StepUnderTest(self._ground, self.graph[name])

    def __repr__(self) -> str:
        return f"<notebook {self._ground.opened.path.name}: {', '.join(self.steps)}>"
