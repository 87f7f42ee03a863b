"""What the steps of a loaded notebook stand on together: its graph, its folder, its definitions as a module."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from nbflow.code.module import LiveDefinitions
from nbflow.frontends.cli.notebook import Opened
from nbflow.frontends.prepare import DefinitionNames
from nbflow.model.graph import Node
from nbflow.model.ids import StepName
from nbflow.model.parameter import ParameterDef
from nbflow.model.step import StepDraft
from nbflow.plan.parameters import Assigned, Resolved, resolve
from nbflow.runtime.specs import flow_code, numbered


class Ground:
    """A notebook that was read, and its definitions, which live as long as it does."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.graph = opened.graph
        self.folder = opened.path.resolve().parent
        self.code = flow_code(opened.flow, opened.graph)
        self.drafts: dict[StepName, StepDraft] = {each.name: each for each in opened.text.draft.steps}
        self._numbers = {statement: number for number, statement in enumerate(numbered(opened.graph))}
        self._lives: dict[tuple[tuple[str, int], ...], LiveDefinitions] = {}

    @property
    def assigned(self) -> dict[str, Assigned]:
        """What cells of the notebook set parameters to."""
        return {name: Assigned(each.source, each.place) for name, each in self.opened.text.assignments.items()}

    def definitions(self, node: Node | None = None) -> LiveDefinitions:
        """Return the definitions as `node` sees them, now what `import` finds under their name.

        They are the same for all steps, unless steps define one name differently.
        """
        last = self._givers(range(len(self.code.statements)))
        mine = self._givers(self.slice(node)) if node else {}
        own = tuple(sorted((name, number) for name, number in mine.items() if last[name] != number))
        if own not in self._lives:
            self._lives[own] = LiveDefinitions(self.code.module, self.code.statements)
        live = self._lives[own]
        live.install()
        return live

    def slice(self, node: Node) -> tuple[int, ...]:
        """Return the numbers of the statements that `node` needs."""
        return tuple(self._numbers[statement] for statement in node.code.slice)

    def files(self, node: Node) -> frozenset[str]:
        """Return the file names of the cells whose code may run in `node`."""
        plain = {each.file for each in self.code.statements} | {each.file for each in self.code.setup}
        return frozenset(plain | {node.code.body.file})

    def parameters(
        self, definitions: list[ParameterDef], given: Mapping[str, object], live: LiveDefinitions
    ) -> Resolved:
        """Return the values of the parameters: given, else set by a cell, else by default. Raises ParameterError."""
        # a test should not depend on variables of the environment
        return resolve(definitions, given, {}, self.assigned, namespace=DefinitionNames(live))

    def stand_in_path(self) -> None:
        """Have `import` find the modules beside the notebook, now and later."""
        if str(self.folder) not in sys.path:
            sys.path.insert(0, str(self.folder))

    def _givers(self, numbers: tuple[int, ...] | range) -> dict[str, int]:
        """Return which of the statements gives each name: the last one."""
        statements = ((number, self.code.statements[number]) for number in numbers)
        return {name: number for number, each in statements if each.kind != "attached" for name in each.names}
