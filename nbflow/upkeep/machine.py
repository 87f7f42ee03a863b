"""Checks of the machine: Python, system, packages, Jupyter. They import nothing that may be missing."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path

from nbflow.cards.figures import several, size
from nbflow.upkeep.finding import Finding, broken, fine, warning

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[[^]]*])?\s*(?P<bounds>[^;]*)")
_BOUND = re.compile(r"(?P<sign>>=|<=|==|!=|~=|>|<)\s*(?P<version>[\w.*+-]+)")
_FRONT_ENDS = {"jupyterlab": "JupyterLab", "notebook": "Notebook"}


def python() -> Finding:
    """Whether nbflow supports this Python."""
    version = platform.python_version()
    try:
        wanted = importlib.metadata.metadata("nbflow")["Requires-Python"] or ""
    except importlib.metadata.PackageNotFoundError:
        wanted = ""
    if not fits(version, wanted):
        return broken("python", f"{version} is not {wanted}", "make a virtual environment with another Python")
    return fine("python", f"{version} · {sys.executable}")


def system() -> Finding:
    """Whether this system can fork workers."""
    name = f"{platform.system()} {platform.release()} · {platform.machine()}"
    if not sys.platform.startswith("linux"):
        return broken("system", f"{name}: steps run in forked processes, which needs Linux", "on Windows, use WSL")
    return fine("system", name)


def packages() -> Finding:
    """Whether what nbflow stands on is installed and new enough."""
    try:
        needed = importlib.metadata.requires("nbflow") or []
    except importlib.metadata.PackageNotFoundError:
        return warning("packages", "nbflow is used from its folder, not installed", f"{_pip()} install nbflow")
    needed = [each for each in needed if "extra ==" not in each]
    wrong = {each: why for each in needed if (why := wrong_with(each))}
    if wrong:
        listed = " ".join(f"'{each.partition(';')[0].strip()}'" for each in wrong)
        return broken("packages", "; ".join(wrong.values()), f"{_pip()} install {listed}")
    version = importlib.metadata.version("nbflow")
    return fine("packages", f"nbflow {version} · {several(len(needed), 'dependency', 'dependencies')}, none too old")


def wrong_with(requirement: str) -> str:
    """Return what is wrong with the installed version of a requirement, as `no boto3`; empty when it fits."""
    found = _REQUIREMENT.match(requirement)
    assert found is not None, requirement
    try:
        version = importlib.metadata.version(found["name"])
    except importlib.metadata.PackageNotFoundError:
        return f"no {found['name']}"
    return "" if fits(version, found["bounds"]) else f"{found['name']} {version} is not {found['bounds'].strip()}"


def fits(version: str, bounds: str) -> bool:
    """Return whether a version is within bounds such as `>=6.29,!=7.0.*`. Only its numbers count."""
    mine = _numbers(version)
    return all(_FITS[bound["sign"]](mine, bound["version"]) for bound in _BOUND.finditer(bounds))


def _numbers(version: str) -> tuple[int, ...]:
    release = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, release.group().split("."))) if release else ()


def _compare(mine: tuple[int, ...], bound: str) -> int:
    pairs = zip_longest(mine, _numbers(bound), fillvalue=0)
    return next((1 if left > right else -1 for left, right in pairs if left != right), 0)


def _same(mine: tuple[int, ...], bound: str) -> bool:
    if bound.endswith(".*"):
        wanted = _numbers(bound)
        return mine[: len(wanted)] == wanted
    return _compare(mine, bound) == 0


def _compatible(mine: tuple[int, ...], bound: str) -> bool:
    return _compare(mine, bound) >= 0 and mine[: len(_numbers(bound)) - 1] == _numbers(bound)[:-1]


_FITS: dict[str, Callable[[tuple[int, ...], str], bool]] = {
    ">=": lambda mine, bound: _compare(mine, bound) >= 0,
    "<=": lambda mine, bound: _compare(mine, bound) <= 0,
    ">": lambda mine, bound: _compare(mine, bound) > 0,
    "<": lambda mine, bound: _compare(mine, bound) < 0,
    "==": _same,
    "!=": lambda mine, bound: not _same(mine, bound),
    "~=": _compatible,
}


def capacity() -> Finding:
    """What the engine takes for its own of this machine."""
    from nbflow.runtime.capacity import cores, memory

    granted, whole = memory(), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = f", the limit of its control group ({size(whole)} in all)" if granted < whole else ""
    return fine("machine", f"{several(cores(), 'core')} · {size(granted)} of memory{limit}")


def jupyter() -> Finding:
    """Whether a notebook can run on this very Python."""
    here = [f"{name} {version}" for each, name in _FRONT_ENDS.items() if (version := _version(each))]
    if not _version("ipykernel"):
        return warning("jupyter", "no ipykernel: notebooks cannot run on this Python", f"{_pip()} install ipykernel")
    kernels = dict(_kernels())
    mine = [name for name, command in kernels.items() if _is_this_python(command)]
    said = " · ".join([*here, f"ipykernel {_version('ipykernel')}"])
    if mine:
        return fine("jupyter", f"{said} · kernel '{mine[0]}' is this Python")
    install = f"{sys.executable} -m ipykernel install --user --name {Path(sys.prefix).name}"
    others = f": '{next(iter(kernels))}' is {next(iter(kernels.values()))}" if kernels else ""
    return warning("jupyter", f"{said} · no kernel is this Python{others}", install)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _kernels() -> Iterator[tuple[str, str]]:
    """Yield name and interpreter of each kernel as Jupyter finds them: of one name the first counts."""
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError:
        return
    with warnings.catch_warnings():
        # it speaks of its own plans
        warnings.simplefilter("ignore", DeprecationWarning)
        folders = jupyter_path("kernels")
    seen = set()
    for folder in folders:
        for file in sorted(Path(folder).glob("*/kernel.json")):
            if file.parent.name not in seen and (command := _interpreter(file)):
                seen.add(file.parent.name)
                yield file.parent.name, command


def _interpreter(kernel: Path) -> str:
    try:
        return str(json.loads(kernel.read_text(encoding="utf-8"))["argv"][0])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def _is_this_python(command: str) -> bool:
    # Jupyter starts these names as its own interpreter, which is the one of its environment
    if command in {"python", f"python{sys.version_info[0]}", "python{}.{}".format(*sys.version_info)}:
        return True
    found = shutil.which(command)
    # links are followed up to the folder: the python of a virtual environment is a link itself
    return found is not None and Path(found).parent.resolve() == Path(sys.executable).parent.resolve()


def _pip() -> str:
    return f"{sys.executable} -m pip"
