"""What the page on Metaflow says that there is not, is not there; and what it says that there is, is."""

from __future__ import annotations

import re
from pathlib import Path

import nbflow
from nbflow.frontends.flowspec.terminal.commands import COMMANDS

PAGE = (Path(__file__).parents[2] / "docs" / "coming-from-metaflow.md").read_text()


def test_what_is_said_to_be_missing_is() -> None:
    (said,) = re.findall(r"^Not there: (.+?)\n\n", PAGE, re.MULTILINE | re.DOTALL)
    names = {name.lstrip("@") for name in re.findall(r"`([^`]+)`", said)}
    commands = {each.split()[0] for each in COMMANDS}
    assert len(names) > 5
    assert {name for name in names if hasattr(nbflow, name) or name in commands} == set()


def test_commands_that_are_named_are_there() -> None:
    (said,) = re.findall(r"`step-functions ([a-z| -]+)` have", PAGE)
    assert {f"step-functions {each}" for each in said.split(" | ")} <= set(COMMANDS)
    assert {"Deployer", "NBDeployer"} <= set(dir(nbflow))
