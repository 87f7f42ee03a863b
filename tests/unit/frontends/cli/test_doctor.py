"""`nbflow doctor`: a line a check, its fixes below it, and an exit code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nbflow.upkeep import strays


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others left on this machine is not looked at, and not ended."""
    monkeypatch.setattr(strays, "strays", tuple)


def test_all_is_well_is_a_line_a_check(shell: Any) -> None:
    shell.run()
    shell.end()
    out = shell.type("doctor")
    *checks, empty, last = out.splitlines()
    assert shell.code == 0, out
    assert all(re.match(r"  ✓ [a-z]+ +\S", line) for line in checks), out
    assert (len(checks), empty, last) == (15, "", "all is well")
    assert shell.error == ""


def test_what_is_worth_a_look_has_its_fix_below_it_and_is_no_failure(shell: Any) -> None:
    shell.run("running", gone=True)
    out = shell.type("doctor")
    assert re.search(r"  ! runs +1 run was lost.*\n +→ nbflow resume quick/1\n", out)
    assert out.endswith("\n1 thing worth a look\n")
    assert shell.code == 0


def test_what_is_broken_exits_with_1(shell: Any) -> None:
    (shell.workspace.root / "metadata.db").write_text("scribble")
    out = shell.type("doctor")
    assert "  ✗ metadata" in out and out.endswith("\n1 thing broken\n")
    assert shell.code == 1


def test_another_store_can_be_named(shell: Any) -> None:
    out = shell.type("doctor", "--store", "nowhere")
    assert f"✗ store        there is none at {shell.folder / 'nowhere'}" in out
    assert shell.code == 1


def test_fix_says_what_it_did_and_what_there_was_nothing_of(shell: Any) -> None:
    assert shell.type("doctor", "--fix").endswith("all is well\nnothing that could be fixed from here\n")
    shell.run("running", gone=True)
    assert shell.type("doctor", "--fix").endswith("worth a look\nmarked quick/1 as lost\n")


def test_a_killed_runs_leftovers_are_found_and_ended(shell: Any) -> None:
    """In a process table of its own, so that only what this test left is there to be ended."""
    alone = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no process table of one's own here")
    body = "subprocess.Popen(['sleep', '600'], start_new_session=True)\nopen('on', 'w').close()\ntime.sleep(600)"
    shell.write("quick.ipynb", f"%%step load\nimport subprocess, time\n{body}")
    nbflow = f"{sys.executable} -m nbflow.frontends.cli.main"
    script = f"""
        {nbflow} run quick.ipynb 2>/dev/null & run=$!
        while [ ! -e on ]; do sleep 0.05; done
        kill -STOP $(pgrep -f nbflow.task.zygote)
        kill -KILL $run $(pgrep -f nbflow.task.zygote)
        {nbflow} doctor --fix
        echo left: $(pgrep -x sleep)
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(strays.__file__).parents[2])}
    done = subprocess.run(
        [*alone, "sh", "-c", script], check=False, cwd=shell.folder, env=environment, capture_output=True, text=True
    )
    assert re.search(r"! processes +1 process of nbflow without an owner\n +\d+  sleep 600, for", done.stdout), done
    assert "ended 1 process\nmarked quick/1 as lost\nleft:\n" in done.stdout
