"""papermill's engine with nbflow's kernel: the seat a notebook is run in."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine

from nbflow.notebooks.kernel import Kernel

if TYPE_CHECKING:
    from nbformat import NotebookNode


class Seat:
    """What is known of one execution, on both sides of papermill.

    Responsibilities: which kernel, in which environment; which cell it is at; the notebook as it stands.
    """

    def __init__(
        self, kernel: Kernel, environment: Mapping[str, str], told: Callable[[str, int, int], None] | None
    ) -> None:
        self.kernel = kernel
        self.environment = dict(environment)
        #: the cell that runs, or ran last
        self.label = "its first cell"
        #: a cell was sent to the kernel
        self.began = False
        self._told = told
        self._node: NotebookNode | None = None

    def take(self, node: NotebookNode) -> None:
        """Note the notebook that is filled."""
        self._node = node

    def starts(self, cell: Mapping[str, Any]) -> None:
        """Say that a cell of code begins."""
        from nbflow.notebooks.filling import label_of

        self.began, self.label = True, label_of(cell)
        code = [each for each in self._node.cells if each.cell_type == "code"] if self._node else []
        if self._told is not None:
            self._told(self.label, code.index(cell) + 1, len(code))

    def raw(self, node: NotebookNode) -> dict[str, Any]:
        """Return the notebook as it stands: `node`, where nothing has begun."""
        found: dict[str, Any] = json.loads(json.dumps(self._node or node))
        return found


class Client(PapermillNotebookClient):  # type: ignore[misc]  # papermill ships no types
    """Runs the cells in the kernel of its seat."""

    def __init__(self, manager: Any, seat: Seat, **more: Any) -> None:
        super().__init__(manager, **more)
        self._seat = seat
        seat.take(self.nb)

    def create_kernel_manager(self) -> Any:
        """Return a manager that starts the seat's kernel, which need not be on Jupyter's lists."""
        manager = super().create_kernel_manager()
        manager._kernel_spec = self._seat.kernel.spec  # noqa: SLF001 - there is no other way to give it one
        return manager

    def execute(self, **more: Any) -> Any:
        """Run the notebook."""
        return super().execute(env=self._seat.environment, **more)

    def execute_cell(self, cell: Any, cell_index: int, **more: Any) -> Any:
        """Run a cell; one of text is passed over."""
        if cell.cell_type == "code" and cell.source.strip():
            self._seat.starts(cell)
        return super().execute_cell(cell, cell_index, **more)

    def process_message(self, *given: Any, **more: Any) -> Any:
        """Take what a cell put out, and print what it printed."""
        output = super().process_message(*given, **more)
        if output is not None and output.output_type == "stream":
            stream = sys.stderr if output.name == "stderr" else sys.stdout
            stream.write("".join(output.text))
            stream.flush()
        return output


class Engine(NBClientEngine):  # type: ignore[misc]  # papermill ships no types
    """papermill's engine with our client."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, seat: Seat, **more: Any) -> Any:
        """Run it."""
        wanted = {"startup_timeout": more.get("start_timeout", 60), "timeout": None, "kernel_name": kernel_name}
        return Client(nb_man, seat, **wanted).execute()
