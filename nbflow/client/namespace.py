"""The namespace: a tag that runs must have for the client to see them.

At first it is whoever works here, as in `user:ada`, so that one sees one's own runs. It holds for what is looked up by
name (`Run("Sales/3")`, `flow["3"]`: NamespaceError, M012) and for what is listed (left out). A flow is seen when one of
its runs is. What was reached once leads on: the steps of a run one has are there whatever the namespace is later.

It keeps nothing secret: `namespace(None)` sees everything. Terminal commands do not heed it.
"""

from __future__ import annotations

from nbflow.metadata.identity import identity, tags_of
from nbflow.model.graph import MISSING, Missing
from nbflow.model.record import RunRecord

__all__ = ["default_namespace", "get_namespace", "holds", "identity", "namespace"]


class _Choice:
    """What this process chose: MISSING means whoever works here, None all."""

    namespace: str | Missing | None = MISSING


def namespace(ns: str | None) -> str | None:
    """See the runs that have the tag `ns` from now on; None is all runs. Return it."""
    # an empty one is what `--namespace=` says: all
    _Choice.namespace = ns or None
    return get_namespace()


def get_namespace() -> str | None:
    """Return the tag that runs must have to be seen; None: all are."""
    chosen = _Choice.namespace
    return identity() if isinstance(chosen, Missing) else chosen


def default_namespace() -> str | None:
    """See the runs of whoever works here, as at first: NBFLOW_PRODUCTION_TOKEN, NBFLOW_USER or the login. Return it."""
    _Choice.namespace = MISSING
    return get_namespace()


def holds(ns: str | None, run: RunRecord) -> bool:
    """Say whether `run` is in the namespace `ns`."""
    return ns is None or ns in tags_of(run)
