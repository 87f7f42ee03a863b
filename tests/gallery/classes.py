"""Classes whose decorators, configs and switches make no sense, and options of a terminal that do not go with them."""

from __future__ import annotations

from gallery.example import Example, FlowFile
from gallery.flowfile import TO_END, flow, steps

STEPS = "@step\ndef start(self):\n    self.next(self.end)\n\n@step\ndef end(self):\n    pass"


def under(decorator: str, names: str, above: str = "") -> str:
    """Return the file of a flow under a decorator."""
    return flow(STEPS, f"FlowSpec, step, {names}", above).replace("class Sales", f"{decorator}\nclass Sales", 1)


def own(body: str, decorated: str = "@ours\n") -> str:
    """Return the file of a flow whose start has a decorator of its own."""
    made = f"from nbflow import user_step_decorator\n\n\n{body}\n\n\n"
    return (
        steps(TO_END, decorated=decorated)
        .replace("\n\nclass Sales", f"\n{made}class Sales")
        .replace("\n\n\n\n", "\n\n\n")
    )


EXAMPLES: tuple[Example, ...] = (
    FlowFile("D007", "a project without a name", under("@project()", "project"), exits=1, reason="needs 'name'"),
    FlowFile(
        "D016",
        "two rhythms of a class",
        under("@schedule(daily=True, weekly=True)", "schedule"),
        exits=1,
        reason="@schedule",
    ),
    FlowFile(
        "D018",
        "a branch without a project",
        flow(STEPS),
        "nbflow run flow.py --branch test",
        exits=1,
        reason="has no @project",
    ),
    FlowFile(
        "D020",
        "one flow and several",
        under('@trigger_on_finish(flow="A", flows=["B"])', "trigger_on_finish"),
        exits=1,
        reason="'flow'",
    ),
    FlowFile("D021", "a hook for nothing", under("@exit_hook()", "exit_hook"), exits=1, reason="on_success"),
    FlowFile(
        "D026",
        "a decorator of one's own that does not yield",
        own("@user_step_decorator\ndef ours(name, flow):\n    return None"),
        reason="'ours'",
    ),
    FlowFile(
        "D027",
        "arguments for a decorator that takes none",
        own("@user_step_decorator\ndef ours(name, flow, inputs):\n    yield", "@ours(times=3)\n"),
        exits=1,
        reason="takes none",
    ),
    FlowFile(
        "P025",
        "a parser that is nowhere",
        steps(
            TO_END,
            names="Config, FlowSpec, step",
            members='rates = Config("rates", default_value="{}", parser="tools.read")',
        ),
        exits=2,
        reason="tools.read",
    ),
    FlowFile(
        "P024",
        "a parser that fails",
        steps(TO_END, names="Config, FlowSpec, step", members='rates = Config("rates", default_value="a", parser=int)'),
        exits=2,
        reason="invalid literal",
    ),
    FlowFile(
        "P032",
        "a config that is no JSON",
        steps(TO_END, names="Config, FlowSpec, step", members='rates = Config("rates", default_value="{eu: 1}")'),
        exits=2,
        reason="'rates'",
    ),
    FlowFile(
        "P035",
        "a mistyped config",
        steps(TO_END, names="Config, FlowSpec, step", members='rates = Config("rates", default_value="{}")'),
        "nbflow check flow.py --config-value rate {}",
        reason="'rate'",
        fix="'rates'",
    ),
    FlowFile(
        "P037",
        "a mistyped name in a config's expression",
        steps(
            TO_END,
            names="FlowSpec, config_expr, resources, step",
            decorated='@resources(memory=config_expr("rates.memory"))\n',
        ),
        exits=2,
        reason="rates",
    ),
    FlowFile(
        "F003",
        "a step called run",
        steps("self.next(self.run)", f"@step\ndef run(self):\n    {TO_END}"),
        exits=0,
        reason="*run*",
    ),
    FlowFile(
        "F042",
        "a case that is known later",
        steps(
            'import os\nself.way = "a"\nself.next({os.name: self.a, "b": self.b}, condition="way")',
            f"@step\ndef a(self):\n    {TO_END}\n\n@step\ndef b(self):\n    {TO_END}",
        ),
        exits=1,
        reason="*start*",
    ),
    FlowFile(
        "F043",
        "a table of this machine, elsewhere",
        "import pandas as pd\n"
        + steps(
            'rows = pd.read_csv("rows.csv")\nself.next(self.end)', names="FlowSpec, batch, step", decorated="@batch\n"
        ),
        exits=0,
        reason="'rows.csv'",
    ),
    FlowFile(
        "F044",
        "a secret of this machine, elsewhere",
        steps(TO_END, names="FlowSpec, batch, secrets, step", decorated='@secrets(sources=["env.TOKEN"])\n@batch\n'),
        exits=1,
        reason="TOKEN",
    ),
)
