"""obstore, as this process may use it.

Its threads do not survive a fork. A child that goes on with them waits forever, and its connections, whose events go
where the parent's go, stop the parent, too. So a process whose ancestor used obstore loads a copy of the library, which
starts with nothing: once, in a fifth of a second. Flows meet this in `parallel_map`, `multiprocessing` and the like.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class _Use:
    """Which process uses the library as it is loaded now, and where it was installed."""

    process: int | None = None
    home: Path | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def forked(self) -> None:
        # who held it did not come along
        self.lock = threading.Lock()


_use = _Use()
os.register_at_fork(after_in_child=_use.forked)


def obstore() -> Any:
    """Return the package `obstore`, with its submodules `store` and `exceptions`."""
    here = os.getpid()
    if _use.process != here:
        with _use.lock:
            if _use.home is not None and _use.process != here:
                _load_copy(_use.home)
            importlib.import_module("obstore.exceptions")
            importlib.import_module("obstore.store")
            _use.home = _use.home or Path(sys.modules["obstore"].__file__ or "").parent
            _use.process = here
    return sys.modules["obstore"]


def _load_copy(home: Path) -> None:
    """Forget the library, and import it from a copy: the same file would be the same library, threads and all."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "obstore"]:
        del sys.modules[name]
    with tempfile.TemporaryDirectory(prefix="nbflow-") as folder:
        shutil.copytree(home, Path(folder) / "obstore")
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            importlib.import_module("obstore.exceptions")
            importlib.import_module("obstore.store")
        finally:
            sys.path.remove(folder)
