"""Taking over what a run left that went on beside other cells: only where nothing newer stands in its place."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from nbflow.cards.figures import several
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen
from nbflow.model.graph import Everything, Graph
from nbflow.model.ids import StepName, TaskKey
from nbflow.model.record import TaskRecord
from nbflow.model.status import RunStatus
from nbflow.model.step import StepDraft
from nbflow.plan.ledger import settled_steps
from nbflow.runtime.request import Outcome

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: names that are told one by one
_NAMES = 6


class Standing:
    """What a session had of each step at one moment: its cell and its results."""

    def __init__(self, face: Face) -> None:
        self._session = face.session
        self._flow = face.flow
        self._steps = {name: self._now(name) for name in self._session.slots}

    def unchanged(self, flow: str) -> frozenset[StepName]:
        """Return the steps of `flow` that neither ran nor were edited, dropped or given other results since."""
        if flow != self._flow:
            return frozenset()
        return frozenset(name for name, then in self._steps.items() if _same(then, self._now(name)))

    def renew(self, steps: Collection[StepName]) -> None:
        """What these steps have now counts as known."""
        self._steps.update({name: self._now(name) for name in steps if name in self._steps})

    def _now(self, name: StepName) -> tuple[StepDraft | None, dict[TaskKey, TaskRecord]]:
        slot = self._session.slots.get(name)
        tasks = {key: record for key, record in self._session.results.tasks.items() if key.step == name}
        return slot.draft if slot else None, tasks


@frozen
class Adopted:
    """What was taken over."""

    steps: frozenset[StepName]
    #: names that are the run's now
    names: tuple[str, ...]
    #: steps with newer results here, which stay
    newer: tuple[StepName, ...]
    #: names that hold values of the person's own, which stay
    own: tuple[str, ...]


def adopt_unchanged(face: Face, graph: Graph, outcome: Outcome, allowed: Collection[StepName]) -> Adopted:
    """Let the run's results of the `allowed` steps become the latest, and bring what they left into the notebook."""
    settled = settled_steps(graph, outcome.results, outcome.items)
    for task in outcome.results.values():
        if task.step not in settled:
            # of a foreach that was not finished: to be reused, and not to be joined
            face.session.results.remember(task, f"{outcome.flow}/{outcome.run}")
    mine = frozenset(settled & set(allowed) & set(face.session.slots))
    face.session.results.adopt(mine, outcome.results, outcome.items, f"{outcome.flow}/{outcome.run}")
    newer = tuple(node.name for node in graph.nodes if node.name in settled - mine and node.name in face.session.slots)
    # what a step with a newer result left is not to be undone by one above it
    shut = {name for step in newer for name in _left(graph, step)}
    names: dict[str, None] = {}
    own: dict[str, None] = {}
    for node in graph.nodes:
        record = outcome.results.get(TaskKey(node.name))
        if node.name not in mine or node.scope or record is None or not (record.status.has_result and record.manifest):
            continue
        held = {name for name in record.manifest.artifacts if _is_own(face, name)}
        own.update(dict.fromkeys(sorted(held)))
        brought = {name: ref for name, ref in record.manifest.artifacts.items() if name not in shut | held}
        face.bring(node, brought)
        names.update(dict.fromkeys(brought))
    return Adopted(mine, tuple(names), newer, tuple(own))


def told(outcome: Outcome, adopted: Adopted | None = None) -> str:
    """Return what a person should know of a run that ended while they did something else, in one line."""
    said: list[str] = []
    if outcome.failure is not None and outcome.status is RunStatus.FAILED:
        key, failure = outcome.failure
        said.append(f"{key}: {one_line(failure.told.splitlines()[0], 160)}")
    adopted = adopted or Adopted(frozenset(), (), (), ())
    if adopted.names:
        said.append(f"{_some(adopted.names)} {'is' if len(adopted.names) == 1 else 'are'} its")
    if adopted.newer:
        said.append(f"newer here and kept: the results of {_some(adopted.newer)}")
    if adopted.own:
        said.append(f"your own and kept: {_some(adopted.own)}")
    return f"{outcome.flow}/{outcome.run} {outcome.status}" + (f": {'; '.join(said)}" if said else "")


def _left(graph: Graph, step: StepName) -> frozenset[str]:
    leaves = graph[step].leaves
    return frozenset() if isinstance(leaves, Everything) else leaves


def _is_own(face: Face, name: str) -> bool:
    """Whether the notebook has a value under this name that no step left there."""
    return name in face.shell.user_ns and not face.namespace.from_step(name)


def _some(names: Collection[str]) -> str:
    shown = ", ".join(list(names)[:_NAMES])
    return shown if len(names) <= _NAMES else f"{shown} and {several(len(names) - _NAMES, 'more', 'more')}"


def _same(
    one: tuple[StepDraft | None, dict[TaskKey, TaskRecord]], two: tuple[StepDraft | None, dict[TaskKey, TaskRecord]]
) -> bool:
    """Whether they are the same objects: an equal cell that ran again is another one."""
    return (
        one[0] is two[0]
        and one[1].keys() == two[1].keys()
        and all(record is two[1][key] for key, record in one[1].items())
    )
