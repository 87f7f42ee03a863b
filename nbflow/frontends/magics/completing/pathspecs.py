"""The pathspecs of what is stored: FLOW/RUN/STEP/TASK/ARTIFACT, as far as one is typed."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.frontends.magics.completing.offer import Candidate
from nbflow.frontends.magics.records import Records


def pathspecs(records: Records, typed: str, depth: int) -> Iterator[Candidate]:
    """Yield the pathspecs that go on from `typed` by one part, at most `depth` parts long, the newest runs first."""
    above, slash, _ = typed.rpartition("/")
    parts = above.split("/") if slash else []
    if len(parts) >= depth:
        return
    more = "/" if len(parts) + 1 < depth else ""
    for name, kind in _below(records, parts):
        yield Candidate("/".join([*parts, name]) + more, kind)


def _below(records: Records, parts: list[str]) -> Iterator[tuple[str, str]]:
    match parts:
        case []:
            yield from ((flow, "flow") for flow in records.flows())
        case [flow]:
            yield from ((run.id, run.status.value) for run in records.runs(flow, drafts=True))
        case [flow, run]:
            yield from ((step, "step") for step in records.steps(flow, run))
        case [flow, run, step]:
            yield from ((task.id, task.status.value) for task in records.tasks(flow, run, step))
        case [flow, run, step, task]:
            found = next((each for each in records.tasks(flow, run, step) if each.id == task), None)
            if found is not None and found.manifest is not None:
                yield from ((name, ref.type) for name, ref in found.manifest.artifacts.items())
