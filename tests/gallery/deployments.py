"""Deployments that make no sense: nothing is created, and AWS is not asked."""

from __future__ import annotations

from gallery.example import Call, Command, Example, FlowFile
from gallery.flowfile import flow
from gallery.schedules import STEPS

DEPLOY = "nbflow deploy sales.ipynb"


EXAMPLES: tuple[Example, ...] = (
    Command("A001", "a store on this machine", DEPLOY, reason=".nbflow", fix="s3://"),
    Command(
        "A013",
        "a name with a blank",
        f"{DEPLOY} --only-json --name 'weekly sales'",
        reason="'weekly sales'",
        fix="--name weekly-sales",
    ),
    Command(
        "A014",
        "a variable without its value",
        f"{DEPLOY} --only-json --env REGION",
        reason="--env REGION",
        fix="--env REGION=VALUE",
    ),
    Command(
        "A014", "a variable of a mistyped step", f"{DEPLOY} --only-json --env trian:A=1", reason="trian", fix="train"
    ),
    Command(
        "A014",
        "a time without its unit",
        f"{DEPLOY} --only-json --workflow-timeout long",
        reason="--workflow-timeout long",
        fix="--workflow-timeout",
    ),
    Command("A021", "files that are not there", f"{DEPLOY} --only-json --include evalutions", reason="evalutions"),
    Command("A026", "deployments of a store on this machine", "nbflow deployed list", reason=".nbflow"),
    FlowFile(
        "A023",
        "a flow that waits for another",
        flow(STEPS, "FlowSpec, step, trigger_on_finish").replace(
            "class ", '@trigger_on_finish(flow="LoadFlow")\nclass '
        ),
        "nbflow deploy flow.py --only-json",
        reason="@trigger_on_finish",
        fix="nbflow schedule add flow.py",
    ),
    FlowFile(
        "A015",
        "a required parameter by the clock",
        flow(f'day = Parameter("day", required=True)\n\n{STEPS}', "FlowSpec, Parameter, step"),
        "nbflow deploy flow.py --only-json --weekly",
        reason="day",
        fix="-p NAME=VALUE",
    ),
    Call(
        "A024",
        "the name of a role for its ARN",
        "from nbflow.configuration.settings import settings\nfrom nbflow.deploy.acting import STATES, check_role\ncheck_role(settings(), 'nbflow-states', STATES)",
        reason="'nbflow-states'",
    ),
)
