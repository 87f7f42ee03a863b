"""A run panel that keeps up with its run and settles into its final picture.

Events come from whoever follows the run; the hub's thread shows what has become of it; whoever waits for the run draws
the first picture and the last. A front end that is gone never disturbs the run.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from nbflow.errors import NbflowError, Problem
from nbflow.frozen import frozen
from nbflow.model.event import Event
from nbflow.model.ids import TaskKey
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.views.live.hub import HUB, INTERVAL, ViewHub
from nbflow.views.live.logs import Logs
from nbflow.views.live.scene import Scene
from nbflow.views.live.screens import Screen

#: share of the time that drawing may take: a picture that took long is followed by a longer pause
_SHARE = 0.25
#: tasks that a person asked for and that are still shown
_ASKED = 3


class Watched(Protocol):
    """A run that is on its way."""

    def snapshot(self) -> tuple[RunRecord, tuple[TaskRecord, ...]]:
        """Return how it stands now."""


@frozen
class Origin:
    """What a panel needs of the place it is shown in."""

    #: asks the run to end; None: it cannot be asked from here
    cancel: Callable[[], None] | None = None
    #: step → seconds that a task of it took in an earlier run; called once, on the hub's thread
    past: Callable[[], Mapping[str, float]] | None = None
    #: the files of a task's log that is another run's; None: there are none
    logs: Callable[[TaskRecord], tuple[str, str] | None] = lambda _: None
    #: the cell that shows it waits for the run: an interrupt of the kernel ends that
    waited: bool = False
    #: called when a front end says that it draws the panel
    greeted: Callable[[], None] = lambda: None
    #: notices and warnings of the flow
    problems: Sequence[Problem] = ()


class LivePanel:
    """One run under one cell.

    Responsibilities: when to draw, which logs to show, what a person asks. What is drawn is the `Scene`'s, how it gets
    to the front end is the `Screen`'s.
    """

    def __init__(
        self,
        run: Watched,
        screen: Screen,
        origin: Origin | None = None,
        *,
        hub: ViewHub = HUB,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._run = run
        self._screen = screen
        self._origin = origin or Origin()
        self._hub, self._clock, self._now = hub, clock, now
        self._logs = Logs()
        self._past: Mapping[str, float] | None = None
        self._slots = 1
        #: events and what a person asked, until the next picture
        self._events: deque[Event] = deque()
        self._messages: deque[Mapping[str, object]] = deque()
        self._asked: deque[str] = deque(maxlen=_ASKED)
        self._cancelled = False
        self._changed = True
        self._next, self.drawn_at = 0.0, 0.0
        self._lock = threading.Lock()
        #: the run is over and its last picture drawn
        self._settled = False
        #: nobody sees it any more
        self._gone = False
        screen.listen(self.hear)

    def open(self) -> None:
        """Draw the first picture, under the cell that runs now, and keep it up to date from now on."""
        self._draw()
        self._hub.add(self)

    def see(self, event: Event) -> None:
        """Take in what happened."""
        self._events.append(event)
        self._changed = True
        self._hub.wake()

    def tick(self) -> None:
        """Some time has passed: the hub knows."""

    def settle(self) -> None:
        """Draw the picture that stays: what the saved notebook shows."""
        if not self._settled:
            self._draw(final=True)
            self._hub.settle(self)

    # ---- the hub's side

    def due(self, at: float) -> bool:
        """Whether it is time for another picture."""
        if self._gone:
            return False
        if self._messages:
            return True
        if self._settled or at < self._next:
            return False
        return self._changed or at - self.drawn_at >= self._screen.beat

    def refresh(self) -> None:
        """Answer what was asked, and draw."""
        self._draw()

    def forget(self) -> None:
        """Let go of the run."""
        self._gone = True
        del self._run

    def hear(self, message: Mapping[str, object]) -> None:
        """Take what a front end says; on any thread, so it is only noted."""
        self._messages.append(message)
        self._hub.wake()

    # ---- drawing

    def _draw(self, *, final: bool = False) -> None:
        with self._lock:
            if self._gone:
                return
            began = self._clock()
            self._changed = False
            again = self._answer()
            size = 0
            try:
                size = self._screen.show(self._scene(final=final), final=final, again=again, settled=self._settled)
            except Exception:  # noqa: BLE001  a front end that is gone must not end the run
                self._gone = True
            self._settled = self._settled or final
            self.drawn_at = self._clock()
            pause = max((self.drawn_at - began) * (1 / _SHARE - 1), size / self._screen.bandwidth)
            self._next = self.drawn_at + max(INTERVAL, pause)

    def _answer(self) -> bool:
        """Do what was asked; return whether everything is to be told anew."""
        again = False
        while self._messages:
            message = self._messages.popleft()
            match message.get("type"):
                case "hello":
                    again = True
                    self._origin.greeted()
                case "look":
                    self._asked.append(str(message.get("task")))
                case "cancel" if self._origin.cancel is not None and not self._settled:
                    self._cancelled = True
                    with contextlib.suppress(NbflowError):
                        self._origin.cancel()
        return again

    def _scene(self, *, final: bool) -> Scene:
        while self._events:
            self._logs.see(self._events.popleft())
        record, tasks = self._run.snapshot()
        self._slots = max(self._slots, sum(task.status is TaskStatus.RUNNING for task in tasks))
        return Scene(
            record,
            tasks,
            self._now(),
            logs=self._logs.ends(self._logs.lasting() if final else self._worth(tasks)),
            problems=self._origin.problems,
            past=self._earlier(),
            slots=self._slots,
            cancels=self._origin.cancel is not None,
            asked_to_cancel=self._cancelled,
            waited=self._origin.waited,
        )

    def _worth(self, tasks: Sequence[TaskRecord]) -> list[TaskKey]:
        """Return the tasks worth a look; where a log is that another run wrote is found out for those a person asked for."""
        keys = self._logs.worth(tasks, self._asked)
        if self._asked:
            by_key = {task.key: task for task in tasks}
            for key in keys:
                if not self._logs.knows(key) and (files := self._origin.logs(by_key[key])):
                    self._logs.add(key, files)
        return keys

    def _earlier(self) -> Mapping[str, float]:
        # the first picture must not wait for it
        if self._past is None and self.drawn_at:
            self._past = {}
            if self._origin.past is not None:
                with contextlib.suppress(NbflowError):
                    self._past = self._origin.past()
        return self._past or {}
