"""V: views of what was kept: history, comparison, artifacts, task pages."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {}
