"""Everything of a card that shows a text: components, bundles, pages, as the frames that they are shown in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from nbflow.cards import (
    Artifact,
    CardComponent,
    Error,
    EventsTimeline,
    JSONViewer,
    Markdown,
    Plotly,
    ProgressBar,
    PythonCode,
    Shown,
    Table,
    ValueBox,
    VegaChart,
    YAMLViewer,
    component_of,
)
from nbflow.cards.components.notebook import Notebook
from nbflow.cards.document import document, framed, standalone, wrapped
from nbflow.cards.html import Html
from nbflow.cards.kept import restored
from nbflow.cards.task_card import TaskFacts, default_body, error_body, laid_out

#: forms in which a task displays
KINDS = (
    "text/html",
    "text/markdown",
    "text/latex",
    "text/plain",
    "image/svg+xml",
    "image/png",
    "application/json",
    "application/javascript",
    "application/vnd.plotly.v1+json",
    "application/vnd.vegalite.v5+json",
    "application/vnd.jupyter.error",
    "application/vnd.jupyter.stderr",
)


class _Own(CardComponent):
    def __init__(self, text: str) -> None:
        self._text = text

    def render(self) -> str:
        return self._text


def figure(text: str) -> dict[str, Any]:
    """Return a figure of plotly with a hostile text wherever it takes one."""
    said = {"name": text, "text": [text], "hovertext": text, "y": [1], "x": [text], "marker": {"color": text}}
    layout = {
        "title": {"text": text, "subtitle": {"text": text}},
        "annotations": [{"text": text, "hovertext": text, "x": 0, "y": 1}],
        "images": [{"source": text, "x": 0, "y": 1}],
        "xaxis": {"title": {"text": text}},
        "font": {"family": text},
        "legend": {"title": {"text": text}},
    }
    return {"data": [{**said, "type": kind} for kind in ("bar", "scatter", "pie", text)], "layout": layout}


def components(text: str) -> list[CardComponent]:
    """Return one of each, with a hostile text wherever it takes one."""
    events = EventsTimeline(text)
    events.update({text: text, "timestamp": text}, text, text, {text: Markdown(text)})
    chart = {"title": text, "data": {"values": [{text: text}]}, "mark": text, "usermeta": {text: text}}
    return [
        *(
            Markdown(text),
            _Own(text),
            Error(ValueError(text), text),
            Artifact(text, text),
            Artifact({text: text}, text),
        ),
        Table([[text, Markdown(text), _Own(text)]], [text, Markdown(text)]),
        ProgressBar(label=text, unit=text, metadata=text, value=text),  # type: ignore[arg-type]
        ValueBox(text, text, text, text, text),
        *(PythonCode(code_string=text), JSONViewer({text: [text]}, title=text, max_height=text)),
        *(YAMLViewer({text: text}, title=text), VegaChart(chart), events, component_of({text: text})),
        *(Shown({kind: text}, {kind: {"width": text}}) for kind in KINDS),
        Shown({"application/vnd.plotly.v1+json": figure(text)}),
        Plotly(figure(text)),
        Notebook(notebook(text)),
    ]


def notebook(text: str) -> dict[str, Any]:
    """Return a notebook file with a hostile text wherever it has one."""
    outputs = [
        {"output_type": "stream", "name": text, "text": [text]},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]},
        *(
            {"output_type": "display_data", "data": {kind: [text]}, "metadata": {kind: {"width": text}}}
            for kind in KINDS
        ),
    ]
    code = {"cell_type": "code", "source": [text], "execution_count": text, "metadata": {"tags": [text]}}
    cells = [{**code, "outputs": outputs}, *({"cell_type": kind, "source": text} for kind in ("markdown", "raw", text))]
    return {"cells": cells, "metadata": {"kernelspec": {"language": text}}}


def _facts(text: str) -> TaskFacts:
    return TaskFacts(
        *(text,) * 5,
        facts=[(text, text)],
        parameters=[(text, text, text)],
        artifacts=[(text, text, 1, text)],
        failure=text,
        traceback=text,
        stdout=text,
        stderr=text,
    )


#: of one text, each as what is put into a page
SINKS: dict[str, Callable[[str], Iterator[str]]] = {}


def sink(name: str) -> Callable[[Callable[[str], Iterator[str]]], Callable[[str], Iterator[str]]]:
    """Add a function to the table."""

    def add(made: Callable[[str], Iterator[str]]) -> Callable[[str], Iterator[str]]:
        SINKS[name] = made
        return made

    return add


@sink("cards of tasks")
def _tasks(text: str) -> Iterator[str]:
    page = document(default_body(_facts(text), components(text)), title=text, whole=False)
    yield framed(page, height=300, title=text)


@sink("components beside other content")
def _beside(text: str) -> Iterator[str]:
    # without the policy of a page, which would hide what a component lets through
    yield from (each.html() for each in components(text))
    yield error_body(text, text, text, text)


@sink("cards of somebody's own types")
def _types(text: str) -> Iterator[str]:
    page = f"<html><head>{text}</head><body title='{text}'>{text}</body></html>"
    yield framed(wrapped(page, scripts=False), height=300, title=text)
    yield framed(wrapped(page, scripts=True), height=300, title=text)
    yield wrapped(page, scripts=False)


@sink("pages from anywhere")
def _anywhere(text: str) -> Iterator[str]:
    # past all that reads and writes cards: the frame alone
    yield framed(text, height=300, title=text)
    yield framed(document(Html(text), title=text), height=300, title=text)
    yield framed(text, height=300, scripts=True, title=text)


@sink("what was stored")
def _stored(text: str) -> Iterator[str]:
    yield restored(text)
    yield restored(f"<div data-plotly='{text}'>{text}</div><div data-plotly=\"{text}\">{text}</div>")
    yield framed(document(restored(laid_out(components(text)) + text), title=text, whole=False), height=300, title=text)


@sink("cards in a tab")
def _tabs(text: str) -> Iterator[str]:
    page = standalone(document(laid_out(components(text)), title=text, whole=False), title=text, scripts=False)
    escaped = page.replace("&", "&amp;").replace("'", "&#39;")
    yield f"<iframe srcdoc='{escaped}'></iframe>"


def figures(texts: Iterable[str]) -> str:
    """Return one page on which plotly draws a figure of each text."""
    return document(laid_out([each for text in texts for each in (Plotly(figure(text)), _Own(text))]), title="x")
