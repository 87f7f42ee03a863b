"""`inputs` of a join of a class: the joined tasks, with their places in the foreach around them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NoReturn

from nbflow.flowspec.flow import NOT_SERIALIZED
from nbflow.model.artifact import ArtifactRef
from nbflow.model.task import TaskSpec, ViewSpec
from nbflow.store.store import Store
from nbflow.task.inputs import Inputs, Table, TaskView, ref_of

#: index, number of items and item of a foreach
_Frame = tuple[int, int, ArtifactRef]


class JoinedTask(TaskView):
    """One joined task, read-only: what it left, and its place."""

    __slots__ = ("_frames",)

    def __init__(self, store: Store, spec: ViewSpec, tables: Sequence[Table], frames: Sequence[_Frame]) -> None:
        super().__init__(store, spec, tables)
        object.__setattr__(self, "_frames", frames)

    @property
    def index(self) -> int | None:
        """Its place in the innermost foreach around it."""
        frames: Sequence[_Frame] = self._frames
        return frames[-1][0] if frames else None

    @property
    def input(self) -> Any:
        """The item of that foreach."""
        return self.foreach_stack()[-1][2] if self._frames else None

    def foreach_stack(self) -> list[tuple[int, int, Any]]:
        """Return place, number of items and item of each foreach around it, outermost first."""
        return [(index, total, self._store.get(item, name="input")) for index, total, item in self._frames]

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(NOT_SERIALIZED)


def joined(store: Store, spec: TaskSpec) -> Inputs | None:
    """Return `inputs`, or None when the step joins nothing."""
    if spec.joined is None:
        return None
    around = [(each.index, each.total, each.item) for each in spec.method.frames] if spec.method else []
    total = len(spec.joined.views) + len(spec.joined.skipped)
    views = tuple(_view(store, each, spec.tables, around, total) for each in spec.joined.views)
    return Inputs(spec.joined, views)


def _view(store: Store, spec: ViewSpec, tables: Sequence[Table], around: Sequence[_Frame], total: int) -> JoinedTask:
    make = partial(JoinedTask, store, spec, tables)
    item = ref_of(TaskView(store, spec, tables), spec.item) if spec.item else None
    if spec.index is None or item is None:
        return make(around)
    return make([*around, (spec.index, total, item)])
