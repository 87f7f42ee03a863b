"""`nbflow deploy NB.ipynb --papermill`: a notebook that one job fills in, from top to bottom."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any, TextIO

from nbflow.deploy.notebook_job.deploying import deploy_notebook
from nbflow.deploy.notebook_job.wish import NotebookWish
from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.cli.notebook import given_parameters
from nbflow.frontends.deploying.door import tell
from nbflow.frontends.deploying.rhythm import timetable_asked
from nbflow.frontends.deploying.wish import variables
from nbflow.workspace import Workspace

#: what says something of steps, or of a state machine: a notebook's job has neither
_NOT_OF_ONE_JOB = {
    "only_json": "--only-json",
    "include": "--include",
    "namespace": "--namespace",
    "secret": "--secret",
    "workflow_timeout": "--workflow-timeout",
    "log_execution_history": "--log-execution-history",
    "notify": "--notify",
    "with_specs": "--with",
    "branch": "--branch",
    "production": "--production",
    "aws_batch_tag": "--aws-batch-tag",
    "generate_new_token": "--generate-new-token",
}


def deploy_whole(arguments: argparse.Namespace, out: TextIO) -> int:
    """Deploy the notebook and say what to type next.

    Raises:
        UsageError: R001, there is no such file.
        DeploymentError: A014, an option that means nothing here; those of `deploy_notebook`.
    """
    path = Path(arguments.file)
    if not path.is_file():
        hint = did_you_mean(path.name, [each.name for each in path.parent.glob("*.ipynb")])
        raise_for("R001", path=arguments.file, hint=hint)
    if path.suffix != ".ipynb":
        raise_for(
            "A014",
            option="--papermill",
            given=arguments.file,
            message="papermill runs notebooks",
            fix=f"nbflow deploy {shlex.quote(arguments.file)}",
        )
    for name, option in _NOT_OF_ONE_JOB.items():
        if getattr(arguments, name):
            message = "it says something of steps, and with --papermill the notebook is one job"
            raise_for("A014", option=option, given="", message=message, fix=f"leave {option} out, or --papermill")
    env = variables(arguments.env)
    if of_step := next((step for step in env if step), None):
        message = "with --papermill the notebook is one job, and has no steps"
        raise_for("A014", option="--env", given=f"{of_step}:…", message=message, fix="--env NAME=VALUE")
    given: dict[str, Any] = dict(given_parameters(arguments.parameters))
    wish = NotebookWish(
        parameters={name: str(value) for name, value in given.items()},
        schedule=timetable_asked(arguments),
        name=arguments.name,
        tags=tuple(arguments.tag),
        kernel=arguments.kernel,
        env=env.get("", {}),
        authorize=arguments.authorize,
        new_token=arguments.new_token,
        command=shlex.join(["nbflow", "deploy", arguments.file, "--papermill"]),
    )
    workspace = Workspace.find(local=[str(path.resolve().parent)])
    tell(deploy_notebook(workspace, path, wish, lambda line: print(line, file=out)), out)
    return 0
