"""Addresses, conditions and functions by which nobody can be told of a run."""

from __future__ import annotations

from gallery.example import Cell, Command, FlowFile, Notebook
from gallery.flowfile import RUN, TO_END, steps

STEP = "%%step train\nrmse = 1.0"


def told(decorator: str, above: str = "") -> str:
    """Return the file of a flow under a decorator."""
    text = steps(TO_END, names="FlowSpec, exit_hook, notify, step")
    return text.replace("class SalesFlow", f"{above}{decorator}\nclass SalesFlow")


EXAMPLES = (
    Command(
        "Q001",
        "an address without its scheme",
        "nbflow run sales.ipynb --notify hooks.slack.com/services/T0/B0/key",
        reason="'hooks.sl…'",
        fix="put https:// in front of it",
    ),
    Command(
        "Q001",
        "a mailbox alone",
        "nbflow run sales.ipynb --notify ada@example.org",
        reason="'ada@example.org'",
        fix="mailtos://USER:PASSWORD@HOST?to=ada@example.org",
    ),
    Command(
        "Q001", "a channel", "nbflow notify test '#sales'", reason="'#sales'", fix="https://hooks.slack.com/services/…"
    ),
    Command("Q001", "the name of a variable", "nbflow notify test SLACK_URL", fix="env.SLACK_URL"),
    Command("Q001", "a mistyped manager of secrets", "nbflow notify test evn.SLACK_URL", fix="env.NAME"),
    Command(
        "Q002", "a mistyped service", "nbflow run sales.ipynb --notify slak://T0/B0/key", reason="'slak'", fix="'slack'"
    ),
    Command(
        "Q003",
        "half of an address",
        "nbflow notify test https://hooks.slack.com/services/T0",
        reason="https://hooks.slack.com/…",
        fix="copy all of it",
    ),
    Command("Q003", "a service alone", "nbflow notify test slack://key", fix="slack://TOKEN_A/TOKEN_B/TOKEN_C"),
    Command(
        "Q006",
        "a host that is not there",
        "nbflow notify test https://chat.invalid/hook",
        exits=1,
        reason="there is no such host",
        fix="correct the host",
    ),
    Command(
        "Q006",
        "a port that nobody listens at",
        "nbflow notify test json://127.0.0.1:9/",
        exits=1,
        reason="nothing answers",
    ),
    Command(
        "Q007",
        "a variable that is not set",
        "nbflow run sales.ipynb --notify env.SALES_HOOK",
        reason="no variable SALES_HOOK",
        fix="export SALES_HOOK=…",
    ),
    Command(
        "Q007",
        "a file that is not there",
        "nbflow notify test file.keys.env#URL",
        reason="no file",
        fix="correct the path",
    ),
    Command("Q011", "nobody to be told", "nbflow notify test", fix="--notify-to env.SLACK_URL"),
    Notebook(
        "Q008",
        "a mistyped end",
        ("%load_ext nbflow\n%flow notify json://127.0.0.1:9/ --on failures,sucess", STEP),
        place="cell 4 · line 2",
        reason="'sucess'",
        fix="'success'",
    ),
    Notebook(
        "Q014",
        "an address in a notebook",
        ("%load_ext nbflow\n%flow notify https://hooks.slack.com/services/T0/B0/key", STEP),
        place="cell 4 · line 2",
        reason="https://hooks.slack.com/…",
        fix="env.SLACK_URL",
    ),
    Cell("Q001", "a channel for a run", "%flow run --notify '#sales'", reason="'#sales'", fix="webhook"),
    FlowFile(
        "Q005",
        "a condition that is no Python",
        told('@notify("json://127.0.0.1:9/", on="regression", regression="rmse > 5% of baseline")'),
        RUN,
        exits=1,
        place="flow.py · line 4",
        fix="1.05 * baseline.rmse",
    ),
    FlowFile(
        "Q007", "a secret that is not there", told('@notify("env.SALES_HOOK")'), RUN, exits=1, place="flow.py · line 4"
    ),
    FlowFile(
        "Q009",
        "a function that fails",
        told("@exit_hook(on_success=[tell])", above='def tell(run):\n    raise LookupError("no such room")\n\n\n'),
        RUN,
        exits=0,
        reason="LookupError: no such room",
        fix="correct tell",
    ),
    FlowFile(
        "D006",
        "an end that is none",
        told('@notify("env.SALES_HOOK", on="sucess")'),
        exits=1,
        reason="'sucess'",
        fix="failure",
    ),
)
