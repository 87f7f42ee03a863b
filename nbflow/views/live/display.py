"""One display under a cell."""

from __future__ import annotations

import contextvars
from collections.abc import Mapping
from typing import Any
from uuid import uuid4


class Display:
    """One display under the cell that ran when this was made, replaced again and again, from any thread."""

    def __init__(self) -> None:
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        assert shell is not None
        # which cell a message belongs to is part of the context; another cell may run, or capture, by then
        self._context = contextvars.copy_context()
        self._publish = shell.display_pub.publish
        self._name = f"nbflow-{uuid4().hex}"
        self._shown = False

    def publish(self, bundle: Mapping[str, Any]) -> None:
        """Show `bundle` in place of the one before."""
        self._context.run(
            self._publish, data=dict(bundle), metadata={}, transient={"display_id": self._name}, update=self._shown
        )
        self._shown = True
