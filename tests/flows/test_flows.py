"""Each flow of this folder, run as a person runs it, says what its .out file says.

The lines of an .out file are what the tasks print, in the order of steps and tasks: two tasks of a foreach may print at
the same time.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flow_terminal import FlowTerminal

HERE = Path(__file__).parent
FLOWS = sorted(path.stem for path in HERE.glob("*.out"))
#: what is typed after the file's name, where it is not just `run`
WORDS = {
    "parameter": "run --alpha 0.6 --who ada --parts x,y --careful false",
    "inheritance": "run --scale 3",
}
JSON = ["run", "--gdp", '{"se": 2, "dk": 3}']
_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[(\d+)/(\w+)/([\d~-]+) \(pid \d+\)\] (.*)$")
_TRACEBACK = re.compile(r"Traceback |  |[\w.]+(Error|Exception): ")
#: what nbflow itself says of a task
_OURS = ("Task is starting", "Task finished successfully.", "Task failed", "Foreach yields")


def told(text: str, steps: list[str]) -> str:
    """Return what the tasks printed, in the order of steps and tasks."""
    found = []
    for line in text.splitlines():
        if (match := _LINE.match(line)) and not match[4].startswith(_OURS) and not _TRACEBACK.match(match[4]):
            numbers = tuple(int(part) for part in re.split("[-~]", match[3]))
            found.append((steps.index(match[2]), numbers, f"{match[2]}/{match[3]}", match[4]))
    found.sort(key=lambda each: each[:2])
    width = max((len(each[2]) for each in found), default=0)
    return "".join(f"{task:<{width}}  {message}\n" for _, _, task, message in found)


def in_columns(text: str) -> list[tuple[str, str]]:
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines()]  # type: ignore[misc]


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_says_what_is_expected(name: str, tmp_path: Path) -> None:
    terminal = FlowTerminal(tmp_path, HERE / f"{name}.py")
    words = JSON if name == "json_parameter" else WORDS.get(name, "run").split()
    done = terminal.ok(*words, cwd=HERE)
    steps = re.findall(r"^    def (\w+)\(self", (HERE / f"{name}.py").read_text(), re.MULTILINE)
    steps = list(dict.fromkeys([*steps[:-1], "start", "report", *steps[-1:]])) if name == "inheritance" else steps
    assert in_columns(told(done.stdout, steps)) == in_columns((HERE / f"{name}.out").read_text())


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_passes_its_check(name: str, tmp_path: Path) -> None:
    done = FlowTerminal(tmp_path, HERE / f"{name}.py").run("check", cwd=HERE)
    assert done.returncode == 0, done.stderr
    assert "The graph looks good" in done.stderr
