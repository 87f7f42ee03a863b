"""What held the run up: the task that ended last, the one that it waited for longest, and so on to the start."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.client.lineage import Lineage
from nbflow.model.ids import TaskKey
from nbflow.model.record import StepSummary
from nbflow.views.timeline.spans import Track, by_key

#: tasks that are looked at to find it: a self-loop of thousands of rounds would take long
_MOST = 2_000_000


def critical_path(steps: Sequence[StepSummary], tracks: Sequence[Track]) -> tuple[TaskKey, ...]:
    """Return the chain of tasks that ends last, first to last; each waited for the one before."""
    ran = [track for track in tracks if track.spans]
    if not ran or not {track.task.step for track in ran} <= {step.name for step in steps}:
        return ()
    known = by_key(ran)
    lineage = Lineage(steps, [track.task for track in tracks])
    latest = max(ran, key=_end)
    path = [latest.task.key]
    while len(path) * len(tracks) < _MOST:
        parents = [known[each.key] for each in lineage.parents(known[path[-1]].task) if each.key in known]
        if not parents:
            break
        latest = max(parents, key=_end)
        if latest.task.key in path:
            break
        path.append(latest.task.key)
    return tuple(reversed(path))


def _end(track: Track) -> float:
    return track.end or 0.0
