"""What a hurried person types, at every door: each is told with its code, place, reason and fix, and nothing is lost.

The inputs are the table in `tests/gallery`, of which `docs/errors.md` is made, too. All are typed once, in one folder
and one kernel, when the first test asks.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flow_terminal import FlowTerminal
from gallery.doors import HELD, Answer, Doors, open_doors
from gallery.example import Call, Cell, Command, Example, FlowFile, Notebook
from gallery.flowfile import flow
from gallery.page import GROUPS, PAGE, page
from gallery.table import EXAMPLES
from terminal import Terminal

from nbflow.catalogue import CATALOGUE
from nbflow.metadata.port import Metadata
from nbflow.workspace import Workspace

# all of it in one process, which types everything once
pytestmark = [pytest.mark.xdist_group("gallery"), pytest.mark.timeout(300)]

#: of the two notebooks that are there when the first example is typed
FIRST = {"sales": 1, "broken": 1}

MENDED = [example for example in EXAMPLES if getattr(example, "mended", None)]


@dataclass
class Typed:
    """All answers, and what was there afterwards."""

    answers: dict[Example, Answer]
    mended: dict[Example, Answer]
    #: runs that an example began which says that nothing was started
    started: list[Example]
    doors: Doors
    #: variables of the kernel, when all but what the fixes say was typed
    held: dict[str, str]


def runs(doors: Doors) -> Counter[str]:
    """Return how many runs each flow of the terminal has."""
    metadata = Workspace.open(doors.folder / ".nbflow").metadata
    return Counter({name: len(metadata.runs(name)) for name in flows(metadata)})


def flows(metadata: Metadata) -> list[str]:
    return [str(each) for each in metadata.flows()]


@pytest.fixture(scope="module")
def typed() -> Iterator[Typed]:
    answers: dict[Example, Answer] = {}
    mended: dict[Example, Answer] = {}
    started = []
    with open_doors() as doors:
        for example in EXAMPLES:
            before = runs(doors)
            answers[example] = doors.answer(example)
            if getattr(example, "exits", 2) == 2 and not isinstance(example, Cell) and runs(doors) != before:
                started.append(example)
        held = doors.held()
        for example in MENDED:
            mended[example] = doors.mended(example)
        yield Typed(answers, mended, started, doors, held)


def exits(example: Example) -> int:
    """Return the exit code that its answer must have; 1 where Python raises."""
    if isinstance(example, Command | FlowFile):
        return example.exits
    if isinstance(example, Notebook):
        return 2 if CATALOGUE[example.code].severity == "error" else 0
    return 1


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_mistake_is_told_with_code_place_reason_and_fix(typed: Typed, example: Example) -> None:
    answer = typed.answers[example]
    told = answer.of(example.code) if example.code else answer.text
    assert told, answer.text
    for said in (example.place, example.reason, example.fix):
        assert said in told
    assert not re.search(r"\{\w+\}", told), "a fact was left out"
    assert not re.search(r'File ".*nbflow/', answer.text), "a frame of nbflow's own"
    assert answer.code == exits(example), answer.text


@pytest.mark.parametrize("example", MENDED, ids=str)
def test_what_the_fix_says_works(typed: Typed, example: Example) -> None:
    assert typed.mended[example].code == 0, typed.mended[example].text


def test_nothing_is_started_and_nothing_lost(typed: Typed) -> None:
    doors = typed.doors
    started = [example for example in typed.started if CATALOGUE[example.code].severity == "error"]
    assert not started, "they say that nothing was started"
    for root in (doors.folder / ".nbflow", doors.folder / "kernel" / ".nbflow"):
        metadata = Workspace.open(root).metadata
        left = [run for name in flows(metadata) for run in metadata.runs(name) if not run.status.ended]
        assert not left, "a run was left half"
    assert "0.2" in doors.command("dump sales/1/best/0/model").text
    assert typed.held == HELD
    assert doors.cell("result = %flow run").code == 0


def test_the_table_holds_enough() -> None:
    assert len(EXAMPLES) >= 480
    assert len({each.code for each in EXAMPLES}) >= 315
    assert {each.code[0] for each in EXAMPLES if each.code} == set(GROUPS)
    assert {type(each) for each in EXAMPLES} == {Notebook, Command, Call, FlowFile, Cell}
    assert len(MENDED) >= 50


def test_the_page_is_what_nbflow_answers_now(typed: Typed) -> None:
    assert page(typed.answers) == PAGE.read_text(), "docs/errors.md is of yesterday: run make errors"


def test_the_page_has_each_code_once() -> None:
    headings = re.findall(r"^### NBF-(\w+)$", PAGE.read_text(), re.MULTILINE)
    assert sorted(headings) == sorted(CATALOGUE)


def test_the_page_knows_nothing_of_the_machine_it_was_made_on() -> None:
    text = PAGE.read_text()
    for fact in (str(Path.home()), sys.prefix, "/tmp/", "site-packages"):
        assert fact not in text


def test_all_mistakes_of_a_notebook_are_told_at_once(typed: Typed) -> None:
    told = typed.doors.cells(("%%step a\nn = hidden", "%%step b --after zz\ny = qqq"), "nbflow check case.ipynb").text
    assert set(re.findall(r"NBF-(\w+)", told)) == {"G015", "G002", "G001"}


def test_the_real_command_says_the_same(typed: Typed, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.write("%%step a\nx = 1", name="sales.ipynb")
    done = terminal.run("run", "sale.ipynb")
    example = next(each for each in EXAMPLES if isinstance(each, Command) and each.line == "nbflow run sale.ipynb")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == typed.answers[example].text
    assert not (tmp_path / ".nbflow").exists()


WRONG_CLASS = flow(
    "@step\n@retry(times=3)\ndef start(self):\n    self.next(self.end)\n\n@step\ndef end(self):\n    pass",
    "FlowSpec, retry, step",
)
WRONG_PARAMETER = flow('rate = Parameter("my rate")', "FlowSpec, Parameter, step")
WRONG_CALL = "from nbflow import FlowSpec, Run\n\nRun('sales/1')\n"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (WRONG_CLASS, "NBF-D001  .*\n  where  flow.py · line 6\n .*@retry"),
        (WRONG_PARAMETER, "NBF-P015  .*\n  where  flow.py · line 5\n .*Parameter"),
        (WRONG_CALL, "(?s)Traceback .*line 3, in <module>\n    Run.*NBF-M001  "),
    ],
)
def test_a_file_that_python_cannot_read_to_its_end_shows_no_frame_of_ours(
    tmp_path: Path, source: str, said: str
) -> None:
    file = tmp_path / "flow.py"
    file.write_text(source)
    done = FlowTerminal(tmp_path, file).run("run")
    assert done.returncode == 1
    assert re.search(said, done.stderr), done.stderr
    assert not re.search(r'File ".*nbflow/', done.stderr)
