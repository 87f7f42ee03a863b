"""`%flow attach`: show a run again, whatever process runs it, until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.frontends.choosing import latest, named_run
from nbflow.frontends.following import Followed, follow
from nbflow.frontends.magics.adoption import Standing, adopt_unchanged, told
from nbflow.frontends.magics.around import looked_around
from nbflow.frontends.magics.flowline import operands
from nbflow.frontends.magics.looking import panel_of
from nbflow.frontends.magics.named import flow_of
from nbflow.frontends.magics.pump import interrupted
from nbflow.frontends.magics.result import shown_run
from nbflow.frontends.magics.show import say
from nbflow.model.graph import Graph
from nbflow.model.ids import StepName
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.plan.stale import stale_steps
from nbflow.runtime.request import Outcome

if TYPE_CHECKING:
    from nbflow.client import Run
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> Run:
    """Carry out the line."""
    words = operands("attach", text, 1, face.place())
    return attach(face, words[0] if words else None)


def attach(face: Face, run: str | None) -> Run:
    """Show a run, the latest one under way by default, until it ends, and return it. An interrupt stops the looking.

    Raises:
        MetadataError: there is no such run.
        FlowError: C053, the flow has no name.
        KeyboardInterrupt: the person stopped looking; the run goes on.
    """
    flow = flow_of(face, run)
    found = named_run(face.workspace, flow, run) if run else latest(face.workspace, flow)
    pathspec = f"{found.flow}/{found.id}"
    standing = Standing(face)
    watched = Followed(face.workspace, found.flow, found.id)
    panel = panel_of(face, watched, found.flow, cancel=watched.cancel, waited=True)
    ended = found.status.ended
    try:
        panel.open()
        if found.kind == "draft":
            # it goes on as long as its kernel: there is no end to wait for
            watched.look()
        else:
            follow(watched, panel)
    except KeyboardInterrupt:
        raise interrupted(f"stopped looking; {pathspec} goes on: %flow attach {found.id}  shows it again") from None
    finally:
        panel.settle()
    if watched.over and (not ended or found.status is RunStatus.LOST):
        _say_how_it_ended(face, watched, standing)
    return shown_run(face, pathspec)


def _say_how_it_ended(face: Face, watched: Followed, standing: Standing) -> None:
    """Take over what the run left, as far as it is of this notebook's steps, and say what is to be known."""
    run, outcome = watched.record, watched.outcome()
    pathspec = f"{run.flow}/{run.id}"
    if run.status is RunStatus.LOST:
        say(f"{pathspec} is lost: the process that ran it is gone. %flow resume {run.id}  goes on from it")
    elif face.background.wait(pathspec):
        face.background.settle()
    elif run.status is RunStatus.CANCELLED:
        say(told(outcome))
    elif fitting := _fitting(face, outcome, run, standing):
        graph, steps = fitting
        say(told(outcome, adopt_unchanged(face, graph, outcome, steps)))


def _fitting(
    face: Face, outcome: Outcome, run: RunRecord, standing: Standing
) -> tuple[Graph, frozenset[StepName]] | None:
    """Return this notebook's graph and the steps that would compute just what the run did; None: there are none."""
    built = face.build() if face.session.slots else None
    if built is None or any(each.severity == "error" for each in built.problems):
        return None
    known = looked_around(face, built.graph).environment
    stale = stale_steps(built.graph, run.parameters, known, outcome.results, outcome.items)
    steps = standing.unchanged(run.flow) - stale
    return (built.graph, steps) if steps else None
