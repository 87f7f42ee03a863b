"""Commands that look: what a flow is, and what its runs left. None of them runs anything of a step."""

from __future__ import annotations

import json
import pickle
import re
from typing import Any

import pytest
from flow_terminal import FlowTerminal

Flow = Any


def test_without_a_command_a_flow_is_checked_and_told_what_to_type(ran: FlowTerminal) -> None:
    done = ran.ok()
    assert done.stdout == ""
    assert done.stderr.startswith("Validating your flow...\n    The graph looks good!\n")
    assert "python" in done.stderr and "train.py run" in done.stderr
    assert ran.ok("check").stderr == "Validating your flow...\n    The graph looks good!\n"


def test_show_tells_the_graph_texts_parameters_and_decorators(flow: Flow) -> None:
    text = '''
from nbflow import FlowSpec, Parameter, project, retry, step


@project(name="sales")
class ShownFlow(FlowSpec):
    """Shows itself.

    In two paragraphs.
    """

    size = Parameter("size", default="small", help="how much")

    @retry(times=2)
    @step
    def start(self):
        """Begin."""
        self.next({"small": self.little, "big": self.lots}, condition="size")

    @step
    def little(self):
        self.next(self.end)

    @step
    def lots(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ShownFlow()
'''
    shown = flow(text).ok("show").stdout
    assert "ShownFlow @project(name='sales')\n    Shows itself.\n\n    In two paragraphs.\n" in shown
    assert "--size TEXT  how much  (default: small)" in shown
    assert (
        "Step start @retry(times=2)\n    Begin.\n    => little, lots  (by size: 'small': little, 'big': lots)" in shown
    )


def test_steps_get_decorators_from_the_environment_and_keep_their_own(ran: FlowTerminal) -> None:
    shown = ran.ok("--with", "timeout:seconds=5", "show", NBFLOW_DECOSPECS="retry:times=1 resources:cpu=2").stdout
    step = next(line for line in shown.splitlines() if line.startswith("Step join"))
    assert "@retry(times=1)" in step and "@resources(cpu=2)" in step and "@timeout(seconds=5)" in step


def test_the_graph_is_written_for_other_programs(ran: FlowTerminal) -> None:
    assert ran.ok("output-dot").stdout.startswith('digraph "TrainFlow" {')
    raw = json.loads(ran.ok("output-raw", "--json").stdout)
    assert raw["steps"]["start"]["next"] == ["train"] and raw["steps"]["start"]["foreach_artifact"] == "regions"
    assert raw["steps"]["start"]["doc"] == "Load the data." and raw["steps"]["join"]["type"] == "join"
    assert [each["name"] for each in raw["parameters"]] == ["alpha", "regions", "test-mode"]


def test_dump_prints_what_a_step_left(ran: FlowTerminal) -> None:
    done = ran.ok("dump", "1/train")
    assert "Dumping output of TrainFlow/1/train" in done.stderr
    assert re.search(r"TrainFlow/1/train/0 .*\n(.*\n)*  score +float +\d+ B  0.0\n", done.stdout)
    assert "TrainFlow/1/train/1" in done.stdout and "_secret" not in done.stdout
    done = ran.ok("dump", "TrainFlow/1/train/1", "--private", "--include", "_secret,score", "--max-value-size", "2")
    assert "_secret" in done.stdout and "rows" not in done.stdout


def test_dump_writes_values_into_a_file(ran: FlowTerminal) -> None:
    ran.ok("dump", "1/end", "--file", "values", "--include", "scores")
    values = pickle.loads((ran.folder / "values").read_bytes())
    assert values == {"TrainFlow/1/end/0": {"scores": [0.0, 2.0]}}


def test_logs_are_printed_by_stream_and_by_task(ran: FlowTerminal) -> None:
    assert ran.ok("logs", "show", "1/start").stdout == "loading 2.0 False\nslowly\n"
    assert ran.ok("logs", "1/start/0", "--stderr").stdout == "slowly\n"
    # the latest run
    assert ran.ok("logs", "show", "--stdout", "train").stdout == "[train/0] training north\n[train/1] training south\n"
    stamped = ran.ok("logs", "show", "1/end", "--timestamps", "--attempt", "0").stdout
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} scores \[0.0, 2.0\]\n", stamped)


def test_tags_of_runs_are_listed(ran: FlowTerminal) -> None:
    listed = ran.ok("tag", "list").stdout.splitlines()
    assert listed[:2] == ["TrainFlow/1", "  first"] and "  user:tester  (system)" in listed
    assert ran.ok("tag", "list", "--flat", "--hide-system-tags").stdout == "first\n"
    by_tag = ran.ok("tag", "list", "--all", "--group-by-tag", "--hide-system-tags").stdout
    assert by_tag == "first\n  TrainFlow/1\n"
    assert ran.ok("tag", "list", "--my-runs", "--group-by-run", NBFLOW_USER="other").stdout == ""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("dump", "9/start"), 1, "has no run '9'"),
        (("dump", "1/strat"), 1, "Did you mean 'start'?"),
        (("dump", "1/train/7"), 1, "has no task '7'"),
        (("dump", "Other/1/start"), 2, "names no task"),
        (("dump", "1/start", "--include", "rosw"), 1, "Did you mean 'rows'?"),
        (("logs", "show", "1/start", "--attempt", "3"), 1, "attempt"),
        (("tag", "list", "3"), 1, "has no run '3'"),
        (("tag", "list", "1", "--all"), 2, "excludes a run"),
    ],
)
def test_what_is_not_there_is_said_in_a_line(ran: FlowTerminal, words: tuple[str, ...], code: int, said: str) -> None:
    done = ran.run(*words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr and done.stdout == ""
