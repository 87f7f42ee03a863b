"""One notebook, run in three ways: what the tests that compare them share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import warm
from ports import with_free_ports

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


def papermill(folder: Path, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `ways.ipynb` under plain papermill into `out.ipynb`."""
    env = {**os.environ, "NBFLOW_ROOT": str(root)}
    words = ("ways.ipynb", "out.ipynb", "--no-progress-bar", *words)
    return with_free_ports(
        lambda: warm.run(words, cwd=folder, env=env, timeout=180, module="papermill", modules=warm.PAPERMILL)
    )


def under_papermill(folder: Path, root: Path, *words: str) -> dict[str, Any]:
    """Run it so that it must succeed, and return the filled-in notebook."""
    done = papermill(folder, root, *words)
    assert done.returncode == 0, done.stderr[-3000:]
    loaded: dict[str, Any] = json.loads((folder / "out.ipynb").read_text())
    return loaded
