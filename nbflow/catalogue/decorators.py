"""D: decorators of flow classes and of their steps."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {}
