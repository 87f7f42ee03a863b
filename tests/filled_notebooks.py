"""Notebook files made for tests, and what is read of filled-in ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import warm

#: what a command has imported that runs notebooks by papermill
WITH_PAPERMILL = (*warm.COMMANDS, *warm.PAPERMILL, "nbflow.notebooks.client")


def notebook(*cells: str | tuple[str, str], language: str = "python", kernel: str = "python3") -> str:
    """Return the text of a notebook: a pair is a cell with a tag, `md:` begins one of text."""
    made = [_cell(number, each) for number, each in enumerate(cells)]
    spec = {"name": kernel, "language": language, "display_name": kernel}
    return json.dumps({"cells": made, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5})


def _cell(number: int, given: str | tuple[str, str]) -> dict[str, Any]:
    source, tags = (given, []) if isinstance(given, str) else (given[0], [given[1]])
    kind = "markdown" if source.startswith("md:") else "code"
    cell: dict[str, Any] = {"cell_type": kind, "id": f"c{number}", "metadata": {"tags": tags}}
    cell["source"] = source.removeprefix("md:")
    return cell if kind == "markdown" else {**cell, "outputs": [], "execution_count": None}


def write(folder: Path, name: str, *cells: str | tuple[str, str], **more: str) -> Path:
    """Write a notebook and return its file."""
    path = folder / name
    path.write_text(notebook(*cells, **more), encoding="utf-8")
    return path


def injected(source: str) -> str:
    """Return the cell of parameters of a filled-in notebook."""
    cells = json.loads(source)["cells"]
    return next(str(each["source"]) for each in cells if "injected-parameters" in each["metadata"].get("tags", ()))
