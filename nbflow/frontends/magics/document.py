"""The notebook file behind a kernel, where it is known: its name, and the order of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbflow.cells.flow import FlowText, flow_text
from nbflow.cells.header import cell_kind, split_header
from nbflow.cells.notebook import Document, NotebookCell, parse_notebook
from nbflow.code.notebooks import beside
from nbflow.errors import NbflowError
from nbflow.model.ids import flow_name_of


@dataclass(frozen=True, slots=True)
class SavedStep:
    """A step as the saved file has it."""

    name: str
    text: str
    #: its cell as a person names it
    label: str = ""


class NotebookFile:
    """The saved notebook of this kernel; read again when its modification time changes."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._read_at: int | None = None
        self._document: Document | None = None
        self._steps: tuple[SavedStep, ...] = ()
        #: id of each code cell, and the name of its step or nothing
        self._cells: tuple[tuple[str, str], ...] = ()
        self._flow: FlowText | None = None

    @classmethod
    def of_kernel(cls, namespace: Mapping[str, object], environment: Mapping[str, str]) -> NotebookFile:
        """Find the notebook: VS Code leaves its path in the namespace, Jupyter's server in the environment."""
        told = namespace.get("__vsc_ipynb_file__") or environment.get("JPY_SESSION_NAME")
        if not isinstance(told, str) or not told.endswith(".ipynb"):
            return cls(None)
        path = Path(told)
        if not path.is_absolute():
            # the server gives the path below its own root; the kernel starts in the notebook's folder
            path = Path.cwd() / path.name
        return cls(path)

    @property
    def name(self) -> str | None:
        """The flow's name that the file's name gives."""
        return flow_name_of(self.path.stem) if self.path else None

    @property
    def folder(self) -> Path | None:
        """Where the notebook is, if it is a file that exists."""
        return self.path.parent if self.path and self.path.exists() else None

    def saved_at(self) -> float | None:
        """Seconds since the epoch at which the file was last saved."""
        try:
            return self.path.stat().st_mtime if self.path else None
        except OSError:
            return None

    def steps(self) -> tuple[SavedStep, ...]:
        """Return the steps of the saved file in document order; empty when it cannot be read."""
        self._read()
        return self._steps

    def order(self, ran: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names of the steps in document order.

        Args:
            ran: the id of a cell → the step that it has been since the file was saved, whatever it is in there.
        """
        self._read()
        elsewhere = {ran[cell_id] for cell_id, _ in self._cells if cell_id in ran}
        names = (ran.get(cell_id) or (name if name not in elsewhere else "") for cell_id, name in self._cells)
        return tuple(dict.fromkeys(name for name in names if name))

    def flow(self) -> FlowText | None:
        """Return the flow of the saved file, None when it cannot be read."""
        self._read()
        if self._flow is None and self._document is not None and self.path is not None:
            self._flow = flow_text(self._document, self.path.name, notebooks=beside(self.path.parent))
        return self._flow

    def cells(self) -> tuple[str, ...]:
        """Return the texts of the saved file's code cells."""
        self._read()
        return tuple(cell.source for cell in self._document.code) if self._document else ()

    def holds(self, *cell_ids: str) -> bool:
        """Whether the saved file has cells of all these ids."""
        self._read()
        return self._document is not None and {*cell_ids} <= {cell.id for cell in self._document.code if cell.id}

    def _read(self) -> None:
        """Read the file, if it was saved since it was read."""
        try:
            stamp = self.path.stat().st_mtime_ns if self.path else None
            if self.path is not None and stamp == self._read_at:
                return
            self._document = parse_notebook(self.path.read_text(encoding="utf-8")) if self.path else None
        except (OSError, NbflowError):
            stamp, self._document = None, None
        self._read_at, self._flow = stamp, None
        found = [(cell.id, _step_of(cell)) for cell in self._document.code] if self._document else []
        self._steps = tuple(step for _, step in found if step is not None)
        self._cells = tuple((cell_id, step.name if step else "") for cell_id, step in found)


def _step_of(cell: NotebookCell) -> SavedStep | None:
    """Return the step of a cell; None: it is none, or has no name that can be read."""
    if cell_kind(cell.source) != "step":
        return None
    try:
        header = split_header(cell.source)
    except NbflowError:
        return None
    return SavedStep(header.name_word, cell.source, cell.label) if header.name_word else None
