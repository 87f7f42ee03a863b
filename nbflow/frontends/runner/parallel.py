"""A function for each of many items, in processes of their own: for what is too small to be steps.

Each item gets a process that is forked from this one, so the function may be anything, a lambda too, and sees all that
was loaded; only its result is sent back.
"""

from __future__ import annotations

import os
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_fork = get_context("fork")


def parallel_map(
    func: Callable[[Item], Result],
    iterable: Iterable[Item],
    max_parallel: int | None = None,
    dir: str | None = None,  # noqa: A002 - Metaflow's name
) -> list[Result]:
    """Return what `func` returns for each item, in the order of the items.

    Args:
        func: any callable.
        iterable: the items.
        max_parallel: most processes at once; None is the number of cores.
        dir: not needed; results are not written to files.

    Raises whatever `func` raises for one of them; the others are ended.
    """
    del dir
    found = dict(_results(func, iterable, max_parallel))
    return [found[number] for number in range(len(found))]


def parallel_imap_unordered(
    func: Callable[[Item], Result],
    iterable: Iterable[Item],
    max_parallel: int | None = None,
    dir: str | None = None,  # noqa: A002 - Metaflow's name
) -> Iterator[Result]:
    """Yield what `func` returns for each item, as soon as it is there. See `parallel_map`."""
    del dir
    for _, result in _results(func, iterable, max_parallel):
        yield result


def _results(
    func: Callable[[Item], Result], iterable: Iterable[Item], most: int | None
) -> Iterator[tuple[int, Result]]:
    """Yield the number of each item and its result."""
    most = most or len(os.sched_getaffinity(0))
    items = enumerate(iterable)
    running: dict[Connection, tuple[int, BaseProcess]] = {}
    try:
        while True:
            while len(running) < most and (following := next(items, None)) is not None:
                number, item = following
                reader, process = _started(func, item)
                running[reader] = number, process
            if not running:
                return
            ready = set(wait(list(running)))
            for reader in [each for each in running if each in ready]:
                number, process = running.pop(reader)
                yield number, _result(reader, number, process)
    finally:
        for reader, (_, process) in running.items():
            process.kill()
            process.join()
            reader.close()


def _started(func: Callable[[Any], Any], item: object) -> tuple[Connection, BaseProcess]:
    reader, writer = _fork.Pipe(duplex=False)
    process = _fork.Process(target=_work, args=(func, item, writer))
    with warnings.catch_warnings():
        # Python warns of forks beside threads: the child runs nothing but the function
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    writer.close()
    return reader, process


def _work(func: Callable[[Any], Any], item: object, writer: Connection) -> None:
    """Send the result of one item, or why there is none."""
    try:
        answer: tuple[bool, Any, str] = (True, func(item), "")
    except Exception as failure:  # noqa: BLE001 - it is raised where the result is waited for
        answer = (False, failure, traceback.format_exc())
    try:
        writer.send(answer)
    except Exception as failure:  # noqa: BLE001 - whatever pickling raises
        told = answer[2] or f"its result cannot be sent: {type(answer[1]).__name__}: {failure}"
        writer.send((False, None, told))


def _result(reader: Connection, number: int, process: BaseProcess) -> Any:
    """Return what came of an item, or raise what its process raised."""
    try:
        done, value, told = reader.recv()
    except EOFError:
        process.join()
        raise ChildProcessError(f"the process of item {number} ended with exit code {process.exitcode}") from None
    finally:
        reader.close()
    process.join()
    if done:
        return value
    if value is None:
        raise RuntimeError(f"item {number}: {told}")
    value.add_note(f"in the process of item {number}:\n{told}")
    raise value
