"""What a default that is a function is told, and how such a function is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from nbflow.errors import raise_for
from nbflow.flowspec.quoting import said, where


def _unheard(*_: object, **__: object) -> None:
    """Take a message nobody listens to."""


class ParameterContext(NamedTuple):
    """What is known when a default function is called: `default=lambda ctx: f"{ctx.user_name}.csv"`."""

    flow_name: str = ""
    user_name: str = ""
    #: of the parameter or config whose default it is
    parameter_name: str = ""
    #: says something to whoever starts the run
    logger: Callable[..., Any] = _unheard
    #: kind of the datastore
    ds_type: str = "local"
    #: the flow's configs, by attribute and by name; None while those are read
    configs: Any = None


def computed(function: Callable[[ParameterContext], Any], context: ParameterContext, name: str) -> Any:
    """Return what the default function of the parameter or config `name` returns.

    Raises:
        ParameterError: it failed.
    """
    try:
        return function(context._replace(parameter_name=name))
    except Exception as error:  # noqa: BLE001  the person's function may raise anything
        raise_for("P018", name=name, message=said(error), where=where(error))
