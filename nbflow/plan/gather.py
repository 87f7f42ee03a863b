"""What a task is given: references to its inputs, the views of a join, items, and names that stayed unbound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from nbflow.catalogue import CATALOGUE
from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef, Scalar
from nbflow.model.graph import Missing, Need, Node, Source, Use
from nbflow.model.ids import Path, StepName, TaskKey
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.model.task import InputsSpec, ViewSpec
from nbflow.plan.judge import Go, pick
from nbflow.plan.ledger import Ledger

#: the steps a view of a step looks into, nearest first (graph.view.view_chain)
Chain = Callable[[str], tuple[StepName, ...]]


@frozen
class FrameOf:
    """One foreach around a task: the step that opens it, the place in it, the item there, and how many there are."""

    opener: StepName
    index: int
    total: int
    item: ArtifactRef


@frozen
class Given:
    """The inputs of one use (body, items expression, condition) of a task."""

    inputs: Mapping[str, ArtifactRef] = field(default_factory=dict)
    #: plain values: `index`
    values: Mapping[str, Any] = field(default_factory=dict)
    #: name → source of the literal that stands in
    defaults: Mapping[str, str] = field(default_factory=dict)
    #: name → text of the NameError its use raises
    unbound: Mapping[str, str] = field(default_factory=dict)
    #: some of it comes from a sample of a foreach
    sampled: bool = False
    #: steps of classes: the foreach around the task, outermost first
    frames: tuple[FrameOf, ...] = ()


def gather(ledger: Ledger, node: Node, path: Path, go: Go, use: Use) -> Given:
    """Return what `use` of `node` reads at `path`, given the verdict that lets it go."""
    inputs: dict[str, ArtifactRef] = {}
    defaults: dict[str, str] = {}
    unbound: dict[str, str] = {}
    sampled = False
    if node.method is not None:
        return _of_class(ledger, node, path, go)
    for need, source in go.taken:
        if use not in need.uses or need.binds is None:
            continue
        if source is None:
            if not isinstance(need.default, Missing):
                defaults[need.binds] = need.default
            continue
        record = ledger.result(source.step, path)
        sampled = sampled or (record is not None and record.sampled)
        artifacts = record.manifest.artifacts if record is not None and record.manifest else {}
        wanted = source.name or need.binds
        if wanted in artifacts:
            inputs[need.binds] = artifacts[wanted]
        else:
            dropped = record.manifest.dropped if record is not None and record.manifest else {}
            unbound[need.binds] = _unbound(ledger, source, wanted, dropped.get(wanted, ""))
    values: dict[str, Any] = {}
    for name, scope in node.context.items():
        depth = node.scope.index(scope)
        if depth >= len(path):
            continue
        if name == "index":
            values[name] = path[depth]
        else:
            inputs.setdefault(name, ledger.items[scope, path[:depth]].refs[path[depth]])
    opened = node.opens
    if opened and use != "items" and len(path) == len(node.scope):
        inputs[opened.item] = item(ledger, node, path)
    return Given(inputs, values, defaults, unbound, sampled)


def _of_class(ledger: Ledger, node: Node, path: Path, go: Go) -> Given:
    """Return all that the step before left: a step of a class is given no single names."""
    found: dict[str, ArtifactRef] = {}
    for need, source in go.taken:
        record = ledger.result(source.step, path) if need.kind == "manifest" and source else None
        if record is not None and record.manifest is not None:
            found |= record.manifest.artifacts
    return Given(found, frames=frames(ledger, node, path))


def next_round(ledger: Ledger, node: Node, before: TaskRecord) -> Given:
    """Return what the next round of a self-loop is given: what the round before left."""
    left = before.manifest.artifacts if before.manifest else {}
    return Given(left, frames=frames(ledger, node, before.path))


def frames(ledger: Ledger, node: Node, path: Path) -> tuple[FrameOf, ...]:
    """Return the foreach around the task of `node` at `path`, outermost first."""
    found = []
    for depth, (opener, index) in enumerate(zip(node.scope, path, strict=False)):
        refs = ledger.items[opener, path[:depth]].refs
        found.append(FrameOf(opener, index, len(refs), refs[index]))
    return tuple(found)


def item(ledger: Ledger, node: Node, path: Path) -> ArtifactRef:
    """Return the item that the task of a foreach step at `path` runs on."""
    return ledger.items[node.name, path[:-1]].refs[path[-1]]


def item_of(ledger: Ledger, node: Node, path: Path) -> ArtifactRef | None:
    """Return the item of the task of `node` at `path`, or None when that is no task of a foreach of its own."""
    return item(ledger, node, path) if node.opens and len(path) == len(node.scope) else None


def scalars(given: Given) -> tuple[dict[str, Scalar], dict[str, str]]:
    """Return the values a condition may judge by, and for the other inputs why they are no scalars."""
    known: dict[str, Scalar] = dict(given.values)
    strange: dict[str, str] = {}
    for name, ref in given.inputs.items():
        if isinstance(ref.scalar, Missing):
            strange[name] = f"'{name}' is a {ref.type}"
        else:
            known[name] = ref.scalar
    return known, strange


@frozen
class Joined:
    """A join's views with the manifests they look into, each manifest once."""

    inputs: InputsSpec
    tables: tuple[Mapping[str, ArtifactRef], ...]
    #: task of each table, for the fingerprint
    keys: tuple[TaskKey, ...]
    sampled: bool = False


