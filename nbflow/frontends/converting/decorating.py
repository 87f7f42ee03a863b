"""Options of a step's header → decorators of its method."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

from nbflow.flowspec.decorators_of_steps import MOST_RETRIES
from nbflow.frontends.converting.original import refuse
from nbflow.graph.resolved import ResolvedStep
from nbflow.model.card import CardAsk
from nbflow.model.options import Options, Resources
from nbflow.model.secret import SecretSource

_MEGABYTE = 1024 * 1024


def decorators(step: ResolvedStep) -> list[tuple[str, str]]:
    """Return the decorators of a step's method, top first: their names and arguments."""
    options = step.draft.options
    if options.retry.times > MOST_RETRIES:
        why = f"a step of a class is tried again at most {MOST_RETRIES} times"
        refuse(step.draft.place, f"--retry {options.retry.times}", why, f"write --retry {MOST_RETRIES}")
    return [(name, ", ".join(f"{key}={value}" for key, value in arguments)) for name, arguments in _found(options)]


def _found(options: Options) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for card in options.cards:
        # what a card has by default need not be said
        said = ((each.name, getattr(card, each.name)) for each in fields(card))
        plain = {each.name: getattr(CardAsk(), each.name) for each in fields(card)}
        yield "card", [(name, _literal(value)) for name, value in said if value != plain[name]]
    if options.catch is not None:
        yield "catch", [("var", _text(options.catch.name))] if options.catch.name else []
    if options.retry.times:
        # a class waits two minutes unless told otherwise
        wait = options.retry.wait / 60
        yield "retry", [("times", str(options.retry.times)), ("minutes_between_retries", _number(wait))]
    if options.timeout is not None:
        minutes, seconds = divmod(options.timeout, 60)
        unit, value = ("seconds", options.timeout) if seconds else ("minutes", minutes)
        yield "timeout", [(unit, _number(value))]
    resources = list(_resources(options.resources))
    image = [("image", _text(options.image))] if options.image else []
    if options.backend == "batch" or image:
        yield "batch", resources + image
    elif resources:
        yield "resources", resources
    if options.env:
        pairs = ", ".join(f"{_text(name)}: {_text(value)}" for name, value in options.env)
        yield "environment", [("vars", f"{{{pairs}}}")]
    if options.secrets:
        yield "secrets", [("sources", f"[{', '.join(map(_secret, options.secrets))}]")]
    yield from _packages(options)


def _secret(source: SecretSource) -> str:
    if source.variable is None or source.variable == source.id:
        return _text(source.text)
    name = source.id + (f"#{source.key}" if source.key else "")
    return f'{{"type": {_text(source.manager)}, "id": {_text(name)}, "options": {{"env_var_name": {_text(source.variable)}}}}}'


def _packages(options: Options) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    python = [("python", _text(options.python))] if options.python else []
    for name, asked in (("pypi", options.pypi), ("conda", options.conda)):
        if asked or (name == "pypi" and python and not options.conda):
            pairs = ", ".join(f"{_text(key)}: {_text(version)}" for key, version in map(_requirement, asked))
            yield name, [*([("packages", f"{{{pairs}}}")] if asked else []), *python]


def _resources(asked: Resources) -> Iterator[tuple[str, str]]:
    if asked.cpu != 1.0:
        yield "cpu", _number(asked.cpu)
    if asked.gpu:
        yield "gpu", str(asked.gpu)
    if asked.memory is not None:
        yield "memory", _number(asked.memory / _MEGABYTE)
    if asked.disk is not None:
        yield "disk", _number(asked.disk / _MEGABYTE)
    if asked.shared_memory is not None:
        yield "shared_memory", _number(asked.shared_memory / _MEGABYTE)


def _requirement(text: str) -> tuple[str, str]:
    """Return a distribution and its version as @pypi takes them: a bare version where one is pinned."""
    found = re.fullmatch(r"((?:[\w\-]+::)?[\w.\-]+(?:\[[^\]]*\])?)\s*(.*)", text, re.DOTALL)
    return (found[1], found[2].removeprefix("==")) if found else (text, "")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _literal(value: object) -> str:
    return _text(value) if isinstance(value, str) else _number(value) if isinstance(value, float) else repr(value)


def _text(value: str) -> str:
    """Return a text as ruff would quote it."""
    plain = repr(value)
    return plain if '"' in value or not plain.startswith("'") else f'"{plain[1:-1]}"'
