"""`%flow resume`, `%flow run --dry` and `--cache` in a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from notebook_day import Cell, save

FRAIL = "import pathlib\nif not pathlib.Path('fixed').exists(): raise ValueError('not yet')\n"


@pytest.fixture
def broken(kernel: Any, tmp_path: Path) -> Any:
    """A kernel whose first run failed in its second step, and what was wrong is mended."""
    kernel.ok("%%step load --define\nx = 10")
    kernel.ok(f"%%step middle --define\n{FRAIL}y = x + 1")
    kernel.ok("%%step last --define\nz = y * 2")
    reply = kernel.run("%flow run --tag weekly")
    assert reply.ename == "ValueError", reply.text
    (tmp_path / "fixed").touch()
    return kernel


def test_goes_on_says_beforehand_what_it_does_and_brings_the_names(broken: Any) -> None:
    reply = broken.ok("run = %flow resume")
    plan = reply.displays[0]["text/plain"]
    assert "resuming case/1" in plan and "failed last time: ValueError: not yet" in plan
    assert "<table" in reply.displays[0]["text/html"] and "<script" not in reply.displays[0]["text/html"]
    assert broken.value("(run.pathspec, run.origin_pathspec, z)") == "('case/2', 'case/1', 22)"
    assert broken.value("run['load'].task.origin_pathspec") == "'case/1/load/0'"
    assert broken.value("run.user_tags") == "frozenset({'weekly'})"


def test_takes_over_what_was_run_in_a_cell_meanwhile(broken: Any) -> None:
    broken.ok("%%step load\nx = 10")
    broken.ok("%%step middle\nopen('ran', 'a').write('.')\ny = x + 1")
    broken.ok("run = %flow resume")
    assert (
        broken.value("(z, open('ran').read(), run['middle'].task.origin_pathspec)")
        == "(22, '.', 'case/draft-1/middle/0')"
    )


def test_of_a_step_and_of_a_run(broken: Any) -> None:
    broken.ok("%flow resume")
    reply = broken.ok("run = %flow resume middle 1")
    assert "asked for" in reply.text
    assert broken.value("run.origin_pathspec") == "'case/1'"
    broken.ok("import nbflow\nagain = nbflow.flow.resume('last', '2')")
    assert broken.value("again.origin_pathspec") == "'case/2'"


def test_dry_starts_nothing(broken: Any) -> None:
    reply = broken.ok("%flow resume --dry")
    assert "nothing is started" in reply.text
    reply = broken.ok("%flow run --dry")
    assert "nothing is started" in reply.text and "load" in reply.text
    assert broken.value("len(list(__import__('nbflow').Flow('case')))") == "1"


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        ("%flow resume lood", "R005", "load"),
        ("%flow resume 77", "M002", ""),
        ("%flow resume --fresh", "C005", ""),
        ("%flow resume load 1 more", "C014", ""),
        ("%flow resume load middle", "R004", "repeats one step"),
    ],
)
def test_of_what_is_not_there_says_so(broken: Any, line: str, code: str, hint: str) -> None:
    reply = broken.run(line)
    assert f"NBF-{code}" in reply.traceback and hint in reply.traceback


def test_without_any_run_says_so(kernel: Any) -> None:
    kernel.ok("%%step a\nx = 1")
    assert "NBF-M001" in kernel.run("%flow resume").traceback


def test_a_cell_with_cache_takes_over_what_another_session_computed(start_kernel: Any) -> None:
    body = "%%step slow --cache\nimport pathlib\npathlib.Path('ran').open('a').write('.')\nx = 5"
    for _ in range(2):
        kernel = start_kernel()
        kernel.ok("%load_ext nbflow\n%flow name case")
        reply = kernel.ok(body)
        assert kernel.value("x") == "5"
    assert (kernel.folder / "ran").read_text() == "."
    assert "reused" in reply.text
    # without it, a cell that is run runs
    kernel.ok(body.replace(" --cache", ""))
    assert (kernel.folder / "ran").read_text() == ".."


CELLS = (
    "%%parameters\nfactor: int = 2",
    "def double(v): return v * factor_of(v)\ndef factor_of(v): return 2",
    "%%step load\nx = 10",
    f"%%step middle\n{FRAIL}y = double(x) * factor",
)


@pytest.mark.parametrize("saved", [True, False])
def test_in_a_fresh_kernel_it_goes_on_without_running_a_cell(start_kernel: Any, tmp_path: Path, saved: bool) -> None:
    path = tmp_path / "case.ipynb"
    known = {"JPY_SESSION_NAME": str(path)} if saved else {}
    if saved:
        save(path, [Cell(f"c{number}", text) for number, text in enumerate(CELLS)])
    kernel = start_kernel(**known)
    kernel.ok("%load_ext nbflow\n%flow name case\n%flow config run_cells=false")
    for cell in CELLS:
        kernel.ok(cell)
    assert kernel.run("%flow run").ename == "ValueError"
    kernel.manager.shutdown_kernel(now=True)
    (tmp_path / "fixed").touch()
    fresh = start_kernel(**known)
    fresh.ok("%load_ext nbflow\n%flow name case")
    reply = fresh.ok("run = %flow resume --factor 3")
    assert "no step cell has run here" in reply.text
    assert fresh.value("(y, run['load'].task.origin_pathspec)") == "(60, 'case/1/load/0')"


def test_what_goes_on_from_a_fresh_run_ignores_what_the_kernel_has_as_that_run_did(kernel: Any) -> None:
    kernel.ok("%%step load\nx = 10")
    kernel.ok(
        "%%step middle\nimport pathlib\nif pathlib.Path('broken').exists(): raise ValueError('broken')\ny = x + 1"
    )
    kernel.ok("%%step last\nz = y * 2")
    kernel.ok("open('broken', 'w').close()")
    assert kernel.run("%flow run --fresh").ename == "ValueError"
    for _ in range(2):
        plan = kernel.run("%flow resume --dry").text
        assert "1 reused" in plan and "nothing has to run" not in plan, plan
        assert kernel.run("%flow resume").ename == "ValueError"
