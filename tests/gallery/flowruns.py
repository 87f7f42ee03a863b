"""Classes that fail while they run, and lines in a terminal that ask too much of them."""

from __future__ import annotations

from gallery.example import FlowFile
from gallery.flowfile import RUN, TO_END, steps

EXAMPLES = (
    FlowFile(
        "T020",
        "a function as an artifact",
        steps("self.scale = lambda x: 2 * x\nself.next(self.end)"),
        RUN,
        exits=1,
        reason="functions are not artifacts",
        fix="del self.scale",
    ),
    FlowFile(
        "T011",
        "a lock as an artifact",
        steps("import threading\nself.guard = threading.Lock()\nself.next(self.end)"),
        RUN,
        exits=1,
        reason="'guard'",
        fix="del self.guard",
    ),
    FlowFile(
        "T021",
        "self as an artifact",
        steps("self.me = self\nself.next(self.end)"),
        RUN,
        exits=1,
        reason="'me'",
        fix="specific attributes",
    ),
    FlowFile(
        "T038",
        "a foreach over nothing",
        steps(
            "self.next(self.a, foreach='itmes')",
            f"@step\ndef a(self):\n    self.next(self.best)\n\n@step\ndef best(self, inputs):\n    {TO_END}",
        ),
        RUN,
        exits=1,
        reason="self.itmes",
        fix="set self.itmes",
    ),
    FlowFile(
        "T040",
        "merging without a join",
        steps("self.merge_artifacts(None)\nself.next(self.end)"),
        RUN,
        exits=1,
        fix="def start(self, inputs)",
    ),
    FlowFile(
        "T042",
        "merging what differs",
        steps(
            "self.next(self.a, self.b)",
            f"@step\ndef a(self):\n    self.x = 1\n    self.next(self.best)\n\n@step\ndef b(self):\n    self.x = 2\n    self.next(self.best)\n\n"
            f"@step\ndef best(self, inputs):\n    self.merge_artifacts(inputs)\n    {TO_END}",
        ),
        RUN,
        exits=1,
        reason="[x]",
        fix="exclude=['x']",
        mended=steps(
            "self.next(self.a, self.b)",
            f"@step\ndef a(self):\n    self.x = 1\n    self.next(self.best)\n\n@step\ndef b(self):\n    self.x = 2\n    self.next(self.best)\n\n"
            f"@step\ndef best(self, inputs):\n    self.merge_artifacts(inputs, exclude=['x'])\n    {TO_END}",
        ),
    ),
    FlowFile(
        "R004",
        "an id for a folder that is not there",
        steps(TO_END),
        f"{RUN} --run-id-file out/id",
        reason="there is no folder out",
        fix="name a file",
    ),
    FlowFile(
        "R051", "a mistyped class", steps(TO_END), "nbflow run flow.py:SaleFlow", reason="'SaleFlow'", fix="'SalesFlow'"
    ),
    FlowFile(
        "R052",
        "two flows in a file",
        steps(TO_END) + "\n\n" + steps(TO_END).partition("\n\n\n")[2].replace("SalesFlow", "OtherFlow"),
        fix="flow.py:",
    ),
    FlowFile(
        "R053",
        "a mistyped step",
        steps(TO_END),
        "nbflow resume flow.py strat",
        exits=1,
        reason="'strat'",
        fix="'start'",
    ),
    FlowFile("R006", "a command of Metaflow's", steps(TO_END), "nbflow step flow.py", reason="'step'"),
    FlowFile("", "a mistyped option", steps(TO_END), f"{RUN} --max-worker 2", fix="'--max-workers'"),
    FlowFile(
        "",
        "a parameter as in Python",
        steps(TO_END, names="FlowSpec, Parameter, step", members='alpha = Parameter("alpha", default=0.1)'),
        f"{RUN} alpha=1",
        fix="--alpha 1",
    ),
)
