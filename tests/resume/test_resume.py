"""`nbflow resume`: what was finished is taken over, the rest runs, and the result is that of an unbroken run."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter

import pytest
from counting import Bench

from nbflow.model.status import TaskStatus

LOAD = "%%step load\nx = 10"
#: fails until a file is there
FRAIL = "import pathlib\nif not pathlib.Path('fixed').exists(): raise ValueError('not yet')\n"


def broken(bench: Bench, *cells: str) -> None:
    bench.steps(*cells)
    assert bench.run("run", "nb.ipynb").returncode == 1
    bench.ran()
    (bench.folder / "fixed").touch()


def test_goes_on_at_the_step_that_failed(bench: Bench) -> None:
    broken(bench, LOAD, f"%%step middle\n{FRAIL}y = x + 1", "%%step last\nz = y * 2")
    told = bench.ok("resume", "nb.ipynb")
    assert bench.ran() == Counter(["middle", "last"])
    assert bench.stored("2").data.z == 22
    assert bench.stored("2").origin_pathspec == "nb/1"
    assert bench.tasks("2")["load"].status is TaskStatus.REUSED
    assert bench.tasks("2")["load"].origin == "nb/1/load/0"
    assert "resuming nb/1" in told and "failed last time: ValueError: not yet" in told


def test_picks_a_foreach_up_item_by_item(bench: Bench) -> None:
    broken(
        bench,
        "%%step load\nxs = list(range(6))",
        f"%%step each --foreach xs --as x\nif x == 3:\n    {FRAIL.replace(chr(10), chr(10) + '    ')}\ny = x * x",
        "%%step all --join each\nsquares = [task.y for task in inputs]",
    )
    finished = {name for name, task in bench.tasks("1").items() if task.status is TaskStatus.SUCCEEDED}
    bench.ok("resume", "nb")
    ran = bench.ran()
    assert ran["each[3]"] == 1 and ran["all"] == 1
    assert not set(ran) & finished
    assert set(ran) | finished == {"load", *(f"each[{index}]" for index in range(6)), "all"}
    assert bench.stored("2").data.squares == [0, 1, 4, 9, 16, 25]


def test_carries_tags_and_parameters_over_and_lets_new_ones_win(bench: Bench) -> None:
    bench.steps(
        "%%parameters\nalpha: float = 0.1\nregions: list[str]\nuntouched: int = 3",
        "%%step load\nx = 10",
        f"%%step middle\n{FRAIL}y = (x, alpha, regions, untouched)",
    )
    bench.run("run", "nb.ipynb", "-p", "alpha=0.5", "-p", "regions=eu,us", "--tag", "weekly")
    (bench.folder / "fixed").touch()
    bench.ok("resume", "nb", "--tag", "again")
    assert bench.stored("2").data.y == (10, 0.5, ["eu", "us"], 3)
    assert bench.stored("2").user_tags == {"weekly", "again"}
    bench.ran()
    bench.ok("resume", "nb/2", "-p", "alpha=0.7")
    assert bench.stored("3").data.y == (10, 0.7, ["eu", "us"], 3)
    assert bench.ran() == Counter(["middle"])


def test_starts_from_the_latest_run_which_may_be_a_resumed_one(bench: Bench) -> None:
    broken(bench, LOAD, "%%step middle\ny = x + 1", f"%%step late\n{FRAIL}z = y")
    (bench.folder / "fixed").unlink()
    assert bench.run("resume", "nb").returncode == 1
    (bench.folder / "fixed").touch()
    bench.ok("resume", "nb")
    assert bench.stored("3").origin_pathspec == "nb/2"
    # the one that did the work, not the one that took it over
    assert bench.tasks("3")["middle"].origin == "nb/1/middle/0"


def test_of_a_step_runs_it_and_all_below_it(bench: Bench) -> None:
    bench.steps(LOAD, "%%step side\ns = x", "%%step middle\ny = x + 1", "%%step last\nz = y * 2")
    bench.ok("run", "nb.ipynb")
    bench.ran()
    told = bench.ok("resume", "nb", "middle")
    assert bench.ran() == Counter(["middle", "last"])
    assert "asked for" in told


def test_runs_an_edited_step_and_those_below_only_if_it_leaves_something_else(bench: Bench) -> None:
    cells = [LOAD, "%%step middle\ny = x + 1", "%%step last\nz = y * 2"]
    bench.steps(*cells)
    bench.ok("run", "nb.ipynb")
    bench.ran()
    bench.steps(LOAD, "%%step middle\ny = 1 + x", "%%step last\nz = y * 2")
    told = bench.ok("resume", "nb")
    assert bench.ran() == Counter(["middle"])
    assert "code changed" in told
    bench.steps(LOAD, "%%step middle\ny = x + 5", "%%step last\nz = y * 2")
    bench.ok("resume", "nb")
    assert bench.ran() == Counter(["middle", "last"])


def test_leaves_what_an_unbroken_run_leaves(bench: Bench) -> None:
    cells = (
        "%%parameters\nlimit: int = 4",
        "import numpy as np",
        "%%step load\nxs = [np.arange(n) for n in range(5)]\nbig = np.ones(100_000)",
        "%%step each --foreach xs --as x\ntotal = x.sum() + big[0]",
        "%%step inner --when 'total > 2'\nhalf = total / 2",
        f"%%step all --join inner\n{FRAIL}halves = [task.half for task in inputs]\nskipped = inputs.skipped",
        "%%step last --catch error\nif halves: raise ValueError(limit)",
    )
    broken(bench, *cells)
    bench.ok("resume", "nb")
    bench.ok("run", "nb.ipynb")
    assert bench.digests("2") == bench.digests("3")
    assert bench.digests("2")["all"]


def test_takes_a_caught_failure_over_and_reuse_does_not(bench: Bench) -> None:
    broken(bench, "%%step risky --catch error\nx = 1\nraise ValueError('caught')", f"%%step middle\n{FRAIL}y = 1")
    bench.ok("resume", "nb")
    assert bench.ran() == Counter(["middle"])
    bench.ok("run", "nb.ipynb", "--reuse")
    assert bench.ran() == Counter(["risky"])


def test_of_a_run_whose_scheduler_was_killed(bench: Bench) -> None:
    bench.steps(LOAD, "%%step slow\nimport time\ntime.sleep(600 if x else 0)\ny = x")
    process = bench.start("run", "nb.ipynb", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while "slow" not in bench.ran() and time.monotonic() < deadline:
        time.sleep(0.05)
    still = bench.run("resume", "nb")
    assert still.returncode == 1 and "NBF-R014" in still.stderr
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert "lost" in bench.ok("history")
    bench.steps(LOAD, "%%step slow\ny = x")
    bench.ok("resume", "nb")
    assert bench.ran() == Counter(["slow"])
    # for good: an owner that comes back finds its run closed
    assert bench.workspace.metadata.runs("nb")[1].finished_at is not None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("resume", "nothing"), "M001"),
        (("resume", "nb/77"), "M002"),
        (("resume", "nb.ipynb", "--run", "77"), "M002"),
        (("resume", "nb.ipynb", "77"), "M002"),
        (("resume", "nb.ipynb", "load", "--run", "load"), "R004"),
        (("resume", "nb", "lood"), "R005"),
        (("resume", "gone.ipynb"), "R001"),
        (("resume", "nb", "-p", "beta=3"), "P003"),
    ],
)
def test_of_what_is_not_there_says_so(bench: Bench, words: tuple[str, ...], code: str) -> None:
    bench.steps("%%parameters\nalpha: float = 1.0", LOAD)
    bench.ok("run", "nb.ipynb")
    done = bench.run(*words)
    assert done.returncode in {1, 2} and f"NBF-{code}" in done.stderr
    assert len(bench.workspace.metadata.runs("nb")) == 1


def test_of_a_run_whose_notebook_has_gone_names_the_way_out(bench: Bench) -> None:
    bench.steps(LOAD)
    bench.ok("run", "nb.ipynb")
    (bench.folder / "nb.ipynb").rename(bench.folder / "other.ipynb")
    done = bench.run("resume", "nb")
    assert "NBF-R015" in done.stderr and "nb.ipynb" in done.stderr


def test_dry_says_what_would_run_and_starts_nothing(bench: Bench) -> None:
    broken(bench, LOAD, f"%%step middle\n{FRAIL}y = x + 1", "%%step last\nz = y * 2")
    told = bench.ok("resume", "nb", "--dry")
    assert not bench.ran() and len(bench.workspace.metadata.runs("nb")) == 1
    assert "load" in told and "reused" in told and "middle" in told
