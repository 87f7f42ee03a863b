"""Checks of what a store holds: its metadata, its runs, what was left half written."""

from __future__ import annotations

import os
import re
import sqlite3
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from nbflow.cards.figures import duration, several, size
from nbflow.errors import NbflowError
from nbflow.metadata.filesystem import network_type
from nbflow.metadata.port import Metadata
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.upkeep.finding import Finding, broken, fine, warning
from nbflow.workspace import Workspace
from nbflow.workspace.shared import Shared

#: seconds after which nobody works on a half-written file any more
_DAY = 86_400.0
#: seconds by which clocks of machines that share a store may differ
_SKEW = 60.0
#: runs of each flow whose times are looked at
_LATEST = 20
#: lines that list things
_MOST = 5
#: names under which files are written before they get their own
_HALF = re.compile(r"\.part-.+|\.format-\d+|.+\.json\.\d+")
#: copies what can be read; an error in the middle would take it all back
_RESCUE = "sqlite3 damaged/metadata.db .dump | sed 's/^ROLLBACK.*/COMMIT;/' | sqlite3 metadata.db"
_GOING_ON = (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.CANCELLING)


def metadata(root: Path) -> Finding:
    """Whether the database is whole."""
    path = root / "metadata.db"
    if not path.exists():
        return fine("metadata", "none yet")
    try:
        # looking changes nothing, not even the version of its tables
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            wrong = [row[0] for row in database.execute("PRAGMA quick_check(1)") if row[0] != "ok"]
            journal = database.execute("PRAGMA journal_mode").fetchone()[0].upper()
    except sqlite3.OperationalError as error:
        return broken(
            "metadata", f"{path} cannot be opened: {error}", "nbflow must be able to write it, and its folder"
        )
    except sqlite3.DatabaseError as error:
        wrong, journal = [str(error)], ""
    if wrong and Shared.at(root) is not None:
        said = f"{path}, which is an index of what is in the bucket, is damaged"
        return broken("metadata", said, f"rm {path}*  when nothing runs; it is made anew of the bucket")
    if wrong:
        return broken(
            "metadata",
            f"{path} is damaged: {wrong[0].replace('*** in database main ***', '').strip()}",
            f"cd {root} && mkdir damaged && mv metadata.db* damaged  begins anew; values and logs stay",
            f"{_RESCUE}  then saves what can be read",
        )
    if journal == "WAL" and (kind := network_type(root)):
        said = f"whole, but its journal is WAL, which is not safe on {kind}"
        return warning("metadata", said, f"sqlite3 {path} 'PRAGMA journal_mode = DELETE'")
    return fine("metadata", f"whole · {journal} journal")


def opened(root: Path) -> Metadata | None:
    """Return the metadata of the store in `root`; None when there is none, or it cannot be read."""
    if not (root / "metadata.db").exists():
        return None
    found = Workspace(root).metadata
    try:
        with warnings.catch_warnings():
            # of the file system a check of its own tells
            warnings.simplefilter("ignore", RuntimeWarning)
            found.flows()
    except NbflowError:
        return None
    return found


def runs(facts: Metadata) -> Finding:
    """Whether there are runs that nobody runs any more."""
    lost = [run for flow in facts.flows() for run in lost_runs(facts, flow)]
    going = sum(1 for run in _unfinished(facts) if run.status is not RunStatus.LOST)
    if not lost:
        ways = [several(len(facts.flows()), "flow"), *([f"{several(going, 'run')} under way"] if going else [])]
        return fine("runs", f"{' · '.join(ways)} · none lost")
    lost.sort(key=lambda run: run.created_at, reverse=True)
    listed = [f"nbflow resume {run.flow}/{run.id}" for run in lost[:_MOST]]
    if len(lost) > _MOST:
        listed.append(f"and {len(lost) - _MOST} more: nbflow history")
    if any(run.finished_at is None for run in lost):
        listed.append("nbflow doctor --fix  marks lost runs as lost for good")
    were = "was lost: its process is" if len(lost) == 1 else "were lost: their processes are"
    return warning("runs", f"{several(len(lost), 'run')} {were} gone", *listed)


def lost_runs(facts: Metadata, flow: str) -> Iterator[RunRecord]:
    """Yield the lost runs of a flow that still call for something: not marked yet, or the latest one."""
    for run in facts.runs(flow, limit=1):
        if run.status is RunStatus.LOST and run.finished_at is not None:
            yield run
    yield from (run for run in _unfinished(facts, [flow]) if run.status is RunStatus.LOST)


def mark_lost(facts: Metadata) -> list[RunRecord]:
    """The runs whose owner is gone are lost from now on, whoever looks. Return them."""
    found = [run for run in _unfinished(facts) if run.status is RunStatus.LOST]
    return [
        facts.update_run(
            run.flow,
            run.id,
            status=RunStatus.LOST,
            finished_at=run.heartbeat_at or run.started_at or run.created_at,
            reason="the process that ran it is gone",
        )
        for run in found
    ]


def _unfinished(facts: Metadata, flows: Iterable[str] | None = None) -> Iterator[RunRecord]:
    """Yield the runs without an end, as they stand: those whose owner is gone are lost."""
    for flow in facts.flows() if flows is None else flows:
        for status in _GOING_ON:
            yield from facts.runs(flow, status=status)


def leftovers(root: Path) -> Finding:
    """Whether there are half-written files of processes that are long gone."""
    found = list(half_written(root))
    if not found:
        return fine("leftovers", "no half-written files")
    said = (
        f"{several(len(found), 'half-written file')}, {size(sum(bytes_ for _, bytes_ in found))}, of a day ago or more"
    )
    return warning("leftovers", said, "nbflow doctor --fix  deletes them")


def half_written(root: Path) -> Iterator[tuple[Path, int]]:
    """Yield path and size of the files that nobody will finish."""
    before = time.time() - _DAY
    for folder, _, names in os.walk(root):
        for name in names:
            if _HALF.fullmatch(name):
                path = Path(folder, name)
                try:
                    stat = path.stat()
                except FileNotFoundError:
                    continue
                if stat.st_mtime < before:
                    yield path, stat.st_size


def clock(facts: Metadata) -> Finding:
    """Whether times that were recorded are in the future."""
    now = time.time()
    latest = [run for flow in facts.flows() for run in facts.runs(flow, drafts=True, limit=_LATEST)]
    ahead = {f"{run.flow}/{run.id}": max(_times(run)) - now for run in latest}
    wrong = {run: seconds for run, seconds in ahead.items() if seconds > _SKEW}
    if not wrong:
        return fine("clock", "no record is from the future")
    run, seconds = max(wrong.items(), key=lambda each: each[1])
    return warning(
        "clock",
        f"{run} is {duration(seconds)} ahead of this machine's clock",
        "set the clocks of the machines that share this store by a time server",
    )


def _times(run: RunRecord) -> list[float]:
    known = (run.created_at, run.started_at, run.finished_at, run.heartbeat_at)
    return [each for each in known if each is not None]
