"""What the decorators of a step ask of whoever runs it, and what of it nobody heeds yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from nbflow.errors import Problem, problem
from nbflow.flowspec.decorators import Decorator, storable
from nbflow.flowspec.decorators_of_steps import asked_of
from nbflow.flowspec.hearers import kept_in_code
from nbflow.flowspec.packages import packages_asked
from nbflow.flowspec.prepared import PreparedFlow, PreparedStep
from nbflow.flowspec.sources import inline_secrets
from nbflow.model.card import CardAsk
from nbflow.model.options import Catch, Options, Resources, Retry
from nbflow.model.secret import SecretSource, asked_in_class

_MEGABYTE = 1 << 20
#: what is asked of a machine and not looked at here
_IDLE_RESOURCES = ("gpu", "disk", "shared_memory")


def options_of(step: PreparedStep, flow: PreparedFlow) -> tuple[Options, tuple[Problem, ...]]:
    """Return the options of a step of `flow`, and a notice for each decorator that is recorded and does nothing yet."""
    return options_asked(step.decorators, flow.decorators), tuple(_notices(step))


def options_asked(of_step: Sequence[Decorator], of_flow: Sequence[Decorator] = ()) -> Options:
    """Return the options that the decorators of a step, and those of its flow, ask for."""
    uses: dict[str, Decorator] = {each.name: each for each in of_step}
    said: dict[str, Mapping[str, Any]] = {name: each.attributes for name, each in uses.items()}
    retry, catch = said.get("retry"), said.get("catch")
    packages = packages_asked(of_step, of_flow)
    return Options(
        cards=tuple(_cards(of_step)),
        resources=_resources({name: each.given for name, each in uses.items()}),
        retry=Retry(retry["times"], 60.0 * retry["minutes_between_retries"]) if retry else Retry(),
        timeout=_seconds(said["timeout"]) if "timeout" in said else None,
        catch=Catch(catch["var"], catch["print_exception"]) if catch else None,
        env=tuple(said["environment"]["vars"].items()) if "environment" in said else (),
        secrets=_secrets(said["secrets"]) if "secrets" in said else (),
        pypi=packages.pypi,
        conda=packages.conda,
        python=packages.python,
        installed=packages.installed,
        backend="batch" if "batch" in said else None,
        image=said["batch"]["image"] if "batch" in said else None,
        batch=_batch(uses["batch"].given) if "batch" in uses else (),
    )


def notices_of(flow: PreparedFlow) -> tuple[Problem, ...]:
    """Return a notice for each decorator of the flow and of its steps that is recorded and does nothing yet."""
    found = [problem("D051", each.place, name=each.name, instead=each.kind.idle) for each in _idle(flow.decorators)]
    return (*found, *kept_in_code(flow), *(each for step in flow.steps.values() for each in _notices(step)))


def _resources(given: Mapping[str, Mapping[str, Any]]) -> Resources:
    """Return what is asked for. A default is what another machine gives; it is not asked of this one."""
    asked = asked_of(given)

    def given_bytes(name: str) -> int | None:
        return int(asked[name] * _MEGABYTE) if name in asked else None

    return Resources(
        cpu=float(asked.get("cpu", 1)),
        gpu=int(asked.get("gpu", 0)),
        memory=given_bytes("memory"),
        disk=given_bytes("disk"),
        shared_memory=given_bytes("shared_memory"),
    )


def _batch(given: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return what @batch says beside the size of the machine and the image."""
    apart = {"cpu", "gpu", "memory", "shared_memory", "image"}
    return tuple(sorted((name, value) for name, value in given.items() if name not in apart and value is not None))


def _cards(uses: Sequence[Decorator]) -> Iterator[CardAsk]:
    for use in uses:
        if use.name == "card":
            said = use.attributes
            known = {each.name: said[each.name] for each in fields(CardAsk)}
            known |= {"options": storable(known["options"])}
            yield CardAsk(**known)


def _secrets(said: Mapping[str, Any]) -> tuple[SecretSource, ...]:
    return asked_in_class(said["sources"], said["role"], override=said["allow_override"])


def _seconds(said: Mapping[str, Any]) -> float:
    return float(said["seconds"] + 60 * said["minutes"] + 3600 * said["hours"])


def _notices(step: PreparedStep) -> Iterator[Problem]:
    for each in _idle(step.decorators):
        yield problem("D050", each.place, name=each.name, step=step.name, instead=each.kind.idle)
    for each in step.decorators:
        if each.name == "secrets" and inline_secrets(each.attributes["sources"]):
            yield problem("D053", each.place, step=step.name)
    on_batch = any(each.name == "batch" for each in step.decorators)
    for each in step.decorators:
        if (
            each.name == "resources"
            and not on_batch
            and (unseen := [name for name in _IDLE_RESOURCES if each.given.get(name)])
        ):
            said = ", ".join(f"{name}={each.given[name]}" for name in unseen)
            yield problem("D052", each.place, said=said, step=step.name)


def _idle(uses: Sequence[Decorator]) -> list[Decorator]:
    """Return those that are not heeded, one of each name."""
    found: dict[str, Decorator] = {}
    for use in uses:
        if use.kind.idle and not use.attributes.get("disabled"):
            found.setdefault(use.name, use)
    return list(found.values())
