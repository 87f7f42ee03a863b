"""`nbflow deploy --template`: the template of all that an account needs, and what to type to have it made.

The template goes to the standard output, to be put into a file; what to type next goes beside it.
"""

from __future__ import annotations

import argparse
import shlex
import sys

from nbflow.configuration.settings import settings
from nbflow.deploy.template.asked import DEFAULT_PREFIX, Asked, asked
from nbflow.errors import NbflowError, raise_for

#: options that are the template's alone, by where argparse keeps their values
_OWN = {
    "prefix": "--prefix",
    "ec2": "--ec2",
    "vpc": "--vpc",
    "subnets": "--subnets",
    "bucket": "--bucket",
    "form": "--json",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare `--template`, and what may be said of it."""
    group = parser.add_argument_group("what AWS needs")
    group.add_argument(
        "--template", action="store_true", help="print the CloudFormation template of bucket, queue and roles"
    )
    group.add_argument(
        "--prefix", metavar="NAME", help=f"what the names of all that is made begin with (default: {DEFAULT_PREFIX})"
    )
    machines = group.add_mutually_exclusive_group()
    machines.add_argument("--fargate", dest="ec2", action="store_false", help="containers on Fargate (the default)")
    machines.add_argument(
        "--ec2", action="store_true", help="containers on machines of EC2, started as they are needed"
    )
    parser.set_defaults(ec2=False)
    group.add_argument("--vpc", metavar="ID", help="a network that is there (default: one is made)")
    group.add_argument("--subnets", metavar="ID", nargs="+", help="subnets of that network")
    group.add_argument("--bucket", metavar="NAME", help="a bucket that is there (default: one is made)")
    forms = group.add_mutually_exclusive_group()
    forms.add_argument("--yaml", dest="form", action="store_const", const="yaml", help="as YAML (the default)")
    forms.add_argument("--json", dest="form", action="store_const", const="json", help="as JSON")


def refuse_options(arguments: argparse.Namespace) -> None:
    """Raise A084 where something is said of a template and none is asked for: nothing would come of it."""
    for name, option in _OWN.items():
        if getattr(arguments, name, None):
            given = f"--{arguments.form}" if name == "form" else option
            raise_for("A084", option=given)


def main(arguments: argparse.Namespace) -> int:
    """Print it. Raises DeploymentError where what was asked for makes no sense, such as a template of one flow (A085)."""
    if named := getattr(arguments, "file", None):
        raise_for("A085", name=named)
    from nbflow.deploy.template.made import template
    from nbflow.deploy.template.text import Form, as_text

    wanted = asked(
        prefix=arguments.prefix if arguments.prefix is not None else DEFAULT_PREFIX,
        ec2=arguments.ec2,
        vpc=arguments.vpc,
        subnets=arguments.subnets or (),
        bucket=arguments.bucket,
    )
    form: Form = arguments.form or "yaml"
    sys.stdout.write(as_text(template(wanted), form))
    sys.stdout.flush()
    sys.stderr.write(next_steps(wanted, form, _region(), kept=not sys.stdout.isatty()) + "\n")
    return 0


def next_steps(wanted: Asked, form: str, region: str | None, *, kept: bool) -> str:
    """Return what to type to have the stack made and nbflow use it; `kept`: the template goes to a file already."""
    file = f"{wanted.prefix}.{form}"
    where = ["--region", region] if region else []
    make = [
        *("aws", "cloudformation", "deploy", "--stack-name", wanted.prefix, "--template-file", file),
        *("--capabilities", "CAPABILITY_NAMED_IAM", *where),
    ]
    use = ["nbflow", "configure", "--from-stack", wanted.prefix, *where]
    first = "with the template in" if kept else "put it into"
    return "\n".join(
        [
            "",
            f"# {first} {file}, whoever may make roles has it made, in a few minutes:",
            shlex.join(make),
            "# everyone who runs flows, with the policy that is its output People:",
            shlex.join(use),
            "nbflow doctor",
        ]
    )


def _region() -> str | None:
    try:
        return settings().region
    except NbflowError:
        # a template needs none of them
        return None
