"""A partial order, taken apart into things in line and things side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable


class CircleError(Exception):
    """Two things must each come before the other: the arguments are their numbers."""


class PartialOrder:
    """Numbers from 0 on, some of which come before others.

    Responsibilities: stay closed (what is before what is before is before); say what is in line, what side by side.
    """

    def __init__(self, size: int, pairs: Iterable[tuple[int, int]]) -> None:
        self._above: list[set[int]] = [set() for _ in range(size)]
        self.add(pairs)

    def add(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Let the first of each pair come before the second.

        Raises:
            CircleError: it would come before itself.
        """
        for first, second in pairs:
            before, after = {first, *self._above[first]}, {second, *self.below(second)}
            if first in after:
                raise CircleError(first, second)
            for each in after:
                self._above[each] |= before

    def above(self, number: int) -> frozenset[int]:
        """Return what comes before `number`."""
        return frozenset(self._above[number])

    def below(self, number: int) -> frozenset[int]:
        """Return what comes after `number`."""
        return frozenset(each for each, above in enumerate(self._above) if number in above)

    def in_line(self) -> list[int]:
        """Return all numbers, each after what comes before it, else the smaller first."""
        return self._sorted(range(len(self._above)))

    def _sorted(self, numbers: Collection[int]) -> list[int]:
        found: list[int] = []
        left = set(numbers)
        while left:
            free = min(each for each in left if not self._above[each] & left)
            found.append(free)
            left.remove(free)
        return found

    def related(self, one: int, other: int) -> bool:
        """Say whether one of the two comes before the other."""
        return one in self._above[other] or other in self._above[one]

    def side_by_side(self, numbers: Collection[int]) -> list[list[int]]:
        """Return the groups of `numbers` that have nothing to do with each other, in the order of their first."""
        return _groups(self._sorted(numbers), self.related)

    def stages(self, numbers: Collection[int]) -> list[list[int]]:
        """Return the groups of `numbers` of which each comes before the next as a whole."""
        return _groups(self._sorted(numbers), lambda one, other: not self.related(one, other))

    def levels(self, numbers: Collection[int]) -> list[list[int]]:
        """Return `numbers` by how much comes after each, so that what a join takes together ends together."""
        ordered, height = self._sorted(numbers), dict[int, int]()
        for each in reversed(ordered):
            height[each] = max((height[other] + 1 for other in height if each in self._above[other]), default=0)
        return [
            [each for each in ordered if height[each] == level] for level in sorted(set(height.values()), reverse=True)
        ]


def _groups(ordered: list[int], together: Callable[[int, int], bool]) -> list[list[int]]:
    """Return `ordered` in groups: who is together with one of a group is in it."""
    groups: list[list[int]] = []
    for each in ordered:
        mine = [group for group in groups if any(together(each, other) for other in group)]
        merged = sorted((number for group in mine for number in group), key=ordered.index)
        groups = [group for group in groups if group not in mine]
        groups.append([*merged, each])
    return sorted(groups, key=lambda group: ordered.index(group[0]))
