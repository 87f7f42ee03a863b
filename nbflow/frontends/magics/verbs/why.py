"""`%flow why STEP[index]`: what changed since a step's latest result, and so whether it runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nbflow.code.package import pack
from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.explaining import Explainer
from nbflow.frontends.forecasting import forecast_of, past_of
from nbflow.frontends.magics.around import looked_around
from nbflow.frontends.magics.flowline import MANY, operands
from nbflow.frontends.magics.whole import checked
from nbflow.model.ids import FlowName, StepName, TaskKey
from nbflow.plan.reuse import Reuse
from nbflow.runtime.request import RunRequest
from nbflow.views.changes import Explained

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: `train`, `train[3]`, `train[3, 0]`
_TASK = re.compile(r"(?P<step>[^\[\]]+?)\s*(\[(?P<path>\d+(,\d+)*)\])?")


def line(face: Face, text: str) -> Explained:
    """Carry out the line."""
    return why(face, operands("why", text, MANY, face.place()))


def why(face: Face, words: Sequence[str]) -> Explained:
    """Return why a step, or one task of it, would run or be taken over by `%flow run`. Raises FlowError."""
    text = "".join(words)
    if steps := list(face.session.slots):
        # a slip is told before whatever else is wrong
        _asked(face, steps, text)
    graph, _ = checked(face, whole=False)
    step, path = _asked(face, [node.name for node in graph.nodes], text)
    around = looked_around(face, graph)
    results = face.session.results
    request = RunRequest(
        flow=FlowName(face.flow),
        graph=graph,
        parameters=face.resolve({}).record,
        captured=face.captured,
        environment=around.environment,
        reuse=Reuse(results.known),
    )
    past = past_of(face.workspace, face.flow, results.tasks, results.items)
    told = forecast_of(request, past.results, past.items, face.workspace)
    texts = face.texts()
    explainer = Explainer(
        graph, told, past, face.workspace, lambda: pack(face.flow, graph, Path(around.cwd), around.sys_path, texts)
    )
    if path is None:
        return explainer.step(step)
    task = told.tasks.get(TaskKey(step, path))
    if task is None:
        known = [str(list(key.path)) for key in told.tasks if key.step == step]
        raise_for(
            "M004", face.place(), step=step, task=",".join(map(str, path)), hint=f" Its tasks: {', '.join(known[:8])}"
        )
    return explainer.task(task)


def _asked(face: Face, names: Sequence[str], text: str) -> tuple[StepName, tuple[int, ...] | None]:
    """Return the step, one of `names`, and the indexes that `text` names. Raises R004 or R005."""
    found = _TASK.fullmatch(text)
    if found is None:
        raise_for(
            "R004",
            face.place(),
            option=f"%flow why {text}".strip(),
            message="name a step, or one of its tasks as in train[3]",
            fix=f"%flow why {names[-1]}",
        )
    if found["step"] not in names:
        raise_for(
            "R005", face.place(), name=found["step"], hint=did_you_mean(found["step"], names), known=", ".join(names)
        )
    path = tuple(int(each) for each in found["path"].split(",")) if found["path"] else None
    return StepName(found["step"]), path
