"""Flow files to try the terminal with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flow_terminal import FlowTerminal

TRAIN = '''
import sys
from nbflow import FlowSpec, Parameter, step


class TrainFlow(FlowSpec):
    """Trains a model per region."""

    alpha = Parameter("alpha", default=0.5, help="learning rate, in % of one")
    regions = Parameter("regions", default="north,south", separator=",")
    test_mode = Parameter("test-mode", default=False)

    @step
    def start(self):
        """Load the data."""
        print("loading", self.alpha, self.test_mode)
        print("slowly", file=sys.stderr)
        self._secret = 1
        self.rows = [1, 2, 3]
        self.next(self.train, foreach="regions")

    @step
    def train(self):
        print("training", self.input)
        self.score = self.alpha * self.index
        self.next(self.join)

    @step
    def join(self, inputs):
        self.scores = [each.score for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        print("scores", self.scores)


if __name__ == "__main__":
    TrainFlow()
'''

Flow = Callable[..., FlowTerminal]


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    """Write a flow file and return its terminal."""

    def flow(text: str = TRAIN, name: str = "train.py", **environment: str) -> FlowTerminal:
        (tmp_path / name).write_text(text)
        return FlowTerminal(tmp_path, tmp_path / name, **environment)

    return flow


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> FlowTerminal:
    """A flow with one run, for tests that look."""
    folder = tmp_path_factory.mktemp("ran")
    (folder / "train.py").write_text(TRAIN)
    terminal = FlowTerminal(folder, folder / "train.py")
    terminal.ok("run", "--alpha", "2", "--tag", "first")
    return terminal
