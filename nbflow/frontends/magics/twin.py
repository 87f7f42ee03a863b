"""`nbflow.flow`: every magic as a Python call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nbflow.frontends.magics import verbs

if TYPE_CHECKING:
    from nbflow.client import Run
    from nbflow.frontends.magics.face import Face


class FlowTwin:
    """The notebook's flow. `flow.run(alpha=0.2)` is `%flow run --alpha 0.2`, and so on."""

    def __init__(self, face: Callable[[], Face]) -> None:
        self._face = face

    def run(
        self,
        *,
        fresh: bool = False,
        max_workers: int | None = None,
        max_items: int | None = None,
        tags: tuple[str, ...] | list[str] = (),
        **parameters: Any,
    ) -> Run:
        """Run the whole flow and return the run.

        Args:
            fresh: reuse no result of this notebook's draft.
            max_workers: most tasks at once; the number of cores by default.
            max_items: most items a foreach may have, 10 000 by default.
            tags: labels of the run.
            parameters: values that beat all others.

        Raises:
            FlowError: the flow does not make sense; nothing ran.
            TaskFailed: a step failed.
            KeyboardInterrupt: it was interrupted, and no worker is left.
        """
        options = verbs.RunOptions(fresh, max_workers, max_items, tuple(tags))
        return verbs.run_flow(self._face(), options, parameters)

    def check(self) -> None:
        """Check the flow and say so when all is well. Raises FlowError with every problem."""
        verbs.check_flow(self._face())

    def show(self) -> verbs.Drawing:
        """Return the graph as a picture."""
        return verbs.show_flow(self._face())

    def name(self, name: str | None = None) -> str:
        """Give the flow a name, or return the one it has."""
        return verbs.name_flow(self._face(), name)

    def drop(self, *steps: str) -> None:
        """Leave steps out of the flow."""
        verbs.drop_steps(self._face(), steps)

    def order(self, *steps: str) -> tuple[str, ...]:
        """Set the order of the steps, or return the one they have."""
        return verbs.order_steps(self._face(), steps)

    def step(self, header: str, body: str) -> None:
        """Run a step cell: `flow.step("load --retry 3", "df = read()")`."""
        self._face().cell(f"%%step {header}\n{body}")

    def parameters(self, declarations: str) -> None:
        """Run a %%parameters cell."""
        self._face().cell(f"%%parameters\n{declarations}")
