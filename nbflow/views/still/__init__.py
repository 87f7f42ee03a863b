"""A chart as a picture without script, for the file that keeps it: bars, lines and points of a figure of plotly.

The figure is drawn by plotly where a notebook is open; `still` draws what GitHub, nbconvert and a page that runs no script
show of it. It knows what nbflow's own figures are made of, and leaves out the rest.
"""

from __future__ import annotations

from nbflow.views.still.figure import bundle, still

__all__ = ["bundle", "still"]
