"""Flows of every shape, written by a program: the same hooks in each step, so that every behaviour can be asked of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

HEAD = '''"""{name}: written by a test."""

import os
import time

from nbflow import FlowSpec, Parameter, catch, current, parallel, retry, step, timeout


def at(flow, step):
    """What a test may ask of a step, by the environment."""
    print("in", step, flow.alpha, flow.CONST)
    if os.environ.get("SAY_NAMESPACE"):
        print("namespace", current.namespace, sorted(current.tags))
    if os.environ.get("FLAKY") == step and current.retry_count == 0:
        raise ValueError("flaky")
    if os.environ.get("SLOW") == step:
        time.sleep(60)
    if os.environ.get("FAIL") == step:
        flow.before = "kept"
        raise KeyError("broken on purpose")


class {name}(FlowSpec):
    CONST = (1, 2)
    alpha = Parameter("alpha", default=0.5)
'''
FOOT = """

if __name__ == "__main__":
    {name}()
"""


@dataclass
class S:
    """A step: what it goes on with, and how."""

    then: str = ""
    joins: bool = False
    #: set before self.next
    sets: str = ""
    decorators: tuple[str, ...] = ()
    #: in a foreach: the item is part of the trace
    item: bool = False


@dataclass
class Shape:
    name: str
    steps: dict[str, S]
    #: what `trace` is at the end
    trace: Any
    #: steps that run, with the number of their tasks
    tasks: dict[str, int]
    #: steps of different kinds, to fail at
    breaks: tuple[str, ...]
    #: a step that may be caught, and one to be slow
    calm: str
    #: step → steps its tasks come from
    parents: dict[str, set[str]] = field(default_factory=dict)

    @property
    def flow(self) -> str:
        return "".join(part.capitalize() for part in self.name.split("_")) + "Flow"

    def text(self, decorated: dict[str, str] | None = None) -> str:
        body = "".join(self._method(name, made, (decorated or {}).get(name, "")) for name, made in self.steps.items())
        return HEAD.format(name=self.flow) + body + FOOT.format(name=self.flow)

    def _method(self, name: str, made: S, more: str) -> str:
        lines = [*([more] if more else []), *made.decorators, "@step"]
        lines.append(f"def {name}(self{', inputs' if made.joins else ''}):")
        body = []
        if name == "start":
            body += ["self.trace = []", "self.common = 'agreed'", "import numpy", "self.big = numpy.arange(300_000)"]
        if made.joins:
            body += [
                "self.trace = [each.trace for each in inputs]",
                "self.merge_artifacts(inputs, include=['common', 'big'])",
                "self.joined = [each.common for each in inputs]",
            ]
        here = f"'{name}:' + str(self.input)" if made.item else f"'{name}'"
        # a new list: with `append` the test of propagation would hold in fewer ways
        body += [f"self.trace = [*self.trace, {here}]", f"at(self, '{name}')"]
        body += [made.sets] if made.sets else []
        body += [f"self.next({made.then})"] if made.then else []
        return (
            "\n"
            + "\n".join(f"    {line}" for line in lines)
            + "\n"
            + "\n".join(f"        {line}" for line in body)
            + "\n"
        )


SHAPES = (
    Shape(
        "linear",
        {"start": S("self.middle"), "middle": S("self.end"), "end": S()},
        ["start", "middle", "end"],
        {"start": 1, "middle": 1, "end": 1},
        ("start", "middle", "end"),
        "middle",
        {"middle": {"start"}, "end": {"middle"}},
    ),
    Shape(
        "single",
        {"start": S()},
        ["start"],
        {"start": 1},
        ("start",),
        "start",
        {},
    ),
    Shape(
        "branch",
        {
            "start": S("self.zoo, self.art"),
            "zoo": S("self.join"),
            "art": S("self.join"),
            "join": S("self.end", joins=True),
            "end": S(),
        },
        [["start", "zoo"], ["start", "art"], "join", "end"],
        {"start": 1, "zoo": 1, "art": 1, "join": 1, "end": 1},
        ("zoo", "join"),
        "art",
        {"zoo": {"start"}, "art": {"start"}, "join": {"zoo", "art"}, "end": {"join"}},
    ),
    Shape(
        "nested_branches",
        {
            "start": S("self.a, self.b"),
            "a": S("self.a2, self.a1"),
            "a1": S("self.ajoin"),
            "a2": S("self.ajoin"),
            "ajoin": S("self.join", joins=True),
            "b": S("self.join"),
            "join": S("self.end", joins=True),
            "end": S(),
        },
        [[["start", "a", "a2"], ["start", "a", "a1"], "ajoin"], ["start", "b"], "join", "end"],
        {"start": 1, "a": 1, "a1": 1, "a2": 1, "ajoin": 1, "b": 1, "join": 1, "end": 1},
        ("a", "ajoin"),
        "b",
        {"a": {"start"}, "b": {"start"}, "a1": {"a"}, "a2": {"a"}, "ajoin": {"a1", "a2"}, "join": {"ajoin", "b"}},
    ),
    Shape(
        "foreach",
        {
            "start": S("self.each, foreach='xs'", sets="self.xs = ['p', 'q', 'r']"),
            "each": S("self.join", item=True),
            "join": S("self.end", joins=True),
            "end": S(),
        },
        [["start", "each:p"], ["start", "each:q"], ["start", "each:r"], "join", "end"],
        {"start": 1, "each": 3, "join": 1, "end": 1},
        ("start", "each", "join"),
        "each",
        {"each": {"start"}, "join": {"each"}, "end": {"join"}},
    ),
    Shape(
        "nested_foreach",
        {
            "start": S("self.outer, foreach='xs'", sets="self.xs = (1, 2)"),
            "outer": S("self.inner, foreach='ys'", sets="self.ys = range(self.input)", item=True),
            "inner": S("self.after", item=True),
            "after": S("self.ijoin"),
            "ijoin": S("self.join", joins=True),
            "join": S("self.end", joins=True),
            "end": S(),
        },
        [
            [["start", "outer:1", "inner:0", "after"], "ijoin"],
            [["start", "outer:2", "inner:0", "after"], ["start", "outer:2", "inner:1", "after"], "ijoin"],
            "join",
            "end",
        ],
        {"start": 1, "outer": 2, "inner": 3, "after": 3, "ijoin": 2, "join": 1, "end": 1},
        ("outer", "after", "ijoin"),
        "inner",
        {"outer": {"start"}, "inner": {"outer"}, "after": {"inner"}, "ijoin": {"after"}, "join": {"ijoin"}},
    ),
    Shape(
        "branch_in_foreach",
        {
            "start": S("self.each, foreach='xs'", sets="self.xs = ['p', 'q']"),
            "each": S("self.left, self.right", item=True),
            "left": S("self.both"),
            "right": S("self.both"),
            "both": S("self.join", joins=True),
            "join": S("self.end", joins=True),
            "end": S(),
        },
        [
            [["start", "each:p", "left"], ["start", "each:p", "right"], "both"],
            [["start", "each:q", "left"], ["start", "each:q", "right"], "both"],
            "join",
            "end",
        ],
        {"start": 1, "each": 2, "left": 2, "right": 2, "both": 2, "join": 1, "end": 1},
        ("left", "both"),
        "right",
        {"left": {"each"}, "right": {"each"}, "both": {"left", "right"}, "join": {"both"}},
    ),
    Shape(
        "switch",
        {
            "start": S("{'u': self.up, 'd': self.down}, condition='way'", sets="self.way = 'u'"),
            "up": S("self.meet"),
            "down": S("self.meet"),
            "meet": S("self.end"),
            "end": S(),
        },
        ["start", "up", "meet", "end"],
        {"start": 1, "up": 1, "meet": 1, "end": 1},
        ("start", "up", "meet"),
        "up",
        {"up": {"start"}, "meet": {"up"}, "end": {"meet"}},
    ),
    Shape(
        "switch_in_foreach",
        {
            "start": S("self.each, foreach='xs'", sets="self.xs = [0, 1, 2, 3]"),
            "each": S("{0: self.even, 1: self.odd}, condition='rest'", sets="self.rest = self.input % 2", item=True),
            "even": S("self.meet"),
            "odd": S("self.meet"),
            "meet": S("self.join"),
            "join": S("self.end", joins=True),
            "end": S(),
        },
        [
            ["start", "each:0", "even", "meet"],
            ["start", "each:1", "odd", "meet"],
            ["start", "each:2", "even", "meet"],
            ["start", "each:3", "odd", "meet"],
            "join",
            "end",
        ],
        {"start": 1, "each": 4, "even": 2, "odd": 2, "meet": 4, "join": 1, "end": 1},
        ("each", "odd", "join"),
        "even",
        {"even": {"each"}, "odd": {"each"}, "meet": {"even", "odd"}, "join": {"meet"}},
    ),
    Shape(
        "recursion",
        {
            "start": S("self.loop"),
            "loop": S(
                "{'again': self.loop, 'done': self.end}, condition='state'",
                sets="self.state = 'again' if len(self.trace) < 4 else 'done'",
            ),
            "end": S(),
        },
        ["start", "loop", "loop", "loop", "end"],
        {"start": 1, "loop": 3, "end": 1},
        ("start", "end"),
        "end",
        {"loop": {"start", "loop"}, "end": {"loop"}},
    ),
    Shape(
        "parallel",
        {
            "start": S("self.work, num_parallel=2"),
            "work": S("self.join", decorators=("@parallel",), item=True),
            "join": S("self.end", joins=True),
            "end": S(),
        },
        [["start", "work:0"], ["start", "work:1"], "join", "end"],
        {"start": 1, "work": 2, "join": 1, "end": 1},
        ("work", "join"),
        "work",
        {"work": {"start"}, "join": {"work"}, "end": {"join"}},
    ),
)
