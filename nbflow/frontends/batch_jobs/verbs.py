"""What `batch list` and `batch kill` print and do."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from nbflow.backends.batch.service import BatchService
from nbflow.cards.figures import duration
from nbflow.configuration.settings import settings
from nbflow.frontends.batch_jobs.found import Job, Selection, jobs_of
from nbflow.workspace import Workspace

Say = Callable[[str], object]
#: seconds for Batch to say that jobs have ended
_PATIENCE = 60.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare whose jobs are meant."""
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--my-runs", action="store_true", help="only jobs of your own runs")
    whose.add_argument("--user", metavar="USER", help="only jobs of this user's runs")
    parser.add_argument("--run-id", metavar="RUN", help="only jobs of this run")


def selection(workspace: Workspace, flow: str | None, arguments: argparse.Namespace) -> Selection:
    """Return whose jobs are meant."""
    user = workspace.user if arguments.my_runs else arguments.user
    return Selection(flow, arguments.run_id, user)


def listing(workspace: Workspace, wanted: Selection, say: Say, tell: Say) -> int:
    """Print the jobs that have not ended."""
    jobs = jobs_of(workspace, BatchService(settings()), wanted)
    if not jobs:
        say(_none(wanted))
        return 0
    for line in _lines(jobs):
        tell(line)
    return 0


def kill(workspace: Workspace, wanted: Selection, say: Say) -> int:
    """End the jobs, and wait until Batch says that they have: one's own where neither a user nor a flow's run is named."""
    service = BatchService(settings())
    if wanted.user is None and None in (wanted.flow, wanted.run):
        every, wanted = jobs_of(workspace, service, wanted), replace(wanted, user=workspace.user)
        jobs = jobs_of(workspace, service, wanted)
        if others := len(every) - len(jobs):
            goes = "1 job of others goes on" if others == 1 else f"{others} jobs of others go on"
            say(f"{goes}:  nbflow batch kill FLOW/RUN, or --user NAME, ends them")
    else:
        jobs = jobs_of(workspace, service, wanted)
    if not jobs:
        say(_none(wanted))
        return 0
    for job in jobs:
        service.terminate(job.id, "nbflow: killed by nbflow batch kill")
    left = _waited(workspace, service, wanted)
    for job in jobs:
        if job.id not in {each.id for each in left}:
            say(f"ended  {job.task}  {job.id}")
    for job in left:
        say(f"still {job.status.lower()}  {job.task}  {job.id}")
    return 1 if left else 0


def _waited(workspace: Workspace, service: BatchService, wanted: Selection) -> list[Job]:
    until = time.monotonic() + _PATIENCE
    while (left := jobs_of(workspace, service, wanted)) and time.monotonic() < until:
        time.sleep(0.5)
    return left


def _lines(jobs: Sequence[Job]) -> list[str]:
    rows = [("task", "job", "status", "for")]
    now = time.time()
    for job in jobs:
        took = duration(now - job.started_at) if job.started_at else ""
        status = job.status.lower() + (f": {job.why}" if job.why and not job.started_at else "")
        rows.append((job.task, job.id, status, took))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _none(wanted: Selection) -> str:
    of = f" of {wanted.flow}" if wanted.flow else ""
    if wanted.run:
        of += f"/{wanted.run}" if wanted.flow else f" of run {wanted.run}"
    by = f" of {wanted.user}" if wanted.user else ""
    return f"no jobs{of}{by} are waiting or running on AWS Batch"
