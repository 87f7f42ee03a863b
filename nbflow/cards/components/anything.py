"""Whatever a person appends to a card, as a component. No package is imported for it that the person has not imported."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import Any

from nbflow.cards.components.artifact import Artifact
from nbflow.cards.components.component import CardComponent
from nbflow.cards.components.error import Error
from nbflow.cards.components.image import Figure, Image
from nbflow.cards.components.markdown import Markdown
from nbflow.cards.components.plotly import Plotly
from nbflow.cards.components.rows import is_one_of
from nbflow.cards.components.shown import Shown
from nbflow.cards.components.table import Table
from nbflow.cards.components.vega import VegaChart
from nbflow.cards.components.viewers import JSONViewer
from nbflow.cards.html import Html

#: method of an object → the MIME type that it gives
_METHODS = {
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_svg_": "image/svg+xml",
    "_repr_png_": "image/png",
    "_repr_jpeg_": "image/jpeg",
    "_repr_json_": "application/json",
    "_repr_latex_": "text/latex",
}
_PLAIN = (str, int, float, bool, type(None))


def component_of(value: Any) -> CardComponent:
    """Return `value` as a component. Never raises: what shows itself badly is written as Python writes it."""
    try:
        if isinstance(value, CardComponent):
            return value
        found = _known(value) or _displayed(value)
    except Exception:  # noqa: BLE001 - whatever the person's object does when it is looked at
        found = None
    return found or Artifact(value)


def _known(value: Any) -> CardComponent | None:
    """Return the component for a value of a kind that has one."""
    if isinstance(value, Html):
        return _Ready(value)
    if isinstance(value, str):
        return Markdown(value)
    if isinstance(value, BaseException):
        return Error(value)
    if isinstance(value, bytes):
        picture = Image(value)
        return picture if not picture.is_wrong else None
    if is_one_of(value, "pandas", "DataFrame", "Series") or is_one_of(
        value, "polars", "DataFrame", "Series", "LazyFrame"
    ):
        return Table.from_dataframe(value)
    if is_one_of(value, "pyarrow", "Table"):
        return Table.from_dataframe(value)
    if is_one_of(value, "plotly.basedatatypes", "BaseFigure"):
        return Plotly(value)
    return _picture(value) or (
        JSONViewer(value) if isinstance(value, Mapping | list | tuple) and _is_nested(value) else None
    )


def _picture(value: Any) -> CardComponent | None:
    if is_one_of(value, "matplotlib.figure", "FigureBase") or is_one_of(value, "matplotlib.artist", "Artist"):
        return Figure(value)
    if is_one_of(value, "numpy", "ndarray") and value.size and is_one_of(value.flat[0], "matplotlib.axes", "Axes"):
        return Figure(value)
    if is_one_of(value, "PIL.Image", "Image"):
        return Image.from_pil_image(value)
    if is_one_of(value, "altair", "TopLevelMixin"):
        return VegaChart(value)
    return None


def _is_nested(value: Any, level: int = 0) -> bool:
    """Say whether a value is dicts, lists and plain values all through, as far as one looks."""
    if isinstance(value, Mapping):
        return level >= 6 or all(isinstance(key, _PLAIN) and _is_nested(each, level + 1) for key, each in value.items())
    if isinstance(value, list | tuple):
        return level >= 6 or all(_is_nested(each, level + 1) for each in value[:1000])
    return isinstance(value, (*_PLAIN, numbers.Number))


def _displayed(value: Any) -> CardComponent | None:
    """Return what an object shows of itself in a notebook; None when it shows nothing."""
    if isinstance(value, type):
        # a class has these methods for its objects
        return None
    data, metadata = _bundle(value)
    return Shown(data, metadata) if data else None


def _bundle(value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    data: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    given = _asked(value, "_repr_mimebundle_")
    if isinstance(given, tuple) and len(given) == 2:
        given, metadata = given[0], dict(given[1] or {})
    if isinstance(given, Mapping):
        data.update({str(kind): content for kind, content in given.items() if content is not None})
    for method, kind in _METHODS.items():
        content = None if kind in data else _asked(value, method)
        if isinstance(content, tuple) and len(content) == 2:
            content, metadata[kind] = content
        if content is not None:
            data[kind] = content
    if data and not {"text/plain", "text/html"} & set(data):
        data["text/plain"] = Artifact(value).text()
    return data, metadata


def _asked(value: Any, method: str) -> Any:
    try:
        found = getattr(value, method, None)
        return found() if callable(found) else None
    except Exception:  # noqa: BLE001 - one form that fails leaves the others
        return None


class _Ready(CardComponent):
    """HTML that this package has built."""

    def __init__(self, content: Html) -> None:
        self._content = content

    def render(self) -> Html:
        return self._content
