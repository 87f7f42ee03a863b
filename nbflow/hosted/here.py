"""The place that this process is in."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from nbflow.hosted.host import Host
from nbflow.hosted.recognise import recognise

#: what variables that tell a place begin with, and those that stand alone
_STARTS = ("SAGEMAKER_", "SM_", "JUPYTERHUB_", "BINDER_", "COLAB_", "VSCODE_", "AWS_BATCH_")
_NAMES = frozenset({"HOME", "AWS_REGION", "AWS_DEFAULT_REGION", "TRAINING_JOB_NAME", "TERM_PROGRAM"})


def here(environ: Mapping[str, str] = os.environ) -> Host:
    """Return it: looked at once for the same variables, since it is asked often."""
    telling = tuple(
        (name, value) for name, value in sorted(environ.items()) if name in _NAMES or name.startswith(_STARTS)
    )
    return _at(telling, "google.colab" in sys.modules, _is_mounted())


@functools.lru_cache(8)
def _at(telling: tuple[tuple[str, str], ...], colab: bool, mounted: bool) -> Host:  # noqa: FBT001 - keys of a cache
    del mounted
    return recognise(dict(telling), _read, {"google.colab"} if colab else ())


def _is_mounted() -> bool:
    """Say whether a Drive is: the one thing that changes while a kernel is at work."""
    return Path("/content/drive/MyDrive").is_dir()


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
