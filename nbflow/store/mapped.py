"""Memory whose content is known without reading it: buffers mapped from blobs, as long as nobody wrote to them."""

from __future__ import annotations

import mmap
import weakref

from nbflow.model.artifact import BlobRef
from nbflow.store import pages
from nbflow.store.codecs.ports import Memory


class Mapped:
    """The mapped buffers of this process, by the memory they are used from."""

    def __init__(self) -> None:
        self._refs: dict[Memory, tuple[weakref.ref[mmap.mmap], BlobRef]] = {}

    def remember(self, memory: Memory, view: memoryview, ref: BlobRef) -> None:
        """From now on `memory`, which lies within the mapped `view`, is known to hold `ref`."""
        if not isinstance(view.obj, mmap.mmap):
            return

        def forget(dead: weakref.ref[mmap.mmap]) -> None:
            # the address may be in use again, and remembered again
            if (entry := self._refs.get(memory)) and entry[0] is dead:
                del self._refs[memory]

        self._refs[memory] = weakref.ref(view.obj, forget), ref

    def find(self, memory: Memory) -> BlobRef | None:
        """Return what `memory` holds; None when it is not known or was written to."""
        entry = self._refs.get(memory)
        if entry is None:
            return None
        untouched = all(pages.written(address, size) is False for address, size in memory.ranges)
        return entry[1] if untouched else None
