"""One entry of a run's journal: changes that are done together, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nbflow.errors import raise_for
from nbflow.frozen import frozen
from nbflow.metadata.change import Change, Coded, Created, Updated, Written
from nbflow.metadata.rows import (
    attempt_from,
    attempt_json,
    fields_from,
    fields_json,
    fields_of,
    items_from,
    items_json,
    task_from,
    task_json,
)
from nbflow.model.ids import Digest, StepName
from nbflow.model.record import ItemsRecord, RunRecord

#: version of the JSON below
FORMAT = 1


@frozen
class Entry:
    """Changes of one run."""

    #: whose it is: no two entries that anybody tries to write have the same
    by: str
    #: microseconds since the epoch; of two runs the one that was made with the other in sight has the later one
    at: int
    changes: tuple[Change, ...]

    def encode(self) -> bytes:
        """Return it as bytes."""
        return dumped({"by": self.by, "at": self.at, "changes": [change_json(each) for each in self.changes]})

    @classmethod
    def decode(cls, key: str, data: bytes) -> Entry:
        """Return the entry of its bytes. Raises M022."""
        with reading(key):
            raw = parsed(key, data)
            return cls(raw["by"], raw["at"], tuple(map(change_from, raw["changes"])))


def dumped(raw: Mapping[str, Any]) -> bytes:
    """Return values of JSON, of the format of this version, as bytes."""
    return json.dumps({"format": FORMAT, **raw}, separators=(",", ":")).encode()


def parsed(key: str, data: bytes) -> dict[str, Any]:
    """Return the values of bytes. Raises M022 when they are of a newer version."""
    raw: dict[str, Any] = json.loads(data)
    if raw["format"] > FORMAT:
        raise_for("M022", key=key, why=f"a newer nbflow wrote it (format {raw['format']}, not {FORMAT})")
    return raw


@contextmanager
def reading(key: str) -> Iterator[None]:
    """Let what is wrong with the bytes under `key` be M022."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise_for("M022", key=key, why=f"{type(error).__name__}: {error}")


def change_json(change: Change) -> dict[str, Any]:
    """Return a change as values of JSON."""
    match change:
        case Created(record):
            return {"created": fields_json(fields_of(record))}
        case Updated(fields):
            return {"updated": fields_json(fields)}
        case Written():
            return {"written": written_json(change)}
        case Coded(code, tasks):
            return {"coded": {"code": code, "tasks": [list(each) for each in tasks]}}


def change_from(raw: Mapping[str, Any]) -> Change:
    """Return the change of its values of JSON."""
    ((kind, said),) = raw.items()
    match kind:
        case "created":
            return Created(RunRecord(**fields_from(said)))
        case "updated":
            return Updated(fields_from(said))
        case "written":
            return written_from(said)
        case "coded":
            return Coded(Digest(said["code"]), tuple((StepName(step), *rest) for step, *rest in said["tasks"]))
    raise ValueError(f"a change of kind {kind!r}")


def written_json(written: Written) -> dict[str, Any]:
    """Return records of tasks, attempts and items as values of JSON."""
    return {
        "tasks": [task_json(each) for each in written.tasks],
        "attempts": [attempt_json(each) for each in written.attempts],
        "items": [{"step": each.step, "path": each.path, **items_json(each.listed)} for each in written.items],
    }


def written_from(raw: Mapping[str, Any]) -> Written:
    """Return records of tasks, attempts and items from values of JSON."""
    items = (ItemsRecord(StepName(each["step"]), tuple(each["path"]), items_from(each)) for each in raw["items"])
    return Written(tuple(map(task_from, raw["tasks"])), tuple(map(attempt_from, raw["attempts"])), tuple(items))
