"""A limit of time: it rings in time, never too late, and one within another leaves the other going."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from nbflow.task.alarm import alarm


class LateError(Exception):
    """It took too long."""


def late(seconds: float) -> LateError:
    return LateError(f"{seconds:g}")


def rings_soon() -> bool:
    """Whether a clock of ours goes on; a test's own limit is a clock, too, of minutes."""
    return 0 < signal.getitimer(signal.ITIMER_REAL)[0] < 5


def test_what_takes_too_long_is_interrupted_and_what_does_not_is_not() -> None:
    with pytest.raises(LateError, match=r"0\.05"), alarm(0.05, late):
        time.sleep(5)
    with alarm(3, late):
        pass
    assert not rings_soon()


def test_within_a_limit_that_ends_sooner_that_one_rings() -> None:
    with pytest.raises(LateError, match=r"0\.05"), alarm(0.05, late), alarm(3, late):
        time.sleep(5)


def test_a_limit_that_was_kept_lets_the_one_around_it_go_on() -> None:
    def sleeps() -> None:
        with alarm(1.5, late):
            with alarm(1, late):
                pass
            time.sleep(5)

    with pytest.raises(LateError, match=r"1\.5"):
        sleeps()


def test_no_limit_and_another_thread_have_none() -> None:
    with alarm(None, late):
        assert not rings_soon()
    found: list[object] = []

    def beside() -> None:
        with alarm(0.01, late):
            time.sleep(0.05)
        found.append("done")

    thread = threading.Thread(target=beside)
    thread.start()
    thread.join()
    assert found == ["done"]
