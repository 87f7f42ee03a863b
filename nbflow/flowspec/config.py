"""The values of a flow's configs: from the command line, the environment, or their own defaults.

Precedence, low to high: default, `NBFLOW_FLOW_CONFIG` and `NBFLOW_FLOW_CONFIG_VALUE` (METAFLOW_… are read as well), what
is given. A door reads them once (`read`) and hands on what is recorded; whoever needs the values takes them from there
(`resolve`), so that a worker never opens a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any, TypeVar

from nbflow.errors import NbflowError, Problem, error, problem, raise_for
from nbflow.flowspec.config_declared import Config, ConfigFacts, Content, FilePath, configs_of, facts_of
from nbflow.flowspec.config_value import ConfigValue, plain, wrapped
from nbflow.flowspec.context import ParameterContext, computed
from nbflow.flowspec.delayed import Delayed, Values, config_expr, has_delayed, is_unpacked, resolved
from nbflow.flowspec.naming import among, clashes, hint
from nbflow.flowspec.quoting import listed, said
from nbflow.flowspec.reading import content_of, decoded, parsed
from nbflow.frozen import frozen
from nbflow.model.value import decode, encode

__all__ = [
    "Config",
    "ConfigFacts",
    "ConfigValue",
    "Delayed",
    "Values",
    "config_expr",
    "configs_of",
    "facts_of",
    "has_delayed",
    "is_unpacked",
    "read",
    "recorded",
    "resolve",
    "resolved",
]

#: nothing is known of who starts the run
_NOBODY = ParameterContext()

T = TypeVar("T")

#: environment variables that say something about configs, the stronger first
_FILES = ("NBFLOW_FLOW_CONFIG", "METAFLOW_FLOW_CONFIG")
_VALUES = ("NBFLOW_FLOW_CONFIG_VALUE", "METAFLOW_FLOW_CONFIG_VALUE")


@frozen
class _Given:
    """What one place says: files and contents by attribute."""

    #: the place, for messages
    whence: str
    files: Mapping[str, FilePath] = field(default_factory=dict)
    contents: Mapping[str, Content] = field(default_factory=dict)


def read(
    configs: Mapping[str, Config],
    *,
    files: Mapping[str, FilePath] = {},
    contents: Mapping[str, Content] = {},
    environ: Mapping[str, str] = {},
    context: ParameterContext = _NOBODY,
) -> dict[str, Any]:
    """Return what is recorded of each config's value, by attribute: the JSON that `resolve` makes values of.

    Args:
        configs: attribute → config, as `configs_of` gives them.
        files: name → path, of `--config`.
        contents: name → text or dict, of `--config-value`.
        environ: the process's environment variables.
        context: for defaults that are functions.

    Raises:
        ParameterError: something cannot be read; all that is wrong is named.
    """
    names = {attribute: facts_of(each).name for attribute, each in configs.items()}
    if problems := clashes({attribute: ("Config", name) for attribute, name in names.items()}):
        raise error(problems)
    places = [_checked(files, contents, names, "the command line"), *_of_environment(environ, names)]
    made: dict[str, Any] = {}
    for attribute, config in configs.items():
        facts = facts_of(config)
        try:
            made[attribute] = _recorded(facts, _value(facts, attribute, places, context))
        except NbflowError as failed:
            problems += failed.problems
    if problems:
        raise error(problems)
    return made


def resolve(
    configs: Mapping[str, Config],
    given: Mapping[str, Any] | None = None,
    *,
    context: ParameterContext = _NOBODY,
) -> Values:
    """Return the value of each config by attribute; those that `given`, as `read` returns it, lacks have their defaults.

    Raises:
        ParameterError: a default cannot be read.
    """
    known = dict(given or {})
    if rest := {attribute: each for attribute, each in configs.items() if attribute not in known}:
        known.update(read(rest, context=context))
    values, aliases = {}, {}
    for attribute, config in configs.items():
        facts = facts_of(config)
        value = decode(known[attribute])
        values[attribute] = value if facts.plain else wrapped(value)
        aliases.update(dict.fromkeys((facts.name.lower(), facts.name.replace("-", "_"), facts.name), attribute))
    return Values(values, aliases)


def recorded(configs: Mapping[str, Config], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is recorded of `values`, as `resolve` gave or somebody changed them: what `resolve` takes.

    Raises:
        ParameterError: a value is nothing that can be recorded.
    """
    return {attribute: _recorded(facts_of(each), values[attribute]) for attribute, each in configs.items()}


