"""Run All in JupyterLab, plain papermill and the terminal leave equal artifacts, digest by digest."""

from __future__ import annotations

from pathlib import Path

from three_ways import CELLS, digests, in_terminal, under_papermill, write


def test_run_all_in_the_browser_leaves_what_papermill_and_the_terminal_leave(
    lab, open_notebook, tmp_path: Path
) -> None:
    write(lab.root / "ways.ipynb")
    notebook = open_notebook(lab.root / "ways.ipynb")
    notebook.run_all()
    outputs = [output for cell in notebook.saved().cells for output in cell.get("outputs", ())]
    assert not [output for output in outputs if output.output_type == "error"]
    write(tmp_path / "ways.ipynb")
    under_papermill(tmp_path, tmp_path / "papermill", "-p", "alpha", "0.1")
    done = in_terminal(tmp_path, tmp_path / "terminal", "run", "ways.ipynb", "-p", "alpha=0.1")
    assert done.returncode == 0, done.stderr
    in_browser = digests(lab.root / ".nbflow")
    assert len(in_browser) == len([cell for cell in CELLS if cell.startswith("%%step")]) + 1
    assert in_browser == digests(tmp_path / "terminal")
    assert in_browser == digests(tmp_path / "papermill")
