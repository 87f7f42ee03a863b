"""`%flow resume`: go on from an earlier run. What it had finished and is still valid is taken over by reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbflow.frontends.forecasting import forecast_of
from nbflow.frontends.magics.flowline import RunOptions, resume_arguments
from nbflow.frontends.magics.launch import asked, launch
from nbflow.frontends.magics.show import show_plan
from nbflow.frontends.resuming import carried_over, origin_of, run_among

if TYPE_CHECKING:
    from nbflow.client import Run
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> Run | None:
    """Carry out the line."""
    names = [each.name for each in face.session.parameters.parameters]
    words, options, given = resume_arguments(text, names, face.place())
    return resume_flow(face, words, options, given)


def resume_flow(face: Face, words: Sequence[str], options: RunOptions, given: Mapping[str, Any]) -> Run | None:
    """Say what will run and why, then run it and return the run. `words`: a step, a run, both or neither.

    Tags and parameters are those of the origin, but for what is given. With `--dry` nothing runs.
    """
    step, run = run_among(words)
    origin = origin_of(face.workspace, face.flow, run)
    declared = face.session.parameters.parameters
    values = {**carried_over(origin.run, declared, face.definition_names()), **given}
    request = asked(face, options, values)
    request = replace(
        request,
        tags=request.tags | origin.run.tags,
        origin=origin.run.id,
        reuse=origin.reuse(request.graph, step),
    )
    forecast = forecast_of(request, origin.by_key, origin.items, face.workspace)
    show_plan(forecast, f"resuming {origin.pathspec}" + (": nothing is started" if options.dry else ""))
    return None if options.dry else launch(face, request, options)
