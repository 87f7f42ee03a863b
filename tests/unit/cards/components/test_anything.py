from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from nbflow.cards import Markdown, component_of
from nbflow.cards.html import Html


class Rich:
    """Shows itself in the forms it is given."""

    def __init__(self, **forms: Any) -> None:
        self._forms = forms

    def __getattr__(self, name: str) -> Any:
        if name not in self.__dict__.get("_forms", {}):
            raise AttributeError(name)

        def show() -> Any:
            if isinstance(self._forms[name], BaseException):
                raise self._forms[name]
            return self._forms[name]

        return show

    def __repr__(self) -> str:
        return "Rich()"


class Bad:
    def __repr__(self) -> str:
        raise RuntimeError

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class Liar:
    """Raises when it is asked what it is."""

    @property
    def __class__(self) -> Any:
        raise RuntimeError


def kind(value: Any) -> str:
    return type(component_of(value)).__name__


def test_a_component_is_itself() -> None:
    component = Markdown("x")
    assert component_of(component) is component


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("# text", "Markdown"),
        (ValueError("x"), "Error"),
        ({"a": [1, {"b": None}]}, "JSONViewer"),
        ([1, "a", (2.5, True)], "JSONViewer"),
        ([], "JSONViewer"),
        ({"a": object()}, "Artifact"),
        ({(1, 2): 3}, "Artifact"),
        (5, "Artifact"),
        (None, "Artifact"),
        (b"bytes", "Artifact"),
        (b"\x89PNG\r\n\x1a\n", "Image"),
        (np.arange(3), "Artifact"),
        (np.array([]), "Artifact"),
        (pd.DataFrame({"a": [1]}), "Table"),
        (pd.Series([1]), "Table"),
        (pd.DataFrame({"a": [1]}).style, "Shown"),
        (pl.DataFrame({"a": [1]}), "Table"),
        (pl.Series([1]), "Table"),
        (Rich, "Artifact"),
        (Rich(), "Artifact"),
        (Bad(), "Artifact"),
        (Liar(), "Artifact"),
        (Html("<b>x</b>"), "_Ready"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_value_becomes_the_component_for_its_kind(value: Any, expected: str) -> None:
    assert kind(value) == expected
    assert component_of(value).html() and component_of(value).height()
    assert isinstance(component_of(value).text(), str)


def test_figures_become_what_draws_them() -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    import plotly.graph_objects as go
    from PIL import Image

    figure, axes = plt.subplots(1, 2)
    assert kind(figure) == kind(axes) == kind(axes[0]) == "Figure"
    plt.close("all")
    assert kind(go.Figure()) == "Plotly" and kind(Image.new("L", (2, 2))) == "Image"


def test_no_package_is_imported_for_it() -> None:
    script = "import sys\nfrom nbflow.cards import component_of\ncomponent_of(object()); component_of(5)\n"
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", f"{script}print(sorted(sys.modules))"], capture_output=True, text=True, check=True
    )
    assert not any(f"'{name}'" in done.stdout for name in ("pandas", "numpy", "polars", "plotly", "matplotlib", "PIL"))


def test_an_object_shows_itself_as_in_a_notebook() -> None:
    assert "<b>x</b>" in component_of(Rich(_repr_html_="<b>x</b><script>y</script>")).html()
    assert "<script" not in component_of(Rich(_repr_html_="<b>x</b><script>y</script>")).html()
    assert "<strong>" in component_of(Rich(_repr_markdown_="**x**")).html()
    assert "data:image/png" in component_of(Rich(_repr_png_=(b"\x89PNG", {"width": 3}))).html()
    assert component_of(Rich(_repr_mimebundle_=({"text/latex": "$x$", "text/plain": "x"}, {}))).text() == "x"
    assert "a: " in component_of(Rich(_repr_mimebundle_={"application/json": {"a": 1}})).html()


def test_a_form_that_fails_leaves_the_others() -> None:
    value = Rich(_repr_mimebundle_=RuntimeError(), _repr_html_=ValueError(), _repr_markdown_="*x*")
    assert "<em>x</em>" in component_of(value).html()
    assert component_of(Rich(_repr_html_=ValueError(), _repr_mimebundle_=None)).text() == "Rich()"


def test_a_value_that_contains_itself_ends() -> None:
    data: dict[str, Any] = {}
    data["a"] = data
    assert component_of(data).html() and component_of(data).text()
