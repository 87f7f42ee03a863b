"""Records as rows of the database, and back. What is only read whole is kept as one JSON text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.card import CardRef
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.record import AttemptRecord, Failure, ItemList, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus

_AS_JSON = {"parameters", "system_tags", "steps", "about"}


def fields_of(record: RunRecord) -> dict[str, Any]:
    """Return all fields of a run, by name."""
    return {each.name: getattr(record, each.name) for each in fields(record)}


def fields_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of a run as values of JSON."""
    return {name: _plain(name, value) for name, value in values.items()}


def fields_from(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of a run from values of JSON. Those that only a newer version knows are left out."""
    known = {each.name for each in fields(RunRecord)}
    return {name: _MADE_OF[name](value) if name in _MADE_OF else value for name, value in raw.items() if name in known}


def run_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of a run as columns; its tags have a table of their own."""
    plain = fields_json({name: value for name, value in values.items() if name != "tags"})
    return {name: _dumped(value) if name in _AS_JSON else value for name, value in plain.items()}


def run_record(row: sqlite3.Row) -> RunRecord:
    """Return the run of a row."""
    parameters = _parameters(json.loads(row["parameters"]))
    return RunRecord(
        flow=FlowName(row["flow"]),
        id=RunId(row["id"]),
        kind=row["kind"],
        status=RunStatus(row["status"]),
        user=row["user"],
        created_at=row["created_at"],
        parameters=parameters,
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        heartbeat_at=row["heartbeat_at"],
        tags=frozenset(json.loads(row["tags"])),
        system_tags=frozenset(json.loads(row["system_tags"])),
        code=row["code"] and Digest(row["code"]),
        source=row["source"],
        steps=tuple(map(StepSummary.from_json, json.loads(row["steps"]))),
        origin_run=row["origin_run"] and RunId(row["origin_run"]),
        owner=row["owner"],
        reason=row["reason"],
        cancel_asked_at=row["cancel_asked_at"],
        about=json.loads(row["about"]),
    )


def task_text(record: TaskRecord) -> str:
    """Return a task as JSON."""
    return _dumped(task_json(record))


def task_json(record: TaskRecord) -> dict[str, Any]:
    """Return a task as values of JSON. Fields that say nothing are left out."""
    raw = {
        "step": record.step,
        "id": record.id,
        "path": list(record.path),
        "status": record.status.value,
        "iteration": record.iteration or None,
        "chose": record.chose,
        "attempt": record.attempt,
        "manifest": record.manifest and record.manifest.to_json(),
        "failure": record.failure and record.failure.to_json(),
        "caught": record.caught,
        "started_at": record.started_at,
        "finished_at": record.finished_at,
        "fingerprint": record.fingerprint,
        "parts": dict(record.parts),
        "origin": record.origin,
        "reason": record.reason,
        "item": record.item and record.item.to_json(),
        "displays": record.displays,
        "cards": [card.to_json() for card in record.cards],
        "notes": list(record.notes),
        "sampled": record.sampled,
        "condition": record.condition,
        "captured": {name: ref.to_json() for name, ref in record.captured.items()},
        "code": record.code,
        "before": record.before and task_text(record.before),
    }
    return _compact(raw)


def task_record(text: str) -> TaskRecord:
    """Return the task of its JSON."""
    return task_from(json.loads(text))


def task_from(raw: Mapping[str, Any]) -> TaskRecord:
    """Return the task of its values of JSON."""
    return TaskRecord(
        step=StepName(raw["step"]),
        id=raw["id"],
        path=tuple(raw.get("path", ())),
        status=TaskStatus(raw["status"]),
        iteration=raw.get("iteration", 0),
        chose=raw.get("chose"),
        attempt=raw.get("attempt", 0),
        manifest=Manifest.from_json(raw["manifest"]) if "manifest" in raw else None,
        failure=_failure(raw),
        caught=raw.get("caught", False),
        started_at=raw.get("started_at"),
        finished_at=raw.get("finished_at"),
        fingerprint=raw.get("fingerprint", ""),
        parts=raw.get("parts", {}),
        origin=raw.get("origin"),
        reason=raw.get("reason", ""),
        item=ArtifactRef.from_json(raw["item"]) if "item" in raw else None,
        displays=raw.get("displays"),
        cards=_cards(raw),
        notes=tuple(raw.get("notes", ())),
        sampled=raw.get("sampled", False),
        condition=raw.get("condition"),
        captured={name: ArtifactRef.from_json(ref) for name, ref in raw.get("captured", {}).items()},
        code=raw.get("code"),
        before=task_record(raw["before"]) if "before" in raw else None,
    )


def items_text(listed: ItemList) -> str:
    """Return the items of a foreach as JSON."""
    return _dumped(items_json(listed))


def items_json(listed: ItemList) -> dict[str, Any]:
    """Return the items of a foreach as values of JSON."""
    return {"total": listed.total, "refs": [ref.to_json() for ref in listed.refs]}


def item_list(text: str) -> ItemList:
    """Return the items of their JSON."""
    return items_from(json.loads(text))


def items_from(raw: Mapping[str, Any]) -> ItemList:
    """Return the items of their values of JSON."""
    return ItemList(tuple(map(ArtifactRef.from_json, raw["refs"])), raw["total"])


def attempt_text(record: AttemptRecord) -> str:
    """Return an attempt as JSON."""
    return _dumped(attempt_json(record))


def attempt_json(record: AttemptRecord) -> dict[str, Any]:
    """Return an attempt as values of JSON. Fields that say nothing are left out."""
    raw = {
        "step": record.step,
        "task": record.task,
        "number": record.number,
        "status": record.status.value,
        "started_at": record.started_at,
        "finished_at": record.finished_at,
        "failure": record.failure and record.failure.to_json(),
        "manifest": record.manifest and record.manifest.to_json(),
        "stdout": record.stdout,
        "stderr": record.stderr,
        "pid": record.pid,
        "job": record.job,
        "cards": [card.to_json() for card in record.cards],
    }
    return _compact(raw)


def attempt_record(text: str) -> AttemptRecord:
    """Return the attempt of its JSON."""
    return attempt_from(json.loads(text))


def attempt_from(raw: Mapping[str, Any]) -> AttemptRecord:
    """Return the attempt of its values of JSON."""
    return AttemptRecord(
        step=StepName(raw["step"]),
        task=raw["task"],
        number=raw.get("number", 0),
        status=TaskStatus(raw["status"]),
        started_at=raw.get("started_at"),
        finished_at=raw.get("finished_at"),
        failure=_failure(raw),
        manifest=Manifest.from_json(raw["manifest"]) if "manifest" in raw else None,
        stdout=raw.get("stdout"),
        stderr=raw.get("stderr"),
        pid=raw.get("pid"),
        job=raw.get("job"),
        cards=_cards(raw),
    )


def _failure(raw: Mapping[str, Any]) -> Failure | None:
    return Failure.from_json(raw["failure"]) if "failure" in raw else None


def _cards(raw: Mapping[str, Any]) -> tuple[CardRef, ...]:
    return tuple(map(CardRef.from_json, raw.get("cards", ())))


def _parameters(raw: Mapping[str, Any]) -> dict[str, tuple[str, Any, str]]:
    return {name: (source, value, origin) for name, (source, value, origin) in raw.items()}


#: fields of a run that JSON has in another form → what makes them of it
_MADE_OF: Mapping[str, Callable[[Any], Any]] = {
    "status": RunStatus,
    "parameters": _parameters,
    "tags": frozenset,
    "system_tags": frozenset,
    "steps": lambda raw: tuple(map(StepSummary.from_json, raw)),
}


def _plain(name: str, value: Any) -> Any:
    match name:
        case "steps":
            return [step.to_json() for step in value]
        case "tags" | "system_tags":
            return sorted(value)
        case "parameters" | "about":
            return dict(value)
    # the database knows no enumerations
    return str(value) if isinstance(value, RunStatus) else value


def _compact(raw: Mapping[str, Any]) -> dict[str, Any]:
    # `false` says nothing either, but for a condition
    empty = (name for name, value in raw.items() if value in ("", [], {}) or value is None or value is False)
    unsaid = {*empty} - {"condition"} if raw.get("condition") is False else {*empty}
    return {name: value for name, value in raw.items() if name not in unsaid}


def _dumped(raw: Any) -> str:
    return json.dumps(raw, separators=(",", ":"))
