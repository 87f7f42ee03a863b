"""A view as its pages use it: several at a time, and each on any thread."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from nbflow.cards.html import Html
from nbflow.views.inline.view import View


class SharedView:
    """A view whose methods are called one at a time, by its pages on their thread and by cells on the kernel's own.

    One object may be shown under many cells. `changes` counts what was done to it and what it found new: a page that drew
    it at another count draws it anew, whoever did that.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._lock = threading.RLock()
        self.changes = 0

    @property
    def name(self) -> str:
        """See `View`."""
        return self._view.name

    def regions(self) -> Mapping[str, Html]:
        """See `View`."""
        with self._lock:
            return self._view.regions()

    def static(self) -> Html:
        """See `View`."""
        with self._lock:
            return self._view.static()

    def text(self) -> str:
        """See `View`."""
        with self._lock:
            return self._view.text()

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        """See `View`."""
        with self._lock:
            # one that fails may have done a part
            self.changes += 1
            self._view.act(act, argument, fields)

    def poll(self) -> bool:
        """See `View`."""
        with self._lock:
            found = self._view.poll()
            self.changes += found
            return found
