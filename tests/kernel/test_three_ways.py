"""Run All in a kernel, plain papermill and `nbflow run` give the same artifacts, digest by digest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbflow.workspace import Workspace

CELLS = [
    "%load_ext nbflow\n%flow name ways",
    "%%parameters\nalpha: float = 0.1   # learning rate\nregions: list[str] = ['eu', 'us']",
    "import numpy as np",
    "from dataclasses import dataclass",
    "SCALE = 10\ndef scaled(values):\n    return values * SCALE",
    "@dataclass\nclass Fit:\n    region: str\n    slope: float",
    """%%step load
import pandas as pd
df = pd.DataFrame({'x': np.arange(6.0), 'region': list('eu us eu us eu us'.split())})
words = list({'a', 'b', 'c', 'd', 'e'})
df""",
    "df.head(2)",
    "%%step fit --foreach regions --as region\npart = df[df.region == region]\nfit = Fit(region, float(scaled(part['x']).mean()) * alpha)\nprint(region)",
    "%%step best --join fit\nwinner = max(inputs, key=lambda task: task.fit.slope).fit\nslopes = {task.region: task.fit.slope for task in inputs}",
    "shown = winner.slope",
    "%%step grow\ndf['twice'] = df['x'] * 2\ntotal = np.asarray(df['twice']).sum()",
    "%%step report --when 'total > 5'\nimport collections\ntext = f'{winner.region} {total:.1f}'\ncounts = collections.Counter(text)",
    "run = %flow run",
]


def write(path: Path, cells: list[str] = CELLS) -> None:
    made = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {"tags": ["parameters"]} if text.startswith("%%parameters") else {},
            "source": text,
            "outputs": [],
            "execution_count": None,
        }
        for i, text in enumerate(cells)
    ]
    kernel = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    path.write_text(json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))


def digests(root: Path, flow: str = "ways") -> dict[str, dict[str, str]]:
    """Digest of every artifact of the latest run, by task."""
    metadata = Workspace.open(root).metadata
    run = metadata.runs(flow, limit=1)[0]
    assert run.status.value == "succeeded", run
    tasks = metadata.tasks(flow, run.id)
    return {
        f"{task.step}/{task.id}": {name: ref.digest for name, ref in task.manifest.artifacts.items()}
        for task in tasks
        if task.manifest
    }


def in_terminal(folder: Path, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "NBFLOW_ROOT": str(root)}
    return subprocess.run(
        [sys.executable, "-m", "nbflow.frontends.cli.main", *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def under_papermill(folder: Path, root: Path, *words: str) -> dict[str, Any]:
    env = {**os.environ, "NBFLOW_ROOT": str(root)}
    out = folder / "out.ipynb"
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "ways.ipynb", str(out), "--no-progress-bar", *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    loaded: dict[str, Any] = json.loads(out.read_text())
    return loaded


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
        "print('plain', x)",
        "%%step b --foreach '[1, 2, 3]'\ny = item + x\nopen('ran', 'a').write('b')",
        "%%step c --join b\nz = [t.y for t in inputs]\nopen('ran', 'a').write('c')",
        "print('all', z)",
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
