"""What `nbflow run` does, once its zygote is on its way."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from nbflow.backends.local import LocalBackend
from nbflow.backends.zygote import Zygote
from nbflow.code.local import installed
from nbflow.frontends.cli.notebook import Opened, given_parameters, open_notebook, say
from nbflow.frontends.cli.progress import progress
from nbflow.frontends.prepare import DefinitionNames, keep_code, parameters_of, surroundings
from nbflow.model.ids import FlowName
from nbflow.model.status import RunStatus
from nbflow.plan.parameters import Assigned
from nbflow.runtime.engine import Engine
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace


def run_notebook(arguments: argparse.Namespace, zygote: Zygote) -> int:
    """Run the flow and return 0 when it succeeded, 1 when a step failed."""
    opened = open_notebook(arguments.notebook)
    say(opened.problems)
    folder = opened.path.resolve().parent
    # where the other verbs look: found from where the command is typed, not from where the notebook lies
    workspace = Workspace.find(local=[str(folder)])
    engine = Engine(workspace, LocalBackend(zygote))
    try:
        request = request_of(opened, workspace, given_parameters(arguments.parameters))
        request = replace(
            request,
            max_workers=arguments.max_workers,
            max_items=arguments.max_items,
            tags=frozenset(arguments.tag),
        )
        engine.preload(installed(opened.text.modules, folder))
        handle = engine.start(request)
        if arguments.run_id_file:
            Path(arguments.run_id_file).write_text(handle.run, encoding="utf-8")
        status = progress(handle, opened.graph)
    finally:
        engine.close()
    return 0 if status is RunStatus.SUCCEEDED else 1


def request_of(opened: Opened, workspace: Workspace, given: Mapping[str, object]) -> RunRequest:
    """Return the request for a full run of a notebook. Raises ParameterError."""
    names = DefinitionNames.of_file(opened.flow, opened.text.draft.definitions)
    cells = {name: Assigned(each.source, each.place) for name, each in opened.text.assignments.items()}
    resolved = parameters_of(opened.graph.parameters, given, cells, names)
    say(resolved.notices)
    around = surroundings(opened.graph, opened.path.resolve().parent, sys.path, str(opened.path))
    texts = [cell.source for cell in opened.document.code]
    return RunRequest(
        flow=FlowName(opened.flow),
        graph=opened.graph,
        parameters=resolved.record,
        cwd=around.cwd,
        sys_path=around.sys_path,
        source=around.source,
        environment=around.environment,
        code=keep_code(workspace, opened.flow, opened.graph, around, texts),
        user=workspace.user,
    )
