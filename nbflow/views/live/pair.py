"""Two outputs under one cell: a picture, which the file keeps, and a widget.

A style in the picture hides it where the widget lives, and hides a widget that is dead or not there yet: whoever opens the
file without its kernel sees the picture. (Of a single output with both, a front end would show that its model is not found.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbflow.cards.html import Html, tag
from nbflow.views.live.display import Display

VIEW = "application/vnd.jupyter.widget-view+json"

_CHILD = ".jp-OutputArea-child"
_OURS = f"{_CHILD}:has([data-nbflow-picture])"
# a widget's output, whether it says its type or not, as in JupyterLab 4
_WIDGET = ">.lm-Panel.jp-OutputArea-output,[data-mime-type*=widget-view]"
#: which of the two is seen: a widget says itself that it is `data-live`
_STYLE = (
    f"{_OURS}:has(+{_CHILD} [data-live]){{display:none}}"
    f"{_OURS}+{_CHILD}:has({_WIDGET}):not(:has([data-live])){{display:none}}"
    # what a frame holds is as light or dark as the notebook
    "body[data-jp-theme-light=false] [data-nbflow-picture] iframe{color-scheme:dark}"
)


class Pair:
    """A picture and a widget under the cell that runs when this is made."""

    def __init__(self) -> None:
        self._picture, self._widget = Display(), Display()

    def show_picture(self, bundle: Mapping[str, Any]) -> None:
        """Show `bundle` in place of the picture before, wherever the widget does not live."""
        marked = f"{tag('style', Html(_STYLE))}<div data-nbflow-picture>{bundle['text/html']}</div>"
        self._picture.publish({**bundle, "text/html": marked})

    def show_widget(self, model: str) -> None:
        """Show the widget whose model has this id."""
        view = {"version_major": 2, "version_minor": 0, "model_id": model}
        # those who know no widgets show this text: the picture says all
        self._widget.publish({VIEW: view, "text/plain": ""})
