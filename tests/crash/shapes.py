"""The notebooks whose runs are killed: each makes another part of a run long."""

from __future__ import annotations

from dataclasses import dataclass

#: file of the notebook's folder in which every body notes its beginning and its end
NOTES = "ran"

#: `note` knows which attempt it is in by the log that its output goes to: logs/flow/run/step/task/attempt-stdout
_DEFINITIONS = f"""\
import os, time
import numpy as np
def attempt():
    return os.readlink("/proc/self/fd/1").removesuffix(" (deleted)").split("/")[-4:]
def note(word):
    with open("{NOTES}", "a") as notes:
        notes.write(f"{{word}} {{'/'.join(attempt())}}\\n")
"""


@dataclass(frozen=True)
class Shape:
    """A notebook."""

    name: str
    #: its step cells without `%%step` and without the notes, an empty line between two
    text: str

    def cells(self, *, option: str = "") -> tuple[str, ...]:
        """Return the notebook's cells; `option` is added to every header."""
        return _DEFINITIONS, *(_step(each, option) for each in self._steps)

    @property
    def joins(self) -> frozenset[str]:
        """Steps that join."""
        return frozenset(each.split()[0] for each in self._steps if " --join " in each.partition("\n")[0])

    @property
    def _steps(self) -> list[str]:
        return self.text.strip().split("\n\n")


def _step(text: str, option: str) -> str:
    header, _, body = text.partition("\n")
    return f"%%step {header}{option and ' ' + option}\nnote('start')\n{body}\nnote('end')"


_SHAPES = (
    Shape(
        "line of large values",
        """
load
x = np.random.default_rng(1).random(6_000_000)

double
time.sleep(0.3)
y = x * 2

table
rows = [{'number': n, 'text': str(n), 'pair': (n, n + 1)} for n in range(70_000)]

shift --retry 1
time.sleep(0.3)
x = x + y.mean()
words = {n: str(n) for n in range(250_000)}

last
time.sleep(0.2)
total = float(x.sum()) + len(rows) + len(words)
""",
    ),
    Shape(
        "many small tasks",
        """
load
xs = list(range(40))

each --foreach xs --as x
time.sleep(0.04)
square = x * x

halve --retry 2
time.sleep(0.02)
half = square / 2

all --join halve
time.sleep(0.4)
halves = [task.half for task in inputs]

last
total = sum(halves)
""",
    ),
    Shape(
        "nested foreach",
        """
load
rows = [3, 2, 4]

row --foreach rows --as width
base = np.full(200_000, width)
columns = list(range(width))

cell --foreach columns --as column --retry 1
time.sleep(0.15)
value = base * column

sums --join cell
time.sleep(0.3)
sum = np.add.reduce([task.value for task in inputs])

all --join sums --retry 1
time.sleep(0.4)
whole = [int(task.sum.sum()) for task in inputs]
""",
    ),
    Shape(
        "diamond",
        """
load
limit = 3
big = np.arange(1_500_000)

left --when 'limit > 2' --retry 1
time.sleep(0.4)
side = big[::2].copy()

right --when 'limit <= 2'
side = big

flaky --retry 3 --retry-wait 0.2s
if attempt()[-1].startswith('0'): raise OSError('at first')
luck = limit

doomed --catch error --retry 2
time.sleep(0.2)
raise ValueError(limit)

merge --join left,right --any
time.sleep(0.3)
side = inputs[0].side * 2

last
time.sleep(0.2)
result = (int(side.sum()), luck, bool(error))
""",
    ),
    Shape(
        "join of large values",
        """
load
seeds = [5, 6, 7, 8, 9]

part --foreach seeds --as seed
values = np.random.default_rng(seed).random(900_000)
pairs = [(n, seed) for n in range(60_000)]

all --join part
values = np.concatenate([task.values for task in inputs])
pairs = [each for task in inputs for each in task.pairs[:30_000]]

again --foreach 'range(3)' --as n --retry 1
piece = values[n::3].copy()
sets = [{n} for n in range(60_000)]

last --join again
time.sleep(0.3)
best = max(float(task.piece.max()) for task in inputs)
pieces = [task.piece for task in inputs]
""",
    ),
)
#: name → shape
SHAPES = {each.name: each for each in _SHAPES}
