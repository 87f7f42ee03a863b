"""How xdist's workers share the tests: file by file, so that what a module's tests have in common is made once."""

from __future__ import annotations

import pytest
from xdist.scheduler.loadgroup import LoadGroupScheduling

#: folders in the order in which workers take them: a long piece at the end would have the others wait for it
_FIRST = ("browser", "aws", "conformance", "editors", "kernel", "notebooks", "crash", "history", "matrix")
_LAST = "unit"


class FileByFile(LoadGroupScheduling):  # type: ignore[misc]
    """Hands out groups where tests are marked with one, and whole files else."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        super().__init__(config, log)
        # the order of `longest_first` is better than that by the number of tests
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        group: str = super()._split_scope(nodeid)
        return group.partition("::")[0]


def longest_first(items: list[pytest.Item]) -> None:
    """Bring tests into the order in which they are handed out; what chance did to a folder's order is kept."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.nodeid.split("/")[1]
    if folder in _FIRST:
        return _FIRST.index(folder)
    return len(_FIRST) + (folder == _LAST)