def _checked(
    files: Mapping[str, FilePath], contents: Mapping[str, Content], names: Mapping[str, str], whence: str
) -> _Given:
    """Return what is given by attribute; both a file and a value for one config, or an unknown name, is an error."""
    problems: list[Problem] = []
    of_files, of_contents = _by_attribute(files, names, problems), _by_attribute(contents, names, problems)
    for attribute in sorted(of_files.keys() & of_contents.keys()):
        problems += [problem("P034", name=names[attribute], whence=whence, file=of_files[attribute])]
    if problems:
        raise error(problems)
    return _Given(whence, of_files, of_contents)


def _by_attribute(given: Mapping[str, T], names: Mapping[str, str], problems: list[Problem]) -> dict[str, T]:
    found = {}
    for name, value in given.items():
        attribute = among(name, names)
        if attribute is None:
            new, known = name.replace("-", "_"), listed(names.values())
            problems.append(problem("P035", name=name, hint=hint(name, names), known=known, attribute=new))
        else:
            found[attribute] = value
    return found


def _of_environment(environ: Mapping[str, str], names: Mapping[str, str]) -> list[_Given]:
    """Return what environment variables say; one for all flows of a machine may name configs that this flow has not."""
    found = []
    for files, contents in zip(_FILES, _VALUES, strict=True):
        read_files = _object(environ, files, "paths of their files", '{"cfg": "cfg.json"}')
        read_contents = _object(environ, contents, "their contents", '{"cfg": {"alpha": 0.5}}')
        of_files = {name: path for name, path in read_files.items() if among(name, names)}
        of_contents = {name: value for name, value in read_contents.items() if among(name, names)}
        found.append(_checked(of_files, of_contents, names, f"the environment ({files}, {contents})"))
    return found


def _object(environ: Mapping[str, str], variable: str, what: str, example: str) -> dict[str, Any]:
    text = environ.get(variable)
    if not text:
        return {}
    try:
        made = json.loads(text)
    except ValueError as failed:
        raise_for("P036", variable=variable, message=failed, what=what, example=example)
    if not isinstance(made, dict):
        raise_for("P036", variable=variable, message=f"it is {text}", what=what, example=example)
    return made


def _value(facts: ConfigFacts, attribute: str, places: list[_Given], context: ParameterContext) -> Any:
    for place in places:
        if attribute in place.files:
            return _of_file(facts, place.files[attribute], "configuration")
        if attribute in place.contents:
            return _of_content(facts, place.contents[attribute], f"it comes from {place.whence}")
    if (default := facts.default) is not None:
        path = computed(default, context, facts.name) if callable(default) else default
        return None if path is None else _of_file(facts, path, "default configuration")
    if (content := facts.default_value) is not None:
        content = computed(content, context, facts.name) if callable(content) else content
        return None if content is None else _of_content(facts, content, "it is the default value")
    if facts.required:
        raise_for("P030", name=facts.name)
    return None


def _of_file(facts: ConfigFacts, path: FilePath, which: str) -> Any:
    content = content_of(path, "P031", {"name": facts.name, "which": which})
    # editors on Windows begin a file with a mark that JSON does not know
    return _of_content(facts, decoded(content, "utf-8-sig", name=facts.name, path=path), f"it stands in {path}")


def _of_content(facts: ConfigFacts, content: Any, whence: str) -> Any:
    if facts.parser is not None:
        text = content if isinstance(content, str) else json.dumps(plain(content))
        return parsed(facts.parser, text, owner=f"config '{facts.name}'")
    if not isinstance(content, str):
        return content
    try:
        return json.loads(content)
    except ValueError as failed:
        raise_for("P032", name=facts.name, message=failed, whence=whence)


def _recorded(facts: ConfigFacts, value: Any) -> Any:
    try:
        return encode(plain(value))
    except (TypeError, RecursionError) as failed:
        raise_for("P039", name=facts.name, message=said(failed))
