"""Notebooks to be converted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from terminal import Terminal

from nbflow.frontends.cli.notebook import open_notebook
from nbflow.frontends.converting.convert import Converted, converted

Convert = Callable[..., Converted]


@pytest.fixture
def convert(tmp_path: Path) -> Convert:
    """Convert a notebook of these cells; one that begins with `# ` and a capital letter is a heading."""

    def convert(*cells: str) -> Converted:
        Terminal(tmp_path).write(*cells, name="nb.ipynb")
        return converted(open_notebook(str(tmp_path / "nb.ipynb")))

    return convert


def class_of(source: str) -> str:
    """Return the text of the class alone."""
    return source[source.index("class Nb(") : source.index("\n\nif __name__")].rstrip() + "\n"


def method(source: str, name: str) -> str:
    """Return the text of one method, not indented."""
    lines = source.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"    def {name}("))
    while lines[start - 1].startswith("    @"):
        start -= 1
    end = start + 1
    while end < len(lines) and not (
        lines[end].startswith(("    @", "    def ", "if ")) and "def" in "".join(lines[start:end])
    ):
        end += 1
    return "\n".join(line[4:] for line in lines[start:end]).strip() + "\n"
