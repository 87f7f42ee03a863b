"""The sizes that Fargate has: only certain memory goes with certain cores.

Source: the task definition parameters for Fargate in Amazon ECS's developer guide.
"""

from __future__ import annotations

from collections.abc import Iterator

_GIGABYTE = 1024


def _sizes() -> Iterator[tuple[float, range | tuple[int, ...]]]:
    """Yield cores, and the megabytes that go with them."""
    yield 0.25, (512, 1024, 2048)
    yield 0.5, range(1024, 4 * _GIGABYTE + 1, 1024)
    yield 1, range(2 * _GIGABYTE, 8 * _GIGABYTE + 1, 1024)
    yield 2, range(4 * _GIGABYTE, 16 * _GIGABYTE + 1, 1024)
    yield 4, range(8 * _GIGABYTE, 30 * _GIGABYTE + 1, 1024)
    yield 8, range(16 * _GIGABYTE, 60 * _GIGABYTE + 1, 4096)
    yield 16, range(32 * _GIGABYTE, 120 * _GIGABYTE + 1, 8192)


def fargate_size(cpu: float, megabytes: int) -> tuple[float, int] | None:
    """Return the smallest size with at least these cores and this memory, None where there is none."""
    for cores, memories in _sizes():
        if cores < cpu:
            continue
        fitting = next((memory for memory in memories if memory >= megabytes), None)
        if fitting is not None:
            return cores, fitting
    return None
