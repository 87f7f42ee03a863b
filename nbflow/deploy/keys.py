"""Where a deployed flow and its runs are in the bucket, beside what every run has.

deployments/flow/name.json         what is deployed under a name (see `deployment`)
deployments/bundles/digest/        one version of a flow, which never changes
    request.json                   the run it makes, but for its id and parameters that are given later
    step/told.json                 what the jobs of a step are told
deployed/flow/run/                 what the state machine reads of one run
    items/step/path.json           the paths of the tasks of a foreach, as a list of texts
    gates/step/path.json           {"go": true}, or false where the task is skipped
"""

from __future__ import annotations

from nbflow.model.ids import Path

#: the path of a task outside any foreach
OUTSIDE = "_"


def deployment(flow: str, name: str) -> str:
    """Return the key of what is deployed under `name`."""
    return f"deployments/{flow}/{name}.json"


def bundle(digest: str) -> str:
    """Return the folder of one version of a flow."""
    return f"deployments/bundles/{digest}"


def request(digest: str) -> str:
    """Return the key of the run that a version makes."""
    return f"{bundle(digest)}/request.json"


def told(digest: str, step: str) -> str:
    """Return the folder of what the jobs of a step are told."""
    return f"{bundle(digest)}/{step}"


def items(flow: str, run: str, step: str, path: str) -> str:
    """Return the key of the tasks of the foreach that `step` opens, listed by the task at `path`."""
    return f"deployed/{flow}/{run}/items/{step}/{path}.json"


def gate(flow: str, run: str, step: str, path: str) -> str:
    """Return the key that says whether the task of `step` at `path` goes."""
    return f"deployed/{flow}/{run}/gates/{step}/{path}.json"


def path_text(path: Path) -> str:
    """Return a path as the state machine carries it: `3-1`, `_` outside any foreach."""
    return "-".join(map(str, path)) or OUTSIDE


def path_of(text: str) -> Path:
    """Return the path that a text says."""
    return () if text == OUTSIDE else tuple(map(int, text.split("-")))
