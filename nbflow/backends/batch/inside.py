"""The task in its container: `python -m nbflow.backends.batch.inside`, after `start` has fetched what it stands on.

It runs the attempt as any machine does, in a worker forked from a zygote, and meanwhile brings what the worker writes to
the bucket. What the worker says last is written there once, when nothing of it is left.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbflow.backends.batch.arrival import Arrival, opened
from nbflow.backends.batch.folder import JobFolder, is_well
from nbflow.backends.batch.logs import LogFiles
from nbflow.backends.local import LocalBackend
from nbflow.errors import NbflowError
from nbflow.model.task import TaskSpec
from nbflow.workspace import Workspace
from nbflow.workspace.shared import Shared

#: another job has the attempt: nothing is wrong, and nothing is to be done
_NOT_MINE = 0
#: nbflow could not do it: the store cannot be reached, or not with these credentials
_FAILED = 78
_NUMBER = 1
_TICK = 0.2


def main() -> int:
    """Run the attempt and return the exit status of the job: 0 only if the body succeeded."""
    folder = Path(os.environ["NBFLOW_FOLDER"])
    document = json.loads((folder / "told.json").read_bytes())
    given = TaskSpec.from_json(document["spec"])
    attempt = JobFolder.of(given)
    workspace = opened(folder / "store", Shared(**document["shared"]))
    assert workspace.far is not None, "a job is told its bucket"
    job = os.environ.get("AWS_BATCH_JOB_ID", "")
    if attempt.said(workspace.far) is not None or not attempt.claim(workspace.far, job):
        sys.stderr.write(f"nbflow: another job runs {given.task}, attempt {given.attempt}\n")
        return _NOT_MINE
    spec = _at_home(given, document, folder, workspace)
    return Inside(workspace, attempt, spec).run()


class Inside:
    """One attempt, run here."""

    def __init__(self, workspace: Workspace, attempt: JobFolder, spec: TaskSpec) -> None:
        assert workspace.far is not None, "a job is told its bucket"
        self._far = workspace.far
        self._attempt = attempt
        self._spec = spec
        flow, run, step, task = spec.task.split("/")
        self._stdout = workspace.log_path(flow, run, step, task, spec.attempt, "stdout")
        self._stderr = self._stdout.with_name(f"{spec.attempt}-stderr")
        self._stdout.parent.mkdir(parents=True, exist_ok=True)
        self._logs = LogFiles(workspace.root, self._far, (self._stdout, self._stderr), echo=True)
        self._said: dict[str, Any] | None = None
        self._ended: tuple[int, str] | None = None
        self._told_to_stop = 0

    def run(self) -> int:
        """Run it and return the exit status of the job."""
        signal.signal(signal.SIGTERM, lambda *_: self._stop())
        backend = LocalBackend()
        with selectors.DefaultSelector() as selector:
            backend.attach(selector, self)
            backend.launch(_NUMBER, self._spec, self._stdout, self._stderr)
            stopped = 0
            while self._ended is None:
                for key, _ in selector.select(_TICK):
                    if selector.get_map().get(key.fd) is key:
                        key.data()
                if self._told_to_stop > stopped:
                    backend.stop(_NUMBER, kill=stopped > 0)
                    stopped += 1
                self._logs.look()
            backend.close()
        self._logs.close()
        status, why = self._ended
        self._attempt.say(self._far, self._said, status, why)
        return 0 if is_well(self._said) else 1

    def _stop(self) -> None:
        self._told_to_stop += 1

    # ---- Report

    def submitted(self, number: int, job: str) -> None:
        """Nothing is submitted from here."""

    def started(self, number: int, pid: int | None) -> None:
        """The worker runs."""

    def said(self, number: int, message: Mapping[str, Any]) -> None:  # noqa: ARG002 - there is one
        """Keep its last word."""
        if "display" not in message:
            self._said = dict(message)

    def exited(self, number: int, status: int, why: str = "") -> None:  # noqa: ARG002 - there is one
        """Nothing of it is left."""
        self._ended = (status, why)

    def noticed(self, numbers: Iterable[int], text: str) -> None:
        """Nothing here is elsewhere."""

    def broke(self, message: str) -> None:
        """It could not be run."""
        self._ended = (1, message)


def _at_home(spec: TaskSpec, document: Mapping[str, Any], folder: Path, workspace: Workspace) -> TaskSpec:
    """Return the spec with the places of this machine, once what it names is there."""
    arrival = Arrival.of(document, folder)
    far = workspace.far
    assert far is not None, "a job is told its bucket"
    code = workspace.root / document["code"]
    code.parent.mkdir(parents=True, exist_ok=True)
    code.write_bytes(far.get(document["code"]))
    return replace(spec, root=str(workspace.root), cwd=str(arrival.home), sys_path=arrival.sys_path, code=str(code))


def told_main() -> int:
    """Do what `main` does, and end with what went wrong as nbflow tells it: frames of ours help nobody in there."""
    try:
        return main()
    except NbflowError as error:
        sys.stderr.write(f"{error}\n")
        return _FAILED


if __name__ == "__main__":
    sys.exit(told_main())
