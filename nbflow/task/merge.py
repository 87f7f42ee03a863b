"""`merge_artifacts(inputs, include=…, exclude=…)`: what joined tasks agree on, taken over by reference."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from nbflow.errors import did_you_mean, raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Missing
from nbflow.store.store import Store
from nbflow.task.inputs import Inputs, TaskView, own_table, ref_of


class Merger:
    """The `merge_artifacts` of one body."""

    def __init__(self, step: str, names: Collection[str], store: Store, space: dict[str, Any]) -> None:
        #: name → artifact it stands for; in the globals only where the body reads it
        self.refs: dict[str, ArtifactRef] = {}
        #: names that the body mentions
        self.read: Collection[str] = ()
        self._step = step
        self._names = names
        self._store = store
        self._space = space

    def __call__(self, inputs: Inputs, *, include: Iterable[str] | None = None, exclude: Iterable[str] = ()) -> None:
        """Leave what the joined tasks left, all or nothing. Raises T015 when they disagree."""
        left_out = set(exclude)
        wanted = [name for name in (self._names if include is None else include) if name not in left_out]
        found: dict[str, ArtifactRef] = {}
        conflicts: list[str] = []
        for name in wanted:
            refs = self._candidates(inputs, name)
            # the first task with each value, latest overwritten by earliest
            distinct = {ref.digest: (view, ref) for view, ref in reversed(refs)}
            if len(distinct) > 1:
                said = [told(view, ref) for view, ref in reversed(distinct.values())]
                conflicts.append(f"'{name}' ({', '.join(said[:4])})")
            elif refs:
                found[name] = refs[0][1]
            elif include is not None:
                known = {each for view in inputs for each in dir(view)}
                self._fail(f"no joined task left '{name}'.{did_you_mean(name, known)}", "correct the name in include")
        if conflicts:
            first = next(name for name in wanted if conflicts[0].startswith(f"'{name}'"))
            self._fail(
                f"the joined tasks left different values of {'; '.join(conflicts)}",
                f"say which is meant, {first} = inputs[0].{first}, or leave it out with exclude=[{first!r}]",
            )
        self.refs |= found
        for name in found.keys() & set(self.read):
            self._space[name] = self._store.get(found[name], name=name)

    def _candidates(self, inputs: Inputs, name: str) -> list[tuple[TaskView, ArtifactRef]]:
        """Return who left `name`: the joined tasks themselves, else the steps above that they look into."""
        own = [(view, own_table(view)[name]) for view in inputs if name in own_table(view)]
        if own:
            return own
        looked_up = ((view, ref_of(view, name)) for view in inputs)
        return [(view, ref) for view, ref in looked_up if ref is not None]

    def _fail(self, message: str, fix: str) -> None:
        raise_for("T015", step=self._step, message=message, fix=fix)


def told(view: TaskView, ref: ArtifactRef) -> str:
    """Return what a joined task left, in a few words."""
    what = f"{ref.type} {ref.summary}".rstrip() if isinstance(ref.scalar, Missing) else repr(ref.scalar)
    return f"{repr(view)[6:-1]}: {what}"
