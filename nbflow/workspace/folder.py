"""One folder with the store, the metadata, logs and code of all flows.

It is `.nbflow/`, found upward from the working directory as `.git/` is, or made there; NBFLOW_ROOT or a profile names
another, or a bucket. Of a bucket the folder holds what this machine has seen of it, the logs of tasks that run here, and
an index of the metadata: it may be deleted at any time when nothing runs.

    format      what this folder is, and the version of its layout
    shared      the bucket that it is a window on, if any (see `shared`)
    blobs/      the store's bytes
    metadata.db
    logs/       flow/run/step/task/attempt-stream, and cards of tasks that run
    code/       the definitions of runs, as workers read them
    environments/   locks of packages that steps ask for (see nbflow.environments.kept)
    schedules/  what runs by the clock, and what has fired (see nbflow.schedules.register)
    detached/   orders for processes that run one run each, until they have read them
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from nbflow.configuration.settings import settings
from nbflow.errors import raise_for
from nbflow.hosted import here
from nbflow.metadata.identity import user_here
from nbflow.metadata.port import Metadata
from nbflow.storage.base import Storage
from nbflow.store.store import Store
from nbflow.workspace import shared
from nbflow.workspace.shared import Shared

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
        """Return the workspace of NBFLOW_ROOT or the profile, else the nearest at or above `start`, else one made there.

        Where only one folder outlives the session (see `nbflow.hosted`), it is made in that one.
        `local`: folders whose modules belong to the flow.
        """
        return cls.open(cls.nearest(start) or cls.made_at(start), local=local)

    @staticmethod
    def made_at(start: str | os.PathLike[str] | None = None) -> Path:
        """Return the folder that `find` makes where there is none yet."""
        folder = Path(start or Path.cwd())
        return Path(here().store(str(folder.resolve())) or folder) / NAME

    @classmethod
    def nearest(cls, start: str | os.PathLike[str] | None = None) -> Path | None:
        """Return the folder that `find` opens, None when it would make one: looking leaves no trace."""
        if named := named_root():
            return _folder_of(named)
        first = Path(start or Path.cwd()).resolve()
        folders = [first, *first.parents]
        # what was made there before is found from anywhere
        folders += [Path(kept)] if (kept := here().store(str(first))) else []
        near = (folder / NAME for folder in folders)
        return next((root for root in near if (root / "format").exists()), None)

    @classmethod
    def open(cls, root: str | os.PathLike[str], *, local: Iterable[str] = ()) -> Workspace:
        """Return the workspace in folder `root`, which is made when missing, or in the bucket at the URL `root`."""
        folder = _folder_of(os.fspath(root)).resolve()
        try:
            _prepare(folder)
        except OSError as error:
            raise_for("S006", path=folder, message=error.strerror or error)
        return cls(folder, local)

    @cached_property
    def shared(self) -> Shared | None:
        """The bucket that the folder is a window on, None when it is only a folder."""
        return Shared.at(self.root)

    @property
    def url(self) -> str | None:
        """The bucket's URL, None when there is none."""
        return self.shared.url if self.shared else None

    @cached_property
    def far(self) -> Storage | None:
        """The bucket, without the folder before it; None when there is none."""
        if self.shared is None:
            return None
        far = self.shared.storage()
        shared.prepare(far, self.shared.url)
        return far

    @cached_property
    def store(self) -> Store:
        """The artifacts."""
        return Store(shared.storage_at(self.root), local=self._local)

    @cached_property
    def metadata(self) -> Metadata:
        """The facts about runs."""
        # a worker opens the workspace for its store only
        if self.far is not None:
            from nbflow.metadata.bucket import BucketMetadata

            return BucketMetadata(self.far, self.root / "metadata.db")
        from nbflow.metadata.sqlite import SqliteMetadata

        return SqliteMetadata(self.root / "metadata.db")

    @cached_property
    def user(self) -> str:
        """Who runs things: see `nbflow.metadata.identity.user_here`."""
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

    def fetched(self, path: Path, *, again: bool = False) -> Path:
        """Return `path`, a file of the folder, with what the bucket holds of it; it may still be missing.

        `again`: it may have grown since it was fetched.
        """
        if self.far is None or (path.exists() and not again):
            return path
        key = path.relative_to(self.root).as_posix()
        size = self.far.size(key)
        if size is not None and not (path.exists() and path.stat().st_size == size):
            path.parent.mkdir(parents=True, exist_ok=True)
            self.far.get_file(key, path)
        return path

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


def named_root() -> str | None:
    """Return the store that NBFLOW_ROOT or the profile names, a folder or a URL; None when neither does.

    Raises ConfigurationError when the settings cannot be read.
    """
    return settings().root


def _folder_of(root: str) -> Path:
    """Return the folder of a store; of one in a bucket, the window on it, which is made."""
    if ":" not in root:
        return Path(root).expanduser()
    # most stores are folders
    from nbflow.configuration.root import wrong_with

    if wrong := wrong_with(root):
        raise_for("S029", root=root, why=wrong.why, fix=wrong.fix)
    if not shared.is_url(root):
        return Path(root).expanduser()
    folder = shared.window_of(root)
    folder.mkdir(parents=True, exist_ok=True)
    asked = settings()
    Shared(root.rstrip("/"), asked.region, asked.endpoint, asked.aws_profile).mark(folder)
    return folder
