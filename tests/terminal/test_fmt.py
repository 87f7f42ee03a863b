"""`nbflow fmt`: step cells change their form, and the file nothing else."""

from __future__ import annotations

import json
import re
import resource
import stat
from pathlib import Path
from typing import Any

import pytest
from terminal import Terminal

from nbflow.frontends.cli.main import main

CELLS = (
    "import math",
    "%%step load --retry 2  # was flaky\nregions = ['eu', 'us']",
    "# one model per région\n\n%%step train\n#| foreach: regions\n#| as: region\nscore = len(region) * math.pi\nprint('%%step')",
    '%%step best --join train --env "GREETING=hello world"\r\nbest = max(task.score for task in inputs)\r\n',
    "%%step nothing --after best",
)
PERCENT = tuple(re.sub(r"^%%step", "%step", cell, count=1, flags=re.MULTILINE) for cell in CELLS)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / ".nbflow"))
    return tmp_path


def notebook(*cells: str, **how: Any) -> str:
    """Return a notebook as Jupyter writes it, with words of ours in every place where they are none."""
    words: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["%%step words\n", "x"]},
        {"cell_type": "raw", "id": "r", "metadata": {"a": "%%step"}, "source": ["%%step words"]},
    ]
    made = [
        {
            "cell_type": "code", "execution_count": 3, "id": f"c{number}", "metadata": {"source": ["%%step a"]},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": ["%%step train\n", "é \u001b[0m\n"]}],
            "source": cell.splitlines(keepends=True),
        }
        for number, cell in enumerate(cells)
    ]  # fmt: skip
    raw = {"cells": [*words, *made], "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4}
    return json.dumps(raw, **({"indent": 1, "ensure_ascii": False} | how)) + "\n"


@pytest.mark.parametrize("how", [{}, {"indent": 4, "ensure_ascii": True}, {"indent": None}])
def test_headers_change_and_nothing_else_does(folder: Path, capsys: Any, how: dict[str, Any]) -> None:
    file, before = folder / "nb.ipynb", notebook(*CELLS, **how)
    file.write_bytes(before.encode())

    assert main(["fmt", "nb.ipynb", "--cells", "percent"]) == 0
    assert capsys.readouterr().out == "nb.ipynb: 4 step cells changed to %step\n"
    assert file.read_bytes().decode() == notebook(*PERCENT, **how) != before

    # again changes nothing, and back gives the file it was
    stamp = file.stat()
    assert main(["fmt", "nb.ipynb", "--cells", "percent"]) == 0
    assert capsys.readouterr().out == "nb.ipynb: 4 step cells, all %step already\n"
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (stamp.st_mtime_ns, stamp.st_ino)
    assert main(["fmt", "nb.ipynb", "--cells", "double"]) == 0
    assert file.read_bytes().decode() == notebook(*CELLS, **how)
    assert [each.name for each in folder.iterdir()] == ["nb.ipynb"]


def test_check_and_diff_only_look(folder: Path, capsys: Any) -> None:
    before = notebook("%%step a\nx = 1", "#\n%step b  --after a\n", "%%step c # \x1b[31m")
    (folder / "nb.ipynb").write_text(before)

    assert main(["fmt", "nb.ipynb", "--cells", "percent", "--check"]) == 1
    assert capsys.readouterr().out == "nb.ipynb: 2 of 3 step cells would change to %step\n"
    assert main(["fmt", "nb.ipynb", "--cells", "double", "--diff"]) == 0
    assert capsys.readouterr().out == (
        "nb.ipynb · cell 4 · line 2\n-%step b  --after a\n+%%step b  --after a\n"
        "nb.ipynb: 1 of 3 step cells would change to %%step\n"
    )
    assert main(["fmt", "nb.ipynb", "--cells", "percent", "--check", "--diff"]) == 1
    # what a notebook holds moves no cursor
    assert "+%step c # \\x1b[31m\n" in capsys.readouterr().out
    assert (folder / "nb.ipynb").read_text() == before
    main(["fmt", "nb.ipynb", "--cells", "percent"])
    assert main(["fmt", "nb.ipynb", "--cells", "percent", "--check"]) == 0


def test_a_notebook_that_cannot_be_changed_stays_as_it_is_and_the_others_change(folder: Path, capsys: Any) -> None:
    bad = {
        "two.ipynb": notebook("%%step a\nx = 1", "x = 1\n%%step b", "%%step Train"),
        "none.ipynb": "{",
        "latin.ipynb": notebook("%%step é").encode("latin-1"),
        "r.ipynb": notebook("%%step a").replace('"python"', '"R"'),
    }
    for name, text in bad.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "good.ipynb").write_text(notebook("%%step a\nx = ("))
    (folder / "plain.ipynb").write_text(notebook("x = 1"))

    assert main(["fmt", *bad, "god.ipynb", ".", "plain.ipynb", "good.ipynb", "--cells", "percent"]) == 2
    told = capsys.readouterr()
    assert told.out == "plain.ipynb: no step cells\ngood.ipynb: 1 step cell changed to %step\n"
    for words in (
        "NBF-C001  the step header must be the first line of code (line 1 is)\n  where  two.ipynb · cell 4 · %%step b · line 2\n",
        "NBF-C003  'Train' is not a step name\n  where  two.ipynb · cell 5 · line 1\n",
        "NBF-R002  none.ipynb",
        "NBF-R002  latin.ipynb",
        "its language is R",
        "no such file: god.ipynb. Did you mean 'good.ipynb'?",
        "It is a folder",
    ):
        assert words in told.err
    for name, text in bad.items():
        assert (folder / name).read_bytes() == (text if isinstance(text, bytes) else text.encode())


def test_what_the_file_is_stays_too(folder: Path) -> None:
    real, link = folder / "real.ipynb", folder / "link.ipynb"
    real.write_bytes(b"\xef\xbb\xbf" + notebook("%%step a\nx = 1").replace("\n", "\r\n").encode())
    real.chmod(0o640)
    link.symlink_to("real.ipynb")

    assert main(["fmt", "link.ipynb", "--cells", "percent"]) == 0
    assert link.is_symlink() and stat.S_IMODE(real.stat().st_mode) == 0o640
    assert (
        real.read_bytes()
        == b"\xef\xbb\xbf"
        + notebook("%step a\nx = 1").replace("\n", "\r\n").replace('"%step a"\r\n', '"%%step a"\r\n').encode()
    )


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(folder: Path, capsys: Any) -> None:
    file, before = folder / "nb.ipynb", notebook("%%step a")
    file.write_text(before)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limit[1]))
    try:
        assert main(["fmt", "nb.ipynb", "--cells", "percent"]) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert "NBF-R072" in (said := capsys.readouterr().err) and "File too large" in said
    assert file.read_text() == before and [each.name for each in folder.iterdir()] == ["nb.ipynb"]


def test_a_converted_notebook_reuses_the_results_it_has(folder: Path, capsys: Any) -> None:
    (folder / "nb.ipynb").write_text(notebook(*CELLS))
    assert main(["run", "nb.ipynb"]) == 0
    assert main(["fmt", "nb.ipynb", "--cells", "percent"]) == 0
    capsys.readouterr()
    assert main(["run", "nb.ipynb", "--reuse"]) == 0
    import nbflow

    first, second = sorted(nbflow.Flow("nb"), key=lambda run: int(run.id))
    assert [task.status for step in second for task in step] == ["reused"] * 5
    assert second.data.best == first.data.best


def test_the_command_in_a_terminal(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.write("%%step a\nx = 1")
    done = terminal.run("fmt", "nb.ipynb")
    assert done.returncode == 2 and "--cells" in done.stderr and done.stdout == ""
    done = terminal.run("fmt", "--cells", "percent", "nb.ipynb")
    assert (done.returncode, done.stdout, done.stderr) == (0, "nb.ipynb: 1 step cell changed to %step\n", "")
