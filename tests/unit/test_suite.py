"""What the suite makes of tests that fail beside others and pass alone, and of those that fail twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = Path(__file__).parents[1] / "suite.py"
TESTS = """
import os
import pathlib
import pytest

@pytest.mark.xdist_group("alone")
@pytest.mark.parametrize("name", ["a b", "c/d::e"])
def test_it(name):
    seen = pathlib.Path(f"seen-{name[0]}")
    if not seen.exists():
        seen.touch()
        assert not BUSY or "PYTEST_XDIST_WORKER" not in os.environ

def test_another():
    assert not BROKEN

@pytest.mark.parametrize("number", range(MANY))
def test_many(number):
    assert "PYTEST_XDIST_WORKER" not in os.environ
"""


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("what", "passed", "said"),
    [
        (
            "BUSY, BROKEN, MANY = True, False, 0",
            True,
            ["2 failed", "2 passed", "to be mended:\n  test_them.py::test_it[a b]"],
        ),
        ("BUSY, BROKEN, MANY = True, True, 0", False, ["3 failed", "1 failed, 2 passed"]),
        ("BUSY, BROKEN, MANY = False, False, 6", False, ["6 failed"]),
    ],
    ids=["beside others", "alone, too", "many"],
)
def test_what_failed_is_run_once_more_alone(tmp_path: Path, what: str, passed: bool, said: list[str]) -> None:
    (tmp_path / "test_them.py").write_text(f"{what}\n{TESTS}")
    command = [sys.executable, str(SUITE), "--numprocesses", "1", "--dist", "loadgroup", "--rootdir", str(tmp_path)]
    # not those of the suite that this test is in
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is passed, done.stdout + done.stderr
    for each in said:
        assert each in done.stdout
    assert ("to be mended" in done.stdout) is passed
    assert ("one after the other" in done.stdout) is (len(said) > 1)
