"""A comparison as JSON, for programs."""

from __future__ import annotations

import math
from typing import Any

from nbflow.client.comparing.comparison import Comparison
from nbflow.client.comparing.rows import Artifact, Metric
from nbflow.model.graph import Missing

_NONE = ("", None, "")


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as values that JSON has; numbers that it has not (NaN) as texts."""
    runs = [run.pathspec for run in comparison.runs]
    return {
        "runs": [
            {
                "run": side.pathspec,
                "status": side.record.status.value,
                "user": side.record.user,
                "started_at": side.record.started_at,
                "seconds": side.seconds,
                "tags": sorted(side.record.tags),
            }
            for side in comparison.sides
        ],
        "baseline": comparison.baseline.pathspec if comparison.baseline else None,
        "passed": comparison.passed,
        "verdicts": [
            {
                "run": each.run,
                "condition": each.condition,
                "state": each.state,
                "why": each.why,
                "values": {
                    one.name: {"run": _plain(one.run), "baseline": _plain(one.baseline), "share": one.share}
                    for one in each.readings
                },
            }
            for each in comparison.verdicts
        ],
        "parameters": [
            {
                "name": row.name,
                "differs": row.differs,
                "values": {side.pathspec: side.record.parameters.get(row.name, _NONE)[1] for side in comparison.sides},
            }
            for row in comparison.parameters
        ],
        "metrics": [_metric(row, runs) for row in comparison.metrics],
        "artifacts": [_artifact(row, runs) for row in comparison.artifacts],
        "code": [
            {"runs": [runs[place] for place in each.runs], "name": each.name, "how": each.how, "diff": each.diff}
            for each in comparison.code
        ],
        "durations": [{"step": row.step, "seconds": list(row.seconds)} for row in comparison.durations],
        "environment": [
            {"name": row.name, "differs": row.differs, "values": dict(zip(runs, row.values, strict=True))}
            for row in comparison.environment
        ],
    }


def _metric(row: Metric, runs: list[str]) -> dict[str, Any]:
    told = {
        "name": row.label,
        "differs": row.differs,
        "values": dict(zip(runs, map(_plain, row.values), strict=True)),
        "deltas": [_plain(row.delta(place)) for place in range(len(runs))],
        "shares": [row.share(place) for place in range(len(runs))],
    }
    if row.items:
        told["items"] = {label: list(map(_plain, values)) for label, values in row.items}
    return told


def _artifact(row: Artifact, runs: list[str]) -> dict[str, Any]:
    told = []
    for left in row.left:
        ref = next(iter(left.refs.values()), None)
        one = None if ref is None else {"type": ref.type, "size": sum(each.size for each in left.refs.values())}
        if one is not None and ref is not None and left.single is not None:
            one |= {"digest": ref.digest}
            one |= {} if isinstance(ref.scalar, Missing) else {"value": _plain(ref.scalar)}
        told.append(one)
    return {
        "name": row.label,
        "state": row.state,
        "items": row.total,
        "changed": row.changed,
        "runs": dict(zip(runs, told, strict=True)),
    }


def _plain(given: Any) -> Any:
    if isinstance(given, float) and not math.isfinite(given):
        return str(given)
    if isinstance(given, list):
        return [_plain(each) for each in given]
    return given if given is None or isinstance(given, bool | int | float | str) else str(given)
