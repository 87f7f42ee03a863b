"""The options that every door of `deploy` has, and the wish that they make."""

from __future__ import annotations

import argparse

from nbflow.deploy.states import MAX_WORKERS
from nbflow.errors import raise_for
from nbflow.frontends.cli.parser import whole_number
from nbflow.frontends.deploying.wish import Wish, pairs, seconds, secrets_of, variables
from nbflow.schedules.timetable import Timetable


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("--name", metavar="NAME", help="of the state machine (default: made of the flow's)")
    parser.add_argument("--only-json", action="store_true", help="print the state machine and create nothing")
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="[STEP:]NAME=VALUE",
        help="an environment variable of all tasks, or of a step's",
    )
    parser.add_argument(
        "--secret",
        action="append",
        default=[],
        metavar="[STEP:][NAME=]SOURCE",
        help="a secret of AWS Secrets Manager for all tasks, or for a step's",
    )
    parser.add_argument(
        "--include",
        action="append",
        default=[],
        metavar="PATTERN",
        help="files beside the flow that its steps read: a folder, or as 'queries/*.sql'",
    )
    parser.add_argument(
        "--max-workers",
        type=whole_number,
        default=MAX_WORKERS,
        metavar="N",
        help=f"most jobs of one foreach at once (default: {MAX_WORKERS})",
    )
    parser.add_argument("--workflow-timeout", metavar="TIME", help="end a run that takes longer, as 12h or 2d")
    parser.add_argument("--authorize", metavar="TOKEN", help="replace what somebody else deployed, who told its token")
    tokens = parser.add_mutually_exclusive_group()
    tokens.add_argument("--generate-new-token", action="store_true", help="give it a namespace of its own from now on")
    tokens.add_argument("--new-token", metavar="TOKEN", help="the same, by this name")
    parser.add_argument(
        "--namespace", metavar="NAME", help="what the client sees in its tasks (default: runs of the same token)"
    )
    parser.add_argument("--aws-batch-tag", action="append", default=[], metavar="KEY=VALUE", help="tag all its jobs")
    parser.add_argument(
        "--notify",
        action="append",
        default=[],
        metavar="SECRET",
        help="tell an address of each run's end that is kept as a secret, as aws-secrets-manager.NAME",
    )
    parser.add_argument("--log-execution-history", metavar="ARN", help="log group for the histories of executions")


def wish_of(arguments: argparse.Namespace, tags: list[str], command: str, schedule: Timetable | None) -> Wish:
    """Return what was asked for. Raises A014."""
    if arguments.new_token is not None and not arguments.new_token.replace("-", "").replace("_", "").isalnum():
        message = "a token has letters, digits, - and _"
        raise_for("A014", option="--new-token", given=arguments.new_token, message=message, fix="leave out the rest")
    history = arguments.log_execution_history
    if history is not None and not history.startswith("arn:"):
        message, fix = (
            "it is no ARN of a log group",
            "--log-execution-history arn:aws:logs:REGION:ACCOUNT:log-group:NAME",
        )
        raise_for("A014", option="--log-execution-history", given=history, message=message, fix=fix)
    return Wish(
        name=arguments.name,
        schedule=schedule,
        tags=tuple(tags),
        max_workers=arguments.max_workers,
        timeout=seconds(arguments.workflow_timeout) if arguments.workflow_timeout else None,
        authorize=arguments.authorize,
        new_token=arguments.new_token,
        new=arguments.generate_new_token,
        env=variables(arguments.env),
        secrets=secrets_of(arguments.secret),
        namespace=arguments.namespace,
        include=tuple(arguments.include),
        notify=tuple(arguments.notify),
        batch_tags=pairs("--aws-batch-tag", arguments.aws_batch_tag),
        history=history,
        only_json=arguments.only_json,
        command=command,
    )
