"""`python flow.py run`, as a person runs it: a real process, its streams and its exit code."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flow_terminal import FlowTerminal

Flow = Any
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (\[\d+/\w+/[\d~-]+ \(pid \d+\)\] )?\S.*")

FAILING = """
import sys
from nbflow import FlowSpec, step


class FailFlow(FlowSpec):
    @step
    def start(self):
        self.items = [1, 0]
        self.next(self.divide, foreach="items")

    @step
    def divide(self):
        self.share = 1 / self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    FailFlow()
"""

SLEEPING = """
import time
from nbflow import FlowSpec, step


class SleepFlow(FlowSpec):
    @step
    def start(self):
        print("asleep", flush=True)
        time.sleep(50)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SleepFlow()
"""


def told(text: str) -> list[str]:
    """The lines of a run's log without times and processes."""
    assert all(LINE.fullmatch(line) for line in text.splitlines()), text
    return [re.sub(r" \(pid \d+\)", "", line[24:]) for line in text.splitlines()]


def test_a_run_tells_its_story_on_the_output_stream_and_chats_on_the_error_stream(flow: Flow) -> None:
    done = flow().ok("run", "--alpha", "0.6")
    lines = told(done.stdout)
    assert lines[:5] == [
        "Workflow starting (run-id 1):",
        "[1/start/0] Task is starting.",
        "[1/start/0] loading 0.6 False",
        "[1/start/0] slowly",
        "[1/start/0] Foreach yields 2 child steps.",
    ]
    assert "[1/train/1] training south" in lines
    assert lines[-3:] == ["[1/end/0] scores [0.0, 0.6]", "[1/end/0] Task finished successfully.", "Done!"]
    chat = done.stderr.splitlines()
    assert chat[0].startswith("nbflow ") and chat[0].endswith("executing TrainFlow for user:tester")
    assert chat[1:3] == ["Validating your flow...", "    The graph looks good!"]
    assert "\x1b" not in done.stdout + done.stderr and "\r" not in done.stdout + done.stderr


def test_quiet_says_nothing_but_the_story(flow: Flow) -> None:
    done = flow().ok("--quiet", "run")
    assert done.stderr == ""
    assert told(done.stdout)[-1] == "Done!"


def test_parameters_come_from_options_and_from_the_environment_and_options_win(flow: Flow) -> None:
    terminal = flow()
    words = ("run", "--alpha=-1e-3", "--test_mode", "--regions", "east")
    done = terminal.ok(*words, NBFLOW_RUN_ALPHA="7", METAFLOW_RUN_REGIONS="west")
    assert "loading -0.001 True" in done.stdout and "training east" in done.stdout
    done = terminal.ok("run", "-p", "test-mode=true", NBFLOW_RUN_ALPHA="7", METAFLOW_RUN_REGIONS="west")
    assert "loading 7.0 True" in done.stdout and "training west" in done.stdout


def test_a_run_writes_its_id_and_how_a_program_finds_it(flow: Flow) -> None:
    terminal = flow()
    terminal.ok(
        "run", "--run-id-file", "id", "--runner-attribute-file", "facts", "--tag", "a", NBFLOW_RUN_NAMESPACE="x"
    )
    assert (terminal.folder / "id").read_text() == "1"
    facts = json.loads((terminal.folder / "facts").read_text())
    assert facts == {"flow_name": "TrainFlow", "run_id": "1", "metadata": f"local@{terminal.root}"}
    assert "TrainFlow/1\n  a\n" in terminal.ok("tag", "list", "--hide-system-tags").stdout


def test_a_failed_task_is_told_with_its_own_lines_and_the_rest_is_awaited(flow: Flow) -> None:
    done = flow(FAILING).run("run", "--max-workers", "1")
    assert done.returncode == 1
    lines = told(done.stdout)
    at = lines.index("[1/divide/1] Task failed.")
    assert lines[at - 1] == "[1/divide/1] ZeroDivisionError: division by zero"
    assert "[1/divide/1]     self.share = 1 / self.input" in lines[:at]
    assert not any("nbflow/task" in line for line in lines)
    assert lines[-3:] == ["Workflow failed.", "Terminating 0 active tasks...", "Flushing logs..."]
    assert "    Step failure:\n    Step divide (task-id 1) failed.\n" in done.stderr
    assert "train.py resume" in done.stderr and "nbflow logs FailFlow/1/divide/1" in done.stderr


def test_with_gives_steps_a_decorator_and_a_retry_is_told(flow: Flow) -> None:
    text = FAILING.replace("[1, 0]", "[0]")
    done = flow(text).run("--with", "retry:times=1,minutes_between_retries=0", "run")
    assert done.returncode == 1
    assert "[1/divide/0] Task is starting (retry)." in told(done.stdout)
    done = flow(text).run("run", "--with=retry:times=0", NBFLOW_RUN_WITH="retry:times=1,minutes_between_retries=0")
    # what is typed wins
    assert "(retry)" not in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_cancels_the_run_and_leaves_no_process(flow: Flow, number: int) -> None:
    terminal = flow(SLEEPING)
    process = terminal.start("run")
    assert process.stdout is not None
    seen = [process.stdout.readline() for _ in range(3)]
    assert "asleep" in seen[-1]
    worker = int(re.findall(r"pid (\d+)", seen[-1])[0])
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Workflow interrupted." in out and "was cancelled; no process of it is left" in out
    assert "Traceback" not in out + err
    assert not Path(f"/proc/{worker}").exists()
    assert "cancelled" in terminal_status(terminal)


def terminal_status(terminal: FlowTerminal) -> str:
    words = [sys.executable, "-m", "nbflow.frontends.cli.main", "history"]
    environment = {**os.environ, "NBFLOW_ROOT": str(terminal.root)}
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout


def test_a_person_at_a_terminal_sees_colours_and_a_moving_line(flow: Flow) -> None:
    terminal = flow(SLEEPING.replace("sleep(50)", "sleep(1)"))
    ours, theirs = pty.openpty()
    environment = {**os.environ, "NBFLOW_ROOT": str(terminal.root), "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [sys.executable, str(terminal.file), "run"], stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    seen = b""
    while process.poll() is None or seen[-1:] != b"":
        try:
            data = os.read(ours, 4096)
        except OSError:
            break
        seen += data
    os.close(ours)
    assert process.wait(timeout=60) == 0
    text = seen.decode()
    assert "\x1b[1;32mDone!" in text
    assert "… start · " in text


def test_a_foreach_of_many_tasks_is_counted(flow: Flow) -> None:
    text = FAILING.replace("[1, 0]", "list(range(1, 61))")
    lines = told(flow(text).ok("run").stdout.replace("[1/divide]", "[1/divide/0 (pid 1)]"))
    assert "[1/start/0] Foreach yields 60 child steps." in lines
    assert "[1/divide/0] 60 of 60 tasks finished." in lines
    assert len(lines) < 25


def test_more_of_a_log_than_is_asked_for_is_left_in_its_file(flow: Flow) -> None:
    text = SLEEPING.replace("time.sleep(50)", "print('x' * 1_500_000)")
    terminal = flow(text)
    done = terminal.ok("run", "--max-log-size", "1")
    assert len(done.stdout) < 1_200_000 and "--max-log-size" in done.stdout
    assert len(terminal.ok("logs", "show", "1/start").stdout) > 1_500_000
