"""What repo2docker reads of `binder/`: pinned, complete, and for a Python that nbflow has."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[3]
BINDER = ROOT / "binder"


def test_its_python_is_one_that_nbflow_runs_on() -> None:
    version = (BINDER / "runtime.txt").read_text().strip().removeprefix("python-")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert version in SpecifierSet(project["requires-python"])


def test_what_it_installs_is_at_the_versions_of_the_lock() -> None:
    locked = {line.partition("==")[0] for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line}
    lines = [line for line in (BINDER / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "-c ../requirements.lock"
    # a server's own part, which the tests do without, is the one that is not in it
    free = [line for line in lines[1:] if re.split(r"[><=]", line)[0] not in locked]
    assert free == ["jupyter-server-proxy>=4.4"]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {re.split(r"[><=]", each)[0] for each in extras["demo"]} <= locked


def test_its_script_is_one_that_can_be_run() -> None:
    script = BINDER / "postBuild"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert '".[demo]"' in script.read_text()
