"""What belongs to one run, the run itself included."""

from __future__ import annotations

from typing import Any

from nbflow.client.facts import RunFacts
from nbflow.client.namespace import holds
from nbflow.client.thing import Thing
from nbflow.errors import raise_for
from nbflow.metadata.identity import owner_of, tags_of
from nbflow.model.graph import MISSING, Missing
from nbflow.workspace import Workspace


class Part(Thing):
    """A thing of one run: it has the run's tags, and is seen where the run is."""

    def __init__(
        self,
        pathspec: str,
        *,
        workspace: Workspace | None = None,
        namespace: str | Missing | None = MISSING,
        facts: RunFacts | None = None,
    ) -> None:
        """Take what all have. `facts` come from a thing of the same run that was seen: this one is, too."""
        super().__init__(pathspec, workspace=workspace, namespace=namespace)
        self._facts = facts or RunFacts(self._workspace, self._spec.flow, self.path_components[1])
        # a run that does not exist is told now, not at the first question
        if facts is None and not self._is_in(self._namespace):
            record = self._facts.record
            why = f"it has the tags {', '.join(sorted(tags_of(record)))}"
            raise_for("M012", namespace=self._namespace, pathspec=pathspec, why=why, owner=owner_of(record))

    @property
    def parent(self) -> Any:
        """What it belongs to: the flow of a run, the run of a step, the step of a task."""
        # a flow is of no run, and of a task and what it left an attempt may be asked for
        more = {"facts": self._facts} if self.depth > 2 else {}
        asked = dict(self._options) if self.depth == 5 else {}
        place = self.pathspec.rpartition("/")[0]
        return self._above()(place, workspace=self._workspace, namespace=self._namespace, **more, **asked)

    @property
    def user_tags(self) -> frozenset[str]:
        """Those of its run's tags that people gave, and may change."""
        return self._facts.record.tags

    @property
    def system_tags(self) -> frozenset[str]:
        """Those of its run's tags that nbflow gave: who ran it, and with what."""
        return self._facts.record.system_tags

    def _is_in(self, namespace: str | None) -> bool:
        return holds(namespace, self._facts.record)

    def _child(self, kind: type[Any], name: str, **more: Any) -> Any:
        """Return a part of this one."""
        place = f"{self.pathspec}/{name}"
        return kind(place, workspace=self._workspace, namespace=self._namespace, facts=self._facts, **more)
