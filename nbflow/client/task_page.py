"""How a task looks: how it stands, what it left, showed and wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbflow.cards.figures import duration
from nbflow.cards.html import Html, tag
from nbflow.cards.printable import log_text, one_line, tail
from nbflow.client.attempt import Output
from nbflow.client.data import Held
from nbflow.client.thing import Page, between, said
from nbflow.model.record import TaskRecord

#: lines of a log that a page shows
_LINES = 20


def task_page(
    pathspec: str,
    record: TaskRecord,
    left: Mapping[str, Held],
    outputs: Sequence[Output],
    logs: Mapping[str, str],
) -> Page:
    """Return the page of a task; `logs` by the name of their stream."""
    took = duration(between(record.started_at, record.finished_at, ended=record.status.ended))
    facts = [
        ("started", said(record.started_at)),
        ("took", took),
        ("attempt", str(record.attempt) if record.attempt else ""),
        ("reused from", record.origin or ""),
        ("why", record.reason),
        ("caught" if record.caught else "failed with", one_line(record.failure.told, 300) if record.failure else ""),
        *(("note", note) for note in record.notes),
    ]
    shown = [(name, tail(log_text(text), _LINES)) for name, text in logs.items()]
    return Page(
        pathspec,
        record.status.value,
        facts=[(name, value) for name, value in facts if value],
        head=("left", "type", "", "size"),
        rows=[(name, *held.row) for name, held in left.items()],
        align="lllr",
        texts=[*_texts(outputs), *((name, text) for name, text in shown if text)],
        pictures=_pictures(outputs),
    )


def _pictures(outputs: Sequence[Output]) -> list[Html]:
    # HTML of a display is someone's own and may hold scripts: it is shown only when the output itself is displayed
    found = [
        (mime, output.data[mime]) for output in outputs for mime in ("image/png", "image/jpeg") if mime in output.data
    ]
    return [tag("img", src=f"data:{mime};base64,{data.strip()}", style="max-width:100%") for mime, data in found]


def _texts(outputs: Sequence[Output]) -> list[tuple[str, str]]:
    found = [(at, output) for at, output in enumerate(outputs) if not {"image/png", "image/jpeg"} & output.data.keys()]
    return [(_shown_by(at, output), tail(log_text(repr(output)), _LINES)) for at, output in found]


def _shown_by(at: int, output: Output) -> str:
    """Return the title of an output's text; of more than text the page has no more than its text."""
    return "displayed" if output.data.keys() <= {"text/plain"} else f"displayed; outputs[{at}] shows it"
