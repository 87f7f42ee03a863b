"""Files beside the flow that its steps read: asked for with --include, they travel with its code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from nbflow.errors import did_you_mean, raise_for
from nbflow.model.graph import Graph

#: bytes of all of them: what is larger is data, and wants a place of its own
MOST = 10 << 20


def included(folder: Path, patterns: Iterable[str]) -> dict[str, str]:
    """Return the text of each file that a pattern names, by its path below the flow's folder.

    A pattern is a path below that folder, with `*` and `**` as in a shell; of a folder all that is below it is meant. What
    is no UTF-8 text comes back byte by byte, too.

    Args:
        folder: where the flow is.
        patterns: as `evaluations`, `queries/*.sql`.

    Raises:
        DeploymentError: A021, a pattern names nothing, or nothing below the folder; A022, it is too much.
    """
    found: dict[str, str] = {}
    size = 0
    for pattern in patterns:
        files = list(_files(folder, pattern))
        if not files:
            near = did_you_mean(pattern, [each.name for each in folder.iterdir()])
            raise_for("A021", pattern=pattern, folder=folder, hint=near)
        for each in files:
            size += each.stat().st_size
            if size > MOST:
                raise_for("A022", pattern=pattern, most=f"{MOST >> 20} MB")
            found[each.relative_to(folder).as_posix()] = each.read_text("utf-8", "surrogateescape")
    return found


def with_files(graph: Graph, files: Mapping[str, str]) -> Graph:
    """Return the graph whose code package holds these files, too."""
    if not files:
        return graph
    first, *others = graph.nodes
    body = replace(first.code.body, files=(*first.code.body.files, *files.items()))
    return replace(graph, nodes=(replace(first, code=replace(first.code, body=body)), *others))


def _files(folder: Path, pattern: str) -> Iterable[Path]:
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        return
    for each in sorted(folder.glob(pattern)):
        within = sorted(each.rglob("*")) if each.is_dir() else [each]
        yield from (file for file in within if file.is_file() and "__pycache__" not in file.parts)
