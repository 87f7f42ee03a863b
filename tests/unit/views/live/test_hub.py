from __future__ import annotations

import threading
import time
from itertools import pairwise

from nbflow.views.live.hub import INTERVAL, ViewHub


class Counted:
    """A view that is always due, and counts."""

    def __init__(self) -> None:
        self.drawn_at = 0.0
        self.drawn: list[float] = []
        self.busy = True
        self.forgotten = False

    def due(self, at: float) -> bool:
        return self.busy

    def refresh(self) -> None:
        self.drawn_at = time.monotonic()
        self.drawn.append(self.drawn_at)

    def forget(self) -> None:
        self.forgotten = True


def wait_until(true: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_all_views_together_are_drawn_no_more_often_than_one() -> None:
    hub, views = ViewHub(), [Counted() for _ in range(4)]
    for view in views:
        hub.add(view)
    wait_until(lambda: all(len(view.drawn) >= 2 for view in views))
    # at one moment: the views go on while they are settled
    counts = [len(view.drawn) for view in views]
    for view in views:
        hub.settle(view)
        view.busy = False
    every = sorted(at for view in views for at in view.drawn)
    assert min(after - before for before, after in pairwise(every)) >= INTERVAL * 0.9
    # whoever waited longest comes next: none is starved
    assert max(counts) - min(counts) <= 1


def test_a_view_that_has_settled_still_answers() -> None:
    hub, view = ViewHub(), Counted()
    view.busy = False
    hub.add(view)
    hub.settle(view)
    view.busy = True
    hub.wake()
    wait_until(lambda: view.drawn)
    view.busy = False


def test_of_many_settled_views_the_oldest_are_forgotten() -> None:
    hub, views = ViewHub(), [Counted() for _ in range(25)]
    for view in views:
        view.busy = False
        hub.add(view)
        hub.settle(view)
    assert [view.forgotten for view in views] == [True] * 5 + [False] * 20


def test_its_thread_keeps_no_process_alive() -> None:
    hub, view = ViewHub(), Counted()
    view.busy = False
    hub.add(view)
    (thread,) = [each for each in threading.enumerate() if each in hub._threads]
    assert thread.daemon


def test_a_view_that_takes_long_does_not_hold_up_others_where_there_are_several_threads() -> None:
    hub, done = ViewHub(threads=2), threading.Event()

    class Slow(Counted):
        def refresh(self) -> None:
            super().refresh()
            self.busy = False
            done.wait(20)

    slow, other = Slow(), Counted()
    hub.add(slow)
    wait_until(lambda: slow.drawn)
    hub.add(other)
    wait_until(lambda: len(other.drawn) >= 2)
    other.busy = False
    # nor is it drawn by two at once
    slow.busy = True
    hub.wake()
    time.sleep(2 * INTERVAL)
    assert len(slow.drawn) == 1
    slow.busy = False
    done.set()
