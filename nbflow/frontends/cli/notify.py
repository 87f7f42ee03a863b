"""`nbflow notify test [ADDRESS …]`: send a message now, to see that it comes where messages about runs are to go."""

from __future__ import annotations

import argparse
import sys

from nbflow.configuration.settings import settings
from nbflow.errors import NOWHERE, NbflowError, raise_for
from nbflow.frontends.cli.parser import Parser
from nbflow.metadata.identity import user_here
from nbflow.model.notice import Notice, notices_from


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = (
        "Who hears of runs is said by the setting notify.to (nbflow configure --notify-to env.SLACK_URL), for one run by "
        "--notify ADDRESS, for a class by @notify(…)."
    )
    verbs = parser.add_subparsers(dest="deed", metavar="{test}", parser_class=Parser)
    said = "send a message, to the addresses that are set or to those that are named"
    test = verbs.add_parser("test", help=said, description=f"{said[0].upper()}{said[1:]}.")
    test.add_argument(
        "addresses", nargs="*", metavar="ADDRESS", help="as https://hooks.slack.com/…, mailtos://…, env.SLACK_URL"
    )
    parser.set_defaults(parser=parser)


def main(arguments: argparse.Namespace) -> int:
    """Send it; return 0 when all took it, 1 when one did not, 2 when one can be no address."""
    if arguments.deed is None:
        arguments.parser.print_help()
        return 0
    # apprise is loaded by those who send
    from nbflow.notify.address import check
    from nbflow.notify.message import trial
    from nbflow.notify.sending import send

    notices = _meant(arguments.addresses)
    for each in notices:
        check(each, NOWHERE)
    message, failed = trial(user_here()), False
    for each in notices:
        try:
            send(each, message)
        except NbflowError as refused:
            print(refused, file=sys.stderr)
            failed = True
        else:
            print(f"sent to {each.shown}")
    return 1 if failed else 0


def _meant(typed: list[str]) -> tuple[Notice, ...]:
    """Return who is to get it. Raises Q008, Q011."""
    said = settings().notify
    if not typed and not said.to:
        raise_for("Q011")
    try:
        named = [each for text in typed for each in notices_from(text)]
        return tuple(named or notices_from(said.to or "", said.on))
    except ValueError as wrong:
        raise_for("Q008", message=wrong)
