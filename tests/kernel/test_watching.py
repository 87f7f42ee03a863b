"""Runs that go on beside cells or in a process of their own: watched, interrupted, cancelled, outliving the kernel."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from three_ways import digests

from nbflow.workspace import Workspace

#: holds a step until the file of its name is there; says which process it is
HELD = "import os, pathlib, time\npathlib.Path(f'{name}.pid').write_text(str(os.getpid()))\nwhile not pathlib.Path(f'{name}.go').exists():\n    time.sleep(0.02)\n"


def held(name: str) -> str:
    return HELD.replace("f'{name}", f"'{name}")


def define(kernel: Any) -> None:
    """A step that waits to be let go, between two that do not."""
    kernel.ok("%%parameters\nalpha: int = 1")
    kernel.ok("def double(value):\n    return value * 2")
    kernel.ok("%%step load --define\nx = double(alpha)")
    kernel.ok(f"%%step work --define\n{held('work')}y = x + 1")
    kernel.ok("%%step last --define\nz = [x, y]")


def wait_until(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.02)


def pid_in(file: Path) -> int:
    wait_until(lambda: file.exists() and file.read_text() != "", f"{file.name} is written")
    return int(file.read_text())


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def owner(folder: Path, run: str = "1") -> int:
    record = Workspace.open(folder / ".nbflow").metadata.run("case", run)
    assert record is not None
    return int(record.owner.rpartition(":")[2])


def value(kernel: Any, expression: str) -> str:
    """repr of an expression, below what the cell may say of runs that ended."""
    said: str = kernel.value(expression)
    return said.splitlines()[-1]


def panels(kernel: Any, cell: str, last: str) -> list[str]:
    """What the panel under the cell of message `cell` shows, in order, until it says `last`."""
    shown: list[str] = []
    deadline = time.monotonic() + 60
    while not (shown and last in shown[-1]):
        message = kernel.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
        if message["parent_header"].get("msg_id") == cell and message["msg_type"] == "update_display_data":
            shown.append(message["content"]["data"]["text/plain"])
    return shown


# ---- --background


def test_a_run_in_the_background_keeps_its_panel_and_brings_its_names_with_the_next_cell(
    kernel: Any, tmp_path: Path
) -> None:
    define(kernel)
    cell = kernel.send("run = %flow run --background")
    first = kernel.collect(cell)
    assert "case/1 · running" in first.displays[0]["text/plain"]
    pid_in(tmp_path / "work.pid")
    # other cells run meanwhile, steps too
    kernel.ok("%%step aside\nw = 7")
    assert value(kernel, "(run.status, w)") == "('running', 7)"
    (tmp_path / "work.go").touch()
    assert "✓ case/1 · succeeded" in panels(kernel, cell, "succeeded")[-1]
    reply = kernel.ok("print(x, y, z)")
    assert reply.stdout == "case/1 succeeded: x, y, z are its\n2 3 [2, 3]\n"
    assert "are its" not in kernel.ok("1").stdout


def test_two_runs_in_the_background_go_on_at_once_and_the_later_one_counts(kernel: Any, tmp_path: Path) -> None:
    define(kernel)
    kernel.ok("one = %flow run --background --alpha 10")
    pid_in(tmp_path / "work.pid")
    kernel.ok("two = %flow run --background --alpha 20")
    assert "2 of them are under way" in kernel.run("%flow cancel").traceback
    (tmp_path / "work.go").touch()
    kernel.ok("one.wait(); two.wait()")
    reply = kernel.ok("print(x, one.data.x, two.data.x)")
    assert reply.stdout.splitlines()[-1] == "40 20 40"
    assert value(kernel, "x") == "40"


def test_what_is_newer_here_is_kept(kernel: Any, tmp_path: Path) -> None:
    define(kernel)
    kernel.ok("%flow run --background")
    pid_in(tmp_path / "work.pid")
    kernel.ok("%%step load\nx = 100")
    # not by its name: a cell that names it would run the step
    kernel.ok("globals()['z'] = 'mine'")
    (tmp_path / "work.go").touch()
    kernel.ok("from nbflow import Run\nRun('case/1').wait()")
    reply = kernel.ok("print(x, y, z)")
    said, values = reply.stdout.splitlines()
    assert said == "case/1 succeeded: y is its; newer here and kept: the results of load; your own and kept: z"
    assert values == "100 3 mine"


def test_a_failure_in_the_background_is_told_by_its_panel_and_by_the_next_cell(kernel: Any) -> None:
    kernel.ok("%%step good --define\nx = 1")
    kernel.ok("%%step bad --define\ny = x / 0")
    cell = kernel.send("run = %flow run --background")
    assert "ZeroDivisionError" in panels(kernel, cell, "failed")[-1]
    reply = kernel.ok("print(x, run.wait().status)")
    assert reply.stdout == "case/1 failed: bad: ZeroDivisionError: division by zero; x is its\n1 failed\n"


def test_where_nobody_is_at_the_keyboard_the_cell_waits(kernel: Any) -> None:
    kernel.ok("%%step a --define\nx = 1")
    reply = kernel.ok("run = %flow run --background", person=False)
    assert "waits for the run" in reply.stdout
    assert value(kernel, "(run.status, x)") == "('succeeded', 1)"


def test_a_killed_kernel_takes_its_background_run_along_which_is_lost_and_can_be_resumed(
    start_kernel: Callable[..., Any], tmp_path: Path
) -> None:
    kernel = start_kernel()
    kernel.ok("%load_ext nbflow\n%flow name case")
    define(kernel)
    kernel.ok("%flow run --background")
    worker = pid_in(tmp_path / "work.pid")
    metadata = Workspace.open(tmp_path / ".nbflow").metadata
    wait_until(lambda: bool(metadata.tasks("case", "1", "work")), "that it runs is on record")
    os.kill(owner(tmp_path), 9)
    wait_until(lambda: gone(worker), "the worker ends with the kernel")
    kernel.manager.restart_kernel(now=True)
    kernel.client.wait_for_ready(timeout=60)
    kernel.ok("%load_ext nbflow\n%flow name case\nfrom nbflow import Run")
    assert value(kernel, "(Run('case/1').status, Run('case/1')['work'].task.status)") == "('lost', 'lost')"
    assert "case/1 is lost" in kernel.ok("%flow attach").stdout
    assert "%flow resume 1" in kernel.ok("%flow cancel 1").stdout
    assert "1 is lost" in kernel.ok("%flow history").text
    (tmp_path / "work.go").touch()
    define(kernel)
    kernel.ok("run = %flow resume")
    assert value(kernel, "(run.status, run['load'].task.status, z)") == "('succeeded', 'reused', [2, 3])"


# ---- --detach


def test_a_detached_run_goes_on_when_the_kernel_restarts_and_leaves_what_a_blocking_one_does(
    kernel: Any, tmp_path: Path
) -> None:
    define(kernel)
    reply = kernel.ok("run = %flow run --detach --alpha 3")
    log = tmp_path / ".nbflow" / "logs" / "case" / "1" / "host.log"
    assert "its log is .nbflow/logs/case/1/host.log" in reply.stdout
    pid_in(tmp_path / "work.pid")
    host = owner(tmp_path)
    kernel.manager.restart_kernel(now=False)
    kernel.client.wait_for_ready(timeout=60)
    kernel.ok("%load_ext nbflow\n%flow name case")
    define(kernel)
    cell = kernel.send("run = %flow attach")
    assert "case/1 · running" in panels(kernel, cell, "running")[-1]
    (tmp_path / "work.go").touch()
    reply = kernel.collect(cell)
    assert "✓ case/1 · succeeded" in reply.updates[-1]["text/plain"]
    # its steps are those of this notebook: the names are its
    assert "case/1 succeeded: x, y, z are its" in reply.stdout
    assert value(kernel, "z") == "[6, 7]"
    wait_until(lambda: gone(host), "its process ends with the run")
    assert log.read_text().startswith("case/1 succeeded after")
    apart = digests(tmp_path / ".nbflow", "case")
    kernel.ok("%flow run --fresh --alpha 3")
    assert digests(tmp_path / ".nbflow", "case") == apart


def test_a_detached_run_takes_along_what_cells_computed_and_captured(kernel: Any) -> None:
    kernel.ok("held = sum([1, 2])")
    kernel.ok("%%step a --capture held\nimport os\nx = os.getpid() + held")
    kernel.ok("%%step b --define\ny = x")
    kernel.ok("run = %flow run --detach\nrun.wait()")
    assert value(kernel, "(run['a'].task.status, run.data.y == x)") == "('reused', True)"
    kernel.ok("run = %flow run --detach --fresh\nrun.wait()")
    assert value(kernel, "(run.status, run['a'].task.status)") == "('succeeded', 'succeeded')"


def test_a_killed_kernel_does_not_disturb_a_detached_run_and_a_terminal_can_end_it(
    start_kernel: Callable[..., Any], tmp_path: Path
) -> None:
    kernel = start_kernel()
    kernel.ok("%load_ext nbflow\n%flow name case")
    define(kernel)
    kernel.ok("%flow run --detach")
    worker, host = pid_in(tmp_path / "work.pid"), owner(tmp_path)
    # the whole process group, as a closing terminal or a front end would
    kernel.manager.interrupt_kernel()
    kernel.manager.shutdown_kernel(now=True)
    other = start_kernel()
    other.ok("%load_ext nbflow\n%flow name case")
    assert "case/1" in other.ok("import nbflow\nnbflow.Run('case/1')").text
    reply = other.ok("%flow cancel")
    assert "case/1 cancelled in" in reply.stdout and "no process of it is left" in reply.stdout
    assert gone(worker)
    wait_until(lambda: gone(host), "its process ends with the run")


def test_a_detached_process_that_cannot_start_says_why(kernel: Any, tmp_path: Path) -> None:
    kernel.ok("%%step a --define\nx = 1")
    # a Python that cannot even start
    kernel.ok("import os\nos.environ['PYTHONHOME'] = '/nowhere'")
    reply = kernel.run("%flow run --detach")
    assert "NBF-R016" in reply.traceback and "encodings" in reply.traceback
    assert not list((tmp_path / ".nbflow" / "detached").glob("*.json"))


# ---- interrupts: those of step cells and of blocking runs are in test_step_cells


#: each says or shows something when it waits, and not before
LOOKS = {
    "await run": "import asyncio\nasyncio.get_running_loop().call_later(0.1, print, 'looking')\nawait run",
    "run.wait()": "print('looking')\nrun.wait()",
    "%flow attach": "%flow attach",
}


@pytest.mark.parametrize("how", LOOKS)
def test_an_interrupt_of_who_only_looks_does_not_end_the_run(kernel: Any, tmp_path: Path, how: str) -> None:
    define(kernel)
    kernel.ok("run = %flow run --background")
    worker = pid_in(tmp_path / "work.pid")
    cell = kernel.send(LOOKS[how])
    told: dict[str, Any] = {}
    while "looking" not in told.get("text", "") and "case/1 · running" not in told.get("data", {}).get(
        "text/plain", ""
    ):
        message = kernel.client.get_iopub_msg(timeout=50)
        told = message["content"] if message["parent_header"].get("msg_id") == cell else {}
    kernel.manager.interrupt_kernel()
    reply = kernel.collect(cell)
    assert reply.ename in {"KeyboardInterrupt", "CancelledError"}
    if how != "run.wait()":
        assert "case/1 goes on" in reply.traceback and len(reply.traceback.splitlines()) == 1
    assert value(kernel, "run.status") == "'running'"
    assert not gone(worker)
    (tmp_path / "work.go").touch()
    # taken over and told once, also where it was attached to
    assert kernel.ok("run = %flow attach\nprint(run.status)").stdout == "case/1 succeeded: x, y, z are its\nsucceeded\n"
    assert kernel.ok("pass").stdout == ""


def test_awaiting_runs_leaves_the_event_loop_to_others(kernel: Any, tmp_path: Path) -> None:
    define(kernel)
    kernel.ok("run = %flow run --background")
    pid_in(tmp_path / "work.pid")
    kernel.ok(
        "import asyncio, pathlib\n"
        "async def let_go():\n    await asyncio.sleep(0.1)\n    pathlib.Path('work.go').touch()\n"
        "ended, _ = await asyncio.gather(run, let_go())"
    )
    assert value(kernel, "(ended is run, ended.status)") == "(True, 'succeeded')"


# ---- attach, cancel, history


def test_cancel_ends_a_background_run_and_waits_for_it(kernel: Any, tmp_path: Path) -> None:
    define(kernel)
    assert "no run of case is under way" in kernel.ok("%flow cancel").stdout
    cell = kernel.send("run = %flow run --background")
    kernel.collect(cell)
    worker = pid_in(tmp_path / "work.pid")
    assert "case/1 cancelled in" in kernel.ok("%flow cancel").stdout
    assert gone(worker)
    assert value(kernel, "run.status") == "'cancelled'"
    # nothing of it is taken over, as after an interrupt
    assert kernel.ok("%flow history").stdout == ""
    assert value(kernel, "'x' in globals()") == "False"
    assert "case/1 was cancelled already" in kernel.ok("%flow cancel case/1").stdout
    assert "NBF-M002" in kernel.run("%flow cancel 12").traceback


def test_attach_shows_a_run_that_has_ended_and_history_lists_them_all(kernel: Any) -> None:
    kernel.ok("%%parameters\nalpha: int = 1\nbeta: int = 2")
    kernel.ok("%%step a\nx = alpha")
    assert "NBF-M001" in kernel.run("%flow attach").traceback
    kernel.ok("%flow run --alpha 5 --tag good")
    reply = kernel.ok("run = %flow attach")
    assert "✓ case/1 · succeeded" in reply.displays[-1]["text/plain"]
    assert "<script" not in reply.displays[-1]["text/html"]
    assert value(kernel, "(run.pathspec, run.data.x)") == "('case/1', 5)"
    kernel.ok("%flow run")
    shown = kernel.ok("%flow history").displays[-1]
    assert "alpha=5" in shown["text/plain"] and "all with beta=2" in shown["text/plain"]
    assert "good" in shown["text/html"] and "draft-1" not in shown["text/html"] and "<script" not in shown["text/html"]
    assert "draft-1" in kernel.ok("%flow history --drafts").displays[-1]["text/plain"]
    kernel.ok("import nbflow\nfound = nbflow.flow.history()")
    assert value(kernel, "([run.id for run in found], found[0].data.x)") == "(['2', '1'], 1)"
    # heading, run, how many there are
    assert len(kernel.ok("%flow history 1").displays[-1]["text/plain"].splitlines()) == 3
    assert "NBF-R004" in kernel.run("%flow history all").traceback
