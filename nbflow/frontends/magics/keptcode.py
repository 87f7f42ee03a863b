"""The code of a step cell, kept with the session's draft while the step runs."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from nbflow.frontends.prepare import Surroundings, keep_code
from nbflow.model.graph import Graph
from nbflow.model.ids import Digest, RunId
from nbflow.model.record import TaskRecord

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


class KeptCode(threading.Thread):
    """Stores the code of the draft as it stands, while the step runs: it takes longer than a small step.

    A kernel that is killed loses nothing: not the cell that was running, and of a cell with a line neither code nor
    what it computed.
    """

    def __init__(self, face: Face, graph: Graph, around: Surroundings) -> None:
        super().__init__(name="nbflow-code", daemon=True)
        self._store = partial(keep_code, face.workspace, face.flow, graph, around, face.texts())
        self._note = partial(face.workspace.metadata.note_code, face.flow)
        self._run = face.session.draft_run
        self._known = threading.Event()
        self._code: Digest | None = None
        self._failure: Exception | None = None
        if self._run is not None:
            self._known.set()
        self.start()

    def belongs_to(self, run: RunId) -> None:
        """Say which run is the draft."""
        self._run = run
        self._known.set()

    def run(self) -> None:
        """Store it, and note it with the draft as soon as there is one."""
        try:
            self._code = self._store()
            self._known.wait()
            if self._run is not None:
                self._note(self._run, self._code, ())
        except Exception as failure:  # noqa: BLE001 - told on the main thread
            self._failure = failure

    def note(self, face: Face, tasks: Sequence[TaskRecord]) -> None:
        """Note it with the tasks that ran it."""
        self._run = face.session.draft_run
        self._known.set()
        self.join()
        if self._failure is not None:
            face.notices.once(f"the code of this cell was not kept: {self._failure}")
        elif self._run is not None and self._code is not None and tasks:
            self._note(self._run, self._code, tasks)
