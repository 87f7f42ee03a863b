"""The code package of a run: everything a person wrote that the run stood on, in one small archive.

    about.json          flow, Python, versions of distributions
    notebook.ipynb      the cells, without outputs, to open in Jupyter
    cells/02-train.py   each cell as it was written
    definitions.py      the definitions module, whole
    modules/            the flow's own modules, and notebooks that are bodies of steps

Equal code, in cells of equal names, gives equal bytes.
"""

from __future__ import annotations

import io
import json
import platform
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from nbflow.code.local import all_modules, distributions, local_modules
from nbflow.frozen import frozen
from nbflow.model.graph import Graph

#: version of the layout
FORMAT = 1

_EPOCH = (1980, 1, 1, 0, 0, 0)


@frozen
class CodePackage:
    """What a code package holds."""

    flow: str
    #: (name, text): the step's name, or `cell`
    cells: tuple[tuple[str, str], ...] = ()
    #: text of the definitions module
    definitions: str = ""
    #: path → text of the flow's own modules
    modules: Mapping[str, str] = field(default_factory=dict)
    #: distribution → version
    distributions: Mapping[str, str] = field(default_factory=dict)
    python: str = ""
    #: each of `cells` as a person names it, as `In [4]` or `cell 7`; empty where that is not known
    labels: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the archive."""
        about = {
            "format": FORMAT,
            "flow": self.flow,
            "python": self.python,
            "distributions": dict(self.distributions),
            "cells": list(self.labels),
        }
        files = {
            "about.json": json.dumps(about, indent=1, sort_keys=True),
            "notebook.ipynb": json.dumps(_notebook(self.cells), indent=1, ensure_ascii=False),
            **{f"cells/{place:02}-{name}.py": text for place, (name, text) in enumerate(self.cells, 1)},
            "definitions.py": self.definitions,
            **{f"modules/{path}": text for path, text in sorted(self.modules.items())},
        }
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
            for path, text in files.items():
                writer.writestr(
                    zipfile.ZipInfo(path, _EPOCH), text.encode("utf-8", "surrogatepass"), zipfile.ZIP_DEFLATED
                )
        return archive.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> CodePackage:
        """Return what an archive holds."""
        with zipfile.ZipFile(io.BytesIO(data)) as reader:
            files = {name: reader.read(name).decode("utf-8", "surrogatepass") for name in reader.namelist()}
        about = json.loads(files["about.json"])
        cells = ((path, text) for path, text in files.items() if path.startswith("cells/"))
        return cls(
            about["flow"],
            tuple((Path(path).stem.partition("-")[2], text) for path, text in cells),
            files["definitions.py"],
            {path.removeprefix("modules/"): text for path, text in files.items() if path.startswith("modules/")},
            about["distributions"],
            about["python"],
            tuple(about.get("cells", ())),
        )


def pack(flow: str, graph: Graph, folder: Path, sys_path: Sequence[str], cells: Sequence[str]) -> bytes:
    """Return the code package of a run of `graph`.

    Args:
        flow: its name.
        graph: what will run.
        folder: where the notebook is.
        sys_path: where its tasks look for modules.
        cells: the cells of the flow as the person wrote them, in order.
    """
    steps = {node.code.body.cell: str(node.name) for node in graph.nodes if node.method is None}
    steps |= {each.cell: Path(each.file).stem for each in graph.statements if each.kind == "file"}
    modules = all_modules(graph)
    own = local_modules(modules, [str(folder), *sys_path])
    outside = {name for module in own for name in module.imports} | modules
    notebooks = dict(each for node in graph.nodes for each in node.code.body.files)
    return CodePackage(
        flow=flow,
        cells=tuple((steps.get(cell, "cell"), cell) for cell in cells),
        definitions="\n\n\n".join(statement.source for statement in graph.statements),
        modules=notebooks
        | {module.path: module.file.read_text("utf-8", "surrogateescape") for module in own if _is_text(module.file)},
        distributions=distributions(outside - {module.name for module in own}),
        python=platform.python_version(),
        labels=_labels(graph, cells),
    ).to_bytes()


def _labels(graph: Graph, cells: Sequence[str]) -> tuple[str, ...]:
    """Return the cells as their tracebacks name them: `In [4]` of `<sales.ipynb · In [4]>`."""
    files = {each.cell: each.file for each in graph.statements}
    for body in (*(node.code.body for node in graph.nodes), *(cell.body for cell in graph.setup)):
        files[body.cell] = body.file
    return tuple(files.get(cell, "").strip("<>").rpartition(" · ")[2] for cell in cells)


def _is_text(file: Path) -> bool:
    return file.suffix in {".py", ".pyi"}


def _notebook(cells: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": text.splitlines(keepends=True),
            }
            for _, text in cells
        ],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
