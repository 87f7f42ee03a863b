"""`self.merge_artifacts(inputs)` in a join of a class: what the joined tasks agree on, taken over by reference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NoReturn

from nbflow.errors import did_you_mean, raise_for
from nbflow.flowspec.flow import FlowBody, artifacts_of
from nbflow.model.artifact import ArtifactRef
from nbflow.store.store import Store
from nbflow.task.inputs import TaskView, names_of, ref_of
from nbflow.task.merge import told
from nbflow.task.method_given import Given

Names = Collection[str]

#: what a view tells of its foreach, and what is no artifact of the task
_OF_THE_FOREACH = frozenset({"index", "input"})


class ClassMerger:
    """The `merge_artifacts` of one task."""

    def __init__(self, store: Store, step: str, given: Given, *, joins: bool) -> None:
        self._store = store
        self._step = step
        self._joins = joins
        self._given = given

    def __call__(self, flow: FlowBody, inputs: Iterable[TaskView], exclude: Names, include: Names) -> None:
        """Take over what the joined tasks agree on, all or nothing.

        Raises:
            MergeError: it is no join, or they do not agree, or a name of `include` is in none of them.
        """
        if not self._joins:
            self._fail("T040")
        if include and exclude:
            self._fail("T041")
        views = tuple(inputs)
        settled = {*artifacts_of(flow), *self._given.names}
        known = dict.fromkeys(name for view in views for name in names_of(view) if name not in _OF_THE_FOREACH)
        wanted = [name for name in known if (name in include if include else name not in exclude)]
        found: dict[str, ArtifactRef] = {}
        conflicts: list[str] = []
        for name in wanted:
            if name in settled:
                continue
            refs = [ref for view in views if (ref := ref_of(view, name))]
            found[name] = refs[0]
            if not self._agree(name, refs):
                conflicts.append(name)
        if conflicts:
            values = _told(views, conflicts[0])
            self._fail("T042", conflicts, first=conflicts[0], values=values)
        if missing := [name for name in include if name not in known and name not in settled]:
            self._fail("T043", missing, hint=did_you_mean(missing[0], known))
        self._given.artifacts |= found
        for name in found:
            if hasattr(type(flow), name):
                # an attribute of the class would be found in its place
                setattr(flow, name, self._given.value(name))

    def _agree(self, name: str, refs: Sequence[ArtifactRef]) -> bool:
        """Whether all tasks left the same: equal bytes as a rule, else values that say themselves that they are equal."""
        first, *others = {ref.digest: ref for ref in refs}.values()
        if not others:
            return True
        if any(ref.type != first.type for ref in others):
            return False
        value = self._store.get(first, name=name)
        return all(_equal(value, self._store.get(ref, name=name)) for ref in others)

    def _fail(self, code: str, names: Iterable[str] = (), **facts: object) -> NoReturn:
        raise_for(code, step=self._step, names=", ".join(names), **facts)


def _equal(one: Any, other: Any) -> bool:
    try:
        same = one == other
        # arrays and frames answer for each of their elements
        return type(same).__name__ in {"bool", "bool_"} and bool(same)
    except Exception:
        return False


def _told(views: Sequence[TaskView], name: str) -> str:
    """Return who left what under `name`, the first few."""
    said = [told(view, ref) for view in views if (ref := ref_of(view, name))]
    return ", ".join(said[:4]) + (", …" if len(said) > 4 else "")
