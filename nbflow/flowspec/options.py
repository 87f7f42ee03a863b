"""What the decorators of a step ask of whoever runs it, and what of it nobody heeds yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from nbflow.errors import Problem, problem
from nbflow.flowspec.decorators import Decorator, storable
from nbflow.flowspec.decorators_of_steps import asked_of
from nbflow.flowspec.prepared import PreparedFlow, PreparedStep
from nbflow.model.card import CardAsk
from nbflow.model.options import Catch, Options, Resources, Retry

_MEGABYTE = 1 << 20
#: how a version begins that says by itself how it is compared; "" is any
_COMPARED = ("", "<", ">", "=", "!", "~")
#: what is asked of a machine and not looked at here
_IDLE_RESOURCES = ("gpu", "disk", "shared_memory")


def options_of(step: PreparedStep, flow: PreparedFlow) -> tuple[Options, tuple[Problem, ...]]:
    """Return the options of a step of `flow`, and a notice for each decorator that is recorded and does nothing yet."""
    uses: dict[str, Decorator] = {each.name: each for each in step.decorators}
    said: dict[str, Mapping[str, Any]] = {name: each.attributes for name, each in uses.items()}
    retry, catch = said.get("retry"), said.get("catch")
    options = Options(
        cards=tuple(_cards(step.decorators)),
        resources=_resources({name: each.given for name, each in uses.items()}),
        retry=Retry(retry["times"], 60.0 * retry["minutes_between_retries"]) if retry else Retry(),
        timeout=_seconds(said["timeout"]) if "timeout" in said else None,
        catch=Catch(catch["var"], catch["print_exception"]) if catch else None,
        env=tuple(said["environment"]["vars"].items()) if "environment" in said else (),
        pypi=_requirements(said.get("pypi"), flow),
    )
    return options, tuple(_notices(step))


def notices_of(flow: PreparedFlow) -> tuple[Problem, ...]:
    """Return a notice for each decorator of the flow and of its steps that is recorded and does nothing yet."""
    found = [problem("D051", each.place, name=each.name, instead=each.kind.idle) for each in _idle(flow.decorators)]
    return (*found, *(each for step in flow.steps.values() for each in _notices(step)))


def _resources(given: Mapping[str, Mapping[str, Any]]) -> Resources:
    """Return what is asked for. A default is what another machine gives; it is not asked of this one."""
    asked = asked_of(given)
    memory, disk = asked.get("memory"), asked.get("disk")
    return Resources(
        cpu=float(asked.get("cpu", 1)),
        gpu=int(asked.get("gpu", 0)),
        memory=None if memory is None else int(memory * _MEGABYTE),
        disk=None if disk is None else int(disk * _MEGABYTE),
    )


def _cards(uses: Sequence[Decorator]) -> Iterator[CardAsk]:
    for use in uses:
        if use.name == "card":
            said = use.attributes
            known = {each.name: said[each.name] for each in fields(CardAsk)}
            known |= {"options": storable(known["options"])}
            yield CardAsk(**known)


def _seconds(said: Mapping[str, Any]) -> float:
    return float(said["seconds"] + 60 * said["minutes"] + 3600 * said["hours"])


def _requirements(of_step: Mapping[str, Any] | None, flow: PreparedFlow) -> tuple[str, ...]:
    """Return the packages of PyPI that a step needs: those of the flow, and its own instead of theirs."""
    of_flow = next((each.attributes for each in flow.decorators if each.name == "pypi_base"), None)
    packages: dict[str, str] = {}
    for said in (of_flow, of_step):
        if said and said["disabled"]:
            packages = {}
        elif said:
            packages.update(said["packages"])
    return tuple(
        f"{name}{version if version[:1] in _COMPARED else f'=={version}'}" for name, version in packages.items()
    )


def _notices(step: PreparedStep) -> Iterator[Problem]:
    for each in _idle(step.decorators):
        yield problem("D050", each.place, name=each.name, step=step.name, instead=each.kind.idle)
    for each in step.decorators:
        if each.name == "resources" and (unseen := [name for name in _IDLE_RESOURCES if each.given.get(name)]):
            said = ", ".join(f"{name}={each.given[name]}" for name in unseen)
            yield problem("D052", each.place, said=said, step=step.name)


def _idle(uses: Sequence[Decorator]) -> list[Decorator]:
    """Return those that are not heeded, one of each name."""
    found: dict[str, Decorator] = {}
    for use in uses:
        if use.kind.idle and not use.attributes.get("disabled"):
            found.setdefault(use.name, use)
    return list(found.values())
