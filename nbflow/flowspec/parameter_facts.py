"""What a terminal shows of a flow's parameters and reads on its command line."""

from __future__ import annotations

import json
from typing import Any

from nbflow.flowspec.parameter import Parameter
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.flowspec.quoting import one_line
from nbflow.flowspec.values import declared, variable_of
from nbflow.frozen import frozen

_PLACEHOLDERS = {"str": "TEXT", "int": "INTEGER", "float": "FLOAT", "bool": "BOOLEAN", "JSONType": "JSON",
    "list[str]": "TEXT", "IncludeFile": "FILE", "": "VALUE"}  # fmt: skip


@frozen
class ParameterFacts:
    """One parameter as an option of the command line. Each takes one value: `--alpha 0.6`, `--flag false`."""

    #: name of the class attribute
    attribute: str
    name: str
    #: `--test-mode`; beside it, the same with _ for - and in lower case is understood
    option: str
    #: `--test_mode` and the like
    aliases: tuple[str, ...]
    #: what stands for the value in help: INTEGER, FILE
    placeholder: str
    #: str, int, float, bool, JSONType, list[str] or IncludeFile; empty: its default function decides
    type_name: str
    help: str
    #: as help shows it; None when there is none, or it is not to be shown
    default: str | None
    #: a value must be given: there is no default
    required: bool
    #: the environment variable that sets it
    variable: str

    @property
    def is_bool(self) -> bool:
        """Its values are true and false."""
        return self.type_name == "bool"


def parameter_facts(prepared: PreparedFlow) -> tuple[ParameterFacts, ...]:
    """Return what is to be known of each parameter, in the order of their definition. No default function is called.

    Raises:
        ParameterError: some of them make no sense.
    """
    return tuple(_facts(attribute, each) for attribute, each in declared(prepared).items())


def _facts(attribute: str, parameter: Parameter) -> ParameterFacts:
    name = parameter.name
    spellings = (name.lower(), name.replace("_", "-"), name.replace("-", "_"), name.lower().replace("-", "_"))
    return ParameterFacts(
        attribute=attribute,
        name=name,
        option=f"--{name}",
        aliases=tuple(f"--{each}" for each in dict.fromkeys(spellings) if each != name),
        placeholder=_PLACEHOLDERS[parameter.type_name],
        type_name=parameter.type_name,
        help=parameter.help,
        default=_default(parameter),
        required=bool(parameter.required) and parameter.default is None,
        variable=variable_of(name),
    )


def _default(parameter: Parameter) -> str | None:
    value: Any = parameter.default
    if value is None or not parameter.show_default:
        return None
    if parameter.computes_default:
        return f"deploy-time value of '{parameter.name}'"
    if parameter.type_name == "JSONType" and not isinstance(value, str):
        return one_line(json.dumps(parameter.taken(value, parameter.kind or str)), 80)
    return one_line(str(value), 80) or "''"
