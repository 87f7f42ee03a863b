"""What `nbflow run --papermill` tells the kernel of a notebook that has steps, and what that tells back.

The variable NBFLOW_PAPERMILL names a folder. In it `asked.json` says what a run that the notebook makes is to have, and
each run adds its name to `runs` when it begins. Beside the kernel nobody sets the variable.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

VARIABLE = "NBFLOW_PAPERMILL"
_ASKED, _RUNS = "asked.json", "runs"


def errand(folder: Path, tags: list[str], run_id_file: str | None) -> dict[str, str]:
    """Write down what runs are to have, and return the variables for the kernel."""
    told = {"tags": tags, "run_id_file": os.path.abspath(run_id_file) if run_id_file else None}  # noqa: PTH100 - as text
    (folder / _ASKED).write_text(json.dumps(told), encoding="utf-8")
    return {VARIABLE: str(folder)}


def on_errand() -> bool:
    """Say whether `nbflow run --papermill` started this kernel, and says itself what came of it."""
    return VARIABLE in os.environ


def asked_tags() -> tuple[str, ...]:
    """Return the tags that runs of this kernel are to have beside their own."""
    folder = os.environ.get(VARIABLE)
    return tuple(json.loads((Path(folder) / _ASKED).read_text(encoding="utf-8"))["tags"]) if folder else ()


def note_run(flow: str, run: str) -> None:
    """Say that a run of the whole flow has begun."""
    if not (folder := os.environ.get(VARIABLE)):
        return
    with (Path(folder) / _RUNS).open("a", encoding="utf-8") as file:
        file.write(f"{flow}/{run}\n")
    told = json.loads((Path(folder) / _ASKED).read_text(encoding="utf-8"))
    if told["run_id_file"]:
        Path(told["run_id_file"]).write_text(run, encoding="utf-8")


def runs_noted(folder: Path) -> list[str]:
    """Return the runs that began, in their order, each once."""
    file = folder / _RUNS
    return list(dict.fromkeys(file.read_text(encoding="utf-8").split())) if file.exists() else []
