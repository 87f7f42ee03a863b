"""A notebook that linters and formatters find a lot in, and the tools themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from three_ways import digests, write

from nbflow.frontends.cli.main import main

#: `json`, `Path` and `math` serve steps and a definition only; `os`, `random` and `abc` serve nobody
CELLS = [
    "%load_ext nbflow",
    "import json, math\nimport os\nfrom pathlib import Path",
    "%%parameters\nalpha:float=0.1   # penalty",
    "%%setup\nimport warnings\nwarnings.simplefilter('ignore')",
    "def area(r): return math.pi*r",
    "# where they are\n\n%step load   --retry 1\nimport random\nregions=[ 'eu',\"us\" ]; settings={'a' : 1}",
    "%step train\n#| foreach: sorted(regions)\n#| as: region\ndef score_of(text):return len(text)*area(alpha)\nscore=score_of(region)+index\nfile=Path(region)",
    "%step best --join train\nimport statistics, collections\nimport abc\nscores=[task.score for task in inputs]\nbest=max(scores)\nkinds=collections.Counter(json.dumps(task.region) for task in inputs)\nmean=statistics.mean(scores)\nmean",
    "%step wait --after best\nawait __import__('asyncio').sleep(0)\n!true\n%time last=best",
    "%step shape\n#| retry: 1\nclass Shape:\n  side=2\nside=Shape.side",
]

Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cells() -> list[str]:
    """The cells of the notebook."""
    return [*CELLS]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the notebook `sales.ipynb`, its steps in the form `%step`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / ".nbflow"))
    write(tmp_path / "sales.ipynb", CELLS)
    return tmp_path


@pytest.fixture
def tool(folder: Path) -> Tool:
    """Run a command of this environment in the folder; it must succeed, unless it says which code is due."""

    def tool(command: str, *, code: int = 0) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {**os.environ, "PATH": path, "NBFLOW_ROOT": str(folder / ".nbflow")}
        done = subprocess.run(
            command, check=False, shell=True, cwd=folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == code, f"{command}\n{done.stdout}{done.stderr}"
        return done

    return tool


@pytest.fixture
def left(folder: Path) -> Callable[..., dict[str, dict[str, str]]]:
    """Run the notebook, reusing nothing, and return the digest of every artifact, by task."""

    def left(name: str = "sales.ipynb") -> dict[str, dict[str, str]]:
        assert main(["run", name, "--fresh"]) == 0
        return digests(folder / ".nbflow", Path(name).stem)

    return left
