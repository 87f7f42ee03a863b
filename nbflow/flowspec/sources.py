"""What `@secrets`, `@trigger` and `@trigger_on_finish` may name: sources of secrets, events, and flows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from nbflow.flowspec.attributes import Unfit
from nbflow.flowspec.quoting import shown
from nbflow.model.secret import MANAGERS, asked_in_class

_SOURCE = ("type", "id", "options", "role")
_EXAMPLE = {"type": "aws-secrets-manager", "id": "db"}


def sources(value: Any) -> list[Any]:
    """Lists of sources of secrets: `name`, `manager.name`, or a dict with type, id, options and role."""
    if isinstance(value, str | Mapping) or not isinstance(value, list | tuple):
        raise Unfit("a list of sources", [value])
    for each in value:
        _check_source(each)
    try:
        asked_in_class(value, None, override=False)
    except ValueError as error:
        raise Unfit(f"a list of sources; {error}", ["aws-secrets-manager.NAME"]) from None
    return list(value)


def _check_source(source: Any) -> None:
    if isinstance(source, str):
        manager, dot, name = source.partition(".")
        if not source.strip() or (manager in MANAGERS and not (dot and name)):
            raise Unfit(f"a list of sources, and {shown(source)} names no secret", [f"{manager or 'db'}.NAME"])
        return
    if not isinstance(source, Mapping):
        raise Unfit(f"a list of names and dicts, and {shown(source)} is neither", [_EXAMPLE])
    if unknown := [key for key in source if key not in _SOURCE]:
        raise Unfit(f"a list of sources; a source has {', '.join(_SOURCE)}, and not {unknown[0]}", [_EXAMPLE])
    kind = source.get("type")
    if kind not in MANAGERS:
        raise Unfit(f"a list of sources, and the type {shown(kind)} is none of {', '.join(MANAGERS)}", [_EXAMPLE])
    if kind != "inline" and not (isinstance(source.get("id"), str) and source["id"]):
        raise Unfit("a list of sources, and one of them has no id", [{**_EXAMPLE, "type": kind}])
    options = source.get("options", {})
    if not isinstance(options, Mapping):
        raise Unfit("a list of sources, and the options of one are no dict", [{**_EXAMPLE, "options": {}}])
    if kind == "inline":
        _check_inline(options)


def _check_inline(options: Mapping[str, Any]) -> None:
    found = options.get("env_vars")
    if not isinstance(found, Mapping) or not all(isinstance(part, str) for pair in found.items() for part in pair):
        wanted = {"type": "inline", "options": {"env_vars": {"TOKEN": "…"}}}
        raise Unfit("a list of sources; an inline one holds its variables, as texts, in env_vars", [wanted])


def inline_secrets(listed: list[Any]) -> dict[str, str]:
    """Return the variables of inline sources, with their values."""
    inline = (each for each in listed if isinstance(each, Mapping) and each.get("type") == "inline")
    return {name: value for each in inline for name, value in each["options"]["env_vars"].items()}


def masked(listed: list[Any]) -> list[Any]:
    """Return sources as they may be stored and shown: without the secrets that stand in inline ones."""
    return [
        {**each, "options": {"env_vars": dict.fromkeys(each["options"]["env_vars"], "***")}}
        if isinstance(each, Mapping) and each.get("type") == "inline"
        else each
        for each in listed
    ]


def event(value: Any) -> Any:
    """One event: a name, a dict with name and parameters, or a function that gives either when deployed."""
    if callable(value) or (isinstance(value, str) and value):
        return value
    named = isinstance(value, Mapping) and (isinstance(value.get("name"), str) or callable(value.get("name")))
    if not named:
        raise Unfit("the name of an event, or a dict with its name", {"name": "data_ready"})
    if unknown := [key for key in value if key not in ("name", "parameters")]:
        raise Unfit(f"an event with name and parameters, and not {unknown[0]}", {"name": value["name"]})
    if not _maps(value.get("parameters", {})):
        expected = "an event whose parameters are a dict, or a list of names and pairs"
        raise Unfit(expected, {"name": value["name"], "parameters": {"alpha": "field"}})
    return dict(value)


def _maps(parameters: Any) -> bool:
    if isinstance(parameters, Mapping):
        return all(isinstance(part, str) for pair in parameters.items() for part in pair)
    if not isinstance(parameters, list | tuple):
        return callable(parameters)
    return all(
        isinstance(each, str)
        or (isinstance(each, list | tuple) and len(each) == 2 and all(isinstance(part, str) for part in each))
        for each in parameters
    )


def events(value: Any) -> Any:
    """Lists of events, each once, or a function that gives one when deployed."""
    return value if callable(value) else _each_once(value, event, "event")


def flow(value: Any) -> Any:
    """One flow: its name, perhaps with project and branch before it, or a dict of name, project and project_branch."""
    keys = ("name", "project", "project_branch")
    if callable(value) or (isinstance(value, str) and all(value.split("."))):
        return value
    named = isinstance(value, Mapping) and isinstance(value.get("name"), str)
    if not named or any(key not in keys or not isinstance(part, str) for key, part in value.items()):
        raise Unfit("the name of a flow, or a dict of name, project and project_branch", "LoadFlow")
    return dict(value)


def flows(value: Any) -> Any:
    """Lists of flows, each once, or a function that gives one when deployed."""
    return value if callable(value) else _each_once(value, flow, "flow")


def _each_once(value: Any, read: Any, what: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise Unfit(f"a list of {what}s", [value])
    found = [read(each) for each in value]
    names = Counter(str(each["name"]) if isinstance(each, Mapping) else str(each) for each in found)
    if repeated := [name for name, times in names.items() if times > 1]:
        raise Unfit(f"a list of {what}s that names each once, and {repeated[0]} is there twice", list(names))
    return found
