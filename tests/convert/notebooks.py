"""A notebook that says all that can be said, and one of branches: converted, they must leave the same."""

from __future__ import annotations

#: cells; those that begin with MD are markdown
EVERYTHING = [
    r"""MD
# Everything a notebook says
""",
    r"""%load_ext nbflow
""",
    r"""%%parameters
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
day: date = date(2024, 2, 1)    # when it was
until: date = day + timedelta(7)
weights: list[float] = [1, 2.5]  # one per item
mode: Literal["fast", "slow"] = "fast"
limit: int | None = None
names: set[str] = {"b", "a"}
where: Path = Path("data")
ages: dict[int, str] = {1: "one"}
wait: timedelta = timedelta(hours=2)
n = 3
rate: float = 1
level: Level = Level.HIGH
required_text: str = "007"
""",
    r"""from typing import Literal
""",
    r"""class Level(Enum):
    LOW = 1
    HIGH = 2
""",
    r"""%%setup
import random
random.seed(3)
tag = "t"
""",
    r"""# how far
# we go
FAR = 10  # far
NEAR = 2
""",
    r"""import numpy as np, json
from helpers import twice
""",
    r"""def scaled(values, by=FAR):
    # a comment inside
    return [by * each for each in values]


@np.vectorize
def half(x):
    return x / 2
""",
    r"""MD
## Get the data
""",
    r"""%%step load --env MODE=test --retry 2 --retry-wait 6s
import os
data = list(range(n))  # the data
text = '''
  kept
as it is'''
mode_seen = os.environ["MODE"]

def local_helper(x):
    return x + n

shown = [local_helper(each) for each in data]
lines = !echo {n} $n done
!echo hello
gone = 1
del gone
data
""",
    r"""%%step typed
seen = (day.isoformat(), until.isoformat(), weights, mode, limit, sorted(names), str(where), ages, wait.total_seconds(), rate, level.name, required_text)
r = random.random()
tagged = tag + str(half(4))
""",
    r"""%%step per --foreach "enumerate(weights)" --as pair
number, weight = pair
made = scaled(data, weight)
def public(x):
    return x * FAR
""",
    r"""%%step inner --foreach made --as one
q = one + index + weight
""",
    r"""%%step close --join inner
total = sum(each.q for each in inputs)
""",
    r"""%%step outer --join close
sums = [each.total for each in inputs]
best = max(inputs, key=lambda each: each.total)
top = best.total
""",
    r"""MD
### Judge it
""",
    r"""%%step good --when "top > 20"
verdict = "good"
""",
    r"""%%step bad --else-of good
verdict = "bad"
""",
    r"""%%step told
said = f"{verdict}: {public(NEAR)} {twice(top)}"
""",
    r"""%%step slow --catch problem
import asyncio
await asyncio.sleep(0)
partly = 1
if data:
    raise ValueError("no")
never = 2
""",
    r"""%%step end_of_it
%matplotlib inline
import json as _j
kept = partly
class Here:
    value = kept
got = Here.value
def counts():
    global counted
    counted = 5
counts()
for last in range(2): pass
""",
]

BRANCHES = [
    """%%parameters
rows: int = 4
""",
    """%%step load
data = list(range(rows))
limit = 1
""",
    """%%step low
m = [each for each in data if each <= limit]
shared = "same"
""",
    """%%step high
m = [each for each in data if each > limit]
shared = "same"
""",
    """%%step both --join low,high
merge_artifacts(inputs, include=["shared"])
joined = inputs.low.m + inputs.high.m
said = shared + "!"
first = min(inputs, key=lambda each: len(each.m))
""",
    """%%step use --in lows=low.m
told = (lows, data, joined)
""",
    """%%step each --foreach "range(len(joined))" --as number
value = joined[number] * index
""",
    """%%step more --retry 1
value += 1
text = f"{number}: {value}"
""",
    """%%step alone
apart = limit + 1
""",
    """%%step gathered --join more
texts = [task.text for task in inputs]
values = {task.number: task.value for task in inputs}
""",
    """%%step perhaps --when "apart > 1"
texts = []
""",
    """%%step last
count = len(texts)
""",
]
