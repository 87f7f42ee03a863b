"""A network from which the bench is reached and nothing else: a namespace into which it reaches by sockets of its own.

A socket stays in the namespace in which it was made, whoever serves it. So nothing is forwarded: the bench serves on a
socket in there as it does on the one out here, at the same address, and at that of ECS's credentials.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import threading
from collections.abc import Callable

from aws.bench.runners import Serve

_NEW_NETWORK = 0x40000000
_SET_FLAGS, _SET_ADDRESS, _SET_MASK = 0x8914, 0x8916, 0x891C
_UP_AND_RUNNING = 0x41
#: where containers on ECS ask for their role's credentials
CREDENTIALS = ("169.254.170.2", 80)


class Enclosure:
    """The namespace, held open by a file descriptor."""

    def __init__(self, held: int) -> None:
        self._held = held

    @classmethod
    def new(cls, serve: Serve) -> Enclosure:
        """Make a namespace; that takes root."""
        return cls(_in_thread(lambda: _furnish(serve, None)))

    @classmethod
    def of(cls, pid: int, serve: Serve) -> Enclosure:
        """Take the namespace in which a process lives."""
        return cls(_in_thread(lambda: _furnish(serve, pid)))

    def entered(self) -> list[str]:
        """Return the words before a command that have it run in here."""
        return ["/usr/bin/nsenter", f"--net=/proc/{os.getpid()}/fd/{self._held}", "--"]

    def close(self) -> None:
        os.close(self._held)


def _furnish(serve: Serve, pid: int | None) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    if pid is None:
        done = libc.unshare(_NEW_NETWORK)
        held = os.open("/proc/thread-self/ns/net", os.O_RDONLY) if done == 0 else -1
    else:
        held = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
        done = libc.setns(held, _NEW_NETWORK)
    if done != 0:
        raise OSError(ctypes.get_errno(), "a network of its own takes root")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        _interface(control, _SET_FLAGS, b"lo", struct.pack("H", _UP_AND_RUNNING))
        address = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(CREDENTIALS[0]))
        _interface(control, _SET_ADDRESS, b"lo:ecs", address)
        _interface(control, _SET_MASK, b"lo:ecs", struct.pack("HH4s8x", socket.AF_INET, 0, b"\xff" * 4))
    serve("127.0.0.1", None)
    serve(*CREDENTIALS)
    return held


def _interface(control: socket.socket, request: int, name: bytes, value: bytes) -> None:
    fcntl.ioctl(control, request, struct.pack("16s", name) + value.ljust(24, b"\0"))


def _in_thread(work: Callable[[], int]) -> int:
    """Do it in a thread that ends with it: a thread that changed its namespace serves nothing else."""
    done: list[int] = []
    failed: list[OSError] = []

    def body() -> None:
        try:
            done.append(work())
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]
