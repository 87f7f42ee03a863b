"""The parameters of a flow as options of `run`: `--alpha 0.6`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from nbflow.errors import raise_for
from nbflow.flowspec.parameter_facts import ParameterFacts, parameter_facts
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.flowspec.values import FromText
from nbflow.frontends.flowspec.terminal.parsing import PARAMETER, FlowParser


def add_parameters(parser: FlowParser, prepared: PreparedFlow) -> None:
    """Declare an option for each parameter, whose value is read later, by its own type. Raises ParameterError."""
    group = parser.first_group("parameters")
    for facts in parameter_facts(prepared):
        settings: dict[str, Any] = {"metavar": facts.placeholder, "help": _help(facts)}
        if facts.is_bool:
            # `--fast` alone is `--fast true`
            settings |= {"nargs": "?", "const": "true"}
        group.add_argument(facts.option, dest=f"{PARAMETER}{facts.attribute}", **settings)
        if facts.aliases:
            settings["help"] = argparse.SUPPRESS
            group.add_argument(*facts.aliases, dest=f"{PARAMETER}{facts.attribute}", **settings)


def parameter_options(prepared: PreparedFlow) -> frozenset[str]:
    """Return the options of all parameters, however they are written."""
    return frozenset(option for facts in parameter_facts(prepared) for option in (facts.option, *facts.aliases))


def as_option(parser: FlowParser, word: str) -> str:
    """Return how `alpha=3` is written in a terminal; nothing of a word that is no parameter with its value."""
    name, equals, value = word.partition("=")
    if not equals or parser.action_of(f"--{name}") is None:
        return ""
    return f"unexpected '{word}'. A parameter is given as --{name} {value}"


def _help(facts: ParameterFacts) -> str:
    note = "(required)" if facts.required else f"(default: {facts.default})" if facts.default is not None else ""
    text = " ".join(part for part in (facts.help, note) if part)
    # argparse fills in what follows a percent sign
    return text.replace("%", "%%")


def given(arguments: argparse.Namespace, prepared: PreparedFlow) -> Mapping[str, object]:
    """Return the parameters that were given: text, each to be read by its own type. Raises R004."""
    found: dict[str, object] = {}
    for attribute in prepared.parameters:
        text = getattr(arguments, f"{PARAMETER}{attribute}")
        if text is not None:
            found[attribute] = FromText(text)
    for word in arguments.parameters:
        name, equals, text = word.partition("=")
        if not equals:
            raise_for("R004", option=f"-p {word}", message="a parameter is given as NAME=VALUE", fix=f"-p {word}=VALUE")
        found[name.strip()] = FromText(text)
    return found
