"""What a task was given, as far as its record tells: which task left each value, and what parameters were. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nbflow.cards.figures import parameter, size, value
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Missing
from nbflow.model.record import RunRecord, TaskRecord

_INPUT, _ITEM, _PARAMETER = "input ", "input item of ", "parameter "


@frozen
class Given:
    """One thing a task was given."""

    name: str
    #: its type, what it is in a few characters, and its size
    type: str = ""
    summary: str = ""
    size: str = ""
    #: in words where it came from; of a task, that is (step, id)
    origin: str = ""
    giver: tuple[str, str] | None = None


def inputs(run: RunRecord, task: TaskRecord, above: Sequence[TaskRecord]) -> tuple[Given, ...]:
    """Return what `task` was given. `above` are the tasks before it, the nearest last.

    The labelled parts of its fingerprint name its inputs, each with the head of its digest.
    """
    found: list[Given] = []
    for label, part in task.parts.items():
        if label.startswith(_ITEM):
            found.append(_item(task, label.removeprefix(_ITEM)))
        elif label.startswith(_INPUT):
            found.append(_artifact(label.removeprefix(_INPUT), part, above, task.item))
        elif label.startswith(_PARAMETER):
            found.append(_parameter(label.removeprefix(_PARAMETER), run, part))
        elif label == "inputs":
            found.append(Given("inputs", summary="what the tasks before it left, side by side", origin="the join"))
    captured = (Given(name, *_row(ref), origin="the notebook") for name, ref in task.captured.items())
    return (*sorted(found, key=lambda given: given.giver is None), *captured)


def _item(task: TaskRecord, opener: str) -> Given:
    # of several foreach around it, the record has the item of the innermost one
    row = _row(task.item) if task.item is not None else ("", "", "")
    return Given("item", *row, origin=f"foreach of {opener}")


def _artifact(name: str, part: str, above: Sequence[TaskRecord], item: ArtifactRef | None) -> Given:
    if part == "unbound":
        return Given(name, origin="nothing gave it")
    if part.startswith("default "):
        return Given(name, summary=one_line(part.removeprefix("default "), 60), origin="its default")
    for task in reversed(above):
        ref = task.manifest.artifacts.get(name) if task.manifest else None
        if ref is not None and ref.digest.startswith(part):
            return Given(name, *_row(ref), origin=str(task.key), giver=(task.step, task.id))
    if item is not None and item.digest.startswith(part):
        return Given(name, *_row(item), origin="the foreach")
    return Given(name, origin="not found in this run")


def _parameter(name: str, run: RunRecord, part: str) -> Given:
    if name not in run.parameters:
        return Given(name, summary=one_line(part, 60), origin="parameter")
    kind, raw, origin = run.parameters[name]
    return Given(name, one_line(kind, 40), parameter(raw), origin=f"parameter, {one_line(origin, 40)}")


def _row(ref: ArtifactRef) -> tuple[str, str, str]:
    shown = one_line(ref.summary, 60) if isinstance(ref.scalar, Missing) else value(ref.scalar, 60)
    return one_line(ref.type, 60), shown, size(ref.size)


def left(names: Mapping[str, ArtifactRef]) -> list[tuple[str, str, str, str]]:
    """Return what a task left as rows: name, type, what it is, size."""
    return [(one_line(name, 80), *_row(ref)) for name, ref in names.items()]


def above(task: TaskRecord, tasks: Iterable[TaskRecord], steps: Mapping[str, Sequence[str]]) -> list[TaskRecord]:
    """Return the tasks whose results `task` may have seen, the nearest last: steps by name with those they wait for."""
    reached: list[str] = [task.step]
    for step in reached:
        reached += [giver for giver in steps.get(step, ()) if giver not in reached]
    far = {step: place for place, step in enumerate(reached)}
    found = [each for each in tasks if each.step in far and each.status.has_result and _around(each, task)]
    return sorted(found, key=lambda each: -far[each.step])


def _around(giver: TaskRecord, taker: TaskRecord) -> bool:
    """Whether `giver` stands in the same items, as far as it is in any of them."""
    if giver.step == taker.step:
        return giver.path == taker.path and giver.iteration < taker.iteration
    shared = min(len(giver.path), len(taker.path))
    return giver.path[:shared] == taker.path[:shared]
