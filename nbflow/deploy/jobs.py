"""What the state machine says of a step's jobs: requests of Batch, with the names that Step Functions has for them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbflow.deploy.states import StepJob

#: maps of the person's, whose keys stay as they are
_AS_THEY_ARE = frozenset({"Tags"})


def step_job(request: Mapping[str, Any], *, times: int = 0, wait: float = 0.0) -> StepJob:
    """Return what a state says for a SubmitJob request (see nbflow.backends.batch.requests.submission).

    Args:
        request: the request, whose environment is that of every task of the step.
        times: further tries of the step.
        wait: seconds before each.
    """
    return StepJob(_renamed(request), times, wait)


def _renamed(value: Any) -> Any:
    if isinstance(value, Mapping):
        found = {f"{name[:1].upper()}{name[1:]}": each for name, each in value.items()}
        return {name: dict(each) if name in _AS_THEY_ARE else _renamed(each) for name, each in found.items()}
    if isinstance(value, list | tuple):
        return [_renamed(each) for each in value]
    return value
