"""How many threads the numerical libraries use that a worker finds loaded: they look at the environment only once.

`--env OMP_NUM_THREADS=1` reaches a library that is loaded in the task. One that was loaded in the process that the worker
was forked from has read the environment already, and is told by `threadpoolctl` where that can be imported.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from nbflow.task.outputs import Warned

#: library, as threadpoolctl calls it → the variables it obeys, the one that counts most first
_OBEYS = {
    "openblas": ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"),
    "mkl": ("MKL_NUM_THREADS", "OMP_NUM_THREADS"),
    "blis": ("BLIS_NUM_THREADS", "OMP_NUM_THREADS"),
    "openmp": ("OMP_NUM_THREADS",),
}
#: library → what the files are called that it is loaded from
_FILES = {
    "openblas": (b"openblas",),
    "mkl": (b"libmkl_rt", b"libmkl_core"),
    "blis": (b"libblis",),
    "openmp": (b"libgomp", b"libiomp", b"libomp"),
}
_NUMEXPR = ("NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS")


def limit(environment: Mapping[str, str], step: str) -> list[Warned]:
    """Have the libraries that are loaded heed what `environment`, the step's own part of it, says of their threads.

    Returns:
        A notice (N019) where some are loaded that cannot be told.
    """
    if (numexpr := sys.modules.get("numexpr")) and (count := _count(_NUMEXPR, environment)):
        # one with fewer than that keeps what it has
        with contextlib.suppress(ValueError):
            numexpr.set_num_threads(count)
    wanted = {library: count for library, names in _OBEYS.items() if (count := _count(names, environment))}
    if not wanted or not (loaded := _loaded(wanted)):
        return []
    try:
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # it ships no types
    except ImportError:
        names = {name for library in loaded for name in _OBEYS[library] if name in environment}
        return [("N019", {"step": step, "names": ", ".join(sorted(names)), "libraries": ", ".join(loaded)})]
    controller = ThreadpoolController()
    for library in loaded:
        # what it returns would undo it at the end of a `with`: here it holds for the rest of the process
        controller.select(internal_api=library).limit(limits=wanted[library])
    return []


def _count(names: Iterable[str], environment: Mapping[str, str]) -> int:
    """Return how many threads a library that obeys `names` is to use; 0: the step does not say."""
    if environment.keys().isdisjoint(names):
        return 0
    said = next(os.environ[name] for name in names if name in os.environ)
    # of nested regions the outermost counts; what is no number libraries do not heed, either
    first = said.partition(",")[0].strip()
    return int(first) if first.isdecimal() else 0


def _loaded(libraries: Iterable[str]) -> list[str]:
    maps = Path("/proc/self/maps").read_bytes()
    return [library for library in libraries if any(file in maps for file in _FILES[library])]
