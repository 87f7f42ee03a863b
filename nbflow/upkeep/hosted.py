"""Check of the place that this is: whether what is kept here stays, and whose it is taken for."""

from __future__ import annotations

from pathlib import Path

from nbflow.configuration.settings import Settings
from nbflow.hosted import here
from nbflow.metadata.identity import user_here
from nbflow.upkeep.finding import Finding, warning
from nbflow.workspace.shared import is_url

#: the card server's, as an example
_PORT = 8324
#: where everybody has the same login
_COMMON = frozenset({"jupyterhub", "studio", "binder", "colab"})


def host(settings: Settings) -> Finding:
    """Where this is thought to be, and who runs things there."""
    found = here()
    common = settings.user is None and found.user is None and found.kind in _COMMON
    parts = [found.name, f"you are {user_here()}{', as everybody is here' if common else ''}"]
    if found.folder is not None:
        parts.append(f"files stay in {found.folder}")
    listed = [f"its role is {found.role}"] if found.role else []
    if (link := found.port_url(_PORT)) is not None:
        listed.append(f"port {_PORT} is seen at {link}{f', with {found.port_needs}' if found.port_needs else ''}")
    if (link := found.notebook_url(str(Path.cwd() / "NAME.ipynb"))) is not None:
        listed.append(f"notebooks here are seen at {link}")
    said = " · ".join(parts)
    if found.keeps is False and not (settings.root and is_url(settings.root)):
        fix = "nbflow configure --root s3://BUCKET/nbflow"
        return warning("host", f"{said} · nothing that is kept here stays", fix, listed=listed)
    return Finding("host", "fine", said, listed=tuple(listed))
