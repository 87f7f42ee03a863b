"""`%flow resume`: go on from an earlier run. What it had finished and is still valid is taken over by reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbflow.frontends.forecasting import forecast_of
from nbflow.frontends.magics.flowline import RunOptions, resume_arguments
from nbflow.frontends.magics.launch import asked, launch
from nbflow.frontends.magics.named import flow_of
from nbflow.frontends.magics.recall import Written, written
from nbflow.frontends.magics.relearn import relearn
from nbflow.frontends.magics.show import say, show_plan
from nbflow.frontends.resuming import carried_over, kept_fresh, origin_of, run_among, stored

if TYPE_CHECKING:
    from nbflow.client import Run
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> Run | None:
    """Carry out the line."""
    _learn(face)
    names = [each.name for each in face.session.parameters.parameters]
    words, options, given = resume_arguments(text, names, face.place())
    return resume_flow(face, words, options, given)


def resume_flow(face: Face, words: Sequence[str], options: RunOptions, given: Mapping[str, Any]) -> Run | None:
    """Say what will run and why, then run it and return the run. `words`: a step, a run, both or neither.

    Tags and parameters are those of the origin, but for what is given. With `--dry` nothing runs. A kernel that has
    run no step cell takes the flow from the saved notebook, else as the latest run kept it.
    """
    step, run = run_among(words)
    _learn(face)
    origin = origin_of(face.workspace, flow_of(face), run)
    declared = face.session.parameters.parameters
    values = {**carried_over(origin.run.parameters, declared, face.definition_names()), **given}
    request = asked(face, options, values)
    reuse = origin.reuse(request.graph, step)
    if not origin.fresh:
        # a step that was mended has perhaps run in its cell meanwhile
        reuse = replace(reuse, known={**face.session.results.known, **reuse.known})
    request = replace(
        request,
        tags=request.tags | origin.run.tags,
        origin=origin.run.id,
        reuse=reuse,
        about=kept_fresh(fresh=origin.fresh),
    )
    forecast = forecast_of(request, origin.by_key, origin.items, face.workspace)
    show_plan(forecast, f"resuming {origin.pathspec}" + (": nothing is started" if options.dry else ""))
    return None if options.dry else launch(face, request, options)


def _learn(face: Face) -> None:
    """Where no step cell has run, take the flow from the saved notebook, else as the latest run kept it."""
    latest = face.workspace.metadata.runs(face.flow, limit=1)
    if face.session.slots or not latest:
        return
    origin = stored(face.workspace, latest[0])
    if face.file.steps():
        cells = tuple(("cell", text) for text in face.file.cells())
        known: Written | None = Written(origin, face.file.saved_at() or 0.0, cells)
        where = f"{face.place().notebook}, as saved"
    else:
        known, where = written(face.workspace, origin), origin.pathspec
    if known is not None:
        relearn(face, [known], {})
        say(f"no step cell has run here: the flow is that of {where}")
