"""Run All in a kernel, plain papermill and `nbflow run` give the same artifacts, digest by digest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from three_ways import CELLS, digests, in_terminal, papermill, under_papermill, write

from nbflow.workspace import Workspace


def test_a_kernel_papermill_and_the_terminal_leave_equal_artifacts(
    start_kernel: Callable[..., Any], tmp_path: Path
) -> None:
    write(tmp_path / "ways.ipynb")
    kernel = start_kernel(NBFLOW_ROOT=str(tmp_path / "kernel"))
    for cell in CELLS:
        kernel.ok(cell)
    under_papermill(tmp_path, tmp_path / "papermill")
    done = in_terminal(tmp_path, tmp_path / "terminal", "run", "ways.ipynb")
    assert done.returncode == 0, done.stderr
    here, there, third = (digests(tmp_path / name) for name in ("kernel", "papermill", "terminal"))
    assert set(here) == {"load/0", "fit/0", "fit/1", "best/0", "grow/0", "report/0"}
    assert here == third
    assert there == third


def test_a_parameter_given_to_papermill_and_to_the_terminal_means_the_same(tmp_path: Path) -> None:
    write(tmp_path / "ways.ipynb")
    under_papermill(tmp_path, tmp_path / "papermill", "-p", "alpha", "0.5")
    done = in_terminal(tmp_path, tmp_path / "terminal", "run", "ways.ipynb", "-p", "alpha=0.5")
    assert done.returncode == 0, done.stderr
    default = in_terminal(tmp_path, tmp_path / "default", "run", "ways.ipynb")
    assert default.returncode == 0, default.stderr
    assert digests(tmp_path / "papermill") == digests(tmp_path / "terminal")
    assert digests(tmp_path / "default")["fit/0"] != digests(tmp_path / "terminal")["fit/0"]


def test_42_under_papermill_plain_cells_see_values_and_no_body_runs_twice(tmp_path: Path) -> None:
    cells = [
        "%load_ext nbflow\n%flow name ways",
        "%%step a\nx = 1\nopen('ran', 'a').write('a')",
        # in one piece: a busy kernel may send two as two outputs
        "print(f'plain {x}')",
        "%%step b --foreach '[1, 2, 3]'\ny = item + x\nopen('ran', 'a').write('b')",
        "%%step c --join b\nz = [t.y for t in inputs]\nopen('ran', 'a').write('c')",
        "print(f'all {z}')",
        "run = %flow run",
    ]
    write(tmp_path / "ways.ipynb", cells)
    out = under_papermill(tmp_path, tmp_path / "store")
    text = json.dumps(out["cells"])
    assert "plain 1" in text and "all [2, 3, 4]" in text
    assert sorted((tmp_path / "ran").read_text()) == list("abbbc")


def test_random_numbers_differ_between_the_items_of_a_foreach(tmp_path: Path) -> None:
    cells = [
        "import numpy as np, random",
        "%%step draw --foreach 'range(6)'\nr = float(np.random.rand()); s = random.random()",
        "%%step all --join draw\nn = len({t.r for t in inputs}); m = len({t.s for t in inputs})",
    ]
    write(tmp_path / "ways.ipynb", cells)
    done = in_terminal(tmp_path, tmp_path / "store", "run", "ways.ipynb")
    assert done.returncode == 0, done.stderr
    workspace = Workspace.open(tmp_path / "store")
    record = workspace.metadata.tasks("ways", "1", "all")[0]
    values = {name: workspace.store.get(ref) for name, ref in record.manifest.artifacts.items()}
    assert values == {"n": 6, "m": 6}


def test_papermill_fails_on_a_parameter_that_is_unknown_or_of_a_wrong_type(tmp_path: Path) -> None:
    write(tmp_path / "ways.ipynb")
    for words, code in ((("-p", "alpah", "0.5"), "NBF-P003"), (("-p", "alpha", "high"), "NBF-P002")):
        done = papermill(tmp_path, tmp_path / "store", "-p", "regions", "[]", *words)
        assert done.returncode != 0
        assert code in done.stderr


def test_a_notebook_without_a_run_leaves_a_draft_and_says_so_at_the_end(tmp_path: Path) -> None:
    write(tmp_path / "ways.ipynb", ["%load_ext nbflow\n%flow name ways", "%%step a\nx = 1"])
    done = papermill(tmp_path, tmp_path / "store")
    assert done.returncode == 0
    assert "ways left only a draft" in done.stderr
    write(tmp_path / "ways.ipynb", ["%load_ext nbflow\n%flow name ways", "%%step a\nx = 1", "run = %flow run"])
    assert "only a draft" not in papermill(tmp_path, tmp_path / "store").stderr
