"""A figure of plotly that shows itself: drawn by the notebook where one is open, as a picture in the file that keeps it."""

from __future__ import annotations

from typing import Any

from plotly.graph_objects import Figure

from nbflow.views.still.figure import bundle, still


class ShownFigure(Figure):  # type: ignore[misc]  # plotly says nothing of its types
    """A figure of plotly, to be changed as any other. No page asks another machine for it."""

    #: what it shows, for whoever cannot see it
    _words = "a chart"

    def _repr_mimebundle_(self, *_: object, **__: object) -> dict[str, Any]:
        return bundle(self, self._words)

    def _repr_html_(self) -> str:
        return still(self, self._words)

    def _ipython_display_(self) -> None:
        # plotly would show what its own settings say, which is a script from elsewhere in some front ends
        raise NotImplementedError
