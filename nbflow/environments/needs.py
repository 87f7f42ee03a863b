"""What nbflow itself needs where a step runs: of its requirements those that a worker may import."""

from __future__ import annotations

#: as pyproject.toml has them. Beside these a worker imports only what the step itself does: numpy for arrays, pandas for
#: frames, plotly for a figure of plotly's
WORKER_NEEDS = (
    "blake3>=1.0",
    "cloudpickle>=3.1",
    # what a body displays
    "ipython>=8.18",
    # what its cards are made with
    "markdown-it-py>=3.0",
    "nh3>=0.2.18",
    # what configs of a class are read with, and packages are told apart by
    "packaging>=23.2",
    "pyyaml>=6.0",
    # a store in a bucket
    "obstore>=0.6",
)
