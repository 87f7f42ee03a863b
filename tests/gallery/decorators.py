"""Decorators that make no sense where they stand."""

from __future__ import annotations

from gallery.example import FlowFile
from gallery.flowfile import TO_END, flow, steps

EXAMPLES = (
    FlowFile(
        "D001",
        "decorators in the wrong order",
        flow(
            "@step\n@retry(times=3)\ndef start(self):\n    self.next(self.end)\n\n@step\ndef end(self):\n    pass",
            "FlowSpec, retry, step",
        ),
        place="line 6",
        reason="'start'",
        fix="@retry",
        mended=flow(
            "@retry(times=3)\n@step\ndef start(self):\n    self.next(self.end)\n\n@step\ndef end(self):\n    pass",
            "FlowSpec, retry, step",
        ),
    ),
    FlowFile(
        "D003",
        "a decorator of a step above the class",
        "from nbflow import FlowSpec, retry, step\n\n\n@retry(times=3)\nclass SalesFlow(FlowSpec):\n    @step(start=True, end=True)\n    def only(self):\n        pass\n",
        fix="--with retry",
    ),
    FlowFile(
        "D004",
        "a number without its name",
        steps(TO_END, names="FlowSpec, retry, step", decorated="@retry(3)\n"),
        fix="times=3",
    ),
    FlowFile(
        "D005",
        "a mistyped attribute",
        steps(TO_END, names="FlowSpec, retry, step", decorated="@retry(time=3)\n"),
        exits=1,
        reason="'time'",
        fix="'times'",
    ),
    FlowFile(
        "D006",
        "a word for a number",
        steps(TO_END, names="FlowSpec, retry, step", decorated='@retry(times="often")\n'),
        exits=1,
        reason="times='often'",
    ),
    FlowFile(
        "D008",
        "a decorator twice",
        steps(TO_END, names="FlowSpec, retry, step", decorated="@retry(times=1)\n@retry(times=2)\n"),
        exits=1,
        reason="only once",
    ),
    FlowFile("D011", "@step twice", steps(TO_END, decorated="@step\n"), fix="just above def"),
    FlowFile(
        "D012",
        "an async step",
        flow("@step\nasync def start(self):\n    self.next(self.end)\n\n@step\ndef end(self):\n    pass"),
        fix="asyncio.run",
    ),
    FlowFile("D013", "a step that yields", steps("yield 1\nself.next(self.end)"), fix="generator"),
    FlowFile(
        "D014",
        "retries without end",
        steps(TO_END, names="FlowSpec, retry, step", decorated="@retry(times=1000)\n"),
        exits=1,
        fix="@retry(times=",
    ),
    FlowFile(
        "D015",
        "no time at all",
        steps(TO_END, names="FlowSpec, step, timeout", decorated="@timeout\n"),
        exits=1,
        fix="@timeout(minutes=5)",
    ),
    FlowFile(
        "D022",
        "a mistyped decorator",
        steps(TO_END),
        "nbflow run flow.py --with retyr",
        exits=1,
        reason="retyr",
        fix="'retry'",
    ),
    FlowFile(
        "D002",
        "a decorator of a flow above a step",
        steps(TO_END, names="FlowSpec, project, step", decorated='@project(name="shop")\n'),
        fix="above the class",
    ),
    FlowFile(
        "D009",
        "a project twice",
        'from nbflow import FlowSpec, project, step\n\n\n@project(name="a")\n@project(name="b")\nclass SalesFlow(FlowSpec):\n    @step(start=True, end=True)\n    def only(self):\n        pass\n',
        exits=1,
        fix="keep",
    ),
    FlowFile("D010", "@step above a class", flow("@step\nclass Train:\n    pass"), fix="def train(self)"),
    FlowFile(
        "D023",
        "half an attribute",
        steps(TO_END),
        "nbflow run flow.py --with retry:times",
        exits=1,
        fix="name:key=value",
    ),
)
