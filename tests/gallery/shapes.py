"""Classes whose steps do not fit together."""

from __future__ import annotations

from gallery.example import FlowFile
from gallery.flowfile import TO_END, flow, steps

EXAMPLES = (
    FlowFile(
        "F001",
        "a step called next",
        steps("self.next(self.next)", f"@step\ndef next(self):\n    {TO_END}"),
        exits=1,
        place="step next",
        fix="next_step",
    ),
    FlowFile(
        "F004",
        "no start",
        flow("@step\ndef begin(self):\n    self.next(self.end)\n\n@step\ndef end(self):\n    pass"),
        exits=1,
        fix="'start'",
    ),
    FlowFile(
        "F005",
        "two starts",
        flow(
            "@step(start=True)\ndef a(self):\n    self.next(self.end)\n\n@step(start=True)\ndef b(self):\n    self.next(self.end)\n\n@step\ndef end(self):\n    pass"
        ),
        exits=1,
        reason="a, b",
        fix="keep it on one",
    ),
    FlowFile(
        "F007",
        "back to the start",
        steps("self.next(self.a)", "@step\ndef a(self):\n    self.next(self.start)"),
        exits=1,
        place="step a",
        fix="go on",
    ),
    FlowFile(
        "F008",
        "an end that goes on",
        flow("@step\ndef start(self):\n    self.next(self.end)\n\n@step\ndef end(self):\n    self.next(self.start)"),
        exits=1,
        place="step end",
        fix="remove its self.next()",
    ),
    FlowFile(
        "F011",
        "a step with a capital",
        steps("self.next(self.Train)", f"@step\ndef Train(self):\n    {TO_END}"),
        exits=1,
        fix="train",
    ),
    FlowFile(
        "F012",
        "a step with arguments",
        steps("self.next(self.a)", f"@step\ndef a(self, inputs, alpha):\n    {TO_END}"),
        exits=1,
        place="step a",
        fix="def a(self)",
    ),
    FlowFile(
        "F014",
        "no self",
        steps("self.next(self.a)", f"@step\ndef a():\n    {TO_END}"),
        exits=1,
        place="step a",
        fix="def a(self)",
    ),
    FlowFile(
        "F015",
        "no self.next",
        steps("self.next(self.train)", "@step\ndef train(self):\n    pass"),
        exits=1,
        place="step train",
        fix="self.next(self.end)",
        mended=steps("self.next(self.train)", "@step\ndef train(self):\n    self.next(self.end)"),
    ),
    FlowFile(
        "F016",
        "the name of a step as a text",
        steps('self.next("end")'),
        exits=1,
        place="line 7",
        fix="self.next(self.a)",
    ),
    FlowFile(
        "F016",
        "a foreach over a value",
        steps("self.items = [1]\nself.next(self.a, foreach=self.items)", f"@step\ndef a(self):\n    {TO_END}"),
        exits=1,
        reason="as a string",
    ),
    FlowFile(
        "F017",
        "a mistyped step",
        steps("self.next(self.trian)", f"@step\ndef train(self):\n    {TO_END}"),
        exits=1,
        place="line 7",
        fix="'train'",
        mended=steps("self.next(self.train)", f"@step\ndef train(self):\n    {TO_END}"),
    ),
    FlowFile(
        "F018",
        "an if around self.next",
        steps(
            "if self.good:\n    self.next(self.a)\nelse:\n    self.next(self.end)", f"@step\ndef a(self):\n    {TO_END}"
        ),
        exits=1,
        reason="on lines 8, 10",
        fix="condition=",
    ),
    FlowFile(
        "F019",
        "code below self.next",
        steps("self.next(self.end)\nprint('done')"),
        exits=1,
        fix="move it to the last line",
    ),
    FlowFile(
        "F020",
        "a loop of two steps",
        steps(
            "self.next(self.a)",
            "@step\ndef a(self):\n    self.next(self.b)\n\n@step\ndef b(self):\n    self.next(self.a)",
        ),
        exits=1,
        fix="Break the loop",
    ),
    FlowFile(
        "F021",
        "a step that nothing leads to",
        steps(TO_END, f"@step\ndef train(self):\n    {TO_END}"),
        exits=1,
        place="step train",
        fix="self.next(self.train)",
    ),
    FlowFile(
        "F022",
        "branches without a join",
        steps("self.next(self.a, self.b)", f"@step\ndef a(self):\n    {TO_END}\n\n@step\ndef b(self):\n    {TO_END}"),
        exits=1,
        fix="Add a join step",
    ),
    FlowFile(
        "F024",
        "a join of one step",
        steps("self.next(self.best)", f"@step\ndef best(self, inputs):\n    {TO_END}"),
        exits=1,
        place="step best",
        mended=steps("self.next(self.best)", f"@step\ndef best(self):\n    {TO_END}"),
    ),
    FlowFile(
        "F026",
        "a join without inputs",
        steps(
            "self.next(self.a, self.b)",
            f"@step\ndef a(self):\n    self.next(self.best)\n\n@step\ndef b(self):\n    self.next(self.best)\n\n@step\ndef best(self):\n    {TO_END}",
        ),
        exits=1,
        place="step best",
        fix="def best(self, inputs)",
        mended=steps(
            "self.next(self.a, self.b)",
            f"@step\ndef a(self):\n    self.next(self.best)\n\n@step\ndef b(self):\n    self.next(self.best)\n\n@step\ndef best(self, inputs):\n    {TO_END}",
        ),
    ),
    FlowFile(
        "F028",
        "cases without a condition",
        steps('self.next({"a": self.a, "b": self.end})', f"@step\ndef a(self):\n    {TO_END}"),
        exits=1,
        fix="condition='x'",
    ),
    FlowFile(
        "F030",
        "a step that can only repeat itself",
        steps(
            "self.next(self.a)",
            "@step\ndef a(self):\n    self.x = 1\n    self.next({1: self.a, 2: self.a}, condition='x')",
        ),
        exits=1,
        fix="leads on",
    ),
    FlowFile(
        "F031",
        "a foreach that is joined at once",
        steps(
            "self.items = [1]\nself.next(self.best, foreach='items')", f"@step\ndef best(self, inputs):\n    {TO_END}"
        ),
        exits=1,
        fix="at least one step",
    ),
    FlowFile(
        "F034",
        "a gang without its decorator",
        steps(
            "self.next(self.a, num_parallel=2)",
            f"@step\ndef a(self):\n    self.next(self.best)\n\n@step\ndef best(self, inputs):\n    {TO_END}",
        ),
        exits=1,
        fix="@parallel",
    ),
    FlowFile(
        "F002",
        "a step called merge_artifacts",
        steps("self.next(self.merge_artifacts)", f"@step\ndef merge_artifacts(self):\n    {TO_END}"),
        exits=1,
        fix="another name",
    ),
    FlowFile(
        "F006",
        "two ways to say where it starts",
        steps("self.next(self.a)", f"@step(start=True)\ndef a(self):\n    {TO_END}"),
        exits=1,
        fix="rename",
    ),
    FlowFile(
        "F010",
        "an end that joins",
        flow(
            "@step\ndef start(self):\n    self.next(self.a, self.b)\n\n@step\ndef a(self):\n    self.next(self.end)\n\n@step\ndef b(self):\n    self.next(self.end)\n\n@step\ndef end(self, inputs):\n    pass"
        ),
        exits=1,
        fix="Add a join step",
    ),
    FlowFile(
        "F013",
        "a join that splits",
        steps(
            "self.next(self.a, self.b)",
            f"@step\ndef a(self):\n    self.next(self.j)\n\n@step\ndef b(self):\n    self.next(self.j)\n\n@step\ndef j(self, inputs):\n    self.next(self.c, self.d)\n\n@step\ndef c(self):\n    self.next(self.k)\n\n@step\ndef d(self):\n    self.next(self.k)\n\n@step\ndef k(self, inputs):\n    {TO_END}",
        ),
        exits=1,
        place="step j",
        fix="separate",
    ),
    FlowFile(
        "F023",
        "a join that one branch does not reach",
        steps(
            "self.next(self.a, self.b, self.c)",
            f"@step\ndef a(self):\n    self.next(self.j)\n\n@step\ndef b(self):\n    self.next(self.j)\n\n@step\ndef c(self):\n    self.next(self.end)\n\n@step\ndef j(self, inputs):\n    {TO_END}",
        ),
        exits=1,
        fix="lead to",
    ),
    FlowFile(
        "F027",
        "one case only",
        steps("self.x = 1\nself.next({1: self.end}, condition='x')"),
        exits=1,
        fix="self.next(self.end)",
    ),
    FlowFile("F029", "no case at all", steps("self.x = 1\nself.next({}, condition='x')"), exits=1, fix="condition='x'"),
    FlowFile(
        "F035",
        "a gang without a join",
        steps(
            "self.next(self.a, num_parallel=2)",
            f"@parallel\n@step\ndef a(self):\n    self.next(self.b)\n\n@step\ndef b(self):\n    {TO_END}",
            names="FlowSpec, parallel, step",
        ),
        exits=1,
        fix="(self, inputs)",
    ),
    FlowFile(
        "F036",
        "a gang of nobody knows how many",
        steps("self.next(self.a)", f"@parallel\n@step\ndef a(self):\n    {TO_END}", names="FlowSpec, parallel, step"),
        exits=1,
        fix="num_parallel=2",
    ),
    FlowFile(
        "F038",
        "catching what lists",
        steps(
            "self.items = [1]\nself.next(self.a, foreach='items')",
            f"@step\ndef a(self):\n    self.next(self.j)\n\n@step\ndef j(self, inputs):\n    {TO_END}",
            names="FlowSpec, catch, step",
            decorated="@catch(var='problem')\n",
        ),
        exits=1,
        fix="before it",
    ),
    FlowFile(
        "F039",
        "catching what chooses",
        steps(
            "self.x = 1\nself.next({1: self.a, 2: self.end}, condition='x')",
            f"@step\ndef a(self):\n    {TO_END}",
            names="FlowSpec, catch, step",
            decorated="@catch(var='problem')\n",
        ),
        exits=1,
        fix="before it",
    ),
)
