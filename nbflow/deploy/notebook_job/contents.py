"""What of a notebook travels to its job: its text, the modules and notebooks beside it that it names, and its packages."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from nbflow.cells.whole_notebook import WholeNotebook, whole_notebook
from nbflow.code.local import local_modules
from nbflow.code.package import CodePackage
from nbflow.environments.carried import wheels_folder
from nbflow.environments.indexes import indexes
from nbflow.environments.installed import imported_packages
from nbflow.environments.kept import Kept
from nbflow.environments.local import folder as environments_folder
from nbflow.environments.locking import lock
from nbflow.environments.names import requirements
from nbflow.environments.packs import pack
from nbflow.environments.target import Target
from nbflow.environments.wanted import Wanted
from nbflow.frozen import frozen
from nbflow.model.ids import FLOW_NAME, FlowName, flow_name_of
from nbflow.workspace import Workspace

#: modules of what a kernel with nbflow in it, and papermill around it, import beside what a worker does
MACHINERY = ("anywidget", "boto3", "ipykernel", "ipywidgets", "nbformat", "packaging", "papermill")
#: the same as packages
_PACKAGES = MACHINERY
_NAMED = re.compile(r"^[ \t]*%flow[ \t]+name[ \t]+(\S+)", re.MULTILINE)


@frozen
class Contents:
    """A notebook, and what it stands on."""

    notebook: WholeNotebook
    flow: FlowName
    folder: Path
    #: path → text, beside the notebook and with it
    files: Mapping[str, str]
    #: modules that its cells and its own modules import
    modules: tuple[str, ...]

    @classmethod
    def of(cls, path: Path) -> Contents:
        """Read a notebook's file, and what it takes along.

        Raises:
            UsageError: R002, it is no notebook.
            OSError: a file cannot be read.
        """
        text = path.read_text(encoding="utf-8")
        notebook, folder = whole_notebook(text, path.name), path.resolve().parent
        files = {path.name: notebook.text}
        modules = set(notebook.modules)
        for other in sorted(folder.glob("*.ipynb")):
            # a step may be a notebook; one whose name is only mentioned does no harm
            if other.name != path.name and other.name in text:
                found = whole_notebook(other.read_text(encoding="utf-8"), other.name)
                files[other.name] = found.text
                modules |= {*found.modules}
        own = local_modules(modules, _places(folder))
        files |= {
            each.path: each.file.read_text("utf-8", "surrogateescape") for each in own if each.file.suffix == ".py"
        }
        return cls(notebook, _flow_of(path, notebook.text), folder, files, tuple(sorted(modules)))

    def package(self) -> bytes:
        """Return it as a code package."""
        return CodePackage(self.flow, modules=self.files).to_bytes()

    def packages(self, workspace: Workspace, pypi: Sequence[str], say: Callable[[str], None]) -> str:
        """Return the digest of its packages, once they are locked and in the bucket.

        Args:
            workspace: the store.
            pypi: packages to resolve; none: what is imported, at the versions installed here.
            say: is told what takes time.

        Raises:
            PackageError: they cannot be had.
        """
        assert workspace.far is not None, "checked before anything is made"
        target, who = Target.here(), f"notebook {self.notebook.name}"
        if pypi:
            wanted = Wanted(requirements([*pypi, *_PACKAGES], who), target.python)
        else:
            modules = {*self.modules, *MACHINERY}
            wanted = imported_packages(modules, _places(self.folder), target, wheels_folder(environments_folder()))
        where = indexes(self.folder, os.environ, ())
        made = lock(
            wanted, target, folder=self.folder, indexes=where, kept=Kept(workspace.root), who=who, elsewhere=True
        )
        pack(made, workspace.far, place=self.folder, indexes=where, who=who, say=say)
        return made.digest


def _places(folder: Path) -> tuple[str, ...]:
    """Return where its modules are looked for."""
    return tuple(dict.fromkeys([str(folder), *(entry for entry in sys.path if entry)]))


def _flow_of(path: Path, text: str) -> FlowName:
    """Return the flow's name: as `%flow name` says it in a cell, else the file's."""
    # in JSON a line of a cell is a text of its own, or part of one
    found = _NAMED.search(text.replace("\\n", "\n").replace('"', "\n"))
    return FlowName(found[1]) if found and FLOW_NAME.match(found[1]) else flow_name_of(path.stem)
