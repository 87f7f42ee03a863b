"""`%flow run`: a full run of the notebook's flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbflow.frontends.magics.flowline import RunOptions, run_arguments
from nbflow.frontends.magics.launch import asked, launch
from nbflow.frontends.magics.show import show_plan
from nbflow.frontends.resuming import kept_fresh
from nbflow.plan.reuse import Reuse

if TYPE_CHECKING:
    from nbflow.client import Run
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> Run | None:
    """Carry out the line."""
    options, given = run_arguments(text, [each.name for each in face.session.parameters.parameters], face.place())
    return run_flow(face, options, given)


def run_flow(face: Face, options: RunOptions, given: Mapping[str, Any]) -> Run | None:
    """Run the whole flow, show its panel and return the run. It takes over what this kernel has computed.

    With `--dry` nothing runs and nothing is returned: what would run is said.
    """
    results = face.session.results
    reuse = Reuse(results.known, fresh=options.fresh, everything=options.reuse)
    request = replace(asked(face, options, given), reuse=reuse, about=kept_fresh(fresh=options.fresh))
    if options.dry:
        from nbflow.frontends.forecasting import forecast_of, past_of

        past = past_of(face.workspace, face.flow, results.tasks, results.items)
        forecast = forecast_of(request, past.tries, past.items, face.workspace)
        show_plan(forecast, f"dry run of {face.flow}: nothing is started")
        return None
    return launch(face, request, options)
