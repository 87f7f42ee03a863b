"""What the tasks of a notebook's flow stand on now: its folder, its modules, and the packages of its steps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nbflow.frontends.magics.show import say
from nbflow.frontends.packages import known_packages, ready_packages
from nbflow.frontends.prepare import Surroundings, surroundings
from nbflow.model.graph import Graph
from nbflow.model.ids import StepName

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def looked_around(face: Face, graph: Graph, way: str | None = None) -> Surroundings:
    """Return what is known of it without resolving or installing anything; `way` is what --environment says."""
    known = known_packages(face.workspace, graph, face.folder, face.sys_path, way)
    return surroundings(graph, face.folder, face.sys_path, face.source, known)


def made_ready(face: Face, graph: Graph, way: str | None = None, *, only: StepName | None = None) -> Surroundings:
    """Return it once the packages of all steps, or of one that runs alone, are there. Raises PackageError."""
    running = graph if only is None else replace(graph, nodes=(graph[only],))
    ready = ready_packages(face.workspace, running, face.folder, face.sys_path, way, say=say)
    known = {} if only is None else known_packages(face.workspace, graph, face.folder, face.sys_path, way)
    return surroundings(graph, face.folder, face.sys_path, face.source, {**known, **ready})
