"""What is known of the place that a notebook is in."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from nbflow.frozen import frozen

Kind = Literal[
    "plain",
    "studio",
    "notebook instance",
    "notebook job",
    "training job",
    "processing job",
    "jupyterhub",
    "binder",
    "colab",
    "vscode",
    "batch",
]


@frozen
class Host:
    """A place that notebooks run in."""

    kind: Kind = "plain"
    #: as a person calls it
    name: str = "this machine"
    #: whose work it is, where the place knows that better than the login, which is the same for all
    user: str | None = None
    #: whether files outlive the session; None: as anywhere
    keeps: bool | None = None
    #: the folder whose files do, where it is not all of them
    folder: str | None = None
    #: of AWS
    region: str | None = None
    #: the ARN of the role that the place has
    role: str | None = None
    #: how a port of this machine is reached from a browser: `{port}` stands for it. A path where the address is not known
    port: str | None = None
    #: how a file is opened in a browser: `{path}` stands for it, as seen from `top`
    notebook: str | None = None
    #: the folder that the file browser begins at
    top: str | None = None
    #: what must be installed, or clicked, for `port` to work
    port_needs: str = ""

    def port_url(self, port: int) -> str | None:
        """Return the address of a local port, or its path on the page's own; None: it is reached as anywhere."""
        return None if self.port is None else self.port.format(port=port)

    def notebook_url(self, path: str) -> str | None:
        """Return the address of the file at the absolute `path`, or its path; None where it is not known."""
        if self.notebook is None or self.top is None:
            return None
        top = self.top.rstrip("/") + "/"
        return self.notebook.format(path=quote(path.removeprefix(top))) if path.startswith(top) else None

    def store(self, folder: str) -> str | None:
        """Return the folder that a new store for work in `folder` belongs into, None: as anywhere, `folder` itself."""
        if self.folder is None or f"{folder.rstrip('/')}/".startswith(f"{self.folder.rstrip('/')}/"):
            return None
        return self.folder
