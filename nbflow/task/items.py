"""The items of a foreach: what was listed, taken one by one, and stored one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from nbflow.errors import Problem, StoreError, raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.store.store import Store


class ItemRefusedError(Exception):
    """The item `number` cannot be stored, `found` says why."""

    def __init__(self, number: int, found: Problem) -> None:
        super().__init__(number)
        self.number = number
        self.found = found


def stored_items(value: Any, store: Store, *, expression: str, step: str, limit: int) -> list[ArtifactRef]:
    """Return the items of `value`, in order. Raises T014 when it has none to give, or more than `limit`."""

    def fail(message: str, fix: str) -> NoReturn:
        raise_for("T014", expression=expression, step=step, message=message, fix=fix)

    def limited(items: Iterator[Any]) -> Iterator[Any]:
        for count, item in enumerate(items):
            if count == limit:
                fail(f"it has more than {limit:,} items", f"raise the limit: %flow run --max-items {10 * limit}")
            yield item

    if isinstance(value, str):
        fail(
            "it is a string, and iterating gives its characters",
            f"list({expression}) if they are meant, else [{expression}]",
        )
    try:
        items = items_of(value)
    except TypeError:
        fail(
            f"an object of type {type(value).__name__} has no items",
            "give a list, a dict, a range, the rows of a frame, …",
        )
    try:
        return stored_each(limited(items), store)
    except ItemRefusedError as refused:
        fail(f"item {refused.number} cannot be stored: {refused.found.what}", "give items that can be pickled")


def stored_each(items: Iterable[Any], store: Store) -> list[ArtifactRef]:
    """Return the items, each stored by itself, in order. Raises ItemRefusedError for one that cannot be."""
    writer = store.writer()
    count = 0
    for item in items:
        try:
            writer.add(str(count), item)
        except StoreError as error:
            found = error.problems[0]
            if found.code != "S004":
                raise
            raise ItemRefusedError(count, found) from None
        count += 1
    refs = writer.close()
    return [refs[str(number)] for number in range(count)]


def items_of(value: Any) -> Iterator[Any]:
    """Iterate over `value` as a foreach does: pairs of a dict, a set in order, rows of a frame.

    Raises:
        TypeError: it cannot be iterated over.
    """
    if isinstance(value, dict):
        return iter(value.items())
    if isinstance(value, set | frozenset):
        return iter(_sorted(value))
    root = type(value).__module__.partition(".")[0]
    if type(value).__name__ == "DataFrame" and root == "pandas":
        return (row for _, row in value.iterrows())
    if type(value).__name__ == "DataFrame" and root == "polars":
        return iter(value.iter_rows(named=True))
    return iter(value)


def _sorted(values: Iterable[Any]) -> list[Any]:
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=repr)
