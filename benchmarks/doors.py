"""The ways to run a flow: nbflow's two, and Metaflow's; each in a folder of its own where nothing has run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import timing
from benchmarks.flows import Flow
from benchmarks.timing import Took

#: tasks at once, for all
WORKERS = 2

ROOT = Path(__file__).resolve().parents[1]
PYTHON = Path(sys.executable)
METAFLOW_PYTHON = ROOT / ".venv-metaflow" / "bin" / "python"

#: the client has the same names on both
_READ = """
from {module} import Flow, namespace
namespace(None)
print(Flow({flow!r}).latest_successful_run.data.result)
"""


@dataclass(frozen=True)
class Door:
    """One way to run a flow."""

    machine: str
    name: str
    module: str
    python: Path

    def run(self, flow: Flow) -> Took:
        """Run the flow and return what that took, from the command to its end.

        Raises:
            SystemExit: the run failed, or has another result than it should.
        """
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            environment = surroundings(folder, self.module)
            took = timing.command(self._words(flow, folder), folder, environment)
            self._check(flow, folder, environment)
        return took

    def _words(self, flow: Flow, folder: Path) -> list[str | Path]:
        if self.name == "notebook":
            (folder / "bench.ipynb").write_text(flow.notebook)
            return [self.python.with_name("nbflow"), "run", "bench.ipynb", "--max-workers", str(WORKERS)]
        (folder / "bench_flow.py").write_text(flow.file(self.module))
        limits = ["--max-workers", str(WORKERS), "--max-num-splits", str(max(flow.width, 100))]
        return [self.python, "bench_flow.py", "run", *limits]

    def _check(self, flow: Flow, folder: Path, environment: Mapping[str, str]) -> None:
        name = "bench" if self.name == "notebook" else "BenchFlow"
        script = _READ.format(module=self.module, flow=name)
        read = subprocess.run(
            [self.python, "-c", script], cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
        if read.stdout.strip() != str(flow.result):
            raise SystemExit(f"{self.machine} made {read.stdout.strip()} of {flow.name}, not {flow.result}")


CLASS = Door("nbflow", "class", "nbflow", PYTHON)
NOTEBOOK = Door("nbflow", "notebook", "nbflow", PYTHON)
METAFLOW = Door("Metaflow", "class", "metaflow", METAFLOW_PYTHON)


def surroundings(folder: Path, module: str) -> dict[str, str]:
    """Return the environment of a run in `folder`: no settings of the person, and no telemetry."""
    if module != "metaflow":
        return timing.environment()
    return timing.environment(
        METAFLOW_HOME=str(folder / "home"),
        METAFLOW_USER="bench",
        METAFLOW_DEFAULT_METADATA="local",
        METAFLOW_DEFAULT_DATASTORE="local",
        METAFLOW_DATASTORE_SYSROOT_LOCAL=str(folder),
        METAFLOW_DEFAULT_EVENT_LOGGER="nullSidecarLogger",
        METAFLOW_DEFAULT_MONITOR="nullSidecarMonitor",
    )


def metaflow_version() -> str:
    """Return the version of Metaflow beside us, or an empty string."""
    if not METAFLOW_PYTHON.exists():
        return ""
    words: list[str | Path] = [
        METAFLOW_PYTHON,
        "-c",
        "from importlib.metadata import version; print(version('metaflow'))",
    ]
    found = subprocess.run(words, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return str(found.stdout).strip()


def starting(python: Path, code: str) -> Took:
    """Return what it takes a new Python to do `code`."""
    with tempfile.TemporaryDirectory() as folder:
        module = "metaflow" if python == METAFLOW_PYTHON else "nbflow"
        return timing.command([python, "-c", code], Path(folder), surroundings(Path(folder), module))