def join(ledger: Ledger, node: Node, path: Path, chain: Chain) -> Joined | None:
    """Return the `inputs` of `node` at `path`, or None when it joins nothing."""
    need = next((each for each in node.needs if each.kind == "inputs"), None)
    if need is None:
        return None
    collector = _Tables(ledger, chain)
    if need.closes is None:
        chosen = [collector.first(node, branch, path) for branch in need.branches]
        ran = [step for step in chosen if step is not None]
        views = tuple(collector.view(step, path, None) for step in ran)
        return collector.joined(InputsSpec(views, branches=tuple(ran)))
    return _close(ledger, collector, node, need, path)


def _close(ledger: Ledger, collector: _Tables, node: Node, need: Need, path: Path) -> Joined:
    opener = ledger.nodes[need.closes or ""]
    branch = need.branches[0]
    prefix = path[: len(opener.base)]
    listed = ledger.items[opener.name, prefix]
    found: list[ViewSpec] = []
    skipped: list[int] = []
    for index in range(len(listed.refs)):
        step = collector.first(node, branch, (*prefix, index))
        if step is not None:
            found.append(collector.view(step, (*prefix, index), index))
        else:
            skipped.append(index)
    # several candidates: a switch inside the foreach, of which each item takes one way
    over = branch[0].step if len(branch) == 1 else None
    spec = InputsSpec(tuple(found), over=over, skipped=tuple(skipped))
    return collector.joined(spec, sampled=listed.sampled)


class _Tables:
    """The manifests that views look into, numbered as they are first needed."""

    def __init__(self, ledger: Ledger, chain: Chain) -> None:
        self._ledger = ledger
        self._chain = chain
        self._numbers: dict[TaskKey, int] = {}
        self._tables: list[Mapping[str, ArtifactRef]] = []
        self._sampled = False

    def first(self, node: Node, branch: tuple[Source, ...], path: Path) -> StepName | None:
        """Return which of the branch's candidates ran."""
        found = pick(self._ledger, node.name, branch, path)
        return found[0].step if isinstance(found, tuple) else None

    def view(self, step: StepName, path: Path, index: int | None) -> ViewSpec:
        path = path[: len(self._ledger.nodes[step].scope)]
        layers = []
        for giver in self._chain(step):
            record = self._ledger.result(giver, path)
            if record is None or record.manifest is None or record.status is TaskStatus.SKIPPED:
                continue
            self._sampled = self._sampled or record.sampled
            layers.append(self._number(record.key, record.manifest.artifacts))
        scope = self._ledger.nodes[step].scope
        opener = self._ledger.nodes[scope[-1]] if scope else None
        if opener is None or opener.opens is None:
            return ViewSpec(step, index, tuple(layers))
        # an item without --as is nobody's artifact: a table of its own, asked last
        name = opener.opens.item
        of = TaskKey(StepName(f"{opener.name}:items"), path)
        layers.append(self._number(of, {name: item(self._ledger, opener, path)}))
        return ViewSpec(step, index, tuple(layers), name)

    def _number(self, key: TaskKey, artifacts: Mapping[str, ArtifactRef]) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self._tables)
            self._tables.append(artifacts)
        return self._numbers[key]

    def joined(self, inputs: InputsSpec, *, sampled: bool = False) -> Joined:
        return Joined(inputs, tuple(self._tables), tuple(self._numbers), sampled or self._sampled)


def handed_on(node: Node, given: Given, manifest: Mapping[str, ArtifactRef]) -> dict[str, ArtifactRef]:
    """Return the older values of names the body perhaps binds and did not bind this time."""
    return {name: given.inputs[name] for name in node.perhaps if name not in manifest and name in given.inputs}


def _unbound(ledger: Ledger, source: Source, name: str, why: str) -> str:
    if why:
        return f"{source.step} did not keep '{name}': {why}"
    giver = ledger.nodes[source.step]
    binding = giver.code.body.names.bindings.get(name)
    where = "in the steps above it"
    if binding is not None:
        where = f"under '{binding.under}', line {binding.line}" if binding.under else f"on line {binding.line}"
    entry = CATALOGUE["T010"]
    return f"{entry.what.format(step=source.step, name=name)} (assigned {where})"
