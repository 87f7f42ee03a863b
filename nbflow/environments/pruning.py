"""What of installed packages goes into an archive: what is imported or read, in a form that no machine has left a mark on."""

from __future__ import annotations

from pathlib import Path

#: packages whose folders `tests` nothing outside them imports, and which are most of what can be left out
_TESTED = frozenset({"matplotlib", "mpl_toolkits", "numpy", "pandas", "pyarrow", "scipy", "sklearn", "statsmodels"})
#: what an installer writes for itself: times and paths among it
_OF_INSTALLER = frozenset({"INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json"})


def pruned(folder: Path) -> dict[str, Path | bytes]:
    """Return the files of `folder`, into which packages were installed, that are to be packed, by their paths in it."""
    found: dict[str, Path | bytes] = {}
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        parts = path.relative_to(folder).parts
        if "__pycache__" in parts or (len(parts) == 1 and path.name == ".lock"):
            continue
        if parts[0] in _TESTED and "tests" in parts[1:-1]:
            continue
        of_info = len(parts) > 1 and parts[0].endswith(".dist-info")
        if of_info and path.name in _OF_INSTALLER:
            continue
        name = "/".join(parts)
        found[name] = path
        if of_info and path.name == "RECORD":
            found[name] = _without_scripts(path.read_text("utf-8")).encode()
        elif parts[0] == "bin" and (script := _anywhere(path)) is not None:
            found[name] = script
    return found


def _without_scripts(record: str) -> str:
    """Return a RECORD without files that were written for this machine."""
    lines = (line for line in record.splitlines() if not line.startswith(("../../bin/", "bin/")))
    kept = (line for line in lines if line.partition(",")[0].rpartition("/")[2] not in _OF_INSTALLER)
    return "".join(f"{line}\n" for line in kept)


def _anywhere(script: Path) -> bytes | None:
    """Return a script of Python's that begins with whatever Python is on the PATH; None for anything else."""
    data = script.read_bytes()
    first, newline, rest = data.partition(b"\n")
    if not first.startswith(b"#!"):
        return None
    if first.startswith(b"#!/bin/sh") and b"exec" in rest[:200]:
        # a path that is too long for a first line is in the second
        _, _, rest = rest.partition(b"' '''\n")
    return b"#!/usr/bin/env python3" + newline + rest
