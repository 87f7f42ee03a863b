"""What all plotly figures look like: they read on light and on dark pages, for nothing has a ground of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbflow.cards.palette import AMBER, BLUE, GREEN, MAGENTA, RED, VIOLET

#: of lines, in their order
COLOURS = (BLUE, AMBER, GREEN, VIOLET, MAGENTA, RED, "#1d9aa5", "#8a7a2b")
TEXT, GRID = "#808690", "rgba(128,128,128,0.25)"
_NONE = "rgba(0,0,0,0)"


def plotted(*, height: int, margin: Mapping[str, int], title: str = "", words: str = "") -> Any:
    """Return a figure to be filled; `words` say what it shows."""
    from nbflow.views.still.shown import ShownFigure

    figure = ShownFigure()
    lay_out(figure, height=height, margin=margin)
    if words:
        figure._words = words  # noqa: SLF001 - a figure refuses attributes that are no settings of its own
    if title:
        figure.update_layout(
            title={"text": escaped(title), "x": 0, "xref": "paper", "xanchor": "left", "font": {"size": 14}}
        )
    return figure


def lay_out(figure: Any, *, height: int, margin: Mapping[str, int]) -> None:
    """Give `figure` the look of all."""
    figure.update_layout(
        template="none",
        paper_bgcolor=_NONE,
        plot_bgcolor=_NONE,
        font={"color": TEXT, "size": 12},
        height=height,
        margin=margin,
        showlegend=False,
        hovermode="closest",
        # its own ground would be a dark bar on a light page
        modebar={"bgcolor": _NONE, "color": GRID, "activecolor": TEXT},
    )
    figure.update_xaxes(gridcolor=GRID, linecolor=GRID, zeroline=False)
    figure.update_yaxes(gridcolor=GRID, linecolor=GRID, zeroline=False)


def escaped(text: str) -> str:
    """Return `text` as it stands: plotly reads a little HTML in its texts."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
