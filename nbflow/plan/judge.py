"""Whether a task must wait, is skipped, or may go: the rule by which a run proceeds, whatever runs it.

`wait` beats `skip`: a step is skipped only once all it needs has settled, so the answer never depends on timing.
"""

from __future__ import annotations

from typing import Literal

from nbflow.frozen import frozen
from nbflow.model.graph import MISSING, Need, Node, Source
from nbflow.model.ids import Path, StepName
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.plan.ledger import Ledger

State = Literal["wait", "dead"]


@frozen
class Wait:
    """Something it needs has not settled yet."""


@frozen
class Skip:
    """It never runs; `reason` is one line for people."""

    reason: str


@frozen
class Go:
    """All it needs is there."""

    #: per value need of the node, the giver that counts, or None when all were skipped and the step can do without
    taken: tuple[tuple[Need, Source | None], ...]


Verdict = Wait | Skip | Go
WAIT = Wait()


def judge(ledger: Ledger, node: Node, path: Path) -> Verdict:
    """Return the verdict on `node` at `path` (the path of its base while its own foreach is not listed)."""
    taken: list[tuple[Need, Source | None]] = []
    reason = ""
    for need in node.needs:
        if need.kind == "order":
            if not _order_settled(ledger, node, need, path):
                return WAIT
            continue
        if need.closes:
            verdict = _closing(ledger, need, path)
        elif need.kind == "inputs":
            verdict = _branches(ledger, node, need, path)
        else:
            verdict = _value(ledger, node, need, path, taken)
        if isinstance(verdict, Wait):
            return verdict
        if isinstance(verdict, Skip):
            reason = reason or verdict.reason
    return Skip(reason) if reason else Go(tuple(taken))


def pick(ledger: Ledger, me: str, candidates: tuple[Source, ...], path: Path) -> tuple[Source, TaskRecord] | State:
    """Return the first candidate that ran and leads to `me`.

    `wait`: that is not known yet. `dead`: all were skipped, or chose other steps.
    """
    for source in candidates:
        if source.step == me:
            # the way back of a self-loop: it leads to further rounds, never to the first
            continue
        record = ledger.result(source.step, path)
        if record is None or record.chose == source.step:
            return "wait"
        if record.status is not TaskStatus.SKIPPED and not (source.case and record.chose != me):
            return source, record
    return "dead"


def _value(
    ledger: Ledger, node: Node, need: Need, path: Path, taken: list[tuple[Need, Source | None]]
) -> Verdict | None:
    found = pick(ledger, node.name, need.branches[0], path)
    if found == "wait":
        return WAIT
    if found == "dead":
        if need.soft or need.default is not MISSING:
            taken.append((need, None))
            return None
        return Skip(_why_dead(ledger, node, need, path))
    taken.append((need, found[0]))
    return None


def _why_dead(ledger: Ledger, node: Node, need: Need, path: Path) -> str:
    others = [source for source in need.branches[0] if source.step != node.name]
    givers = " and ".join(source.step for source in others)
    if need.kind == "value":
        return f"{need.binds} comes from {givers}, which did not run"
    for source in others:
        record = ledger.result(source.step, path)
        if record is not None and record.chose:
            return f"{source.step} chose {record.chose}"
    return f"it follows {givers}, which did not run"


def _branches(ledger: Ledger, node: Node, need: Need, path: Path) -> Verdict | None:
    found = [pick(ledger, node.name, branch, path) for branch in need.branches]
    if "wait" in found:
        return WAIT
    ran = [each != "dead" for each in found]
    if need.rule == "any":
        return None if any(ran) else Skip("none of the branches it joins ran")
    if all(ran):
        return None
    missing = [branch[0].step for branch, did in zip(need.branches, ran, strict=True) if not did]
    return Skip(f"it joins {' and '.join(missing)}, which did not run")


def _closing(ledger: Ledger, need: Need, path: Path) -> Verdict | None:
    opener = StepName(need.closes or "")
    prefix = path[: len(ledger.nodes[opener].base)]
    if (opener, prefix) in ledger.unopened:
        return Skip(f"the foreach of {opener} did not run")
    steps = {source.step for branch in need.branches for source in branch}
    return None if all(ledger.complete(step, prefix) for step in steps) else WAIT


def _order_settled(ledger: Ledger, node: Node, need: Need, path: Path) -> bool:
    """Order waits for all tasks of the other step that share this task's items."""
    for branch in need.branches:
        for source in branch:
            scope = ledger.nodes[source.step].scope
            if not ledger.complete(source.step, path[: shared(scope, node.scope, len(path))]):
                return False
    return True


def shared(first: tuple[str, ...], second: tuple[str, ...], most: int) -> int:
    """Return how many foreach two scopes share from the outside, at most `most`."""
    count = 0
    while count < min(len(first), len(second), most) and first[count] == second[count]:
        count += 1
    return count
