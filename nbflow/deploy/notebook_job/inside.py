"""The notebook in its job: `python -m nbflow.deploy.notebook_job.inside`, after `start` has fetched what it stands on.

It gives the command that a person would, `nbflow run NB.ipynb --papermill`, against the bucket. The run, with the filled-in
notebook, is kept there; the job succeeds if the run does. Where the command ended before it made one, there is a run that
failed, and says why. Asked to end, it ends the run as an interrupt does.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import IO, Any

from nbflow.backends.batch.arrival import Arrival
from nbflow.metadata.identity import system_tags
from nbflow.metadata.starter import STARTED_BY
from nbflow.model.ids import FlowName, RunId
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.notify import ended
from nbflow.workspace import Workspace

#: variables of a job: parameters of this run, as JSON, and the moment it was due, if the clock started it
GIVEN, DUE = "NBFLOW_GIVEN", "NBFLOW_DUE"
#: an error's first line, as a terminal has it
_ERROR = re.compile(r"NBF-[A-Z]\d{3} +(?P<what>.*)")
#: lines that are looked at for one; seconds that a process which has ended may have said something of late
_LINES, _LATE = 200, 5.0


def main() -> int:
    """Run the notebook and return the exit status of the job."""
    folder = Path(os.environ["NBFLOW_FOLDER"])
    document = json.loads((folder / "told.json").read_bytes())
    arrival = Arrival.of(document, folder)
    asked = document["notebook"]
    os.environ.update(variables(asked, os.environ))
    # a container's user may have no home, and nothing is to be left in one
    around = {**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    note, started = folder / "run", time.time()
    words = [*command(asked, os.environ), "--run-id-file", str(note)]
    process = subprocess.Popen(words, cwd=arrival.home, env=around, stderr=subprocess.PIPE)  # noqa: S603 - our own
    assert process.stderr is not None
    said: deque[str] = deque(maxlen=_LINES)
    # what a cell started may hold it open for longer
    reader = threading.Thread(target=_passed_on, args=(process.stderr, said), daemon=True)
    reader.start()

    def end(_signum: int, _frame: FrameType | None) -> None:
        process.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, end)
    code = process.wait()
    reader.join(_LATE)
    if code and not note.exists():
        run = failed(arrival.workspace, asked, started, reason(said, code))
        for each in ended(arrival.workspace, run.flow, run.id):
            sys.stderr.write(f"nbflow: warning NBF-{each.code}: {each.what}\n")
    return code


def _passed_on(stderr: IO[bytes], said: deque[str]) -> None:
    for line in stderr:
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
        said.append(line.decode("utf-8", "replace").rstrip())


def reason(said: Iterable[str], code: int) -> str:
    """Return why a command failed: the first error that it told, else its last line."""
    lines = [each for each in said if each.strip()]
    told = next((found["what"] for each in lines if (found := _ERROR.match(each))), None)
    return told or (lines[-1].strip() if lines else f"nbflow run ended with exit code {code}")


def failed(workspace: Workspace, asked: Mapping[str, Any], started: float, why: str) -> RunRecord:
    """Record a run of a notebook that ended before there was one.

    Args:
        workspace: the store.
        asked: what its job was told.
        started: when it began, seconds since the epoch.
        why: what went wrong.
    """
    return workspace.metadata.create_run(
        RunRecord(
            flow=FlowName(asked["flow"]),
            id=RunId(""),
            kind="run",
            status=RunStatus.FAILED,
            user=asked["user"],
            created_at=started,
            started_at=started,
            finished_at=time.time(),
            tags=frozenset(asked["tags"]),
            system_tags=system_tags(),
            source=asked["file"],
            reason=why,
        )
    )


def command(asked: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    """Return the command; what this run was given counts before what the notebook was deployed with."""
    given = {**asked["parameters"], **json.loads(environ.get(GIVEN) or "{}")}
    words = [sys.executable, "-P", "-m", "nbflow", "run", asked["file"], "--papermill"]
    words += ["--kernel", asked["kernel"]] if asked["kernel"] else []
    for option, values in (("-p", [f"{name}={value}" for name, value in given.items()]), ("--tag", asked["tags"])):
        words += [word for value in values for word in (option, value)]
    return words


def variables(asked: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which the run knows whose it is, and what started it."""
    found = {"NBFLOW_USER": asked["user"], "NBFLOW_PRODUCTION_TOKEN": asked["token"]}
    if moment := environ.get(DUE):
        about = {"schedule": asked["name"], "scheduled_at": moment, "runs": []}
        found[STARTED_BY] = json.dumps(about)
    return found


if __name__ == "__main__":
    sys.exit(main())
