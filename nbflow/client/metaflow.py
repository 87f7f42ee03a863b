"""All flows of a store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbflow.cards.figures import several
from nbflow.client.chosen import described, workspace_if_any
from nbflow.client.flow import Flow
from nbflow.client.namespace import get_namespace
from nbflow.client.thing import Page, by_key, said
from nbflow.errors import NamespaceError
from nbflow.workspace import Workspace


class Metaflow:
    """The flows of the store the client reads, by name. Iterating gives those in the namespace."""

    def __init__(self) -> None:
        self._namespace = get_namespace()
        self._workspace = workspace_if_any()

    @property
    def flows(self) -> list[Flow]:
        """Its flows, in alphabetical order."""
        return list(self)

    def __iter__(self) -> Iterator[Flow]:
        for name in self._names(self._workspace):
            try:
                yield Flow(name, workspace=self._workspace, namespace=self._namespace)
            except NamespaceError:
                continue

    def __getitem__(self, name: str) -> Flow:
        with by_key():
            return Flow(name, workspace=self._workspace, namespace=self._namespace)

    def __contains__(self, name: object) -> bool:
        """Say whether there is such a flow, in the namespace or not."""
        return name in self._names(self._workspace)

    def _ipython_key_completions_(self) -> list[str]:
        return [flow.id for flow in self]

    @staticmethod
    def _names(workspace: Workspace | None) -> tuple[str, ...]:
        return workspace.metadata.flows() if workspace else ()

    def __repr__(self) -> str:
        return "Metaflow()"

    def _page(self) -> Page:
        flows = [(flow.id, flow.latest_run) for flow in self]
        return Page(
            described(self._workspace.root) if self._workspace else "no store",
            facts=[("namespace", self._namespace or "all"), ("flows", several(len(flows), "flow"))],
            head=("flow", "latest run", "status", "made at"),
            rows=[
                (name, run.id, run.status, said(run.created_at.timestamp() if run.created_at else None))
                if run
                else (name, "", "", "")
                for name, run in flows
            ],
            align="llll",
        )

    def _repr_html_(self) -> str:
        return self._page().html()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002, FBT001 - IPython's protocol
        printer.text(self._page().text())
