"""The artifacts of a run's tasks, one row a step and name: of a foreach what its items have in common. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from nbflow.cards.figures import size, value
from nbflow.cards.printable import one_line
from nbflow.client.preview_said import counted
from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Missing
from nbflow.model.record import StepSummary, TaskRecord

#: different values or shapes that a row names
_NAMED = 3


@frozen
class Item:
    """One artifact of one task."""

    task: str
    #: the foreach item the task ran on; empty outside one
    label: str
    ref: ArtifactRef

    @property
    def said(self) -> str:
        """The value of a scalar, the shape or length of others; may be empty."""
        scalar = self.ref.scalar
        return one_line(self.ref.summary, 40) if isinstance(scalar, Missing) else value(scalar, 60)


@frozen
class Group:
    """What the tasks of one step left under one name."""

    step: str
    name: str
    items: tuple[Item, ...]
    #: the types of its values
    type: str
    #: bytes as stored; what is equal is stored once
    size: int
    #: what its values are, in a few words
    said: str
    #: the step made it; else it was given it and handed it on untouched
    own: bool = True
    #: tasks of the step with a result: some may not have left it
    tasks: int = 1
    #: it was left and could not be kept
    dropped: bool = False

    @property
    def single(self) -> bool:
        """It is one artifact, not one of many items."""
        return self.tasks <= 1


def _group(step: str, name: str, items: Sequence[Item], tasks: int, *, own: bool) -> Group:
    # of ten thousand items this takes a while: once, and not at each look
    types = ", ".join(dict.fromkeys(one_line(item.ref.type, 60) for item in items))
    weight = sum({item.ref.digest: item.ref.size for item in items}.values())
    said = items[0].said if tasks <= 1 else _together(items)
    return Group(step, name, tuple(items), types, weight, said, own, tasks)


def _together(items: Sequence[Item]) -> str:
    numbers = [item.ref.scalar for item in items]
    plain = [each for each in numbers if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(plain) == len(items):
        # NaN is neither less nor more
        known = [each for each in plain if not math.isnan(each)] or plain
        least, most = min(known), max(known)
        return value(least) if least == most else f"{value(least)} … {value(most)}"
    if len({item.ref.digest for item in items}) == 1:
        return " · ".join(filter(None, [items[0].said, "all equal"]))
    different = list(dict.fromkeys(item.said for item in items if item.said))
    more = f" and {len(different) - _NAMED} others" if len(different) > _NAMED else ""
    return ", ".join(one_line(each, 30) for each in different[:_NAMED]) + more


def groups_of(steps: Sequence[StepSummary], tasks: Iterable[TaskRecord]) -> tuple[Group, ...]:
    """Return what `tasks` left, step by step in the order of the flow, each in the order it was left."""
    by_step: dict[str, list[TaskRecord]] = {step.name: [] for step in steps}
    for task in tasks:
        if task.manifest is not None:
            by_step.setdefault(task.step, []).append(task)
    return tuple(group for step, mine in by_step.items() for group in _of_step(step, mine))


def _of_step(step: str, tasks: Sequence[TaskRecord]) -> list[Group]:
    items: dict[str, list[Item]] = {}
    handed: dict[str, bool] = {}
    dropped: dict[str, str] = {}
    for task in tasks:
        assert task.manifest is not None
        label = label_of(task)
        for name, ref in task.manifest.artifacts.items():
            items.setdefault(name, []).append(Item(task.id, label, ref))
            handed[name] = handed.get(name, True) and name in task.manifest.inherited
        for name, why in task.manifest.dropped.items():
            dropped.setdefault(name, why)
    kept = [_group(step, name, each, len(tasks), own=not handed[name]) for name, each in items.items()]
    # what a step made comes before what it only handed on
    kept.sort(key=lambda group: not group.own)
    lost = [(name, f"not kept: {one_line(why, 160)}") for name, why in dropped.items()]
    return [*kept, *(Group(step, name, (), "", 0, said, tasks=len(tasks), dropped=True) for name, said in lost)]


def label_of(task: TaskRecord) -> str:
    """Return what tells a task from others of its step: its foreach item, and its round in a self-loop."""
    said = ""
    if task.item is not None:
        scalar = task.item.scalar
        if isinstance(scalar, Missing):
            said = one_line(f"{task.item.type} {task.item.summary}", 40)
        else:
            said = one_line(scalar, 40) if isinstance(scalar, str) else value(scalar, 40)
    if task.iteration:
        said = " ".join(filter(None, [said, f"round {task.iteration + 1}"]))
    return said


def matching(groups: Iterable[Group], words: str) -> list[Group]:
    """Return the groups that have every one of `words` in their step, name or type."""
    wanted = words.lower().split()
    if not wanted:
        return list(groups)
    found = []
    for group in groups:
        text = f"{group.step} {group.name} {group.type} {group.step}.{group.name}".lower()
        if all(word in text for word in wanted):
            found.append(group)
    return found


def matching_items(items: Iterable[Item], words: str) -> list[Item]:
    """Return the items that have every one of `words` in their task, label or value."""
    wanted = words.lower().split()
    return [each for each in items if all(word in f"{each.task} {each.label} {each.said}".lower() for word in wanted)]


#: order → what it says
ORDERS: Mapping[str, str] = {"flow": "in the order of the flow", "name": "by name", "size": "largest first"}


def in_order(groups: Sequence[Group], order: str) -> list[Group]:
    """Return groups in one of `ORDERS`."""
    if order == "name":
        return sorted(groups, key=lambda group: (group.name.lower(), group.name))
    if order == "size":
        return sorted(groups, key=lambda group: -group.size)
    return list(groups)


def totals(groups: Sequence[Group], *, ended: bool = True) -> str:
    """Return how many artifacts there are, and how large all are together."""
    many = sum(len(group.items) for group in groups)
    digests = {item.ref.digest: item.ref.size for group in groups for item in group.items}
    if not many:
        return "nothing was left" if ended else "nothing was left so far"
    return f"{counted(many)} {'artifact' if many == 1 else 'artifacts'} · {size(sum(digests.values()))}"
