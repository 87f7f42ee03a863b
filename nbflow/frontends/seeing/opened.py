"""The process that opens one artifact: `python -m nbflow.frontends.seeing.opened`, with its order on stdin."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from nbflow.errors import NbflowError


def main() -> None:
    """Load the artifact and write what it displays to stdout, as JSON; whatever its code prints goes to stderr."""
    order = json.load(sys.stdin)
    out = os.dup(1)
    os.dup2(2, 1)
    _limit_memory()
    answer: dict[str, Any]
    try:
        answer = {"shown": _bundle(_value(order["root"], order["pathspec"]), order["most"])}
    except NbflowError as error:
        # what could not be loaded is known to who asked
        what = error.problems[0].what
        answer = {"failed": what.partition(" cannot be loaded: ")[2] or what}
    except Exception as error:  # noqa: BLE001 - what an object does to be shown may fail in any way
        answer = {"failed": f"{type(error).__name__}: {error}"}
    with os.fdopen(out, "w", encoding="utf-8") as stdout:
        json.dump(answer, stdout, default=_text)
    # what it imported may wait for threads at the end
    sys.stderr.flush()
    os._exit(0)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        resource.setrlimit(resource.RLIMIT_DATA, (most * 3 // 4, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _value(root: str, pathspec: str) -> Any:
    from nbflow.client import DataArtifact
    from nbflow.workspace import Workspace

    return DataArtifact(pathspec, workspace=Workspace.open(root)).data


def _bundle(value: Any, most: int) -> dict[str, Any]:
    """Return what a notebook would be given to show, as far as it is not too large."""
    from nbflow.task.display import Displayer, prepare

    caught = _Caught()
    displayer = Displayer(caught, rich=True)  # type: ignore[arg-type]  # it calls `show` alone
    shell = prepare()
    if "matplotlib" in sys.modules:
        from IPython.core.pylabtools import select_figure_formats

        select_figure_formats(shell, {"png"})
    displayer.last(value)
    kept = {kind: content for kind, content in caught.data.items() if len(json.dumps(content, default=_text)) <= most}
    return kept or {"text/plain": f"{type(value).__name__}, which displays nothing that can be shown here"}


class _Caught:
    """Takes what is displayed first, which is the object itself."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}

    def show(self, data: Mapping[str, Any], *_: Any, **__: Any) -> None:
        self.data = self.data or dict(data)


def _text(value: Any) -> str:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    main()
