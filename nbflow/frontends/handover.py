"""A run request as text, for a process that is not forked from this one, and back.

A request is made of values of the model, whose classes are told by name. What was checked is what runs: reading the
cells again could not know which of them were edited since, nor by which names their tracebacks should call them.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from nbflow.errors import Place
from nbflow.metadata.rows import task_record, task_text
from nbflow.model import options, step
from nbflow.model.artifact import ArtifactRef
from nbflow.model.card import CardAsk
from nbflow.model.environment import EnvironmentRef
from nbflow.model.flowclass import DecoratorSpec, Transition
from nbflow.model.graph import (
    MISSING,
    CodeRef,
    Condition,
    Everything,
    Graph,
    Method,
    Missing,
    Need,
    Node,
    Scope,
    Source,
    Switch,
)
from nbflow.model.ids import TaskKey
from nbflow.model.notice import Notice
from nbflow.model.parameter import ParameterDef
from nbflow.model.record import ItemList
from nbflow.model.secret import SecretSource
from nbflow.model.task import Adopted
from nbflow.plan.reuse import Reuse
from nbflow.runtime.request import Part, RunRequest

#: classes that are written field by field
_PLAIN: dict[str, Any] = {
    each.__name__: each
    for each in (
        *(CodeRef, Condition, Everything, Graph, Need, Node, Scope, Source, Switch),
        *(DecoratorSpec, Method, Transition),
        *(options.Catch, options.Options, options.Resources, options.Retry),
        *(step.Binding, step.Body, step.DiscardedCall, step.Merge, step.Names, step.SetupCell, step.Statement),
        *(
            Adopted,
            CardAsk,
            EnvironmentRef,
            ItemList,
            Notice,
            ParameterDef,
            Part,
            Place,
            Reuse,
            RunRequest,
            SecretSource,
            TaskKey,
        ),
    )
}
#: classes that have a text of their own
_OWN: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "ArtifactRef": (ArtifactRef.to_json, ArtifactRef.from_json),
    "TaskRecord": (task_text, task_record),
}
_KIND = "is"


def to_text(request: RunRequest) -> str:
    """Return the request as JSON."""
    return json.dumps(_written(request), separators=(",", ":"))


def from_text(text: str) -> RunRequest:
    """Return the request of its JSON."""
    request: RunRequest = _read(json.loads(text))
    return request


def _written(value: Any) -> Any:
    """Return `value` as JSON: a list is a tuple, anything else that JSON lacks says what it is."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple):
        return [_written(each) for each in value]
    if isinstance(value, frozenset | set):
        return {_KIND: "set", "of": [_written(each) for each in sorted(value, key=str)]}
    if isinstance(value, Mapping):
        return {_KIND: "map", "of": [[_written(key), _written(each)] for key, each in value.items()]}
    if isinstance(value, Missing):
        return {_KIND: "MISSING"}
    name = type(value).__name__
    if name in _OWN:
        return {_KIND: name, "of": _OWN[name][0](value)}
    if name in _PLAIN:
        return {_KIND: name, **{each.name: _written(getattr(value, each.name)) for each in dataclasses.fields(value)}}
    if isinstance(value, list):
        # a parameter's own JSON
        return {_KIND: "list", "of": [_written(each) for each in value]}
    raise TypeError(f"a {name} cannot be handed over")


def _read(raw: Any) -> Any:
    if isinstance(raw, list):
        return tuple(map(_read, raw))
    if not isinstance(raw, dict):
        return raw
    kind = raw.pop(_KIND)
    match kind:
        case "set":
            return frozenset(map(_read, raw["of"]))
        case "map":
            return {_read(key): _read(each) for key, each in raw["of"]}
        case "list":
            return list(map(_read, raw["of"]))
        case "MISSING":
            return MISSING
    if kind in _OWN:
        return _OWN[kind][1](raw["of"])
    return _PLAIN[kind](**{name: _read(each) for name, each in raw.items()})
