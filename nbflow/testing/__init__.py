"""Steps of a notebook in tests: `load("train.ipynb").step("train").run(df=df, region="eu").model`.

A test hands a step what it reads, its body runs in the test's own process, and the result has what it left. No kernel
is started and no run is kept. `docs/testing.md` tells the whole story.
"""

from __future__ import annotations

from nbflow.testing.notebook import Notebook, load
from nbflow.testing.result import Result
from nbflow.testing.step import StepUnderTest

__all__ = ["Notebook", "Result", "StepUnderTest", "load"]
