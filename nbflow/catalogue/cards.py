"""K: cards."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {}
