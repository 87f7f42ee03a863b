"""What processes of a task are known by."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbflow.task import kin

StartZygote = Callable[..., Any]
WORD = f"{(1 << 61) + 12345:x}"
#: brands itself, leaves a daemon in a clean environment and tells its pid
BRANDED = """
import subprocess, sys
from nbflow.task import kin
kin.brand(sys.argv[1])
print(subprocess.check_output(
    ["env", "-i", "setsid", "/bin/sh", "-c", "/bin/sleep 300 >/dev/null & echo $!"], text=True
))
"""


@pytest.fixture
def daemon() -> Any:
    told = subprocess.check_output([sys.executable, "-c", BRANDED, WORD], text=True)
    yield int(told)
    try:
        os.kill(int(told), signal.SIGKILL)
    except ProcessLookupError:
        return


class TestABrand:
    def test_is_on_what_left_the_session_with_a_clean_environment(self, daemon: int) -> None:
        assert kin.brood(0, WORD) == [daemon]
        assert kin.brood(0, f"{(1 << 61) + 12346:x}") == []

    def test_is_on_no_process_that_only_waits_to_be_waited_for(self) -> None:
        # sys.argv[1] is its word, and it ends at once
        process = subprocess.Popen(
            [sys.executable, "-c", "import sys; from nbflow.task import kin; kin.brand(sys.argv[1])", WORD]
        )
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert kin.brood(0, WORD) == []
        process.wait()

    def test_brings_the_end_to_all_that_has_it(self, daemon: int) -> None:
        began = time.monotonic()
        kin.end_brood(0, WORD)
        assert kin.brood(0, WORD) == []
        assert time.monotonic() - began < kin._PATIENCE, "it was given up"

    @pytest.mark.parametrize("word", ["", "no number", f"{1 << 70:x}"])
    def test_that_cannot_be_had_is_none(self, word: str) -> None:
        code = "import sys; from nbflow.task import kin; kin.brand(sys.argv[1]); print(kin.brood(0, ''))"
        assert subprocess.check_output([sys.executable, "-c", code, word], text=True) == "[]\n"


def comm(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def becomes(pid: int, name: str) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if comm(pid) == name:
            return True
        time.sleep(0.005)
    return False


class TestAName:
    def test_says_what_a_worker_is_at(self, start_zygote: StartZygote, definition: Callable[..., Any]) -> None:
        zygote = start_zygote()
        assert comm(zygote.process.pid) == "nbflow-zygote"
        wait = "import os, time\nwhile not os.path.exists({file!r}): time.sleep(0.01)\n"
        files = [str(zygote.folder / name) for name in ("load", "body", "store")]
        slow = (
            "class Slow:\n    def __reduce__(self):\n        import time\n"
            f"        while not os.path.exists({files[2]!r}): time.sleep(0.01)\n        return int, ()\n"
        )
        flight = zygote.start(
            zygote.spec(f"{wait.format(file=files[1])}{slow}y = Slow()", setup=[wait.format(file=files[0])])
        )
        for name, file in zip(("nbflow-load", "nbflow-body", "nbflow-store"), files, strict=True):
            assert becomes(flight.pid, name), comm(flight.pid)
            Path(file).write_text("")
        assert zygote.wait(flight).values == {"y": 0}

    def test_of_a_program_that_it_runs_is_that_programs(self, start_zygote: StartZygote) -> None:
        name = start_zygote().run(
            "import subprocess\nname = subprocess.check_output(['cat', '/proc/self/comm'], text=True)"
        )
        assert name.values == {"name": "cat\n"}
