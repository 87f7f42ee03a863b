"""`nbflow convert` as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path)
    made.write(
        '%%step t --foreach "[1, 2]" --as e --cache\nm = e', "%%step j --join t\nbest = max(inputs, key=lambda i: i.m)"
    )
    return made


def test_it_writes_a_file_beside_the_notebook_and_says_what_to_know(terminal: Terminal) -> None:
    made = terminal.run("convert", "nb.ipynb")
    assert made.returncode == 0
    assert made.stdout == "nb.py: Nb, 4 steps, 2 of them added: start, end\n"
    assert made.stderr == (
        "note: step t has no --cache: a class has nothing like it\n"
        "note: step j does not leave 'best', which cannot be stored\n"
    )
    assert (terminal.folder / "nb.py").read_text().startswith('"""The flow nb.')
    # a store is for runs
    assert not (terminal.folder / ".nbflow").exists()


def test_it_writes_over_no_file_unless_told_to(terminal: Terminal) -> None:
    file = terminal.folder / "mine.py"
    file.write_text("mine")
    made = terminal.run("convert", "nb.ipynb", "mine.py")
    assert made.returncode == 2 and "NBF-R071  mine.py is there already" in made.stderr and "--force" in made.stderr
    assert file.read_text() == "mine"
    assert terminal.run("convert", "nb.ipynb", "mine.py", "--force").returncode == 0
    assert "python mine.py run" in file.read_text()


def test_it_prints_the_file_when_asked_to(terminal: Terminal) -> None:
    made = terminal.run("convert", "nb.ipynb", "-")
    assert made.returncode == 0 and made.stdout.startswith('"""The flow nb.') and made.stdout.endswith("    Nb()\n")
    assert not (terminal.folder / "nb.py").exists() and not (terminal.folder / "-").exists()


def test_what_cannot_be_converted_is_said_and_nothing_is_written(terminal: Terminal) -> None:
    terminal.write("%%step a --retry 9\nx = 1")
    made = terminal.run("convert", "nb.ipynb")
    assert (
        made.returncode == 2 and "NBF-R070  --retry 9 cannot be converted" in made.stderr and "%%step a" in made.stderr
    )
    assert not (terminal.folder / "nb.py").exists()
    assert "Did you mean 'nb.ipynb'" in terminal.run("convert", "nbb.ipynb").stderr


def test_a_file_elsewhere_does_not_find_the_modules_of_the_notebook_s_folder(terminal: Terminal) -> None:
    (terminal.folder / "mine.py").write_text("K = 1\n")
    (terminal.folder / "away").mkdir()
    terminal.write("import os\nfrom mine import K", "%%step a\nx = K, os.sep")
    assert "note" not in terminal.run("convert", "nb.ipynb").stderr
    made = terminal.run("convert", "nb.ipynb", "away/flow.py")
    assert made.returncode == 0 and "note: it imports mine, which it finds beside the notebook only: " in made.stderr
