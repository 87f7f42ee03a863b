"""Parameters and configs of classes that make no sense."""

from __future__ import annotations

from gallery.example import FlowFile
from gallery.flowfile import RUN, TO_END, steps

EXAMPLES = (
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
    FlowFile(
        "P016",
        "a parameter called next",
        steps(TO_END, names="FlowSpec, Parameter, step", members='input = Parameter("wish", default=1)'),
        RUN,
        fix="my_input",
    ),
    FlowFile(
        "P019",
        "a computed requirement",
        steps(TO_END, names="FlowSpec, Parameter, step", members='a = Parameter("a", required=lambda: True)'),
        fix="the value itself",
    ),
    FlowFile(
        "P020",
        "a separator for numbers",
        steps(TO_END, names="FlowSpec, Parameter, step", members='a = Parameter("a", type=int, separator=",")'),
        fix="JSONType",
    ),
    FlowFile(
        "P033",
        "a config that is two things",
        steps(TO_END, names="Config, FlowSpec, step", members='a = Config("a", default="a.json", default_value="{}")'),
        fix="leave one out",
    ),
)
