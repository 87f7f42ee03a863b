"""The view of a place: a run, its timeline, a step or a task; a click goes from one to another, and back."""

from __future__ import annotations

from collections.abc import Mapping

from nbflow.cards.html import Html
from nbflow.client.facts import RunFacts
from nbflow.model.ids import Pathspec
from nbflow.views.inline import parts
from nbflow.views.places.page import TIMELINE, Page
from nbflow.views.places.run import RunPage
from nbflow.views.places.step import StepPage
from nbflow.views.places.timeline import TimelinePage
from nbflow.views.task.page import TaskPage
from nbflow.workspace import Workspace

#: places that are remembered to go back to
_BACK = 50


class PlaceView:
    """What is at a place, and where one can go from there. Its picture is that of the place it is at."""

    def __init__(self, workspace: Workspace, place: str, *, name: str = "view") -> None:
        """Open a place: FLOW/RUN, FLOW/RUN#timeline, FLOW/RUN/STEP or FLOW/RUN/STEP/TASK. Raises M001 to M006."""
        self._workspace = workspace
        self._name = name
        self._facts: RunFacts | None = None
        self._before: list[tuple[str, Page]] = []
        self._place, self._page = place, self._open(place)

    @property
    def name(self) -> str:
        return self._name

    @property
    def place(self) -> str:
        """Where it is."""
        return self._place

    def regions(self) -> Mapping[str, Html]:
        back = {}
        if self._before:
            back["back"] = parts.bar(parts.button("‹ back", "back", title=f"to {self._before[-1][0]}"))
        return {**back, **self._page.regions()}

    def static(self) -> Html:
        return self._page.static()

    def text(self) -> str:
        return self._page.text()

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        if act == "back":
            if self._before:
                self._place, self._page = self._before.pop()
        elif act == "go":
            page = self._open(argument)
            self._before = [*self._before, (self._place, self._page)][-_BACK:]
            self._place, self._page = argument, page
        else:
            self._page.act(act, argument, fields)

    def poll(self) -> bool:
        return self._page.poll()

    def _open(self, place: str) -> Page:
        bare = place.removesuffix(TIMELINE)
        spec = Pathspec.parse(bare)
        facts = self._facts_of(spec)
        if place != bare:
            return TimelinePage(facts)
        if spec.task is not None and spec.step is not None:
            return TaskPage(facts, spec.step, spec.task)
        return StepPage(facts, spec.step) if spec.step is not None else RunPage(facts)

    def _facts_of(self, spec: Pathspec) -> RunFacts:
        """Return the records of a run; of one that has ended they are read once for all its pages."""
        kept = self._facts
        if kept is None or (kept.flow, kept.id) != (spec.flow, spec.run):
            kept = RunFacts(self._workspace, spec.flow, spec.run or "")
            # what is not there is told before anything else is shown
            _ = kept.record
            self._facts = kept
        return kept
