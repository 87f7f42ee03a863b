"""The words after the options: which command they are."""

from __future__ import annotations

import importlib

import pytest

from nbflow.frontends.flowspec.terminal.commands import COMMANDS, command_in


@pytest.mark.parametrize(
    ("words", "command", "rest"),
    [
        (["run", "--alpha", "1"], "run", ["--alpha", "1"]),
        (["tag", "add", "good"], "tag add", ["good"]),
        (["logs", "show", "3/start"], "logs show", ["3/start"]),
        (["logs", "3/start"], "logs show", ["3/start"]),
        (["logs", "scrub", "3/start"], "logs scrub", ["3/start"]),
        (["tag", "ad", "good"], "tag ad", ["good"]),
        (["tag"], "tag", []),
        (["tag", "--help"], "help", ["tag"]),
        (["logs", "-h"], "help", ["logs"]),
        # where Metaflow has it
        (
            ["step-functions", "--name", "foo", "create", "--only-json"],
            "step-functions create",
            ["--name", "foo", "--only-json"],
        ),
        (["step-functions", "--name=foo", "trigger"], "step-functions trigger", ["--name=foo"]),
        (["step-functions", "--name", "foo"], "step-functions", ["--name", "foo"]),
        (["step-functions", "--name", "foo", "--help"], "help", ["step-functions"]),
        (["tag", "--name", "foo", "add"], "tag --name", ["foo", "add"]),
        (["nonsense"], "nonsense", []),
    ],
)
def test_a_command_has_one_word_or_two(words: list[str], command: str, rest: list[str]) -> None:
    assert command_in(words) == (command, rest)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_module_with_its_arguments_and_what_it_does(name: str) -> None:
    module = importlib.import_module(f"nbflow.frontends.flowspec.terminal.{COMMANDS[name].module}")
    assert callable(module.add) and callable(module.main)
