"""A freshly forked process made the task's own: its folder, path, environment, chance, memory; and its orderly end."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import os
import re
import resource
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from nbflow.model.artifact import ArtifactRef
from nbflow.model.task import TaskSpec
from nbflow.task import kin

#: a flow's definitions as a module; `warnings` finds what is compiled before the fork
_DEFINITIONS = re.compile(r"nbflow_defs\.\w+\Z")
#: open files that hold back what was written to them
_FILES = (io.BufferedWriter, io.BufferedRandom, io.TextIOWrapper)
#: where processes that a task starts find that package: pools hand `sys.path` on
_IMPORTABLE = str(Path(__file__).resolve().parents[1] / "code" / "importable")


def make_own(spec: TaskSpec) -> None:
    """Put the process where the task runs. Raises OSError when its folder is not there."""
    # functions that modules of the zygote registered are the zygote's to call
    atexit._clear()  # noqa: SLF001  (as multiprocessing does after its forks)
    os.chdir(spec.cwd)
    # with packages of its own the process is of a Python that finds them
    packages = sys.path if spec.environment is not None else ()
    sys.path[:] = dict.fromkeys([*spec.sys_path, *packages, _IMPORTABLE])
    sys.argv[:] = [spec.about.get("script", "") if spec.method else ""]
    os.environ.update(spec.env, NBFLOW_CODE=spec.code)
    _find_anew()
    _reseed()


def _find_anew() -> None:
    """Have imports look into folders that have changed since the zygote looked, as `importlib.invalidate_caches` does.

    Since Python 3.12 that imports importlib.metadata for its cache: twenty milliseconds in each worker.
    """
    if "importlib.metadata" in sys.modules:
        importlib.invalidate_caches()
        return
    for folder, finder in list(sys.path_importer_cache.items()):
        if finder is None or not os.path.isabs(folder):  # noqa: PTH117 - a Path costs more than the question
            # the working folder is another one now
            del sys.path_importer_cache[folder]
        elif hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()
    for each in sys.meta_path:
        if each is not PathFinder and hasattr(each, "invalidate_caches"):
            each.invalidate_caches()


def write_at_once() -> None:
    """Have every output of Python and C in the logs at once and in order, and none of it lost in a crash."""
    for name, fd in (("stdout", 1), ("stderr", 2)):
        # what modules that are preloaded now take hold of is what workers write to
        stream = io.TextIOWrapper(
            io.FileIO(fd, "w", closefd=False),
            encoding="utf-8",
            errors="backslashreplace",
            newline="\n",
            write_through=True,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    kin.buffer_c_output_by_lines()


def warn_as_a_notebook_does() -> None:
    """Show deprecation warnings that the flow's own code, and not a library, is to blame for."""
    if not sys.warnoptions:
        warnings.filterwarnings("default", category=DeprecationWarning, module=_DEFINITIONS.pattern)


def _reseed() -> None:
    """Give the task its own random numbers: a fork copies the state of generators, `random` alone renews its own."""
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


@contextlib.contextmanager
def limited_memory(spec: TaskSpec) -> Iterator[None]:
    """Refuse memory to the block beyond what the task asked for.

    The limit is on private writable memory, not on addresses (RLIMIT_DATA, not RLIMIT_AS): libraries reserve
    addresses they never use. Mapped artifacts count in full though they take memory only where written, so what the
    views of a join may map is added; the rest of what is loaded is there already. What goes beyond is a MemoryError
    in Python; where that comes too late, the system kills the task, and only it.
    """
    if spec.memory is None:
        yield
        return
    old = resource.getrlimit(resource.RLIMIT_DATA)
    to_come = sum({ref.digest: ref.size for table in spec.tables for ref in _large(table.values())}.values())
    limit = _private_memory() + to_come + spec.memory
    with contextlib.suppress(ValueError, OSError):
        # not above a limit that the process was given
        resource.setrlimit(resource.RLIMIT_DATA, (limit if old[1] < 0 else min(limit, old[1]), old[1]))
    try:
        yield
    finally:
        # storing and reporting what is left needs memory of its own
        resource.setrlimit(resource.RLIMIT_DATA, old)


def let_go(forget: Callable[[], None]) -> None:
    """End as a Python program does, as far as others would notice.

    Threads that are no daemons are waited for, exit functions called, files that are still open written out. `forget`
    lets go of what the body has bound.
    """
    # what the interpreter calls at its own end; there is no public name for it
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - see above; not in the typed stubs either
    atexit._run_exitfuncs()  # noqa: SLF001 - see above
    forget()
    for each in gc.get_objects():
        if isinstance(each, _FILES):
            with contextlib.suppress(Exception):
                each.flush()
    kin.flush_c_output()


def _large(refs: Iterable[ArtifactRef]) -> Iterator[ArtifactRef]:
    return (ref for ref in refs if ref.buffers)


def _private_memory() -> int:
    """Return the bytes of private writable memory of this process."""
    with Path("/proc/self/status").open("rb") as status:
        for line in status:
            if line.startswith(b"VmData:"):
                return int(line.split()[1]) * 1024
    return 0
