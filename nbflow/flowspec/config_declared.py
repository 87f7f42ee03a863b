"""Config, as it stands in the body of a flow's class: nested values that are known before the graph is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

from nbflow.errors import raise_for
from nbflow.flowspec.context import ParameterContext
from nbflow.flowspec.delayed import Delayed
from nbflow.flowspec.naming import check_name
from nbflow.flowspec.reading import Parser
from nbflow.flowspec.written import in_class

FilePath = str | PathLike[str]
Content = str | Mapping[str, Any]


@dataclass
class ConfigFacts:
    """What a Config declares."""

    name: str
    #: path of a file, or a function that returns one
    default: FilePath | Callable[[ParameterContext], FilePath] | None = None
    #: the content itself, or a function that returns it
    default_value: Content | Callable[[ParameterContext], Content] | None = None
    required: bool = False
    parser: str | Parser | None = None
    #: the value is what the parser returns, and no ConfigValue
    plain: bool = False
    help: str = ""
    #: help shows the default
    show_default: bool = True
    #: name of the class attribute; None until the class is made
    attribute: str | None = None

    def __str__(self) -> str:
        return self.attribute or self.name

    def evaluated(self, values: Mapping[str, Any]) -> Any:
        """Return the config's value among those of the flow."""
        if self.attribute is None or self.attribute not in values:
            raise_for("P037", expression=self, message="it is no attribute of the flow's class", known="")
        return values[self.attribute]


class Config(Delayed):
    """A config of a flow, read from a file before anything else is.

        class TrainFlow(FlowSpec):
            cfg = Config("cfg", default="train.json")

            @resources(cpu=cfg.cpu)
            @step
            def start(self):
                print(self.cfg.model.alpha)

    In the class body `cfg`, `cfg.cpu` and `cfg["cpu"]` are delayed values, for decorators and for defaults of parameters;
    so is every attribute, whatever its name. What was declared is told by `facts_of`.

    Args:
        name: what a person types: `--config NAME PATH`, `--config-value NAME JSON`.
        default: path of the file to read when none is given, or a function of ParameterContext that returns it.
        default_value: the content when none is given: a text, a dict, or a function that returns one.
        help: a line for `--help`.
        required: it must be given, unless it has a default.
        parser: makes a dict of the text; a function, or its name as in "tomllib.loads". Without one it is JSON.
        plain: the value in steps is what the parser returned, and no ConfigValue.
        show_default: help shows the default; it does unless this is False.
    """

    __slots__ = ()

    def __init__(
        self,
        name: str,
        default: FilePath | Callable[[ParameterContext], FilePath] | None = None,
        default_value: Content | Callable[[ParameterContext], Content] | None = None,
        help: str | None = None,  # noqa: A002  Metaflow's name
        required: bool | None = None,  # noqa: FBT001  Metaflow's order
        parser: str | Parser | None = None,
        *,
        plain: bool | None = False,
        show_default: bool | None = True,
    ) -> None:
        check_name(name, "Config")
        if default is not None and default_value is not None:
            raise_for("P033", in_class(), name=name)
        shows = show_default is not False
        facts = ConfigFacts(name, default, default_value, bool(required), parser, bool(plain), help or "", shows)
        super().__init__(facts)

    def __set_name__(self, _: type, attribute: str) -> None:
        facts = facts_of(self)
        facts.attribute = facts.attribute or attribute


def facts_of(config: Config) -> ConfigFacts:
    """Return what `config` declares."""
    facts = config._head  # noqa: SLF001  any public attribute of a config stands for a key of its file
    assert isinstance(facts, ConfigFacts), "a config begins with itself"
    return facts


def configs_of(flow_class: type) -> dict[str, Config]:
    """Return the configs of a flow's class by attribute, those of base classes first."""
    found: dict[str, Config] = {}
    for each in reversed(flow_class.__mro__):
        for attribute, value in vars(each).items():
            if isinstance(value, Config):
                found[attribute] = value
            else:
                found.pop(attribute, None)
    return found
