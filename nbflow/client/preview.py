"""What an artifact is like, seen without opening it: bounded, and the same wherever it is shown."""

from __future__ import annotations

from nbflow.cards.figures import size
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef
from nbflow.store.peek.look import look
from nbflow.store.peek.values import LARGE, SMALL, Closed, Limits, Peeked, Unseen
from nbflow.store.store import Store

__all__ = ["LARGE", "SMALL", "Limits", "Preview", "preview"]


@frozen
class Preview:
    """An artifact's type and size, and what is seen of its value."""

    type: str
    kind: str
    #: shape or length; empty where it would say nothing
    summary: str
    size: int
    digest: str
    seen: Peeked

    @property
    def said(self) -> str:
        """Its type, shape and size on one line."""
        return " · ".join(filter(None, [one_line(self.type, 60), one_line(self.summary, 40), size(self.size)]))

    @property
    def stored(self) -> str:
        """How it is stored: its type, size, form and digest."""
        return f"{one_line(self.type, 60)} · {size(self.size)} · stored as {self.kind} · digest {self.digest[:12]}"

    @property
    def opens_with_code(self) -> bool:
        """To see more of it, code of its own has to run."""
        return isinstance(self.seen, Closed)

    @property
    def is_damaged(self) -> bool:
        """Its bytes are missing, or not what was written."""
        return isinstance(self.seen, Unseen)


def preview(store: Store, ref: ArtifactRef, limits: Limits = LARGE) -> Preview:
    """Return what is seen of the value that `ref` stands for. Nothing of it is unpickled."""
    return Preview(ref.type, ref.kind, ref.summary, ref.size, ref.digest, look(store, ref, limits))
