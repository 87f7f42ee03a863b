"""The code of a run, to look at and to take away."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

from nbflow.client.facts import RunFacts
from nbflow.code.package import CodePackage
from nbflow.model.ids import Digest
from nbflow.workspace import Workspace


def code_of(facts: RunFacts, digest: Digest | None = None) -> Code | None:
    """Return the code `digest` of a run, or the run's own; None when none was kept."""
    found = digest or facts.record.code
    if found is None:
        return None
    return Code(facts.workspace, found, source=facts.record.source, of_class=facts.of_class)


class Code:
    """What a run ran: `run.code`. It also has the fields of its package: `cells`, `definitions`, `modules`."""

    def __init__(self, workspace: Workspace, digest: Digest, *, source: str, of_class: bool) -> None:
        self._digest = digest
        self._source = source
        self._of_class = of_class
        self._bytes = workspace.store.get_bytes(digest)
        self._package = CodePackage.from_bytes(self._bytes)

    @property
    def path(self) -> str:
        """Its key in the store: a digest; equal code has one."""
        return self._digest

    @property
    def info(self) -> dict[str, Any]:
        """What it ran with: the versions of Python and of what it imports."""
        return {
            "flow": self._package.flow,
            "script": self.script_name,
            "python_version": self._package.python,
            "distributions": dict(self._package.distributions),
        }

    @property
    def script_name(self) -> str:
        """The name of the notebook or file the flow was in."""
        return PurePath(self._source).name

    @property
    def flowspec(self) -> str:
        """The text of the file with the flow; of a notebook its cells, one after the other."""
        if self._of_class:
            return self._package.definitions
        return "\n\n\n".join(text.rstrip("\n") for _, text in self._package.cells)

    @property
    def tarball(self) -> tarfile.TarFile:
        """All its files, as an archive that is open for reading."""
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w:gz") as writer:
            for path, content in self._files().items():
                entry = tarfile.TarInfo(path)
                entry.size = len(content)
                writer.addfile(entry, io.BytesIO(content))
        made.seek(0)
        return tarfile.open(fileobj=made, mode="r:gz")

    def extract(self) -> TemporaryDirectory[str]:
        """Return a new folder with the flow's file and its own modules; it goes when the object does.

        `shutil.copytree(run.code.extract().name, "mine")` keeps them.
        """
        folder = TemporaryDirectory(prefix="nbflow-code-")
        for path, content in self._files().items():
            file = Path(folder.name, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return folder

    def _files(self) -> dict[str, bytes]:
        """Return the files as they stood where the run began: the flow's own, and the modules beside it."""
        # what is no text in UTF-8 was read so that its bytes come back
        modules = {path: text.encode("utf-8", "surrogateescape") for path, text in self._package.modules.items()}
        if self._of_class:
            own = self._package.definitions.encode("utf-8", "surrogatepass")
        else:
            with zipfile.ZipFile(io.BytesIO(self._bytes)) as package:
                own = package.read("notebook.ipynb")
        suffix = ".py" if self._of_class else ".ipynb"
        return {f"{PurePath(self._source).stem or self._package.flow}{suffix}": own, **modules}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._package, name)

    def __str__(self) -> str:
        return self.flowspec

    def __repr__(self) -> str:
        return f"<Code of {self._package.flow}: {self.script_name or 'no file'}>"
