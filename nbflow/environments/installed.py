"""What works in the cell works elsewhere: the packages that code imports, at the versions that are installed here."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from nbflow.code.imports import find, is_own
from nbflow.code.local import distributions, local_modules
from nbflow.environments.carried import origin, wheel_of
from nbflow.environments.needs import WORKER_NEEDS
from nbflow.environments.target import Target
from nbflow.environments.wanted import Wanted
from nbflow.errors import raise_for


def imported_packages(modules: Iterable[str], path: tuple[str, ...], target: Target, wheels: Path) -> Wanted:
    """Return what code that imports `modules` needs: what they are of, what that requires, and what nbflow needs.

    Every version is the one that is installed here, so nothing is left to be resolved.

    Args:
        modules: dotted names, as they are imported.
        path: where modules are looked for.
        target: what the packages are for.
        wheels: folder for wheels of what is installed and on no index.

    Raises:
        PackageError: E012, an installation cannot be taken along.
    """
    asked = set(modules)
    own = local_modules(asked, path)
    _refuse_compiled(asked, path)
    outside = {name for module in own for name in module.imports} | asked - {module.name for module in own}
    needs = (Requirement(need).name for need in WORKER_NEEDS)
    # a worker needs less of nbflow than is installed with it
    found = closure((*needs, *(name for name in distributions(outside) if name != "nbflow")), target)
    # what a library takes into use by itself where it is installed, and computes or stores otherwise with
    found |= closure((name for of, name in _COMPANIONS if of in found and _is_installed(name)), target)
    pins: list[str] = []
    carried: list[tuple[str, str]] = []
    for name, installed in sorted(found.items()):
        came_from = origin(installed)
        if name == "nbflow" or came_from == "editable":
            # its modules are the flow's own, and travel with its code
            continue
        if came_from != "index":
            carried.append(wheel_of(installed, wheels, target))
        pins.append(f"{name}=={installed.version}")
    return Wanted(tuple(pins), target.python, complete=True, carried=tuple(carried), declared=False)


#: library, and one that it does not require: pandas keeps texts in pyarrow's memory where there is one, and styles by jinja2
_COMPANIONS = (("pandas", "pyarrow"), ("pandas", "numexpr"), ("pandas", "bottleneck"), ("pandas", "jinja2"))


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def closure(roots: Iterable[str], target: Target) -> dict[str, metadata.Distribution]:
    """Return the distributions `roots` and all that they require and that is installed, by name."""
    found: dict[str, metadata.Distribution] = {}
    seen: set[tuple[str, str]] = set()
    todo = [(str(canonicalize_name(name)), "") for name in roots]
    while todo:
        name, extra = todo.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            installed = found.get(name) or metadata.distribution(name)
        except metadata.PackageNotFoundError:
            # of another platform, or never missed
            continue
        found[name] = installed
        for text in installed.requires or ():
            try:
                need = Requirement(text)
            except InvalidRequirement:
                continue
            # what is needed without an extra is needed with it, and was taken the first time
            if target.fits(need.marker, extra):
                todo += [(canonicalize_name(need.name), each) for each in ("", *need.extras)]
    return found


def _refuse_compiled(modules: Iterable[str], path: tuple[str, ...]) -> None:
    """Raise E012 for a module of the flow's own that is no source."""
    for name in modules:
        spec = find(name, path)
        if spec is not None and spec.origin and is_own(spec) and spec.origin.endswith(".so"):
            reason = f"{Path(spec.origin).name} is compiled, and not installed from an index"
            raise_for("E012", name=name, reason=reason)
