"""What can happen to a run, as a value: `rules` judges what is asked for and makes one, `writing` carries it out.

A change says what is true afterwards, not what was asked for. So it can be carried out anywhere, without judging again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbflow.frozen import frozen
from nbflow.model.ids import Digest, StepName
from nbflow.model.record import AttemptRecord, ItemsRecord, RunRecord, TaskRecord


@frozen
class Created:
    """The run is there."""

    record: RunRecord


@frozen
class Updated:
    """Fields of the run's record have these values."""

    fields: Mapping[str, Any]


@frozen
class Written:
    """Tasks, attempts and lists of items are these."""

    tasks: tuple[TaskRecord, ...] = ()
    attempts: tuple[AttemptRecord, ...] = ()
    items: tuple[ItemsRecord, ...] = ()


@frozen
class Coded:
    """The code of a draft is this, and that of those tasks that did not run again meanwhile."""

    code: Digest
    #: step, id, and when it started
    tasks: tuple[tuple[StepName, str, float | None], ...]


Change = Created | Updated | Written | Coded
