"""What a flow's code stands on outside the notebook: its own modules, by their syntax, and installed ones, by version."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path

import nbflow
from nbflow.code.imports import find, imported, is_own
from nbflow.frozen import frozen
from nbflow.model.graph import Graph
from nbflow.model.ids import StepName


@frozen
class LocalModule:
    """A module of the flow's own: a file in its folder or of an editable installation."""

    name: str
    file: Path
    #: of its syntax tree: comments and formatting do not count
    digest: str
    #: modules it imports
    imports: tuple[str, ...]

    @property
    def path(self) -> str:
        """Its file relative to where imports start, as in `features/text.py`."""
        depth = self.name.count(".") + (self.file.stem == "__init__")
        return "/".join(self.file.parts[-depth - 1 :])


def local_modules(modules: Iterable[str], path: Sequence[str]) -> tuple[LocalModule, ...]:
    """Return the flow's own modules among `modules`, and those that they import in turn, by name."""
    found: dict[str, LocalModule] = {}
    seen: set[str] = set()
    todo = list(modules)
    while todo:
        name = todo.pop()
        if name in seen or not name:
            continue
        seen.add(name)
        # importing a.b imports a
        todo.append(name.rpartition(".")[0])
        spec = find(name, path)
        if spec is None or not is_own(spec) or not spec.has_location or spec.origin is None:
            continue
        module = found[name] = _read(spec, Path(spec.origin))
        todo.extend(module.imports)
    return tuple(found[name] for name in sorted(found))


def installed(modules: Iterable[str], folder: Path, path: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return those of `modules` that are installed and not the flow's own: what a zygote may import ahead.

    Args:
        modules: dotted names, as they are imported.
        folder: the flow's folder.
        path: where modules are looked for; None: sys.path.
    """
    places = [str(folder), *(sys.path if path is None else path)]
    known = ((name, find(name, places)) for name in dict.fromkeys(modules))
    return tuple(name for name, spec in known if spec is not None and spec.loader is not None and not is_own(spec))


def environment_of(
    graph: Graph, folder: Path, path: Sequence[str], packages: Mapping[StepName, str] | None = None
) -> Mapping[StepName, str]:
    """Return a digest per step of all that its code stands on outside the notebook.

    Args:
        graph: the steps.
        folder: the flow's.
        path: where modules are found.
        packages: digests of packages that steps run with in place of what is installed here.
    """
    places = [str(folder), *path]
    shared = [module for cell in graph.setup for module in cell.body.modules]
    digests: dict[StepName, str] = {}
    for node in graph.nodes:
        own = [*node.code.body.modules, *(name for statement in node.code.slice for name in statement.modules)]
        digests[node.name] = _environment({*shared, *own}, places, (packages or {}).get(node.name))
    return digests


def distributions(modules: Iterable[str]) -> dict[str, str]:
    """Return the versions of the distributions that `modules` come from."""
    # a relative import at the top of a package has no name of its own
    tops = {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names) - {""}
    if not tops:
        return {}
    stamp = _stamp()
    found: dict[str, str] = {}
    for top in sorted(tops):
        if (known := _versions.get(top)) is None or known[0] != stamp:
            known = _versions[top] = stamp, _look_up(top, stamp)
        found |= known[1]
    return dict(sorted(found.items()))


def all_modules(graph: Graph) -> frozenset[str]:
    """Return every module that some code of the flow imports."""
    bodies = (node.code.body for node in graph.nodes)
    found = {name for body in (*bodies, *(cell.body for cell in graph.setup)) for name in body.modules}
    statements = {*graph.statements, *(statement for node in graph.nodes for statement in node.code.slice)}
    return frozenset(found | {name for statement in statements for name in statement.modules})


def _environment(modules: Iterable[str], path: Sequence[str], packages: str | None) -> str:
    own = local_modules(modules, path)
    if packages is not None:
        # the Python is in the digest
        facts: list[object] = [packages, [[each.name, each.digest] for each in own]]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    outside = {name for module in own for name in module.imports}.union(modules) - {module.name for module in own}
    # which nbflow it is does not change what a step computes, and every class imports it
    outside = {name for name in outside if name.partition(".")[0] != "nbflow"}
    facts = [platform.python_version_tuple()[:2], [[each.name, each.digest] for each in own], distributions(outside)]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


_read_files: dict[Path, tuple[tuple[int, int], LocalModule]] = {}


def _read(spec: ModuleSpec, file: Path) -> LocalModule:
    """Return the module in `file`, read again when the file changed."""
    status = file.stat()
    stamp = (status.st_mtime_ns, status.st_size)
    known = _read_files.get(file)
    if known is not None and known[0] == stamp and known[1].name == spec.name:
        return known[1]
    data = file.read_bytes()
    imports: tuple[str, ...] = ()
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        # compiled, or not to be imported at all, which the import says better
        digest = hashlib.sha256(data).hexdigest()
    else:
        digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
        package = spec.name if spec.submodule_search_locations is not None else spec.name.rpartition(".")[0]
        imports = tuple(dict.fromkeys(imported(tree, package)))
    module = LocalModule(spec.name, file, digest, imports)
    _read_files[file] = stamp, module
    return module


#: what an installation changes: the time of each folder that modules are installed in
_Stamp = tuple[tuple[str, int], ...]

#: top-level module → when it was looked up, and what it comes from
_versions: dict[str, tuple[_Stamp, dict[str, str]]] = {}
#: top-level module → distributions, of all that is installed
_all_owners: dict[_Stamp, Mapping[str, list[str]]] = {}


def _stamp() -> _Stamp:
    found = []
    for entry in sys.path:
        try:
            found.append((entry, os.stat(entry or ".").st_mtime_ns))  # noqa: PTH116 - a Path costs more than the question
        except OSError:
            continue
    return tuple(found)


def _look_up(top: str, stamp: _Stamp) -> dict[str, str]:
    """Return the versions of the distributions that the top-level module comes from."""
    if top == "nbflow":
        # every class imports it
        return {"nbflow": nbflow.__version__}
    # 25 ms that a flow without imports does not pay
    from importlib import metadata

    try:
        found = metadata.distribution(top)
    except metadata.PackageNotFoundError:
        pass
    else:
        listed = (found.read_text("top_level.txt") or top).split()
        if top in listed:
            return {found.metadata["Name"]: found.version}
    # of another name, as scikit-learn has: all of them have to be looked through
    if stamp not in _all_owners:
        _all_owners.clear()
        _all_owners[stamp] = metadata.packages_distributions()
    return {name: metadata.version(name) for name in sorted(set(_all_owners[stamp].get(top, ())))}
