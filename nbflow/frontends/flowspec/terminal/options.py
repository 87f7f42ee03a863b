"""Options that stand before the command: `python flow.py --with retry run`."""

from __future__ import annotations

import argparse
import os
from inspect import cleandoc
from pathlib import Path

from nbflow.errors import raise_for
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.commands import COMMANDS
from nbflow.frontends.flowspec.terminal.parsing import FlowParser
from nbflow.frontends.ways import ANEW, VARIABLE

#: where things are kept → what the option says
_PLACES = {
    "metadata": "where facts about runs are kept",
    "datastore": "where artifacts are kept",
}
_WHY = {
    "metadata": "facts about runs are kept together with what they left; no service is needed",
    "datastore": "where runs are kept is a setting, which holds for notebooks, flows and the client alike",
}
_INSTEAD = "; in a bucket runs are kept by  nbflow configure --root s3://BUCKET/nbflow"
#: options of commands that are easily typed before the command
_AFTER = frozenset(
    {
        "--tag",
        "--max-workers",
        "--max-num-splits",
        "--max-log-size",
        "--run-id-file",
        "--namespace",
        "--notify",
        "--origin-run-id",
        "--param",
        "-p",
    }
)

#: options of Metaflow's that mean nothing here, with the number of their values
_IDLE = {
    "--package-suffixes": 1,
    "--event-logger": 1,
    "--monitor": 1,
    "--mode": 1,
}


class TopParser(FlowParser):
    """The parser of the words before the command."""

    def __init__(self, flow_class: type, script: str) -> None:
        width = max(map(len, COMMANDS))
        commands = "\n".join(f"  {name:<{width}}  {each.text}" for name, each in COMMANDS.items())
        doc = cleandoc(flow_class.__doc__ or f"The flow {flow_class.__name__}.")
        program = f"python {script.partition(':')[0]}"
        super().__init__(
            program,
            "COMMAND [OPTIONS]",
            description=f"{doc}\n\ncommands:\n{commands}",
            epilog=f"{program} help COMMAND  lists the options of a command",
        )
        self._flow_class = flow_class
        self.hints.append(self._misplaced)
        self._add_options()

    def _misplaced(self, option: str) -> str:
        """Return what is said of an option that belongs after the command; nothing of others."""
        from nbflow.flowspec.parameter import Parameter

        found = [pair for each in self._flow_class.__mro__ for pair in vars(each).items()]
        names = {name for attribute, each in found if isinstance(each, Parameter) for name in (attribute, each.name)}
        if option in _AFTER or option.lstrip("-").replace("-", "_") in {name.replace("-", "_") for name in names}:
            return f"{option} goes after the command: {self.prog} run {option} ..."
        return ""

    def _add_options(self) -> None:
        self.add_argument("--quiet", action="store_true", help="say nothing beside what was asked for")
        add_with(self)
        self.add_argument(
            "--config", nargs=2, action="append", default=[], metavar=("NAME", "PATH"), help="the file of a Config"
        )
        self.add_argument(
            "--config-value",
            nargs=2,
            action="append",
            default=[],
            metavar=("NAME", "JSON"),
            help="the value of a Config",
        )
        self.add_argument("--branch", metavar="NAME", help="branch of the project (with @project)")
        self.add_argument("--production", action="store_true", help="a production run of the project (with @project)")
        self.add_argument("--datastore-root", metavar="DIR", help="the folder that runs are kept in (default: .nbflow)")
        self.add_argument(
            "--environment",
            metavar="WAY",
            help="packages: local, what is installed here; pypi or conda, what steps ask for (the default); uv, the project's",
        )
        self.add_argument(
            "--force-rebuild-environments",
            action="store_true",
            help="choose versions of packages anew, whatever was locked",
        )
        for option, what in _PLACES.items():
            self.add_argument(f"--{option}", default="local", metavar="local", help=what)
        pylint = self.add_mutually_exclusive_group()
        pylint.add_argument("--pylint", action="store_true", default=None, help="have pylint look at the file, too")
        pylint.add_argument("--no-pylint", action="store_false", dest="pylint", help="do not (the default)")
        for option, count in _IDLE.items():
            if count:
                self.add_argument(option, help=argparse.SUPPRESS)
            else:
                self.add_argument(option, action="store_true", help=argparse.SUPPRESS)


def add_with(parser: argparse.ArgumentParser) -> None:
    """Declare what gives all steps a decorator."""
    parser.add_argument(
        "--with",
        action="append",
        default=[],
        dest="decospecs",
        metavar="DECO[:k=v,...]",
        help="decorate every step that has no such decorator, as in --with retry:times=2 (may be repeated)",
    )


def add_notify(parser: argparse.ArgumentParser) -> None:
    """Declare who hears of the run's end; a parameter of that name, declared later, takes the option's place."""
    parser.set_defaults(notify=[])
    parser.add_argument(
        "--notify",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="send a message when the run is over: to https://…, slack://…, or where a secret says, as env.SLACK_URL",
    )


def settle(call: Call) -> None:
    """Do what the options ask for that concerns every command. Raises R056."""
    options = call.options
    for option in ("metadata", "datastore"):
        value = getattr(options, option)
        if value != "local":
            raise_for(
                "R056", option=f"--{option}", value=value, why=_WHY[option], fix=f"leave --{option} out{_INSTEAD}"
            )
    if options.environment:
        # for what this process starts, too
        os.environ[VARIABLE] = options.environment
    if options.force_rebuild_environments:
        os.environ[ANEW] = "1"
    for option in _IDLE:
        if getattr(options, option.removeprefix("--").replace("-", "_")):
            call.console.say(f"note: {option} does nothing here")
    if options.datastore_root:
        # for the client and for what this process starts, too
        os.environ["NBFLOW_ROOT"] = str(Path(options.datastore_root).expanduser().resolve())


def split(words: list[str], parser: FlowParser) -> int:
    """Return how many of `words` stand before the command; exits at an option that is unknown."""
    number = 0
    while number < len(words) and words[number].startswith("-"):
        option, equals, _ = words[number].partition("=")
        action = parser.action_of(option)
        if action is None:
            parser.unknown([words[number]])
        values = action.nargs if isinstance(action.nargs, int) else 1
        number += 1 if equals else 1 + values
    return min(number, len(words))
