"""A folder whose notebook counts what its steps do, and the command."""

from __future__ import annotations

from collections import Counter

from terminal import Terminal

from nbflow.client import Run
from nbflow.model.record import TaskRecord
from nbflow.workspace import Workspace


class Bench(Terminal):
    """A terminal that knows how often each step ran and what is stored."""

    def steps(self, *cells: str) -> None:
        """Write the notebook; each step cell is made to count itself under its name (and item)."""
        self.write(*map(_counting, cells))

    def ran(self) -> Counter[str]:
        """Return how often each task ran since the last call."""
        log = self.folder / "ran"
        found = Counter(log.read_text().split()) if log.exists() else Counter()
        log.unlink(missing_ok=True)
        return found

    @property
    def workspace(self) -> Workspace:
        return Workspace.open(self.folder / ".nbflow")

    def stored(self, run: str) -> Run:
        return Run(f"nb/{run}", workspace=self.workspace)

    def tasks(self, run: str) -> dict[str, TaskRecord]:
        return {str(task.key): task for task in self.workspace.metadata.tasks("nb", run)}

    def digests(self, run: str) -> dict[str, dict[str, str]]:
        """Return what every task left, by the digests of the values."""
        return {
            name: {key: ref.digest for key, ref in task.manifest.artifacts.items()}
            for name, task in self.tasks(run).items()
            if task.manifest is not None
        }

    def ok(self, *words: str) -> str:
        """Run a command that must succeed and return what it told."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr


def _counting(cell: str) -> str:
    header, _, body = cell.partition("\n")
    if not header.startswith("%%step"):
        return cell
    name = header.split()[1]
    who = f"f'{name}[{{index}}]'" if "--foreach" in header else repr(name)
    return f"{header}\nwith open('ran', 'a') as log: print({who}, file=log)\n{body}"
