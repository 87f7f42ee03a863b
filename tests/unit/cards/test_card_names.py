"""`from nbflow.cards import …` is what `from metaflow.cards import …` was, and costs nothing before a name is used."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import pytest

import nbflow.cards

#: what Metaflow's components are made with, in its order
SIGNATURES = {
    "Artifact": ["artifact", "name", "compressed"],
    "Error": ["exception", "title"],
    "EventsTimeline": ["title", "max_events"],
    "Image": ["src", "label", "disable_updates"],
    "JSONViewer": ["data", "collapsible", "max_height", "show_copy_button", "title"],
    "Markdown": ["text"],
    "ProgressBar": ["max", "label", "value", "unit", "metadata"],
    "PythonCode": ["code_func", "code_string"],
    "Table": ["data", "headers", "disable_updates"],
    "ValueBox": ["title", "value", "subtitle", "theme", "change_indicator"],
    "VegaChart": ["spec", "show_controls"],
    "YAMLViewer": ["data", "collapsible", "max_height", "show_copy_button", "title"],
}
UPDATES = {
    "Artifact": ["artifact"],
    "EventsTimeline": ["event_data", "style_theme", "priority", "payloads", "finished"],
    "Image": ["image", "label"],
    "JSONViewer": ["data"],
    "Markdown": ["text"],
    "ProgressBar": ["new_value", "metadata"],
    "ValueBox": ["title", "value", "subtitle", "theme", "change_indicator"],
    "VegaChart": ["spec"],
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_component_is_made_as_in_metaflow(name: str) -> None:
    assert list(inspect.signature(getattr(nbflow.cards, name)).parameters) == SIGNATURES[name]


@pytest.mark.parametrize("name", UPDATES)
def test_a_component_is_updated_as_in_metaflow(name: str) -> None:
    component = getattr(nbflow.cards, name)
    assert list(inspect.signature(component.update).parameters)[1:] == UPDATES[name]
    assert component.REALTIME_UPDATABLE


@pytest.mark.parametrize("name", nbflow.cards.__all__)
def test_every_public_name_loads_and_is_documented(name: str) -> None:
    assert getattr(nbflow.cards, name).__doc__


def test_the_public_names_are_sorted_and_completion_offers_them() -> None:
    assert list(nbflow.cards.__all__) == sorted(set(nbflow.cards.__all__))
    assert set(nbflow.cards.__all__) <= set(dir(nbflow.cards))


def test_a_mistyped_name_says_what_was_meant() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'Markdwon'. Did you mean 'Markdown'\?$"):
        nbflow.cards.Markdwon  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'markdwon'$"):
        nbflow.cards.markdwon  # noqa: B018


def test_components_are_loaded_when_used_and_nothing_heavy_before_they_draw() -> None:
    script = (
        "import sys, json\nimport nbflow.cards\nfrom nbflow.cards import html\nfirst = sorted(sys.modules)\n"
        "from nbflow.cards import Markdown, Table, Plotly, VegaChart, Image, component_of\n"
        "component_of({'a': [1]}).html(); component_of(ValueError('x')).text()\n"
        "print(json.dumps([first, sorted(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    first, then = map(set, json.loads(done.stdout))
    assert not {name for name in first if name.startswith("nbflow.cards.comp")}
    heavy = {"IPython", "numpy", "pandas", "plotly", "matplotlib", "PIL", "vl_convert", "markdown_it", "nh3", "yaml"}
    assert not then & heavy
