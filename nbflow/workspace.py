"""Where runs live: one folder with the store, the metadata, logs and code of all flows.

It is `.nbflow/`, found upward from the working directory as `.git/` is, or made there; NBFLOW_ROOT names another.

    format      what this folder is, and the version of its layout
    blobs/      the store's bytes
    metadata.db
    logs/       flow/run/step/task/attempt-stream, and cards of tasks that run
    code/       the definitions of runs, as workers read them
    detached/   orders for processes that run one run each, until they have read them
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from nbflow.errors import raise_for
from nbflow.metadata.identity import user_here
from nbflow.metadata.port import Metadata
from nbflow.storage.local import LocalStorage
from nbflow.store.store import Store

NAME = ".nbflow"
FORMAT = 1

_FORMAT_TEXT = "nbflow store {version}\n"


class Workspace:
    """The folder `root`, opened."""

    def __init__(self, root: Path, local: Iterable[str] = ()) -> None:
        self.root = root
        self._local = tuple(local)

    @classmethod
    def find(cls, start: str | os.PathLike[str] | None = None, *, local: Iterable[str] = ()) -> Workspace:
        """Return the workspace of NBFLOW_ROOT, else the nearest at or above `start`, else one made there.

        `local`: folders whose modules belong to the flow.
        """
        return cls.open(cls.nearest(start) or Path(start or Path.cwd()) / NAME, local=local)

    @classmethod
    def nearest(cls, start: str | os.PathLike[str] | None = None) -> Path | None:
        """Return the folder that `find` opens, None when it would make one: looking leaves no trace."""
        if named := os.environ.get("NBFLOW_ROOT"):
            return Path(named).expanduser()
        here = Path(start or Path.cwd()).resolve()
        near = (folder / NAME for folder in (here, *here.parents))
        return next((root for root in near if (root / "format").exists()), None)

    @classmethod
    def open(cls, root: str | os.PathLike[str], *, local: Iterable[str] = ()) -> Workspace:
        """Return the workspace in folder `root`, which is made when missing."""
        folder = Path(root).resolve()
        try:
            _prepare(folder)
        except OSError as error:
            raise_for("S006", path=folder, message=error.strerror or error)
        return cls(folder, local)

    @cached_property
    def store(self) -> Store:
        """The artifacts."""
        return Store(LocalStorage(self.root), local=self._local)

    @cached_property
    def metadata(self) -> Metadata:
        """The facts about runs."""
        # a worker opens the workspace for its store only
        from nbflow.metadata.sqlite import SqliteMetadata

        return SqliteMetadata(self.root / "metadata.db")

    @cached_property
    def user(self) -> str:
        """Who runs things: NBFLOW_USER, else the name of the login."""
        return user_here()

    def log_path(self, flow: str, run: str, step: str, task: str, attempt: int, stream: str) -> Path:
        """Return the file of one attempt's log; its folder may be missing."""
        return self.root / "logs" / flow / run / step / task / f"{attempt}-{stream}"

    def live_card_path(self, flow: str, run: str, step: str, task: str, attempt: int, number: int) -> Path:
        """Return the file of an attempt's card `number` while it runs; it may be missing."""
        return self.log_path(flow, run, step, task, attempt, f"card-{number:03}.json")

    def live_cards(self, flow: str, run: str, step: str, task: str, attempt: int) -> list[Path]:
        """Return the files of an attempt's cards as they were on the way, in the order the step asks for them."""
        folder = self.log_path(flow, run, step, task, attempt, "").parent
        return sorted(folder.glob(f"{attempt}-card-*.json"))

    def code_path(self, digest: str) -> Path:
        """Return the file with the definitions of a run; its folder may be missing."""
        return self.root / "code" / f"{digest}.json"


def _prepare(folder: Path) -> None:
    """The folder is a workspace of this version. Raises S003 when it is one of a newer version."""
    mark = folder / "format"
    try:
        words = mark.read_text().split()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        # last, in one go: what has it is complete
        half = folder / f".format-{os.getpid()}"
        half.write_text(_FORMAT_TEXT.format(version=FORMAT))
        half.replace(mark)
        return
    if words[:2] != ["nbflow", "store"] or not words[-1].isdigit() or int(words[-1]) > FORMAT:
        raise_for("S003", path=folder, found=words[-1] if words else "none", known=FORMAT)
