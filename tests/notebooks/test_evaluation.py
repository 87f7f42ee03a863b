"""The tour's evaluation: run whole it tells a web hook how it went; a model that has become worse makes it fail, and is told.

So it does every week, when nobody types anything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import nbformat
import pytest
import yaml
from moved_clock import MovedClock
from ports import with_free_ports
from receivers import Hook, web_hook

from nbflow import Run, get_cards
from nbflow.frontends.cli.main import main
from nbflow.schedules.firings import Firing
from nbflow.schedules.register import Register
from nbflow.schedules.supervisor import Supervisor
from nbflow.workspace import Workspace

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "evaluation.ipynb"
BIN = Path(sys.executable).parent


def command(root: Path, hook: str, program: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NBFLOW_ROOT": str(root), "NBFLOW_NOTIFY": hook, "NBFLOW_USER": "tester"}
    done: subprocess.CompletedProcess[str] = with_free_ports(
        lambda: subprocess.run(
            [BIN / program, *words], check=False, capture_output=True, text=True, env=environment, cwd=root, timeout=280
        )
    )
    return done


def a_week_later(register: Register, name: str) -> Firing:
    """Let a week pass for a schedule, and return what it fired, once that is over."""
    schedule = register.get(name)
    assert schedule is not None and schedule.timetable is not None
    clock, said = MovedClock(datetime.now(UTC)), list[str]()
    supervisor = Supervisor(register, clock, said.append)
    supervisor.turn()
    (due,) = islice(schedule.timetable.after(clock.at), 1)
    clock.wait((due - clock.at).total_seconds() - 1)
    supervisor.turn()
    assert list(register.firings(schedule.id)) == []
    deadline = time.monotonic() + 200
    while not (found := list(register.firings(schedule.id))) or found[0].ended is None:
        assert time.monotonic() < deadline, said
        # it looks again every ten seconds of its own clock
        clock.wait(11.0)
        supervisor.turn()
        time.sleep(0.1)
    (fired,) = found
    assert fired.claim.moment == due and due.strftime("%a %H:%M") == "Sun 00:00"
    return fired


@pytest.mark.timeout(500)
def test_the_models_are_evaluated_reported_on_and_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "evaluations"
    shutil.copytree(NOTEBOOK.parent / "evaluations", folder)
    with web_hook() as hook:
        given = {"evaluations": ["digits", "wine"], "folder": str(folder)}
        words = ("--no-progress-bar", "-y", yaml.safe_dump(given), NOTEBOOK, "out.ipynb")
        done = command(tmp_path, hook.url(), "papermill", *words)
        assert done.returncode == 0, done.stderr
        good, worse = (Run(f"evaluation/{number}", workspace=Workspace.open(tmp_path)) for number in (1, 2))
        assert (good.status, worse.status) == ("succeeded", "failed")
        assert list(good.data.results.index) == ["digits", "wine"]
        assert good.data.error < 0.03 < worse.data.error

        first, second = (body for _, body in hook.got)
        assert first["title"].startswith("✓ evaluation/1 succeeded in ")
        assert "The first that succeeded" in first["message"]
        assert second["title"].startswith("▼ evaluation/2 got worse: error is ")
        assert "By the condition: error > 1.2 * baseline.error + 0.005" in second["message"]
        assert "Since evaluation/1, the last that succeeded: error 0." in second["message"]

        cells = {cell.id: cell for cell in nbformat.read(tmp_path / "out.ipynb", as_version=4).cells}
        said = "".join(output.get("text", "") for output in cells["worse"].outputs)
        assert "run evaluation/2 is worse than evaluation/1" in said
        report = worse["report"].task
        assert report is not None
        card = get_cards(report)[0].get()
        assert all(each in card for each in ("load_digits.html", "Three growers of wine", "evaluation/1"))

        monkeypatch.chdir(tmp_path)
        for name, value in {"ROOT": str(tmp_path), "NOTIFY": hook.url(), "USER": "tester"}.items():
            monkeypatch.setenv(f"NBFLOW_{name}", value)
        worse_settings_are_found_on_sunday(folder, hook)


def worse_settings_are_found_on_sunday(folder: Path, hook: Hook) -> None:
    words = ["--weekly", "--no-fill", "--timezone", "UTC", "-p", "evaluations=digits,wine", "-p", f"folder={folder}"]
    assert main(["schedule", "add", str(NOTEBOOK), *words]) == 0
    digits = folder / "digits.yaml"
    digits.write_text(digits.read_text().replace("gamma: 0.0007", "gamma: 0.02"))
    register = Register(Workspace.open(folder.parent))
    fired = a_week_later(register, "evaluation")
    assert (fired.state, fired.run_id) == ("failed", "3"), register.log(fired.id, fired.key).read_text()
    run = Run("evaluation/3", workspace=register.workspace)
    assert {"schedule:evaluation", f"scheduled_at:{fired.claim.moment.isoformat()}"} <= run.tags
    failure = run["check"].task.exception
    assert failure is not None and failure.type == "RegressionError"
    _, third = hook.wait(3)[2]
    assert third["title"].startswith("▼ evaluation/3 got worse: error is ")
    assert "Since evaluation/1, the last that succeeded: error 0." in third["message"]
