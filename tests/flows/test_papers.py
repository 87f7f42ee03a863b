"""The classes that README and docs show, typed and run as they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flow_terminal import FlowTerminal

ROOT = Path(__file__).parents[2]
PAPERS = ("README.md", "docs/coming-from-metaflow.md")


def shown(paper: str) -> str:
    """Return the one flow file that a paper shows."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / paper).read_text(), re.DOTALL)
    (found,) = [each for each in blocks if 'if __name__ == "__main__":' in each]
    return str(found)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_flow_that_a_paper_shows_runs_as_it_says(paper: str, tmp_path: Path) -> None:
    file = tmp_path / "sales.py"
    file.write_text(shown(paper))
    terminal = FlowTerminal(tmp_path, file)
    assert "1.2" in terminal.ok("run", "--alpha", "0.6", "--with", "retry", "--tag", "weekly").stdout
    assert "1.2" in terminal.ok("resume", "train").stdout
    assert terminal.ok("logs", "show", "2/end").stdout == "1.2\n"
    assert "weekly" in terminal.ok("tag", "list", "--run-id", "2").stdout


def test_the_names_that_the_page_lists_are_there() -> None:
    import nbflow

    text = (ROOT / "docs/coming-from-metaflow.md").read_text()
    imported = {name.strip() for line in re.findall(r"from nbflow import ([\w, ]+)", text) for name in line.split(",")}
    assert imported <= set(nbflow.__all__)
