"""`@project`: whose a run is. Flows of one project share a namespace per branch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nbflow.errors import raise_for
from nbflow.flowspec.attributes import Unfit

if TYPE_CHECKING:
    from nbflow.flowspec.prepared import PreparedFlow

#: most characters of the name of a project or branch
LONGEST = 128


def project_word(value: Any) -> str:
    """Names of projects and branches."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9_]+", value):
        example = re.sub(r"[^a-z0-9_]+", "_", str(value).lower()) or "forecasts"
        raise Unfit("a name of only lowercase alphanumeric characters and underscores", example[:LONGEST])
    if len(value) > LONGEST:
        raise Unfit(f"a name of at most {LONGEST} characters; this one is too long", value[:LONGEST])
    return value


def project_of(
    prepared: PreparedFlow, *, user: str, branch: str | None = None, production: bool = False
) -> Mapping[str, Any] | None:
    """Return what `@project` makes of a run by `user`, or None for a flow without a project.

    Args:
        prepared: The flow.
        user: Who runs it.
        branch: The branch asked for in the command line.
        production: The command line asks for the branch of production.

    Returns:
        project_name, branch_name, project_flow_name, is_user_branch, is_production, and the run's tags of the system.

    Raises:
        DecoratorError: The command line says what the decorator says, or a branch cannot have that name.
    """
    use = next((each for each in prepared.decorators if each.name == "project"), None)
    if use is None:
        if option := ("--branch" if branch else "--production" if production else ""):
            raise_for("D018", option=option, flow=prepared.name)
        return None
    said = use.attributes
    for attribute, asked in (("branch", branch), ("production", production)):
        if asked and said[attribute]:
            raise_for("D017", use.place, attribute=attribute)
    if branch:
        _check_branch(branch)
    branch, production = branch or said["branch"], production or said["production"]
    whole = _whole(branch, user, production=production)
    return {
        "project_name": said["name"],
        "branch_name": whole,
        "project_flow_name": f"{said['name']}.{whole}.{prepared.name}",
        "is_user_branch": not branch and not production,
        "is_production": bool(production),
        "tags": [f"project:{said['name']}", f"project_branch:{whole}"],
    }


def _check_branch(branch: str) -> None:
    try:
        project_word(branch)
    except Unfit as unfit:
        raise_for("D019", branch=branch, expected=unfit.expected, example=unfit.example)


def _whole(branch: str | None, user: str, *, production: bool) -> str:
    if production:
        return f"prod.{branch}" if branch else "prod"
    return f"test.{branch}" if branch else f"user.{user}"
