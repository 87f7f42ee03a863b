"""Pools of processes inside a step: they find the functions and classes of the flow's own file."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from enum import Enum

from nbflow import FlowSpec, step


class Color(Enum):
    """What is mixed."""

    RED = 1
    BLUE = 2


def mixed(color: Color) -> tuple[Color, int]:
    """Return a color and how often it is in a purple."""
    return color, color.value * 10


class Pools(FlowSpec):
    """Maps over colors in other processes."""

    @step
    def start(self):
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawn) as pool:
            self.parts = dict(pool.map(mixed, Color))
        self.next(self.end)

    @step
    def end(self):
        print(self.parts[Color.RED], self.parts[Color.BLUE])


if __name__ == "__main__":
    Pools()
