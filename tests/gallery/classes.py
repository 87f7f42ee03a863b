"""Files with a flow class that makes no sense."""

from __future__ import annotations

from textwrap import dedent, indent

from gallery.example import FlowFile

RUN = "nbflow run flow.py"


def flow(body: str, names: str = "FlowSpec, step", above: str = "") -> str:
    """Return the file of a flow with this body."""
    return (
        f"{above}from nbflow import {names}\n\n\nclass SalesFlow(FlowSpec):\n{indent(dedent(body).strip(), '    ')}\n"
    )


def steps(start: str, between: str = "", names: str = "FlowSpec, step", members: str = "", decorated: str = "") -> str:
    """Return the file of a flow whose start has the lines `start`, and whose end does nothing."""
    above = f"{dedent(members).strip()}\n\n" if members else ""
    first = f"{decorated}@step\ndef start(self):\n{indent(dedent(start).strip(), '    ')}\n\n"
    middle = f"{dedent(between).strip()}\n\n" if between else ""
    return flow(f"{above}{first}{middle}@step\ndef end(self):\n    pass", names)


TO_END = "self.next(self.end)"

SHAPES = (
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
)

DECORATORS = (
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
)

PARAMETERS = (
    FlowFile(
        "P010",
        "a parameter without a value",
        steps(TO_END, names="FlowSpec, Parameter, step", members='region = Parameter("region", required=True)'),
        RUN,
        reason="'region'",
        fix="--region VALUE",
    ),
    FlowFile(
        "P011",
        "a word for a number",
        steps(TO_END, names="FlowSpec, Parameter, step", members='alpha = Parameter("alpha", default=0.1)'),
        f"{RUN} --alpha high",
        reason="'high'",
        fix="a number",
    ),
    FlowFile(
        "P013",
        "a parameter called help",
        steps(TO_END, names="FlowSpec, Parameter, step", members='help = Parameter("help")'),
        RUN,
        fix="my-help",
    ),
    FlowFile(
        "P014",
        "one name twice",
        steps(
            TO_END,
            names="FlowSpec, Parameter, step",
            members='rate = Parameter("rate", default=1)\nspeed = Parameter("Rate", default=2)',
        ),
        RUN,
        fix="another name",
    ),
    FlowFile(
        "P015",
        "a blank in a name",
        steps(TO_END, names="FlowSpec, Parameter, step", members='rate = Parameter("my rate")'),
        fix="'learning-rate'",
    ),
    FlowFile(
        "P017",
        "a type in quotes",
        steps(TO_END, names="FlowSpec, Parameter, step", members='alpha = Parameter("alpha", type="float")'),
        fix="type=float",
    ),
    FlowFile(
        "P018",
        "a default that fails",
        steps(
            TO_END,
            names="FlowSpec, Parameter, step",
            members='alpha = Parameter("alpha", default=lambda context: 1 / 0)',
        ),
        RUN,
        reason="division by zero",
        fix="--alpha VALUE",
    ),
    FlowFile(
        "P021",
        "a mistyped argument",
        steps(TO_END, names="FlowSpec, Parameter, step", members='alpha = Parameter("alpha", defualt=0.1)'),
        reason="'defualt'",
        fix="'default'",
    ),
    FlowFile(
        "P022",
        "a file that is not there",
        steps(TO_END, names="FlowSpec, IncludeFile, step", members='data = IncludeFile("data", default="sale.csv")'),
        RUN,
        reason="'sale.csv'",
        fix="--data PATH",
    ),
    FlowFile(
        "P030",
        "a config without a file",
        steps(TO_END, names="Config, FlowSpec, step", members='settings = Config("settings", required=True)'),
        RUN,
        fix="--config settings PATH",
    ),
    FlowFile(
        "P031",
        "a config that is not there",
        steps(TO_END, names="Config, FlowSpec, step", members='settings = Config("settings", default="settings.json")'),
        RUN,
        reason="'settings.json'",
        fix="--config settings PATH",
    ),
)

RUNNING = (
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
        "an open file as an artifact",
        steps('self.log = open("/dev/null")\nself.next(self.end)'),
        RUN,
        exits=1,
        reason="'log'",
        fix="del self.log",
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
)

COMMANDS = (
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

EXAMPLES = (*SHAPES, *DECORATORS, *PARAMETERS, *RUNNING, *COMMANDS)
