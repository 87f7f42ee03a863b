"""A card of a task as a page, in a notebook's cell, as text: what is stored of it joined with what its task's record says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from nbflow.cards import html as h
from nbflow.cards.figures import duration, parameters
from nbflow.cards.figures import value as shown_value
from nbflow.cards.html import Html
from nbflow.cards.printable import one_line
from nbflow.cards.task_card import TaskFacts, blank_body, default_body
from nbflow.client.attempt import Stream
from nbflow.client.data import Held
from nbflow.client.task import Task
from nbflow.client.thing import between, said
from nbflow.model.card import DEFAULT, CardContent
from nbflow.model.record import TaskRecord

#: pixels: what stands around components, of a card whose own height is not known, and within which any is shown
_AROUND, _HIGH, _LEAST, _MOST = 190, 420, 140, 900
#: bytes of a log's end that are read, and lines of it that its text has
_LOG, _LINES = 64_000, 20


def page_of(task: Task, card: CardContent, title: str, *, scripts: bool = False, whole: bool = True) -> str:
    """Return a card as a page of its own.

    Args:
        task: whose card it is.
        card: what is stored of it.
        title: its name.
        scripts: those of a custom type stay in it.
        whole: with the script that draws figures, which is large.
    """
    from nbflow.cards.document import document, wrapped

    if card.raw:
        return wrapped(card.html, scripts=scripts)
    return document(_body(task, card), title=title, needs=card.needs, whole=whole)


def standing_alone(task: Task, card: CardContent, title: str, *, scripts: bool) -> str:
    """Return a card as a file that a browser opens without letting it do anything."""
    from nbflow.cards.document import draws, standalone

    page = page_of(task, card, title, scripts=scripts, whole=False)
    return standalone(page, title=title, scripts=scripts if card.raw else draws(page))


def framed_card(task: Task, card: CardContent, caption: str, title: str, *, drawing: bool) -> Html:
    """Return a card for a notebook: what it is, a frame with its page, and its text for notebooks that drop frames.

    With `drawing` its figures are drawn, which takes some megabytes; without, words stand in their places.
    """
    from nbflow.cards.document import draws, framed

    page = page_of(task, card, title, whole=False)
    frame = framed(page, height=_height(card), scripts=drawing and not card.raw and draws(page), title=title)
    text = text_of_card(task, card)
    more = [h.details(h.faint("as text"), h.preformatted(text, height=360))] if text else []
    return h.block(
        h.block(h.faint(caption), style="font-size:13px;line-height:1.6;overflow-wrap:anywhere"),
        frame,
        *more,
        style="margin:6px 0",
    )


def text_of_card(task: Task, card: CardContent) -> str:
    """Return a card as text, for a terminal."""
    if card.type != DEFAULT or card.raw or card.error:
        return card.text
    from nbflow.cards.mime import bundle_text

    shown = [bundle_text(output.data) for output in task.outputs]
    failure = task.exception
    facts = facts_of(task)
    head = " · ".join(filter(None, (facts.title, facts.subtitle, facts.status, facts.took)))
    left = [f"{name}  {kind}  {word}".rstrip() for name, kind, _, word in facts.artifacts]
    parts = [head, failure.told if failure else "", card.text, *shown, *(["\n".join(left)] if left else [])]
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def facts_of(task: Task) -> TaskFacts:
    """Return what a task's card tells of it. Nothing of what it left is loaded."""
    record, run = task._record, task._facts.record  # noqa: SLF001 - the cards are of the client, too
    failure = record.failure
    return TaskFacts(
        title=record.step,
        status=record.status.value,
        pathspec=task.pathspec,
        subtitle=_item(record),
        took=duration(between(record.started_at, record.finished_at, ended=record.status.ended)),
        facts=_facts(task, record),
        parameters=parameters(run.parameters),
        artifacts=_artifacts(record),
        failure=failure.told if failure else "",
        traceback=failure.traceback if failure and failure.code is None else "",
        caught=record.caught,
        stdout=_end_of_log(task, "stdout"),
        stderr=_end_of_log(task, "stderr"),
        graph=_graph(task, record),
    )


def _body(task: Task, card: CardContent) -> Html:
    from nbflow.cards.components.anything import component_of
    from nbflow.cards.kept import restored

    # whoever may write to the store may have written it
    own = [component_of(restored(card.html))] if card.html else []
    if card.error:
        return blank_body(own)
    if card.type == DEFAULT:
        return default_body(
            facts_of(task), own, [{"data": each.data, "metadata": each.metadata} for each in task.outputs]
        )
    if card.type == "taskspec_card":
        return blank_body([component_of(h.preformatted(task.pathspec))])
    if card.type == "default_json":
        return blank_body([component_of(h.preformatted(json.dumps(_as_json(task), indent=2, default=str)))])
    return blank_body(own)


def _height(card: CardContent) -> int:
    wanted = card.height + (_AROUND if card.type == DEFAULT and not card.error else 0) if card.height else _HIGH
    return max(_LEAST, min(_MOST, wanted))


def _item(record: TaskRecord) -> str:
    if not record.path:
        return ""
    place = f"item {'-'.join(map(str, record.path))}"
    if record.item is None:
        return place
    held = Held.of(record.item, lambda: None)
    return f"{place}: {held.summary or held.type}"


def _facts(task: Task, record: TaskRecord) -> Sequence[tuple[str, str]]:
    run = task._facts.record  # noqa: SLF001 - as above
    told = [
        ("started", said(record.started_at)),
        ("finished", said(record.finished_at)),
        ("attempt", str(record.attempt) if record.attempt else ""),
        ("reused from", record.origin or ""),
        ("why", record.reason),
        ("by", run.user),
        ("from", run.source),
        ("tags", ", ".join(sorted(run.tags))),
        *(("note", note) for note in record.notes),
    ]
    return tuple((name, one_line(value, 400)) for name, value in told if value)


def _artifacts(record: TaskRecord) -> Sequence[tuple[str, str, int | None, str]]:
    if record.manifest is None:
        return ()
    left = ((name, ref, Held.of(ref, lambda: None)) for name, ref in record.manifest.own.items())
    # of what is small the value says it all
    return tuple(
        (name, held.type, None if ref.kind == "scalar" else held.size, held.summary) for name, ref, held in left
    )


def _graph(task: Task, record: TaskRecord) -> Html:
    from nbflow.graph.draw import StepState, svg

    steps = task._facts.record.steps  # noqa: SLF001 - as above
    if len(steps) < 2:
        return Html("")
    return h.picture(svg(steps, {record.step: StepState(record.status.value)}), f"the flow, with {record.step} marked")


def _end_of_log(task: Task, stream: Stream) -> str:
    counting = task._counting()  # noqa: SLF001 - as above
    return counting.end_of_log(stream, _LOG) if counting else ""


def _as_json(task: Task) -> Mapping[str, Any]:
    facts = facts_of(task)
    return {
        "pathspec": facts.pathspec,
        "status": facts.status,
        "took": facts.took,
        "facts": dict(facts.facts),
        "parameters": {name: shown for name, shown, _ in facts.parameters},
        "artifacts": {name: {"type": kind, "shown": shown_value(word)} for name, kind, _, word in facts.artifacts},
        "failure": facts.failure,
    }
