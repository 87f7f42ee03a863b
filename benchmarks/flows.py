"""The flows that are timed, as a class and as a notebook, and what each must come to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_LINEAR = """
    @step
    def {name}(self):
        {body}
        self.next(self.{after})
"""

_CLASS = """from {module} import FlowSpec, step


class BenchFlow(FlowSpec):
{steps}
    @step
    def end(self):
        {end}


if __name__ == "__main__":
    BenchFlow()
"""

_WIDE = """
    @step
    def start(self):
        self.items = list(range({width}))
        self.next(self.square, foreach="items")

    @step
    def square(self):
        self.y = self.input ** 2
        self.next(self.total)

    @step
    def total(self, inputs):
        self.result = sum(each.y for each in inputs)
        self.next(self.end)
"""


@dataclass(frozen=True)
class Flow:
    """One flow in both shapes, and its result: artifact `result`."""

    name: str
    #: Python whose one field is {module}
    text: str
    cells: Sequence[str]
    result: int
    #: tasks of its widest step
    width: int = 1

    def file(self, module: str) -> str:
        """Return the file of the class that imports `module`: nothing else differs."""
        return self.text.replace("{module}", module)

    @property
    def notebook(self) -> str:
        """The notebook as JSON."""
        cells = [{"cell_type": "code", "source": each, "metadata": {}, "outputs": []} for each in self.cells]
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def linear(steps: int) -> Flow:
    """Return a flow of `steps` steps, each of which adds one to what it is given."""
    names = ["start", *(f"s{number}" for number in range(1, steps - 1)), "end"]
    methods = [
        _LINEAR.format(name=name, after=after, body=f"self.result = {'self.result + ' if number else ''}1")
        for number, (name, after) in enumerate(pairwise(names))
    ]
    text = _CLASS.format(module="{module}", steps="".join(methods).lstrip("\n"), end="self.result = self.result + 1")
    cells = [f"%%step s{number}\nresult = {'result + ' if number else ''}1" for number in range(steps)]
    return Flow(f"{steps} steps in a row", text, cells, steps)


def wide(width: int) -> Flow:
    """Return a flow that squares `width` numbers, one task each, and adds them up."""
    steps = _WIDE.format(width=width).lstrip("\n")
    cells = [
        f"%%step items\nnumbers = list(range({width}))",
        "%%step square --foreach numbers --as number\ny = number ** 2",
        "%%step total --join square\nresult = sum(task.y for task in inputs)",
    ]
    result = sum(number**2 for number in range(width))
    return Flow(f"foreach of {width}", _CLASS.format(module="{module}", steps=steps, end="pass"), cells, result, width)
