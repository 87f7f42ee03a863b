"""Runs the suite, and those tests that failed once more, alone, one after the other: `python tests/suite.py PYTEST-ARGUMENT…`.

Many tests here start kernels, browsers and clocks, several at once. One that fails then and passes alone does not stop
everybody, but is named at the end, to be mended: the test or nbflow has a race. What fails twice has failed, and so has
a run in which many failed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

#: failed tests that are run once more; of more it is no accident
MOST = 5
#: pytest's status when tests failed, and nothing else did
_FAILED = 1


def main(arguments: Sequence[str]) -> int:
    """Return the status of the whole."""
    # one for each call: two suites may run in one checkout
    cache = Path(f".pytest_cache/suite-{os.getpid()}").absolute()
    status = _pytest(cache, *arguments)
    failed = _failed(cache)
    if status != _FAILED or not 0 < len(failed) <= MOST:
        return status
    print(f"\n{len(failed)} failed beside others. Alone, one after the other:", flush=True)
    status = _pytest(cache, *arguments, "--last-failed", "--numprocesses", "0", "-p", "no:randomly")
    if status == 0:
        print("passed alone, failed beside others; to be mended:", *failed, sep="\n  ", flush=True)
    return status


def _pytest(cache: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", f"--override-ini=cache_dir={cache}", *arguments]
    return subprocess.run(command, check=False).returncode


def _failed(cache: Path) -> list[str]:
    try:
        return sorted(json.loads((cache / "v" / "cache" / "lastfailed").read_text()))
    except FileNotFoundError:
        return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
