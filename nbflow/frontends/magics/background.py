"""Runs that go on beside the cells of a notebook: their panels, and what becomes of their results.

A thread per run keeps its panel up to date and does nothing else. Results are taken over before the next cell, when
the notebook's variables are nobody else's.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from nbflow.errors import NbflowError
from nbflow.frontends.detaching import detach
from nbflow.frontends.ending.over import over
from nbflow.frontends.following import Followed
from nbflow.frontends.following import follow as follow_stored
from nbflow.frontends.magics.adoption import Standing, adopt_unchanged, told
from nbflow.frontends.magics.looking import panel_of
from nbflow.frontends.magics.pump import follow
from nbflow.frontends.magics.result import shown_run
from nbflow.frontends.magics.show import say
from nbflow.model.graph import Graph
from nbflow.model.status import RunStatus
from nbflow.notebooks.errand import note_run
from nbflow.runtime.request import Outcome, RunRequest

if TYPE_CHECKING:
    from nbflow.client import Run
    from nbflow.frontends.magics.face import Face

#: seconds for a thread whose run has ended to draw the last picture
_PATIENCE = 5.0


class Beside:
    """One run that goes on, and the thread that keeps its panel."""

    def __init__(
        self,
        number: int,
        pathspec: str,
        graph: Graph,
        standing: Standing,
        watch: Callable[[], None],
        outcome: Callable[[], Outcome],
        over: Callable[[Callable[[str], None]], None],
        *,
        adopts: bool,
    ) -> None:
        #: a later one has a higher number
        self.number = number
        self.pathspec = pathspec
        self.graph = graph
        self.standing = standing
        self.outcome = outcome
        #: what it leaves becomes the notebook's
        self.adopts = adopts
        #: what went wrong with messages about it, and what functions of @exit_hook printed
        self.said: list[str] = []
        self._watch = watch
        self._over = over
        self._thread = threading.Thread(target=self._run, name=f"nbflow-{pathspec}", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        """The run has ended and its panel shows how."""
        return not self._thread.is_alive()

    def wait(self) -> None:
        """Let the panel of a run that has ended come to its last picture."""
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        # what it cannot read any more, the next cell will be told
        with contextlib.suppress(NbflowError):
            self._watch()
            self._over(self.said.append)


class Background:
    """The runs that go on beside the cells of one kernel, the oldest first."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._runs: list[Beside] = []
        self._started = 0

    def start(self, request: RunRequest, *, adopts: bool = True) -> Run:
        """Run it in this kernel and return at once. `adopts`: it is the notebook's own flow."""
        face = self._face
        standing = Standing(face)
        handle = face.engine.start(request)
        note_run(handle.flow, handle.run)
        panel = panel_of(face, handle, handle.flow, cancel=handle.cancel, waited=False)

        def watch() -> None:
            try:
                follow(handle, panel)
            finally:
                panel.settle()

        # the first picture says under which cell all others belong
        panel.open()
        pathspec = f"{handle.flow}/{handle.run}"
        ending = partial(over, face.workspace, request, handle.run)
        return self._keep(pathspec, request.graph, standing, watch, handle.outcome, ending, adopts=adopts)

    def detach(self, request: RunRequest) -> Run:
        """Run it in a process of its own and return when the run exists."""
        face = self._face
        standing = Standing(face)
        made = detach(face.workspace, request)
        run = Followed(face.workspace, made.flow, made.run)
        panel = panel_of(face, run, made.flow, cancel=run.cancel, waited=False)

        def watch() -> None:
            try:
                follow_stored(run, panel)
            finally:
                panel.settle()

        panel.open()
        say(f"{made.pathspec} {made.told}")
        # its own process sees to its end
        return self._keep(made.pathspec, request.graph, standing, watch, run.outcome, lambda _: None)

    def wait(self, pathspec: str) -> bool:
        """Let the panel of a run that has ended come to its end; return whether the run is one of these."""
        mine = [each for each in self._runs if each.pathspec == pathspec]
        for each in mine:
            each.wait()
        return bool(mine)

    def settle(self) -> None:
        """Take over what runs left that have ended since the last cell, and say so in a line each."""
        for each in list(self._runs):
            try:
                if self._has_ended(each):
                    self._runs.remove(each)
                    for line in each.said:
                        say(line)
                    self._adopt(each)
            except NbflowError as failure:
                say(f"{each.pathspec}: {failure}")

    def _keep(
        self,
        pathspec: str,
        graph: Graph,
        standing: Standing,
        watch: Callable[[], None],
        outcome: Callable[[], Outcome],
        over: Callable[[Callable[[str], None]], None],
        *,
        adopts: bool = True,
    ) -> Run:
        self._started += 1
        self._runs.append(Beside(self._started, pathspec, graph, standing, watch, outcome, over, adopts=adopts))
        self._face.session.ran = True
        return shown_run(self._face, pathspec)

    def _has_ended(self, run: Beside) -> bool:
        flow, _, number = run.pathspec.partition("/")
        record = self._face.workspace.metadata.run(flow, number)
        if record is not None and not record.status.ended:
            return False
        # its panel is about to say so
        run.wait()
        return run.over

    def _adopt(self, ended: Beside) -> None:
        outcome = ended.outcome()
        if not ended.adopts:
            # its panel says how it ended
            return
        if outcome.status not in {RunStatus.SUCCEEDED, RunStatus.FAILED}:
            # as after an interrupt: what it finished stays in the store, for a resume
            say(told(outcome))
            return
        adopted = adopt_unchanged(self._face, ended.graph, outcome, ended.standing.unchanged(self._face.flow))
        # for a run that was started later these results are none that came meanwhile
        for later in self._runs:
            if later.number > ended.number:
                later.standing.renew(adopted.steps)
        say(told(outcome, adopted))
