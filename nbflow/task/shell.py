"""What stands in a body for the lines that only IPython understands: `!command`, `$name`, `%time`.

nbflow.cells.body writes the calls; the names here are its names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Self


class CommandError(subprocess.CalledProcessError):
    """A command of the shell ended with another exit code than 0."""

    def __str__(self) -> str:
        how = f"exit code {self.returncode}" if self.returncode >= 0 else f"signal {-self.returncode}"
        return f"!{self.cmd} ended with {how}. If that is no failure, write: {self.cmd} || true"


class Stopwatch:
    """Prints how long its block took, as %time does."""

    def __init__(self, running: list[Stopwatch]) -> None:
        self._running = running

    def __enter__(self) -> Self:
        self._running.append(self)
        self._cpu, self._wall = os.times(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        if self not in self._running:
            return
        self._running.remove(self)
        wall, now = time.perf_counter() - self._wall, os.times()
        user, system = now.user - self._cpu.user, now.system - self._cpu.system
        print(  # noqa: T201  (it is the output of the person's %time)
            f"CPU times: user {_span(user)}, sys: {_span(system)}, total: {_span(user + system)}\n"
            f"Wall time: {_span(wall)}"
        )


class Shell:
    """The functions of one body."""

    def __init__(self) -> None:
        self._running: list[Stopwatch] = []

    @property
    def names(self) -> Mapping[str, Callable[..., Any]]:
        """The functions by the names under which a body calls them."""
        return {
            "__nbflow_shell__": run_command,
            "__nbflow_shell_lines__": lines_of_command,
            "__nbflow_dollar__": dollar,
            "__nbflow_time__": lambda: Stopwatch(self._running),
        }

    def finish(self) -> None:
        """Stop what `%%time` started."""
        for stopwatch in reversed(self._running):
            stopwatch.__exit__()


def run_command(command: str) -> None:
    """Run `command` in the shell, its output going where the task's goes.

    Raises:
        CommandError: it ended with another exit code than 0.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    ended = subprocess.run([_shell(), "-c", command], check=False)  # noqa: S603 - a shell line is what the cell asks for
    if ended.returncode:
        raise CommandError(ended.returncode, command)


def lines_of_command(command: str) -> list[str]:
    """Return the lines that `command` writes, on its error output too, as IPython does.

    Raises:
        CommandError: it ended with another exit code than 0.
    """
    ended = subprocess.run(  # noqa: S603 - as above
        [_shell(), "-c", command], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    text = ended.stdout.decode("utf-8", "backslashreplace")
    if ended.returncode:
        sys.stderr.write(text)
        raise CommandError(ended.returncode, command, output=text)
    return text.splitlines()


def dollar(name: str, *spaces: Mapping[str, Any]) -> str:
    """Return the text of `$name` or `$name.attribute` in a command; what no space has is left to the shell."""
    first, *attributes = name.split(".")
    # given as globals, locals; the nearest counts
    for space in reversed(spaces):
        if first in space:
            value = space[first]
            break
    else:
        return f"${name}"
    for attribute in attributes:
        if not hasattr(value, attribute):
            return f"${name}"
        value = getattr(value, attribute)
    return str(value)


def _shell() -> str:
    return shutil.which("bash") or "/bin/sh"


def _span(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns" if seconds else "0 ns"
