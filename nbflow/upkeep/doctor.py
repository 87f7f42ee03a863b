"""Every check there is, in the order they are told, and what can be mended without asking anyone.

A check is a function that returns a Finding. Those of the machine come first and import nothing that may be missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from nbflow.cards.figures import duration, several
from nbflow.cards.printable import one_line
from nbflow.upkeep import machine
from nbflow.upkeep.finding import Finding, fine, warning

_MOST = 5


def examine(store: str | None = None) -> Iterator[Finding]:
    """Yield what each check finds: of the machine, then of the store (None: the one that commands typed here use)."""
    yield machine.python()
    yield (system := machine.system())
    yield (packages := machine.packages())
    if packages.level == "broken":
        # what comes next could not even be imported
        return
    yield machine.jupyter()
    if system.level == "fine":
        from nbflow.upkeep import trial

        yield machine.capacity()
        yield trial.task()
        yield processes()
    yield from examine_store(store)


def examine_store(named: str | None = None) -> Iterator[Finding]:
    """Yield what is found of the settings, the store, and of what of AWS the settings name."""
    from nbflow.upkeep import hosted, kept, place
    from nbflow.upkeep.aws.session import Session
    from nbflow.upkeep.settings import settings

    found, known = settings()
    yield found
    if known is None:
        return
    yield hosted.host(known)
    session = Session(known)
    where, reached = place.place_of(named, known), True
    yield (store := place.store(where))
    well = store.level != "broken"
    if where.url:
        from nbflow.upkeep.shared import examine_shared

        for found in examine_shared(where.url, session):
            well = well and found.level != "broken"
            # who is unknown to one service is so to all
            reached = reached and (well or found.about in {"bucket", "access"})
            yield found
    yield place.disk(where)
    if where.exists and well:
        yield (metadata := kept.metadata(where.root))
        # where one page is damaged others can still be read, and tell half of it
        facts = kept.opened(where.root) if metadata.level != "broken" else None
        if facts is not None:
            yield kept.runs(facts)
            yield kept.clock(facts)
        yield kept.leftovers(where.root)
    if known.batch.queue is not None and reached:
        from nbflow.upkeep.shared import examine_batch

        yield from examine_batch(session, where.url)


def processes() -> Finding:
    """Whether there are workers without an owner."""
    from nbflow.upkeep.strays import strays

    found = strays()
    if not found:
        return fine("processes", "none without an owner")
    listed = [f"{each.pid}  {one_line(each.command, 60)}, for {duration(each.age)}" for each in found[:_MOST]]
    listed += [f"and {len(found) - _MOST} more"] if len(found) > _MOST else []
    said = f"{several(len(found), 'process', 'processes')} of nbflow without an owner"
    return warning("processes", said, "nbflow doctor --fix  ends them", listed=listed)


def mend(store: str | None = None) -> list[str]:
    """End strays, mark lost runs, delete what is half written; return what was done, a line each."""
    from nbflow.upkeep import kept, place
    from nbflow.upkeep.strays import end, strays

    done = []
    ended = end(strays()) if sys.platform.startswith("linux") else 0
    if ended:
        done.append(f"ended {several(ended, 'process', 'processes')}")
    found = place.place_of(store)
    if not found.exists:
        return done
    whole = kept.metadata(found.root).level != "broken"
    facts = kept.opened(found.root) if whole else None
    lost = kept.mark_lost(facts) if facts is not None else []
    done += [f"marked {run.flow}/{run.id} as lost" for run in lost]
    deleted = 0
    for path, _ in kept.half_written(found.root):
        path.unlink(missing_ok=True)
        deleted += 1
    if deleted:
        done.append(f"deleted {several(deleted, 'half-written file')}")
    return done
