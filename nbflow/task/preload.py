"""Modules imported in the zygote, so that no worker has to: only such as may be forked afterwards.

A module that starts threads or opens a GPU when it is imported would leave each forked worker without its threads, or
with a GPU it cannot use. It cannot be taken out of a process again: the caller has to start a new one without it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

#: libraries whose threads are idle after import and which make new ones in a forked child
_FORKABLE = re.compile(rb"openblas|libblis|libmkl|libgomp|libiomp|libarrow")
#: the same, by the name of the thread
_FORKABLE_THREADS = ("jemalloc_bg_thd", "polars")
_GPU = re.compile(r"/dev/(nvidia|kfd|dri/render|accel)")


@dataclass(slots=True)
class Preloaded:
    """What came of importing some modules."""

    modules: list[str] = field(default_factory=list)
    #: module → why it is not there
    failed: dict[str, str] = field(default_factory=dict)
    #: the module that spoiled this process, if one did; those after it were not imported
    spoiler: str | None = None


class ImportTooLongError(BaseException):
    """Raised in the middle of an import, by a signal's handler."""


def preload(
    modules: Iterable[str],
    banned: Mapping[str, str],
    watched: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
) -> Preloaded:
    """Import `modules` except the `banned` ones (name → why); stop at one that spoils the process for forking.

    Each import is done inside `watched()`, which may raise ImportTooLongError into it.
    """
    result = Preloaded()
    for name in modules:
        if name in banned:
            result.failed[name] = banned[name]
            continue
        reason = ""
        try:
            with watched():
                importlib.import_module(name)
        except ImportTooLongError as error:
            # half of it is there
            reason = str(error)
        except BaseException as error:  # an import may raise anything, SystemExit included
            result.failed[name] = f"{type(error).__name__}: {error}"
        else:
            result.modules.append(name)
        if reason := reason or unforkable():
            result.spoiler = name
            result.failed[name] = reason
            break
    settle()
    return result


def settle() -> None:
    """Take what there is for permanent: a worker that walks its objects neither sees it nor copies its pages."""
    gc.collect()
    gc.freeze()


def unforkable() -> str:
    """Return why this process should not be forked, or an empty string."""
    if len(sys._current_frames()) > 1:  # noqa: SLF001  (threads made by _thread are not in threading.enumerate)
        return "it starts a thread when it is imported"
    if strange := _strange_threads():
        return f"it starts a thread when it is imported ({strange})"
    if _gpu_open():
        return "it opens the GPU when it is imported"
    return ""


def _strange_threads() -> str:
    """Return the name of a native thread that nobody knows to survive a fork."""
    names: list[str] = []
    for thread in Path("/proc/self/task").iterdir():
        if thread.name != str(os.getpid()):
            with contextlib.suppress(OSError):
                names.append((thread / "comm").read_text().strip())
    unknown = [name for name in names if not name.startswith(_FORKABLE_THREADS)]
    own = Path("/proc/self/comm").read_text().strip()
    if own in unknown and _FORKABLE.search(Path("/proc/self/maps").read_bytes()):
        # BLAS and OpenMP threads are called as the process is
        unknown = [name for name in unknown if name != own]
    return unknown[0] if unknown else ""


def _gpu_open() -> bool:
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if _GPU.match(str(entry.readlink())):
                return True
    return False
