"""What started a run that no person started: `Run.trigger`, and `current.trigger` in its steps. Named as in Metaflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from nbflow.client.run import Run
from nbflow.workspace import Workspace


class MetaflowEvent(NamedTuple):
    """One event."""

    #: `metaflow.LoadFlow.end`, as Metaflow calls the end of a run
    name: str
    #: the run's pathspec
    id: str
    #: seconds since the epoch at which the last of the runs had ended
    timestamp: float
    #: `run`
    type: str


class Trigger:
    """The runs whose success started a run."""

    def __init__(self, workspace: Workspace, told: Mapping[str, Any]) -> None:
        """Take where the runs are, and what the run was told of its start (`nbflow.metadata.starter`)."""
        self._workspace = workspace
        moment = datetime.fromisoformat(told["scheduled_at"]).timestamp()
        self._events = [
            MetaflowEvent(f"metaflow.{each.partition('/')[0]}.end", each, moment, "run") for each in told["runs"]
        ]

    @classmethod
    def of(cls, workspace: Workspace, told: Mapping[str, Any] | None) -> Trigger | None:
        """Return what started a run that was told so; None: a person did, or the clock."""
        return cls(workspace, told) if told and told.get("runs") else None

    @property
    def event(self) -> MetaflowEvent:
        """The event; of several the last."""
        return self._events[-1]

    @property
    def events(self) -> list[MetaflowEvent]:
        """All of them."""
        return list(self._events)

    @property
    def run(self) -> Run:
        """The run; of several that of the last event."""
        return self._run(self._events[-1])

    @property
    def runs(self) -> list[Run]:
        """All of them, in the order in which the decorator names their flows."""
        return [self._run(each) for each in self._events]

    def _run(self, event: MetaflowEvent) -> Run:
        # whoever made it: it is why this run is there
        return Run(event.id, workspace=self._workspace, namespace=None)

    def __getitem__(self, flow: str) -> Run:
        """Return the run of a flow. Raises KeyError."""
        found = next((each for each in self._events if each.id.partition("/")[0] == flow), None)
        if found is None:
            raise KeyError(flow)
        return self._run(found)

    def __contains__(self, flow: object) -> bool:
        return any(each.id.partition("/")[0] == flow for each in self._events)

    def __iter__(self) -> Iterator[str]:
        return iter(each.id.partition("/")[0] for each in self._events)

    def __repr__(self) -> str:
        return f"<Trigger: {', '.join(each.id for each in self._events)}>"
