"""Notebooks that are bodies of steps, by their names: beside the flow's file, or in a run's code package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nbflow.code.package import CodePackage
from nbflow.errors import did_you_mean


def beside(folder: Path) -> Callable[[str], str]:
    """Return what reads a notebook whose path is relative to `folder`.

    It raises OSError; of a file that is not there, a FileNotFoundError whose second argument says what else is.
    """

    def read(name: str) -> str:
        path = folder / name
        if not path.exists():
            others = sorted(each.name for each in path.parent.glob("*.ipynb")) if path.parent.is_dir() else []
            raise FileNotFoundError(name, did_you_mean(path.name, others))
        return path.read_text(encoding="utf-8")

    return read


def kept_in(package: CodePackage) -> Callable[[str], str]:
    """Return what reads a notebook that a run took along."""

    def read(name: str) -> str:
        if name not in package.modules:
            raise FileNotFoundError(name)
        return package.modules[name]

    return read
