"""What tasks left, as text for a person and as JSON for a program."""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbflow.cards.figures import several, size
from nbflow.cards.palette import mark
from nbflow.cards.printable import one_line, printable
from nbflow.frontends.ink import has_colours, ink
from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus


@frozen
class Left:
    """One artifact: what is known of it, and its value when it was loaded."""

    name: str
    ref: ArtifactRef
    #: holds the value; empty: it was not loaded
    value: tuple[object, ...] = ()
    #: why it cannot be loaded
    error: str = ""


@frozen
class Chosen:
    """A task, and what of the things it left is meant."""

    pathspec: str
    record: TaskRecord
    refs: Mapping[str, ArtifactRef]
    #: name → why it was not kept
    dropped: Mapping[str, str]


Dumped = Iterable[tuple[Chosen, list[Left]]]


def as_json(dumped: Dumped, limit: int) -> Iterator[str]:
    """Yield one JSON object: pathspec → status, artifacts, and what was not kept."""
    lead = "{\n"
    for task, left in dumped:
        shown = {
            "status": task.record.status.value,
            "artifacts": {each.name: _object(each, limit) for each in left},
            "dropped": dict(task.dropped),
        }
        yield f"{lead}{json.dumps(task.pathspec)}: {json.dumps(shown, indent=1, ensure_ascii=False)}"
        lead = ",\n"
    yield "{}\n" if lead == "{\n" else "\n}\n"


def _object(left: Left, limit: int) -> dict[str, Any]:
    ref = left.ref
    found: dict[str, Any] = {"type": ref.type, "kind": ref.kind, "size": ref.size, "digest": ref.digest}
    if ref.summary:
        found["summary"] = ref.summary
    if left.error:
        found["error"] = left.error
    for value in left.value:
        text = _text(value)
        if _is_json(value) and len(text) <= limit:
            found["value"] = value
        else:
            found["text"] = _cut(text, limit)
    return found


def _is_json(value: Any) -> bool:
    """Whether JSON says exactly this."""
    kind = type(value)
    if kind is float:
        return math.isfinite(value)
    if kind is list:
        return all(map(_is_json, value))
    if kind is dict:
        return all(type(key) is str and _is_json(each) for key, each in value.items())
    return value is None or kind in {bool, int, str}


def as_text(dumped: Dumped, limit: int) -> Iterator[str]:
    """Yield a block of lines for each task: a row for each name, longer values below their row."""
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else 120
    first = True
    for task, left in dumped:
        yield "" if first else "\n"
        first = False
        title = ink(task.pathspec, 1) if has_colours(sys.stdout) else task.pathspec
        yield f"{title}  {_standing(task.record)}\n"
        lines = [*_rows(left, limit, width), *_dropped(task.dropped, left)]
        yield from (f"  {line}\n" for line in lines or ["left nothing"])


def _standing(record: TaskRecord) -> str:
    said = f"{mark(record.status.value)} {record.status.value}"
    if record.status is TaskStatus.REUSED and record.origin:
        return f"{said} from {record.origin}"
    if record.failure is not None:
        return f"{said} · {one_line(record.failure.told, 100)}"
    return said


def _rows(left: list[Left], limit: int, width: int) -> Iterator[str]:
    facts = [(printable(each.name), each.ref.type, each.ref.summary, size(each.ref.size)) for each in left]
    widths = [max(map(len, column)) for column in zip(*facts, strict=True)]
    for each, (name, kind, summary, stored) in zip(left, facts, strict=True):
        row = f"{name:<{widths[0]}}  {kind:<{widths[1]}}  "
        row += f"{summary:<{widths[2]}}  " if widths[2] else ""
        row += f"{stored:>{widths[3]}}"
        shown = each.error or "".join(_cut(_text(value), limit) for value in each.value)
        if "\n" in shown or len(row) + len(shown) + 4 > width:
            yield row
            yield from (f"    {line}" for line in shown.split("\n"))
        else:
            yield f"{row}  {shown}".rstrip()


def _dropped(dropped: Mapping[str, str], left: list[Left]) -> Iterator[str]:
    wide = max((len(each.name) for each in left), default=0)
    for name, why in dropped.items():
        yield f"{printable(name):<{wide}}  not kept: {one_line(why, 100)}"


def _text(value: object) -> str:
    try:
        return printable(repr(value))
    except Exception as error:  # noqa: BLE001 - repr of somebody's own class may raise anything
        return f"<its repr failed: {type(error).__name__}: {one_line(error, 100)}>"


def _cut(text: str, limit: int) -> str:
    over = len(text) - limit
    return text if over <= 0 else f"{text[:limit]}… ({several(over, 'character')} more)"
