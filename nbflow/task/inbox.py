"""What the zygote was told and has not done yet: messages, each with the descriptors that came with it."""

from __future__ import annotations

import array
import contextlib
import json
import os
import select
import socket
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

_PACKET = 1 << 18
#: descriptors that order a worker
DESCRIPTORS = 4
#: messages that wait here at most, the others wait in the socket: descriptors are limited
_MOST = 64


class Letter(NamedTuple):
    """One message."""

    message: dict[str, Any]
    fds: list[int]


class Inbox:
    """The zygote's side of its socket; `waiting` are letters that an earlier image of this process had not opened."""

    def __init__(self, ours: socket.socket, waiting: Iterable[Sequence[Any]] = ()) -> None:
        self._socket = ours
        self._letters = deque(Letter(message, fds) for message, fds in waiting)
        for letter in self._letters:
            _set_inheritable(letter.fds, to=False)

    def __len__(self) -> int:
        return len(self._letters)

    def receive(self) -> bool:
        """Take one message out of the socket; return whether there is still someone who speaks."""
        try:
            data, ancillary, _, _ = self._socket.recvmsg(
                _PACKET, socket.CMSG_SPACE(DESCRIPTORS * 4), socket.MSG_CMSG_CLOEXEC
            )
        except ConnectionError:
            return False
        if data:
            self._letters.append(Letter(json.loads(data), _descriptors(ancillary)))
        return bool(data)

    def receive_all(self) -> bool:
        """Take out what is there, without waiting; return whether there is still someone who speaks."""
        poll = select.poll()
        poll.register(self._socket.fileno(), select.POLLIN)
        while ready := poll.poll(0):
            # who hung up may have said a lot before, which nobody needs any more
            if ready[0][1] & (select.POLLHUP | select.POLLERR) or not self.receive():
                return False
            if len(self._letters) >= _MOST:
                break
        return True

    def open(self) -> Letter:
        """Return the oldest letter."""
        return self._letters.popleft()

    def drop_orders(self) -> list[int]:
        """Throw away the letters of tasks that later letters drop, and those; return the tasks."""
        unwanted = {letter.message["drop"] for letter in self._letters if "drop" in letter.message}
        if not unwanted:
            return []
        orders = [letter for letter in self._letters if letter.message.get("task") in unwanted]
        for letter in orders:
            close(letter.fds)
        known = {letter.message["task"] for letter in orders}
        self._letters = deque(
            letter for letter in self._letters if letter.message.get("task", letter.message.get("drop")) not in unwanted
        )
        return sorted(known)

    def let_go(self) -> None:
        """Close all of it: this process is a worker now."""
        self._socket.close()
        for letter in self._letters:
            close(letter.fds)

    def hand_over(self) -> list[Letter]:
        """Return what the next image of this process is to be given; it will have the descriptors."""
        self._socket.set_inheritable(True)
        for letter in self._letters:
            _set_inheritable(letter.fds, to=True)
        return list(self._letters)


def close(fds: Sequence[int]) -> None:
    """Close descriptors, whether they are open or not."""
    for fd in fds:
        with contextlib.suppress(OSError):
            os.close(fd)


def _set_inheritable(fds: Sequence[int], *, to: bool) -> None:
    for fd in fds:
        os.set_inheritable(fd, to)


def _descriptors(ancillary: Sequence[tuple[int, int, bytes]]) -> list[int]:
    fds = array.array("i")
    for _, _, data in ancillary:
        fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    return list(fds)
