"""What must be true after a kill. Each check returns what is wrong, a sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from crash.moment import Moment, Task, notes
from crash.processes import Process

from nbflow.errors import NbflowError
from nbflow.model.ids import Digest
from nbflow.model.record import TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.storage.local import LocalStorage
from nbflow.store.store import Store
from nbflow.workspace import Workspace

FLOW = "nb"

#: what tasks left, by step and id: how they ended, and the digests of their values
Left = dict[Task, tuple[str, dict[str, str]]]


def left_by(workspace: Workspace, run: str) -> Left:
    """Return what a run left, whether it made it or took it over."""
    return {(task.step, task.id): (_ending(task), _digests(task)) for task in workspace.metadata.tasks(FLOW, run)}


def _ending(task: TaskRecord) -> str:
    if task.status is TaskStatus.SKIPPED:
        return "skipped"
    return ("caught" if task.caught else "done") if task.status.has_result else "failed"


def _digests(task: TaskRecord) -> dict[str, str]:
    artifacts = task.manifest.artifacts if task.manifest else {}
    # the traceback of a caught error names cells as its host does: by their place in the file, or by In[7]
    return {name: "error" if task.caught and name == "error" else ref.digest for name, ref in artifacts.items()}


def kept(workspace: Workspace, run: str, moment: Moment) -> Iterator[str]:
    """Every task that was recorded as ended at the kill is as it was, and every value that a run left opens."""
    now = {(task.step, task.id): task for task in workspace.metadata.tasks(FLOW, run)}
    for key, before in moment.recorded.items():
        if before != now.get(key):
            yield f"{'/'.join(key)} was recorded as {before.status} and is now {now.get(key)}"


def opened(workspace: Workspace, run: str) -> Iterator[str]:
    """Every value that a run left opens and has its digest."""
    store = Store(LocalStorage(workspace.root), verify="always")
    seen: set[Digest] = set()
    for task in workspace.metadata.tasks(FLOW, run):
        for name, ref in task.manifest.artifacts.items() if task.manifest else ():
            if ref.digest in seen:
                continue
            seen.add(ref.digest)
            try:
                digest = store.digest(store.get(ref, name=name))
            except NbflowError as error:
                yield f"{task.key}: {name} does not open: {error}"
            else:
                if digest != ref.digest:
                    yield f"{task.key}: {name} has another digest than its reference"


def settled(workspace: Workspace, run: str) -> Iterator[str]:
    """Nothing of the run is under way as readers see it."""
    record = workspace.metadata.run(FLOW, run)
    if record is None:
        return
    if not record.status.ended:
        yield f"the run reads as {record.status}"
    for task in workspace.metadata.tasks(FLOW, run):
        if not task.status.ended:
            yield f"{task.key} of a run that is {record.status} reads as {task.status}"
    for attempt in workspace.metadata.attempts(FLOW, run):
        if not attempt.status.ended:
            where = f"attempt {attempt.number} of {attempt.step}/{attempt.task}"
            yield f"{where}, of a run that is {record.status}, reads as {attempt.status}"


def lost(workspace: Workspace, run: str) -> Iterator[str]:
    """A run whose host was killed reads as lost, unless it had ended."""
    record = workspace.metadata.run(FLOW, run)
    if record is not None and record.status is not RunStatus.LOST and record.finished_at is None:
        yield f"the run reads as {record.status}, not as lost"


def told(workspace: Workspace, run: str, worker: Process) -> Iterator[str]:
    """The attempt of a worker that was killed failed and says so, unless it had told its result."""
    step, task = worker.task or ("", "")
    number, *kind = worker.log.rpartition("/")[2].split("-")
    if len(kind) > 1:
        # the listing of a foreach's items is no attempt
        return
    for attempt in workspace.metadata.attempts(FLOW, run, step, task):
        if attempt.number == int(number):
            code = attempt.failure.code if attempt.failure else None
            late = worker.name == "nbflow-store"
            # a body that fails anyway may have told that before
            if code != "T003" and not (late and (attempt.status.has_result or attempt.failure)):
                yield f"the attempt whose worker was killed in {worker.name} is {attempt.status} ({attempt.failure})"
            return
    yield f"the attempt whose worker was killed in {worker.name} has no record"


def not_again(folder: Path, moment: Moment, run: str) -> Iterator[str]:
    """No task that was recorded at the kill began again in the same run."""
    for word, its, step, task, log in notes(folder)[moment.noted :]:
        if word == "start" and its == run and (step, task) in moment.recorded:
            yield f"{step}/{task} had ended and ran again ({log})"


def resumed(folder: Path, workspace: Workspace, run: str, before: Mapping[Task, TaskRecord]) -> Iterator[str]:
    """The run took over what the one before had committed, and ran each other task, once if it needs no retry."""
    begun = Counter((step, task) for word, its, step, task, _ in notes(folder) if word == "start" and its == run)
    for task in workspace.metadata.tasks(FLOW, run):
        key = (task.step, task.id)
        if key in before:
            if begun[key] or task.status is not TaskStatus.REUSED:
                yield f"{task.key} was committed and yet {task.status} after {begun[key]} runs"
        elif task.status is TaskStatus.REUSED:
            yield f"{task.key} was not committed and is taken over from {task.origin}"
        elif task.status is not TaskStatus.SKIPPED and not begun[key]:
            yield f"{task.key} never ran"


def equal(workspace: Workspace, run: str, unbroken: Left) -> Iterator[str]:
    """The run left what an unbroken one does."""
    left = left_by(workspace, run)
    for key in sorted(left.keys() | unbroken.keys()):
        if left.get(key) != unbroken.get(key):
            yield f"{'/'.join(key)} left {left.get(key)}, and {unbroken.get(key)} in an unbroken run"


def whole(workspace: Workspace) -> Iterator[str]:
    """Every blob's content has the digest it is named by."""
    store = Store(LocalStorage(workspace.root), verify="always")
    for key in store.blobs.storage.list("blobs/"):
        try:
            store.get_bytes(Digest(key.rpartition("/")[2]))
        except NbflowError as error:
            yield f"a blob is torn: {error}"


def halves(workspace: Workspace) -> int:
    """Return how many temporary files of the store were left."""
    return sum(1 for _ in (workspace.root / "blobs").rglob(".part-*")) + len(list(workspace.root.glob(".part-*")))
