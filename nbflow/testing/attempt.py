"""One use of a step in a test: what it is given goes through a store in memory, as between the steps of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nbflow.errors import StoreError, raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Node, Use
from nbflow.model.ids import FlowName, RunId
from nbflow.plan.gather import Given
from nbflow.plan.guard import Guard
from nbflow.runtime.outcomes import succeeded, waiting
from nbflow.runtime.request import RunRequest
from nbflow.runtime.specs import SpecWriter, Where
from nbflow.runtime.stimuli import Ready
from nbflow.storage.memory import MemoryStorage
from nbflow.store.store import Store
from nbflow.task.carding import CurrentCards
from nbflow.task.here import BodyHere
from nbflow.testing.ground import Ground
from nbflow.testing.joining import Joiner
from nbflow.testing.readings import Reading, check_given, parameter_readings, readings
from nbflow.testing.result import Result
from nbflow.testing.stage import as_in_a_task, own_definitions


class Attempt:
    """A body, a --foreach or a --when with all that it reads.

    Responsibilities: check and store what a test gives; run in the test's process; take back what that changed in it.
    """

    def __init__(self, ground: Ground, node: Node, use: Use, given: Mapping[str, Any]) -> None:
        draft = ground.drafts[node.name]
        assigned = {name: each.source for name, each in ground.assigned.items()}
        wanted = parameter_readings(ground.graph, node, draft, use, given.keys(), assigned)
        known = readings(node, draft, use) | wanted
        check_given(node.name, known, given)
        self._ground = ground
        self._node = replace(node, parameters=node.parameters & wanted.keys())
        self._store = Store(MemoryStorage())
        self._live = ground.definitions(node)
        definitions = [each for each in ground.graph.parameters if each.name in wanted]
        parameters = {name: value for name, value in given.items() if name in wanted}
        self._parameters = ground.parameters(definitions, parameters, self._live).record
        self._ready = self._made_ready(use, known, given)
        self._shown: list[Any] = []
        self._space: Mapping[str, Any] = {}

    def run(self) -> Result:
        """Run the body and return what it left."""
        said, cards = self._said()
        ready = self._ready
        item = ready.given.inputs.get(ready.node.opens.item) if ready.node.opens else None
        record = succeeded(waiting(ready, item), ready, said["done"], item)
        return Result(self._node, record, self._get, displays=tuple(self._shown), cards=cards)

    def items(self) -> list[Any]:
        """Return the items of the --foreach."""
        return [self._get(ArtifactRef.from_json(raw), "item") for raw in self._said()[0]["items"]]

    def holds(self) -> bool:
        """Return what the --when says."""
        guard = Guard(self._ground.graph, {name: value for name, (_, value, _) in self._parameters.items()})
        return guard.holds(self._node, self._ready.given)

    # ---- before

    def _made_ready(self, use: Use, known: Mapping[str, Reading], given: Mapping[str, Any]) -> Ready:
        inputs: dict[str, ArtifactRef] = {}
        defaults: dict[str, str] = {}
        for name, reading in known.items():
            if reading.kind == "artifact" and name in given:
                inputs |= self._keep(reading.giver, {name: given[name]})
            elif reading.kind == "artifact" and reading.default is not None:
                defaults[name] = reading.default
        joiner = Joiner(self._ground.graph, self._node, self._keep)
        return Ready(
            "items" if use == "items" else "body",
            self._node,
            (),
            Given(inputs, defaults=defaults),
            joiner.joined(given["inputs"]) if "inputs" in known else None,
            attempt=self._node.options.retry.times,
        )

    def _keep(self, giver: str, values: Mapping[str, Any]) -> dict[str, ArtifactRef]:
        """Store `values` as the step that gives them would. Raises T011."""
        writer = self._store.writer()
        for name, value in values.items():
            try:
                writer.add(name, value)
            except StoreError as refusal:
                found = dict(refusal.problems[0].facts)
                raise_for(
                    "T011",
                    step=giver,
                    name=name,
                    type=found["type"],
                    member=found["member"],
                    why=found["why"],
                    fix="give what the step could leave, as an object of a small class of the test's own",
                )
        return writer.close()

    # ---- running

    def _said(self) -> tuple[dict[str, Any], CurrentCards]:
        """Return what a worker would say, and the step's cards."""
        request = RunRequest(
            FlowName(self._ground.opened.flow),
            self._ground.graph,
            self._parameters,
            cwd=str(self._ground.folder),
            source=str(self._ground.opened.path),
        )
        spec = SpecWriter(request, Where(RunId("0"), "", "")).spec(self._ready)
        here = BodyHere(spec, self._store, self._live, self._ground.code.setup, self._shown.append)
        self._space = here.space
        with as_in_a_task(self._ground.folder, spec.env, self._shown):
            self._install()
            self._live.execute(spec.slice)
            with own_definitions(self._live, [self._ground.code.statements[number] for number in spec.slice]):
                return here.outcome(), here.cards.current

    def _install(self) -> None:
        """Have pickles find the definitions, and what the body itself defined."""
        self._live.install()
        self._live.body = self._space

    def _get(self, ref: ArtifactRef, name: str) -> Any:
        self._install()
        return self._store.get(ref, name=name)
