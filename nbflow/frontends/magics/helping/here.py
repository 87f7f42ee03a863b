"""What holds here and now, for help: the flow's name, where runs are kept, the environment, values of parameters."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nbflow.cards.figures import several
from nbflow.cards.printable import one_line
from nbflow.configuration.known import PROFILE
from nbflow.configuration.settings import settings
from nbflow.errors import NbflowError
from nbflow.frontends.magics.records import Records
from nbflow.frontends.magics.session import UNNAMED
from nbflow.hosted import here
from nbflow.metadata.identity import user_here
from nbflow.model.parameter import ParameterDef
from nbflow.plan.parameters import ENVIRONMENT
from nbflow.workspace import Workspace

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

_WIDE = 40


def facts(face: Face) -> list[tuple[str, str]]:
    """Return what help says below the options: each fact with its name."""
    return [
        ("flow", _name(face)),
        ("steps", one_line(", ".join(face.session.slots), 90) or "none has run in this kernel"),
        ("runs", _runs(face)),
        *_place(),
        *_environment(),
    ]


def parameters(face: Face, *, options: bool = False) -> list[tuple[str, str, str, str]]:
    """Return of each parameter its name and type (or option), its value, where that came from, and its help."""
    declared = face.session.parameters.parameters
    try:
        resolved = face.resolve({})
    except NbflowError:
        # one of them has no value: then each is shown as it is written
        return [(_typed(each, options=options), *_written(face, each), each.help) for each in declared]
    return [
        (
            _typed(each, options=options),
            one_line(repr(resolved.values[each.name]), _WIDE),
            _origin(face, each.name, resolved.origins[each.name]),
            each.help,
        )
        for each in declared
    ]


def _typed(parameter: ParameterDef, *, options: bool) -> str:
    if options:
        return f"--{parameter.name.replace('_', '-')} {parameter.type}".rstrip()
    return f"{parameter.name}: {parameter.type}" if parameter.type else parameter.name


def _written(face: Face, parameter: ParameterDef) -> tuple[str, str]:
    if parameter.name in face.session.overrides:
        return one_line(face.session.overrides[parameter.name].source, _WIDE), _origin(face, parameter.name, "cell")
    if (text := os.environ.get(f"{ENVIRONMENT}{parameter.name.upper()}")) is not None:
        return one_line(text, _WIDE), _origin(face, parameter.name, "environment")
    if parameter.default is None:
        return "", "no default: a run must give it"
    return one_line(parameter.default, _WIDE), "default"


def _origin(face: Face, name: str, origin: str) -> str:
    if origin == "environment":
        return f"{ENVIRONMENT}{name.upper()}"
    if origin == "cell":
        return face.session.overrides[name].place.cell or "a cell"
    return origin


def _name(face: Face) -> str:
    if face.session.flow:
        return f"{face.flow}, by %flow name"
    if face.file.name:
        return f"{face.flow}, by the notebook's name"
    return f"{UNNAMED}: %flow name NAME gives it one"


def _runs(face: Face) -> str:
    named = " (NBFLOW_ROOT)" if os.environ.get("NBFLOW_ROOT") else ""
    root = Workspace.nearest(face.folder) or Workspace.made_at(face.folder)
    try:
        records = Records.of(face)
        latest = records.runs(face.flow, limit=1) if records else ()
    except NbflowError as failure:
        return f"{root}{named}, which cannot be read: {failure.problems[0].what}"
    if records is None:
        return f"{root}{named}, made by the first run"
    last = (
        f"; the latest is {latest[0].flow}/{latest[0].id}, {latest[0].status.value}"
        if latest
        else "; none of this flow"
    )
    return f"{records.root}{named}{last}"


def _place() -> Iterator[tuple[str, str]]:
    """Yield who one is, and where, if that is a place with a name; and the profile, where one is in use."""
    host = here()
    with contextlib.suppress(NbflowError):
        yield "you", user_here() + (f", on {host.name}" if host.kind != "plain" else "")
        found = settings()
        if found.profile:
            yield "profile", f"{found.profile}, by {found.sources['profile']}"


def _environment() -> Iterator[tuple[str, str]]:
    """Yield the variables that are set and mean something to nbflow in a notebook."""
    told = (PROFILE, "NBFLOW_ROOT", "NBFLOW_USER")
    names = [name for name in sorted(os.environ) if name in told or name.startswith(ENVIRONMENT)]
    for name in names[:8]:
        yield name, one_line(os.environ[name], 60)
    if len(names) > 8:
        yield "", f"and {several(len(names) - 8, 'more')}"
