"""What a step left, in a few words: `model (Ridge), rmse 2.31`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nbflow.cards.figures import value
from nbflow.cards.printable import one_line
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Missing
from nbflow.model.record import TaskRecord

#: characters each of several artifacts may take on the whole
_ROOM = 24


def kept(tasks: Sequence[TaskRecord], limit: int = 8) -> str:
    """Return what `tasks` of one step left. One task's scalars come with their values, several have one each.

    Scalars come first: what is cut off at the end of a line are names of objects rather than results.
    """
    found = sorted(_all(tasks).items(), key=lambda each: isinstance(each[1].scalar, Missing))
    single = sum(1 for task in tasks if task.manifest) == 1
    return _some([_said(name, ref, with_value=single) for name, ref in found], limit)


def dropped(tasks: Iterable[TaskRecord], limit: int = 4) -> str:
    """Return what was not kept and why: `conn (sqlite3.Connection cannot be stored)`."""
    found: Mapping[str, str] = {
        name: why for task in tasks if task.manifest for name, why in task.manifest.dropped.items()
    }
    return _some([f"{one_line(name, 40)} ({one_line(why, 100)})" for name, why in found.items()], limit)


def _all(tasks: Sequence[TaskRecord]) -> dict[str, ArtifactRef]:
    found: dict[str, ArtifactRef] = {}
    for task in tasks:
        for name, ref in task.manifest.own.items() if task.manifest else ():
            found.setdefault(name, ref)
    return found


def _said(name: str, ref: ArtifactRef, *, with_value: bool) -> str:
    if not isinstance(ref.scalar, Missing):
        return f"{one_line(name, 40)} {value(ref.scalar, 30)}" if with_value else one_line(name, 40)
    what = " ".join(part for part in (one_line(ref.type, 40), one_line(ref.summary, 30) if with_value else "") if part)
    return f"{one_line(name, 40)} ({what})"


def _some(said: Sequence[str], limit: int) -> str:
    """Return the first `limit` of `said`, fewer when they are long, and how many are left out."""
    count, length = 0, 0
    while count < len(said) and (not count or (count < limit and length + len(said[count]) <= limit * _ROOM)):
        length += len(said[count])
        count += 1
    # one that is left out would take the place of the words that say so
    if count >= len(said) - 1:
        return ", ".join(said)
    return f"{', '.join(said[:count])} and {len(said) - count} more"
