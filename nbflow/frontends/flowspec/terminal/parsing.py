"""The parser of a flow file's terminal, and values for its options that come from the environment."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from nbflow.frontends.cli.parser import Parser
from nbflow.frontends.flowspec.terminal.commands import COMMANDS

if TYPE_CHECKING:
    from nbflow.frontends.flowspec.terminal.call import Call

#: what names of environment variables begin with
PREFIXES = ("NBFLOW", "METAFLOW")
#: what the destinations of options that are parameters begin with
PARAMETER = "parameter "


class FlowParser(Parser):
    """A parser of one command of a flow file."""

    def __init__(self, program: str, takes: str = "", **settings: Any) -> None:
        usage = f"{program} [OPTIONS]{takes and f' {takes}'}"
        super().__init__(
            prog=program,
            usage=usage,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            conflict_handler="resolve",
            **settings,
        )
        self.speaker = program.removeprefix("python ").partition(" ")[0]
        #: each says of a word that is unknown here what was meant, or nothing
        self.hints: list[Callable[[str], str]] = []

    def unknown(self, words: Sequence[str]) -> NoReturn:
        """Say of the first of `words` that nothing takes it, and what was meant."""
        word = next((word.partition("=")[0] for word in words if word.startswith("-")), words[0])
        for hint in self.hints:
            if said := hint(word):
                self.error(said)
        super().unknown(words)

    def first_group(self, title: str) -> argparse._ArgumentGroup:
        """Return a new group of arguments that help shows before all others."""
        group = self.add_argument_group(title)
        self._action_groups.insert(0, self._action_groups.pop())
        return group

    def error(self, message: str) -> NoReturn:
        """Exit with code 2, the usage, and where the options are listed."""
        sys.stderr.write(f"{self.speaker}: {message}\n{self.format_usage()}more:  {self.prog} --help\n")
        sys.exit(2)


def command_parser(call: Call, name: str) -> tuple[ModuleType, FlowParser]:
    """Return the module of one of COMMANDS and the parser of its words."""
    command = COMMANDS[name]
    call.command = name
    module = importlib.import_module(f"nbflow.frontends.flowspec.terminal.{command.module}")
    parser = FlowParser(
        f"{call.program} {name}", command.takes, description=f"{command.text[0].upper()}{command.text[1:]}."
    )
    module.add(parser, call)
    parser.hints.append(call.goes_before)
    take_environment(parser, name)
    return module, parser


def take_environment(parser: FlowParser, command: str) -> None:
    """Let options that are not given have the values of `NBFLOW_RUN_MAX_WORKERS` and the like.

    Options that may be given several times take words separated by spaces.
    """
    for action in parser.options():
        # those of parameters are read with the parameters
        if action.dest.startswith(PARAMETER):
            continue
        for name in _variables(command, action):
            text = os.environ.get(name)
            if text is not None:
                parser.set_defaults(**{action.dest: _value(parser, action, name, text)})
                break


def _variables(command: str, action: argparse.Action) -> list[str]:
    """Return the environment variables that stand for an option, first come first served."""
    words = [option.removeprefix("--") for option in action.option_strings if option.startswith("--")]
    names = dict.fromkeys(word.replace("-", "_").upper() for word in [action.dest, *words])
    middle = command.replace("-", "_").replace(" ", "_").upper()
    return [f"{prefix}_{middle}_{name}" for prefix in PREFIXES for name in names]


def _value(parser: FlowParser, action: argparse.Action, name: str, text: str) -> object:
    if isinstance(action.default, bool):
        return text.strip().lower() not in {"", "0", "false", "no", "off"}
    try:
        read = [_read(action, word) for word in (text.split() if isinstance(action.default, list) else [text])]
    except (argparse.ArgumentTypeError, ValueError) as refusal:
        parser.error(f"environment variable {name}: {refusal}")
    return read if isinstance(action.default, list) else read[0]


def _read(action: argparse.Action, word: str) -> object:
    return action.type(word) if callable(action.type) else word


def words_in(variables: Sequence[str]) -> list[str]:
    """Return the words of the first of `variables` that the environment has."""
    return next((os.environ[name].split() for name in variables if name in os.environ), [])
