"""The line after `schedule`: its verbs and their options, for a terminal and for a notebook."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from functools import partial
from typing import Any

from nbflow.frontends.cli.parser import Parser, whole_number
from nbflow.frozen import frozen
from nbflow.schedules.schedule import MISSES, OVERLAPS
from nbflow.schedules.timetable import RHYTHMS, Rhythm

#: verb → what it does
SAID = {
    "add": "have a notebook or a flow run by the clock, or after another flow",
    "list": "list schedules: when each runs next, and how its last run ended",
    "next": "say when schedules are due next",
    "pause": "have a schedule start nothing until it is resumed",
    "resume": "let a paused schedule go on; what was due meanwhile is left out",
    "remove": "forget a schedule; its runs stay",
    "run-now": "start a run of a schedule now, whatever the clock says",
    "logs": "show how the latest runs of a schedule went, and what they wrote",
    "serve": "start what is due, until it is ended",
    "unit": "print a unit of systemd by which serve is always there",
}
#: of a crontab, at least
_FIELDS = 5
#: verbs that take the name of a schedule
_NAMED = ("pause", "resume", "remove", "run-now", "logs")


@frozen
class Asked:
    """What `schedule add` was asked for."""

    file: str
    cron: str | None = None
    rhythms: tuple[Rhythm, ...] = ()
    timezone: str | None = None
    after: tuple[str, ...] = ()
    name: str | None = None
    parameters: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    #: None: skip, or queue for what follows other flows
    overlap: str | None = None
    missed: str = "latest"
    within: str = "1d"
    notify: tuple[str, ...] = ()
    fill: bool = True
    branch: str | None = None
    production: bool = False
    with_specs: tuple[str, ...] = ()
    #: the same file may have the name already: a notebook's cell is run again and again
    again: bool = False

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Asked:
        """Return what was read of a line."""
        rhythms = tuple(each for each in RHYTHMS if getattr(arguments, each))
        plain = ("file", "cron", "timezone", "name", "overlap", "missed", "within", "fill", "branch", "production")
        several = ("after", "parameters", "tags", "notify", "with_specs")
        found: dict[str, Any] = {name: getattr(arguments, name) for name in plain}
        found |= {name: tuple(getattr(arguments, name)) for name in several}
        return cls(rhythms=rhythms, again=getattr(arguments, "again", False), **found)


def add_verbs(parser: Parser, verbs: Sequence[str] = tuple(SAID), kind: Any = Parser) -> None:
    """Declare the verbs; in a notebook the file may be left out, and some verbs are for terminals alone.

    `kind` makes the parsers, as Parser does.
    """
    made = parser.add_subparsers(dest="schedule_verb", metavar="VERB", required=True, parser_class=kind)
    for verb in verbs:
        sub = made.add_parser(verb, help=SAID[verb], description=f"{SAID[verb][0].upper()}{SAID[verb][1:]}.")
        if verb == "add":
            own = "serve" not in verbs
            _add_add(sub, own=own)
            sub.meant = _meant
            parser.forgotten = partial(_forgotten, parser.prog, sub, [] if own else ["NOTEBOOK.ipynb"])
        elif verb in _NAMED:
            sub.add_argument("name", metavar="NAME", help="its name, as nbflow schedule list has it")
        elif verb == "next":
            sub.add_argument("name", nargs="?", metavar="NAME", help="only of this one")
        if verb in {"next", "logs"}:
            count = 5 if verb == "next" else 1
            what = "moments" if verb == "next" else "runs"
            sub.add_argument(
                "-n", type=whole_number, default=count, metavar="N", help=f"how many {what} (default: {count})"
            )


def _forgotten(prog: str, add: Parser, file: Sequence[str], words: Sequence[str]) -> str:
    """Return the line with `add` where that was left out, as in `schedule sales.ipynb --weekly`; or nothing.

    `file` stands in it where no file was named.
    """
    first = next(iter(words), "")
    option = first.partition("=")[0]
    if not _is_file(first) and (option in {"-h", "--help"} or add.action_of(option) is None):
        return ""
    typed = words if any(map(_is_file, words)) else [*file, *words]
    return f"'{first}' stands behind add:  {prog} add {shlex.join(typed)}"


def _is_file(word: str) -> bool:
    return word.partition(":")[0].endswith((".ipynb", ".py"))


def _meant(parsed: argparse.Namespace, words: Sequence[str]) -> str:
    # a line that makes sense is not to wait for it
    from nbflow.frontends.cli.meant import parameters_meant

    if parsed.cron is not None and len(parsed.cron.split()) < _FIELDS and not words[0].startswith("-"):
        return ' A cron expression stands in quotes, all of its fields:  --cron "0 7 * * 1"'
    return parameters_meant(argparse.Namespace(notebook=parsed.file, parameters=parsed.parameters), words)


def _add_add(parser: argparse.ArgumentParser, *, own: bool) -> None:
    text = "a .ipynb file, or a .py file with a flow class, perhaps flow.py:ClassName"
    if own:
        parser.add_argument("file", nargs="?", default="", metavar="FILE", help=f"{text} (default: this notebook)")
    else:
        parser.add_argument("file", metavar="FILE", help=text)
    when = parser.add_argument_group("when")
    when.add_argument("--cron", metavar="EXPR", help='as in a crontab, "0 7 * * 1", or as AWS has it, "0 7 ? * MON *"')
    when.add_argument("--hourly", action="store_true", help="on the hour")
    when.add_argument("--daily", action="store_true", help="at midnight")
    when.add_argument("--weekly", action="store_true", help="on Sunday at midnight")
    when.add_argument("--after", action="append", default=[], metavar="FLOW", help="when a run of FLOW has succeeded")
    when.add_argument("--timezone", metavar="ZONE", help="as in Europe/Berlin (default: this machine's)")
    what = parser.add_argument_group("what")
    what.add_argument(
        "-p",
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="parameters",
        help="give a parameter a value",
    )
    what.add_argument("--tag", action="append", default=[], metavar="TAG", dest="tags", help="label the runs")
    what.add_argument(
        "--with",
        action="append",
        default=[],
        metavar="DECORATOR",
        dest="with_specs",
        help="what every step gets that does not say it itself, as batch or retry:times=3",
    )
    what.add_argument(
        "--no-fill",
        action="store_false",
        dest="fill",
        help="run a notebook's steps alone, in parallel, without a filled-in notebook",
    )
    what.add_argument("--branch", metavar="NAME", help="branch of the project (with @project)")
    what.add_argument("--production", action="store_true", help="production runs of the project (with @project)")
    what.add_argument("--notify", action="append", default=[], metavar="ADDRESS", help="send a message after each run")
    how = parser.add_argument_group("how")
    how.add_argument("--name", metavar="NAME", help="what the schedule is called (default: as the flow)")
    how.add_argument(
        "--overlap",
        choices=OVERLAPS,
        help="what is due while the run before goes on: is left out (the default), waits, or runs beside it",
    )
    how.add_argument(
        "--missed",
        choices=MISSES,
        default="latest",
        help="what was due while nobody looked: is left out, the latest is made up for (the default), or all is",
    )
    how.add_argument(
        "--within", default="1d", metavar="TIME", help="how old may be what is made up for, as 6h (default: 1d)"
    )
