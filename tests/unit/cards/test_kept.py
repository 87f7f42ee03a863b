from __future__ import annotations

import pandas as pd
import pytest

from nbflow.cards import (
    Artifact,
    Error,
    EventsTimeline,
    JSONViewer,
    Markdown,
    Plotly,
    ProgressBar,
    PythonCode,
    Table,
    ValueBox,
    component_of,
)
from nbflow.cards.kept import restored
from nbflow.cards.sanitize import text_of
from nbflow.cards.task_card import laid_out

FIGURE = {"data": [{"type": "scattergl", "y": [1, 2], "name": "<b>"}], "layout": {"title": {"text": 'a "b" & c'}}}


def test_what_components_have_made_stays_as_it_was() -> None:
    events = EventsTimeline("Events")
    events.update({"a": 1}, payloads={"figure": Plotly(FIGURE)})
    components = [
        ValueBox("Sales", 3, theme="success"),
        ValueBox("Model", "ridge", theme="bg-gradient-indigo-purple"),
        Markdown("# A\n\n[b](https://c.d) `e`\n\n|x|\n|-|\n|1|"),
        Plotly(FIGURE),
        Table([[1, Plotly({**FIGURE, "data": []})]], ["<i>", "figure"]),
        component_of(pd.DataFrame({"a": [1]}).style),
        ProgressBar(value=3),
        JSONViewer({"a": [{"b": None}]}),
        PythonCode("x = '<b>'"),
        Artifact({"a": 1}),
        Error("it broke"),
        events,
    ]
    made = laid_out(components)
    kept = restored(made)
    assert kept.count("<div data-plotly=") == made.count("<div data-plotly=") == 3
    assert kept.count(' data-gl="yes">') == 2
    for each in (Plotly(FIGURE).html().partition("><div")[0], "linear-gradient(", 'class="card boxes"'):
        assert each in kept and each in made
    assert sorted(text_of(kept).split()) == sorted(text_of(made).split())
    assert restored(kept) == kept


@pytest.mark.parametrize(
    "fragment",
    [
        "<script>x</script>",
        "<img src=x onerror=x>",
        "<meta http-equiv=refresh content='0;url=http://outside.invalid'>",
        "</body></html><script>x</script>",
        "<!--nbflow:plotly-->",
        "<iframe srcdoc=x></iframe>",
        '<div data-plotly="{}" onclick="x">x</div>',
        "<div data-plotly='{}'>x</div>",
    ],
)
def test_what_they_cannot_have_made_goes(fragment: str) -> None:
    kept = restored(f"<p>a</p>{fragment}")
    assert "<p>a</p>" in kept
    for each in ("<script", "onerror", "http-equiv", "</body", "<!--", "<iframe", "data-plotly", "onclick"):
        assert each not in kept


def test_a_figure_that_was_tampered_with_is_a_figure_or_nothing() -> None:
    image = '{"layout":{"images":[{"source":"http://outside.invalid/x"}]}}'.replace('"', "&quot;")
    assert "outside" not in restored(f'<div data-plotly="{image}">x</div>')
    assert "data-plotly" in restored(f'<div data-plotly="{image}">x</div>')
    for written in ("[1]", "{", "[" * 5000, "3"):
        assert restored(f'<div data-plotly="{written}">x</div>') == "<div>x</div>"
    maps = '{"data":[{"type":"scattermap"}]}'.replace('"', "&quot;")
    assert restored(f'<div data-plotly="{maps}">x</div>') == "<div>x</div>"


def test_a_name_that_looks_like_a_place_of_a_figure_is_none() -> None:
    assert restored('<div class="nbflow-figure-7">x</div>') == "<div>x</div>"
    assert restored("<p title='<div class=\"nbflow-figure-0\">'>x</p>").count("<div") == 0
