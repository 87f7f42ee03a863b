"""The results of earlier runs, for tasks that may take one over."""

from __future__ import annotations

from nbflow.model.ids import Digest
from nbflow.model.record import TaskRecord
from nbflow.plan.reuse import Kept
from nbflow.workspace import Workspace


class StoredResults:
    """What a workspace holds of one flow (a nbflow.plan.reuse.Shelf)."""

    def __init__(self, workspace: Workspace, flow: str) -> None:
        self._workspace = workspace
        self._flow = flow
        #: artifacts that were found complete
        self._held: set[Digest] = set()

    def find(self, fingerprint: str) -> Kept | None:
        """Return the newest reusable result of the flow with this fingerprint."""
        return self._workspace.metadata.results(self._flow, [fingerprint]).get(fingerprint)

    def holds(self, record: TaskRecord) -> bool:
        """Say whether every artifact the task left is still in the store: a deleted one is made again."""
        refs = record.manifest.artifacts.values() if record.manifest else ()
        for ref in refs:
            if ref.digest not in self._held:
                if not self._workspace.store.has(ref):
                    return False
                self._held.add(ref.digest)
        return True
