"""The packages that decorators ask for: @pypi and @conda of a step, @pypi_base and @conda_base of its flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nbflow.flowspec.decorators import Decorator
from nbflow.frozen import frozen

#: how a version begins that says by itself how it is compared; "" is any
_COMPARED = ("", "<", ">", "=", "!", "~")


@frozen
class PackagesAsked:
    """What of `Options` is about packages."""

    pypi: tuple[str, ...] = ()
    conda: tuple[str, ...] = ()
    python: str | None = None
    installed: bool = False


def packages_asked(of_step: Sequence[Decorator], of_flow: Sequence[Decorator]) -> PackagesAsked:
    """Return the packages of a step: those of its flow, and its own in place of theirs.

    A step with `disabled=True` runs with what is installed here, unless it asks for packages by another decorator.
    """
    step = {each.name: each.attributes for each in of_step}
    flow = {each.name: each.attributes for each in of_flow}
    pypi, conda = (_requirements(flow.get(f"{name}_base"), step.get(name)) for name in ("pypi", "conda"))
    disabled = any(step[name]["disabled"] for name in ("pypi", "conda") if name in step)
    python = None if disabled and not (pypi or conda) else _python(step, flow)
    return PackagesAsked(pypi, conda, python, disabled and not (pypi or conda or python))


def _requirements(of_flow: Mapping[str, Any] | None, of_step: Mapping[str, Any] | None) -> tuple[str, ...]:
    packages: dict[str, str] = {}
    for said in (of_flow, of_step):
        if said and said["disabled"]:
            packages = {}
        elif said:
            # by its earlier name, which conda's decorators keep
            packages.update(said.get("libraries") or {})
            packages.update(said["packages"])
    return tuple(
        f"{name}{version if version[:1] in _COMPARED else f'=={version}'}" for name, version in packages.items()
    )


def _python(step: Mapping[str, Mapping[str, Any]], flow: Mapping[str, Mapping[str, Any]]) -> str | None:
    said = [*(step.get(name) for name in ("pypi", "conda")), *(flow.get(f"{name}_base") for name in ("pypi", "conda"))]
    return next((each["python"] for each in said if each and each["python"] and not each["disabled"]), None)
