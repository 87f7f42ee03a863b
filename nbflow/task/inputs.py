"""What a body reads: values from the store, parameters, and `inputs`, the views of a join."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn, overload

from nbflow.cards.figures import several
from nbflow.code.module import LiveDefinitions
from nbflow.errors import StoreError, TaskError, did_you_mean, problem, raise_for
from nbflow.model.artifact import ArtifactRef, BlobRef
from nbflow.model.task import InputsSpec, TaskSpec, ViewSpec
from nbflow.model.value import decode
from nbflow.store.store import Loaded, Store

Table = Mapping[str, ArtifactRef]


def load(store: Store, spec: TaskSpec) -> Loaded:
    """Return the values of the task's inputs. Raises T016 when the bytes of one are gone or damaged."""
    return load_refs(store, spec.inputs, spec.step)


def load_refs(store: Store, refs: Table, step: str) -> Loaded:
    """Return the values of `refs`, which `step` reads. Raises T016 when the bytes of one are gone or damaged."""
    try:
        return store.load(refs)
    except StoreError as error:
        found = error.problems[0]
        name = _owner(refs, dict(found.facts).get("digest", ""))
        if not name:
            raise
        raise_for("T016", step=step, name=name, message=f"{found.what}, {found.why}")


def parameters(spec: TaskSpec, live: LiveDefinitions) -> dict[str, Any]:
    """Return the values of the parameters that the body reads."""
    resolve = partial(_resolved, live)
    return {name: decode(value, resolve) for name, (_, value) in spec.parameters.items()}


def defaults(spec: TaskSpec) -> dict[str, Any]:
    """Return the values that stand in for names whose givers were skipped."""
    return {name: ast.literal_eval(source) for name, source in spec.defaults.items()}


class TaskView:
    """One joined task, read-only: `view.x` is what a step directly below that task would read as `x`."""

    __slots__ = ("_loaded", "_spec", "_store", "_tables")

    def __init__(self, store: Store, spec: ViewSpec, tables: Sequence[Table]) -> None:
        put = partial(object.__setattr__, self)
        put("_store", store)
        put("_spec", spec)
        put("_tables", [tables[layer] for layer in spec.layers])
        put("_loaded", {})

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._loaded:
            return self._loaded[name]
        own = self._tables[0] if self._tables else {}
        if name not in own and name in {"index", "step", "artifacts"}:
            # the task itself may have left an artifact called so
            return sorted(names_of(self)) if name == "artifacts" else getattr(self._spec, name)
        ref = ref_of(self, name)
        if ref is None:
            known = [*names_of(self), "index", "step", "artifacts"]
            raise AttributeError(f"{_title(self)} left no '{name}'.{did_you_mean(name, known)}")
        value = self._loaded[name] = self._store.get(ref, name=name)
        return value

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a view of a task is read-only: write {name} = … without the view")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a view of a task is read-only")

    def __dir__(self) -> list[str]:
        return sorted({*names_of(self), "artifacts", "index", "step"})

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(WHY_NOT_STORED)

    def __repr__(self) -> str:
        return f"<task {_title(self)}>"


class NoInputError(TaskError, IndexError):
    """There are not so many joined tasks; an IndexError, as a list would raise."""

    __str__ = Exception.__str__


class Inputs:
    """The joined tasks, in the declared order of branches or the order of the foreach."""

    __slots__ = ("_spec", "_views")

    def __init__(self, spec: InputsSpec, views: tuple[TaskView, ...]) -> None:
        self._spec = spec
        self._views = views

    @property
    def skipped(self) -> list[int]:
        """The indexes of items that were skipped."""
        return list(self._spec.skipped)

    def by(self, **wanted: Any) -> TaskView:
        """Return the one task whose values are the `wanted` ones, as in `inputs.by(region="eu")`.

        Raises:
            LookupError: there is no such task, or more than one.
        """
        found = [view for view in self if all(getattr(view, name) == value for name, value in wanted.items())]
        if len(found) != 1:
            said = ", ".join(f"{name}={value!r}" for name, value in wanted.items())
            raise LookupError(f"{len(found) or 'no'} tasks have {said}" if found else f"no task has {said}")
        return found[0]

    @overload
    def __getitem__(self, place: int) -> TaskView: ...
    @overload
    def __getitem__(self, place: slice) -> Inputs: ...
    def __getitem__(self, place: int | slice) -> TaskView | Inputs:
        if isinstance(place, slice):
            return Inputs(self._spec, self._views[place])
        if not -len(self) <= place < len(self):
            raise NoInputError(problem("T023", count=several(len(self), "task"), place=place))
        return self._views[place]

    def __len__(self) -> int:
        return len(self._views)

    def __iter__(self) -> Iterator[TaskView]:
        return iter(self._views)

    def __reversed__(self) -> Iterator[TaskView]:
        return reversed(self._views)

    def __contains__(self, view: object) -> bool:
        return view in self._views

    def __getattr__(self, name: str) -> TaskView | Inputs:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == self._spec.over:
            return self
        for view in self._views:
            if name in self._spec.branches and object.__getattribute__(view, "_spec").step == name:
                return view
        known = [*self._spec.branches, *([self._spec.over] if self._spec.over else [])]
        raise AttributeError(f"no task of '{name}' is joined here.{did_you_mean(name, known)}")

    def __dir__(self) -> list[str]:
        return sorted({*self._spec.branches, *([self._spec.over] if self._spec.over else []), "by", "skipped"})

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(WHY_NOT_STORED)

    def __repr__(self) -> str:
        return f"<inputs: {', '.join(map(_title, self._views)) or 'no tasks'}>"


# a sequence to isinstance, without its `index` and `count`, which may be steps
Sequence.register(Inputs)

WHY_NOT_STORED = "a view of a task is a window into the store, not a value"


def joined(store: Store, spec: TaskSpec) -> Inputs | None:
    """Return `inputs`, or None when the step joins nothing."""
    if spec.joined is None:
        return None
    views = tuple(TaskView(store, each, spec.tables) for each in spec.joined.views)
    return Inputs(spec.joined, views)


def own_table(view: TaskView) -> Table:
    """Return the artifacts that the view's own task left."""
    tables: list[Table] = object.__getattribute__(view, "_tables")
    return tables[0] if tables else {}


def ref_of(view: TaskView, name: str) -> ArtifactRef | None:
    """Return the artifact that `name` is on the view."""
    tables: list[Table] = object.__getattribute__(view, "_tables")
    return next((table[name] for table in tables if name in table), None)


def names_of(view: TaskView) -> dict[str, None]:
    """Return the names that the view can be asked for, those of its own task first."""
    tables: list[Table] = object.__getattribute__(view, "_tables")
    return dict.fromkeys(name for table in tables for name in table)


def _title(view: TaskView) -> str:
    spec: ViewSpec = object.__getattribute__(view, "_spec")
    return spec.step if spec.index is None else f"{spec.step}[{spec.index}]"


def _resolved(live: LiveDefinitions, name: str) -> Any:
    """Return what `module:qualified.name` is: for members of the flow's own Enum classes."""
    module, _, path = name.partition(":")
    found: Any = live.module if module == live.module.__name__ else importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found


def _owner(refs: Mapping[str, ArtifactRef], blob: str) -> str:
    """Return the name of the artifact that is kept in `blob`."""
    for name, ref in refs.items():
        parts: tuple[BlobRef | None, ...] = (ref.header, *ref.buffers)
        if any(part is not None and part.blob == blob for part in parts):
            return name
    return ""
