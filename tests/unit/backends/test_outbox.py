"""Messages into a socket that may be full, or whose other end is gone."""

from __future__ import annotations

import array
import contextlib
import json
import os
import selectors
import socket
from collections.abc import Iterator

import pytest

from nbflow.backends.outbox import Outbox


class Ends:
    """A socket pair with an outbox at one end."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.ours.setblocking(False)
        self.theirs.setblocking(False)
        self.selector = selectors.DefaultSelector()
        self.outbox = Outbox(self.ours, self.selector, lambda: None)

    def take(self) -> list[dict[str, int]]:
        """What arrived by now."""
        found = []
        with contextlib.suppress(BlockingIOError):
            while data := self.theirs.recv(65536):
                found.append(json.loads(data))
        return found

    @property
    def watches_room(self) -> bool:
        return bool(self.selector.get_key(self.ours).events & selectors.EVENT_WRITE)


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.outbox.close()
    made.selector.close()
    made.ours.close()
    made.theirs.close()


def closed(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return True
    return False


def opened() -> tuple[int, contextlib.ExitStack]:
    fd = os.open("/dev/null", os.O_RDONLY)
    stack = contextlib.ExitStack()
    stack.callback(os.close, fd)
    return fd, stack


def test_a_message_arrives_with_its_descriptors_which_are_closed_here(ends: Ends) -> None:
    fd, stack = opened()
    ends.outbox.put({"task": 1}, [fd], stack)
    assert closed(fd)
    data, ancillary, _, _ = ends.theirs.recvmsg(4096, 1024)
    received = array.array("i")
    received.frombytes(ancillary[0][2])
    assert json.loads(data) == {"task": 1} and len(received) == 1
    os.close(received[0])


def test_what_finds_no_room_waits_and_arrives_in_order(ends: Ends) -> None:
    for number in range(2000):
        ends.outbox.put({"n": number})
    assert ends.watches_room
    arrived: list[int] = []
    while len(arrived) < 2000:
        got = [message["n"] for message in ends.take()]
        assert got, "nothing arrives any more"
        arrived += got
        ends.outbox.flush()
    assert arrived == list(range(2000)) and not ends.watches_room


def test_descriptors_of_what_waits_stay_open_until_it_is_sent(ends: Ends) -> None:
    while not ends.watches_room:
        ends.outbox.put({"n": 0})
    fd, stack = opened()
    ends.outbox.put({"task": 1}, [fd], stack)
    assert not closed(fd)
    ends.take()
    ends.outbox.flush()
    assert closed(fd)


def test_nothing_is_raised_when_nobody_reads_and_no_descriptor_is_left_open(ends: Ends) -> None:
    ends.theirs.close()
    fd, stack = opened()
    ends.outbox.put({"task": 1}, [fd], stack)
    assert closed(fd)


def test_closing_lets_go_of_what_was_not_sent(ends: Ends) -> None:
    while not ends.watches_room:
        ends.outbox.put({"n": 0})
    fd, stack = opened()
    ends.outbox.put({"task": 1}, [fd], stack)
    ends.outbox.close()
    assert closed(fd)
    assert ends.ours.fileno() not in ends.selector.get_map()
