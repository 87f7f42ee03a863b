"""Who runs things, as a tag: `user:ada` of a person, `production:<token>` of a flow that runs by itself."""

from __future__ import annotations

import getpass
import os
import platform

import nbflow
from nbflow.configuration.settings import settings
from nbflow.hosted import here
from nbflow.metadata.starter import starter_tags
from nbflow.model.record import RunRecord


def user_here() -> str:
    """Return who runs things: NBFLOW_USER or the user of the settings, else whom the place knows, else the login.

    On a hub and in Studio the login is the same for all: see `nbflow.hosted`.
    """
    if named := settings().user or here().user:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # a container's user may have no name
        return str(os.getuid())


def identity() -> str:
    """Return the tag that new runs get, and by which their namespace finds them: anybody has one, root, too."""
    token = os.environ.get("NBFLOW_PRODUCTION_TOKEN")
    return f"production:{token}" if token else f"user:{user_here()}"


def system_tags() -> frozenset[str]:
    """Return the tags that nbflow gives a new run: whose it is, what ran it, and what started it if no person did."""
    versions = {f"nbflow_version:{nbflow.__version__}", f"python_version:{platform.python_version()}"}
    return frozenset({identity(), "runtime:dev", *versions, *starter_tags()})


def owner_of(run: RunRecord) -> str:
    """Return the identity that a run was made by; of one from before there were identities its user."""
    given = (tag for tag in sorted(run.system_tags) if tag.startswith(("production:", "user:")))
    return next(given, f"user:{run.user}")


def tags_of(run: RunRecord) -> frozenset[str]:
    """Return all tags by which a run is found."""
    return run.tags | run.system_tags | {owner_of(run)}
