"""Attempts as processes: in an empty folder, a process group of their own, with the environment of the job and no more."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from aws.bench import images
from aws.bench.runners import CannotStartError, Ended, Serve, Wanted
from aws.bench.runners.network import Enclosure

_PAGE = os.sysconf("SC_PAGE_SIZE")
#: seconds between looks at how much memory a job takes
_WATCH = 0.05


class ProcessRunner:
    """Starts jobs without an engine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths = images.Paths(folder / "images")
        self._enclosure: Enclosure | None = None

    def start(self, wanted: Wanted) -> Process:
        kind = images.known(wanted.image)
        if kind is None:
            raise CannotStartError(images.unknown(wanted.image))
        here = Path(tempfile.mkdtemp(prefix="job-", dir=self._folder))
        (here / "tmp").mkdir()
        environment = {
            "PATH": self._paths[kind],
            "HOME": str(here),
            "TMPDIR": str(here / "tmp"),
            **wanted.environment,
        }
        program = shutil.which(wanted.command[0], path=environment["PATH"]) if wanted.command else None
        if program is None:
            shutil.rmtree(here)
            raise CannotStartError(not_found(wanted.command))
        inside = self._enclosure.entered() if wanted.enclosed and self._enclosure else []
        output = (here / ".output").open("wb")
        with output:
            started = subprocess.Popen(
                [*inside, program, *wanted.command[1:]],
                cwd=here,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return Process(started, here, wanted)

    def enclose(self, serve: Serve) -> None:
        self._enclosure = self._enclosure or Enclosure.new(serve)

    def close(self) -> None:
        if self._enclosure is not None:
            self._enclosure.close()


class Process:
    """A job's first process, with all that came of it."""

    def __init__(self, started: subprocess.Popen[bytes], folder: Path, wanted: Wanted) -> None:
        self._started = started
        self._folder = folder
        self._wanted = wanted
        self._output = (folder / ".output").open("rb")
        self._watched = 0.0
        self._too_much = False
        self._at_first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._ended: Ended | None = None

    def ended(self) -> Ended | None:
        if self._ended is not None:
            return self._ended
        pid, status, usage = os.wait4(self._started.pid, os.WNOHANG)
        if not pid:
            self._watch()
            return None
        code = os.waitstatus_to_exitcode(status)
        self._started.returncode = code
        # Linux counts the most memory a process had at a time in KiB; before its program began that was the bench's own
        most = max(self._wanted.memory * 1024, self._at_first)
        too_much = self._too_much or usage.ru_maxrss > most
        # killed by a signal: as a shell and an engine say it
        self._ended = Ended(137 if too_much else 128 - code if code < 0 else code, too_much)
        return self._ended

    def _watch(self) -> None:
        """Kill what takes more than its memory, as the kernel does in a container."""
        if time.monotonic() - self._watched < _WATCH:
            return
        self._watched = time.monotonic()
        if _resident(self._started.pid) > self._wanted.memory << 20:
            self._too_much = True
            self.kill()

    def output(self) -> bytes:
        return self._output.read()

    def terminate(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._started.pid, signal.SIGTERM)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._started.pid, signal.SIGKILL)

    def remove(self) -> None:
        self.kill()
        # a container has no process that outlives its first one, whatever session that moved to
        for pid in _of_job(self._wanted.job):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._ended is None:
            with contextlib.suppress(ChildProcessError):
                self._started.wait()
        self._output.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def not_found(command: list[str]) -> str:
    """Return what AWS says of a command that the image lacks."""
    named = f'"{command[0]}"' if command else '""'
    return (
        "CannotStartContainerError: Error response from daemon: failed to create shim task: OCI runtime create failed: runc "
        f"create failed: unable to start container process: exec: {named}: executable file not found in $PATH: unknown"
    )


def _resident(first: int) -> int:
    """Return the bytes of memory that a process and all below it have."""
    total, left = 0, [first]
    while left:
        pid = left.pop()
        with contextlib.suppress(OSError, ValueError, IndexError):
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
            left += [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return total


def _of_job(job: str) -> list[int]:
    """Return the processes in whose environment this job stands."""
    mark = f"AWS_BATCH_JOB_ID={job}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
    return found
