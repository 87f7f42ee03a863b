"""What is typed wrongly: nothing runs, exit code 2, and what was meant."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flow_terminal import FlowTerminal

Flow = Any


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("runn", "unknown command 'runn'. Did you mean 'run'?"),
        ("step start", "a command of Metaflow's that nbflow does not have yet"),
        ("tag ad x", "unknown command 'tag ad'. Did you mean 'add'?"),
        ("tag", "tag {add,remove,replace,list}"),
        ("logs", "logs {show,scrub}"),
        ("--qiet run", "unknown option '--qiet'. Did you mean '--quiet'?"),
        ("--alpha 3 run", "--alpha goes after the command: python train.py run --alpha"),
        ("--test-mode run", "--test-mode goes after the command"),
        ("--max-workers 3 run", "--max-workers goes after the command"),
        ("run --quiet", "--quiet goes before the command: python train.py --quiet run"),
        ("run --alhpa 3", "unknown option '--alhpa'. Did you mean '--alpha'?"),
        ("run alpha=3", "unexpected 'alpha=3'. A parameter is given as --alpha 3"),
        ("run --alpha", "argument --alpha: expected one argument"),
        ("run --max-workers 0", "argument --max-workers: 0 is less than 1"),
        ("run -p alpha", "a parameter is given as NAME=VALUE"),
        ("run --alpha high", "'high' is not a float"),
        ("resume --alpha 3", "resume takes no --alpha"),
        ("--config x y resume", "NBF-"),
        ("--metadata service run", "no service is needed"),
        ("--datastore=s3 run", "NBF-R056"),
        ("tag replace x", "tag replace takes two tags"),
        ("help runn", "Did you mean 'run'?"),
    ],
)
def test_what_was_meant_is_said(ran: FlowTerminal, words: str, said: str) -> None:
    done = ran.run(*words.split())
    assert done.returncode == 2, done.stderr
    assert said in done.stderr.replace(str(ran.file), "train.py")
    assert "Traceback" not in done.stderr and done.stdout == ""


def test_an_environment_variable_that_makes_no_sense_is_named(ran: FlowTerminal) -> None:
    done = ran.run("run", NBFLOW_RUN_MAX_WORKERS="many")
    assert (
        done.returncode == 2
        and "environment variable NBFLOW_RUN_MAX_WORKERS: 'many' is not a whole number" in done.stderr
    )


def test_help_lists_commands_options_and_parameters(ran: FlowTerminal) -> None:
    whole = ran.ok("help").stdout
    assert whole == ran.ok("--help").stdout
    assert "Trains a model per region." in whole and "output-dot" in whole and "--datastore-root" in whole
    of_run = ran.ok("run", "--help").stdout
    assert "--alpha FLOAT" in of_run and "learning rate, in % of one (default: 0.5)" in of_run
    assert of_run.index("parameters:") < of_run.index("options:")
    assert "train.py tag add [OPTIONS] TAG...\n" in ran.ok("help", "tag").stdout
    assert ran.ok("version").stdout.startswith("nbflow ")


BROKEN = """
from nbflow import FlowSpec, step


class BrokenFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.midle)

    @step
    def middle(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    BrokenFlow()
"""


@pytest.mark.parametrize("command", ["check", "run", "show", "resume"])
def test_steps_that_do_not_fit_together_are_an_issue_and_nothing_runs(flow: Flow, command: str) -> None:
    done = flow(BROKEN).run(command)
    assert done.returncode == 1 and done.stdout == ""
    assert "Validity checker found" in done.stderr and "Traceback" not in done.stderr
    assert "unknown step, *midle*" in done.stderr and "middle" in done.stderr


def test_in_a_prompt_a_flow_class_does_not_read_the_command_line(tmp_path: Path) -> None:
    text = "from nbflow import FlowSpec\nclass PromptFlow(FlowSpec): pass\nPromptFlow()\n"
    words = [sys.executable, "-"]
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1 and "PromptFlow.run(alpha=0.6)" in done.stderr
