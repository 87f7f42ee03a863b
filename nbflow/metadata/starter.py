"""What started the runs of this process, where it was no person: told by a variable, kept in their records."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

#: JSON with `schedule`, its name, `scheduled_at`, an ISO moment, and `runs`, pathspecs of runs that it follows
STARTED_BY = "NBFLOW_STARTED_BY"


def started_by() -> Mapping[str, Any]:
    """Return what started this process; empty: a person did."""
    try:
        return dict(json.loads(os.environ.get(STARTED_BY) or "{}"))
    except (ValueError, TypeError):
        return {}


def starter_tags() -> frozenset[str]:
    """Return the tags by which runs that a schedule started are found: `schedule:weekly`, `scheduled_at:2026-…`."""
    known = started_by()
    return frozenset(f"{name}:{known[name]}" for name in ("schedule", "scheduled_at") if known.get(name))
