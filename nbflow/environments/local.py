"""Python environments on this machine, one a lock: made once, in the person's cache, never seen half made."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import nbflow
from nbflow.environments import failures, uv
from nbflow.environments.carried import wheels_folder
from nbflow.environments.indexes import Indexes
from nbflow.environments.indexes import indexes as indexes_of
from nbflow.environments.kept import Kept
from nbflow.environments.lock import Lock
from nbflow.environments.target import python_here
from nbflow.workspace import Workspace

_INSTALL = ("pip", "install", "--no-deps", "--require-hashes", "--quiet", "-r", "-")


def folder() -> Path:
    """Return the folder of all environments of this person: `$XDG_CACHE_HOME/nbflow/environments`."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "nbflow" / "environments"


def python_of(digest: str, workspace: Workspace) -> Path:
    """Return the Python of the lock with this digest, made anew if it has gone since the run began.

    Raises:
        PackageError: E016, the workspace has no such lock; E004 to E008, E013, E014: it cannot be made.
    """
    python = place_of(digest)
    if python.exists():
        return python
    here = Path.cwd()
    return environment(Kept(workspace.root).get(digest), place=here, indexes=indexes_of(here, os.environ))


def place_of(digest: str) -> Path:
    """Return where the Python of the lock with this digest is, or will be."""
    # the environment finds the nbflow that made it, and two of them may be in use
    package = hashlib.sha256(str(_package()).encode()).hexdigest()
    return folder() / f"{digest[:32]}-{package[:8]}" / "bin" / "python"


def environment(
    lock: Lock,
    *,
    place: Path,
    indexes: Indexes,
    who: str = "the flow",
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Return a Python that has what `lock` names, and this nbflow; it is made if there is none.

    Args:
        lock: the packages.
        place: where uv looks for its settings: the flow's folder.
        indexes: where packages come from.
        who: what wants it, for errors and messages: `step train`.
        say: told a line when something is to be made.

    Raises:
        PackageError: E004 to E008, E013, E014: it cannot be made.
    """
    python = place_of(lock.digest)
    if python.exists():
        return python
    home = python.parents[1]
    home.parent.mkdir(parents=True, exist_ok=True)
    with _alone(home.parent / f".{home.name}.lock"):
        # another process may have made it while this one waited
        if not python.exists():
            count = len(lock.packages)
            say(f"installing {count} package{'s' * (count != 1)} for {who} (first time) …")
            half = home.parent / f".{home.name}-{os.getpid()}"
            try:
                _make(half, lock, place, indexes, who)
                # one whose Python was removed since
                shutil.rmtree(home, ignore_errors=True)
                half.rename(home)
            finally:
                shutil.rmtree(half, ignore_errors=True)
    return python


def _make(half: Path, lock: Lock, place: Path, indexes: Indexes, who: str) -> None:
    if lock.carried:
        indexes = indexes.beside(wheels_folder(folder()))
    # a link to this very Python needs no search; of a virtual environment what it was made of
    wanted = (
        getattr(sys, "_base_executable", sys.executable) if lock.target.python == python_here() else lock.target.python
    )
    try:
        # it is made under another name than it has in the end
        uv.run(
            "venv",
            "--quiet",
            "--relocatable",
            "--no-project",
            "--python",
            wanted,
            str(half),
            folder=place,
            indexes=indexes,
        )
        python = half / "bin" / "python"
        uv.run(*_INSTALL, "--python", str(python), folder=place, indexes=indexes, text=lock.text)
    except uv.UvError as error:
        failures.tell(str(error), who=who, target=lock.target, indexes=indexes, verb="installed")
    _add_nbflow(half / "lib" / f"python{lock.target.python}" / "site-packages")


def _add_nbflow(packages: Path) -> None:
    """Let nbflow, and nothing that is installed beside it, be found from where it runs now."""
    finder = resources.files(nbflow).joinpath("environments", "finder.py").read_text("utf-8")
    # in place of a file's own folder, which would bring its neighbours
    (packages / "_nbflow_finder.py").write_text(f"{finder}\n\nadd({str(_package())!r})\n", "utf-8")
    (packages / "_nbflow_finder.pth").write_text("import _nbflow_finder\n", "utf-8")


def _package() -> Path:
    return Path(nbflow.__file__).resolve().parent


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock file while the block runs; it goes with the process, however that ends."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
