"""What a body leaves: names it bound, stored; why others were not; inputs it changed without leaving them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from nbflow.errors import Problem, StoreError, error, problem
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.task import TaskSpec
from nbflow.model.value import encode
from nbflow.store.store import Loaded, Store, Writer
from nbflow.task.display import is_handle
from nbflow.task.inputs import WHY_NOT_STORED, Inputs, TaskView

#: code and facts of a warning
Warned = tuple[str, dict[str, str]]

#: types whose values nobody can change in place
_CONSTANT = frozenset({bool, int, float, complex, str, bytes, tuple, frozenset, type(None)})


def check_inputs(spec: TaskSpec, loaded: Loaded, *, strict: bool) -> list[Warned]:
    """Return a warning for each input that may have been changed in place and is not left.

    Raises:
        TaskError: T012, an input certainly was; not `strict`: a warning, too.
    """
    changed: list[Problem] = []
    warnings: list[Warned] = []
    for name in spec.inputs:
        if name in spec.leaves:
            continue
        verdict = loaded.change(name, loaded.values[name])
        if verdict == "changed" and strict:
            changed.append(problem("T012", step=spec.step, name=name))
        elif verdict != "same":
            warnings.append(("T112", {"step": spec.step, "name": name}))
    if changed:
        raise error(changed)
    return warnings


def check_parameters(spec: TaskSpec, values: Mapping[str, Any]) -> None:
    """Find out that the body left the parameters it was given, `values`, as they were.

    Raises:
        TaskError: T017, it changed one.
    """
    changed: list[Problem] = []
    for name, value in values.items():
        try:
            same = encode(value) == spec.parameters[name][1]
        except TypeError:
            same = False
        if not same:
            changed.append(problem("T017", step=spec.step, name=name, type=type(value).__name__))
    if changed:
        raise error(changed)


def keep(
    spec: TaskSpec,
    store: Store,
    loaded: Loaded,
    space: Mapping[str, Any],
    merged: Mapping[str, ArtifactRef],
    extra: Mapping[str, Any],
) -> Manifest:
    """Store the names that the step leaves and that are bound, and return them.

    Args:
        spec: says which names are left, and which of them must be storable.
        store: where to.
        loaded: the inputs; what still equals one of them is passed on by reference.
        space: the globals of the body.
        merged: names that merge_artifacts gave, passed on unless bound to something else since.
        extra: further values to leave.

    Raises:
        TaskError: T011, a name that must be storable is not.
    """
    writer = _writer(spec, store, loaded, merged)
    dropped: dict[str, str] = {}
    refused: list[Problem] = []
    for name in spec.leaves:
        if name in merged and name not in space:
            writer.keep(name, merged[name])
        elif name in space and (found := _add(writer, spec, name, space[name])):
            if name in spec.required:
                refused.append(found)
            elif not isinstance(space[name], TaskView | Inputs):
                # a view only points at what is kept: not keeping it loses nothing
                dropped[name] = _reason(found)
    refused += _shared(spec, space)
    if refused:
        raise error(refused)
    for name, value in extra.items():
        writer.add(name, value)
    return Manifest(writer.close(), dropped)


def _shared(spec: TaskSpec, space: Mapping[str, Any]) -> list[Problem]:
    """Return a T018 for each object that is left under two names of which a step below changes one in place."""
    return [
        problem("T018", step=spec.step, name=name, other=other)
        for name in spec.watched
        for other in spec.required
        if name != other and name in space and space[name] is space.get(other) and type(space[name]) not in _CONSTANT
    ]


def keep_what_can_be(
    spec: TaskSpec, store: Store, loaded: Loaded, space: Mapping[str, Any], merged: Mapping[str, ArtifactRef]
) -> Manifest:
    """Return what a failed body had bound so far, as far as it can be stored."""
    writer = _writer(spec, store, loaded, merged)
    for name in spec.leaves:
        with contextlib.suppress(Exception):
            if name in merged and name not in space:
                writer.keep(name, merged[name])
            elif name in space:
                _add(writer, spec, name, space[name])
    return Manifest(writer.close())


def _writer(spec: TaskSpec, store: Store, loaded: Loaded, merged: Mapping[str, ArtifactRef]) -> Writer:
    """Return a writer that passes on by reference what equals anything the body could see."""
    seen = (ref for table in spec.tables for ref in table.values())
    return Writer(store, (*seen, *loaded.refs.values(), *merged.values()))


def _add(writer: Writer, spec: TaskSpec, name: str, value: object) -> Problem | None:
    """Store `value`, or return why it cannot be."""
    facts = {"name": name, "step": spec.step, "type": type(value).__name__, "member": ""}
    if isinstance(value, TaskView | Inputs):
        first = next((each for each in dir(value) if each not in {"artifacts", "index", "step", "by", "skipped"}), "x")
        fix = (
            f"write model = {name}.model in {spec.step}"
            if first == "x"
            else f"write {first} = {name}.{first} in {spec.step}"
        )
        return problem("T011", why=WHY_NOT_STORED, fix=fix, **facts)
    if is_handle(value):
        return problem(
            "T011", why="it stands for an output on a screen", fix=f"call display without {name} = …", **facts
        )
    fix = "leave something that can be pickled, or call it _" + name + " if no later step needs it"
    return add(writer, spec.step, name, value, fix)


def add(writer: Writer, step: str, name: str, value: object, fix: str) -> Problem | None:
    """Store `value`, or return why it cannot be; `fix`: what to do then."""
    try:
        writer.add(name, value)
    except StoreError as refusal:
        found = refusal.problems[0]
        if found.code not in {"S004", "S033"}:
            raise
        said = dict(found.facts)
        if found.code == "S033":
            fix = found.fix
        return problem("T011", name=name, step=step, type=said["type"], member=said["member"], why=said["why"], fix=fix)
    return None


def _reason(found: Problem) -> str:
    facts = dict(found.facts)
    return f"{facts['type']} cannot be stored{facts['member']}"
