"""Where each step of a picture stands: ranks from left to right, wrapped into bands like lines of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from nbflow.frozen import frozen
from nbflow.graph.draw.edges import Edges, edges_of
from nbflow.model.record import StepSummary

#: between neighbours of one rank, between ranks, between bands, and around the picture
GAP, RANK_GAP, BAND_GAP, MARGIN = 12.0, 34.0, 20.0, 10.0
#: what a way takes where it passes a rank
_PASSAGE = 6.0
_SWEEPS = 6

#: what still goes on one row: a front end shrinks the picture a little
_STRETCH = 1.25

Point = tuple[float, float]
Way = tuple[str, str, tuple[Point, ...]]


@frozen
class Box:
    """Where one step stands."""

    name: str
    x: float
    y: float
    width: float
    height: float


@frozen
class Layout:
    """A picture without its paint: boxes, and ways as the points they pass."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    #: (giver, step, points); each piece runs from left to right, a way over two bands has two pieces
    ways: tuple[Way, ...]
    #: corners of the lines that lead from one band to the next
    links: tuple[tuple[Point, ...], ...] = ()


#: a place in a rank: a step, or the passage of a way (giver, step)
_Place = str | tuple[str, str]
#: each place of a rank with the places before and after it
_Near = dict[_Place, tuple[list[_Place], list[_Place]]]


def layout(steps: Sequence[StepSummary], widths: Mapping[str, float], height: float, *, wide: float) -> Layout:
    """Return where `steps` stand: boxes of the given widths and one height, in bands no wider than `wide`."""
    if not steps:
        return Layout(2 * MARGIN, 2 * MARGIN, (), ())
    edges = edges_of(steps)
    ranks = _ordered(_ranks(edges), edges)
    columns = [max((widths[place] for place in rank if isinstance(place, str)), default=_PASSAGE) for rank in ranks]
    top, boxes, ways, right = MARGIN, list[Box](), list[Way](), 0.0
    links, going = list[tuple[Point, ...]](), dict[tuple[str, str], Point]()
    for first, last in _bands(columns, wide):
        band = _Band(ranks[first : last + 1], columns[first : last + 1], height, edges)
        placed, pieces, band_height, band_width = band.drawn(top)
        gutter = top - BAND_GAP / 2
        links += [_link(going[way[:2]], gutter, way[2][0]) for way in pieces if way[:2] in going]
        going = {way[:2]: way[2][-1] for way in pieces if edges.rank[way[1]] > last}
        boxes += placed
        ways += pieces
        right = max(right, band_width)
        top += band_height + BAND_GAP
    return Layout(right + MARGIN, top - BAND_GAP + MARGIN, tuple(boxes), tuple(ways), tuple(dict.fromkeys(links)))


def _link(leave: Point, gutter: float, entry: Point) -> tuple[Point, ...]:
    return (leave, (leave[0], gutter), (entry[0], gutter), entry)


def _ranks(edges: Edges) -> list[list[_Place]]:
    ranks: list[list[_Place]] = [[] for _ in range(1 + max(edges.rank.values()))]
    for name, rank in edges.rank.items():
        ranks[rank].append(name)
        for giver in edges.short[name]:
            for between in range(edges.rank[giver] + 1, rank):
                ranks[between].append((giver, name))
    return ranks


def _neighbours(
    place: _Place, edges: Edges, consumers: Mapping[str, Sequence[str]], rank: int
) -> tuple[list[_Place], list[_Place]]:
    """Return the places before and after `place` (which stands in `rank`) on the ways through it."""

    def on(giver: str, step: str, where: int) -> _Place:
        return giver if where == edges.rank[giver] else step if where == edges.rank[step] else (giver, step)

    if isinstance(place, tuple):
        return [on(*place, rank - 1)], [on(*place, rank + 1)]
    before = [on(giver, place, rank - 1) for giver in edges.short[place]]
    after = [on(place, step, rank + 1) for step in consumers[place]]
    return before, after


def _near(ranks: list[list[_Place]], edges: Edges, first: int) -> list[_Near]:
    consumers = edges.consumers()
    return [
        {place: _neighbours(place, edges, consumers, first + number) for place in rank}
        for number, rank in enumerate(ranks)
    ]


def _ordered(ranks: list[list[_Place]], edges: Edges) -> list[list[_Place]]:
    """Return `ranks` with each place near the middle of its neighbours, so that few ways cross."""
    near = _near(ranks, edges, 0)
    best, fewest = ranks, _crossings(ranks, near)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        ranks = [list(rank) for rank in ranks]
        for number in range(len(ranks)) if down else reversed(range(len(ranks))):
            other = number - 1 if down else number + 1
            if not 0 <= other < len(ranks):
                continue
            position = {place: index for index, place in enumerate(ranks[other])}
            middle = {
                place: _mean([position[each] for each in near[number][place][0 if down else 1]], index)
                for index, place in enumerate(ranks[number])
            }
            ranks[number].sort(key=middle.__getitem__)
        crossings = _crossings(ranks, near)
        if crossings < fewest:
            best, fewest = ranks, crossings
    return best


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _crossings(ranks: list[list[_Place]], near: list[_Near]) -> int:
    count = 0
    for number, rank in enumerate(ranks[:-1]):
        position = {place: index for index, place in enumerate(ranks[number + 1])}
        ends = [sorted(position[each] for each in near[number][place][1]) for place in rank]
        seen: list[int] = []
        for targets in ends:
            count += sum(1 for target in targets for each in seen if each > target)
            seen += targets
    return count


def _bands(columns: Sequence[float], wide: float) -> list[tuple[int, int]]:
    """Return the first and last rank of each band, about equally many in each."""
    total = sum(columns) + RANK_GAP * (len(columns) - 1) + 2 * MARGIN
    if total <= wide * _STRETCH:
        return [(0, len(columns) - 1)]
    count = -(-int(total) // int(wide))
    while True:
        size = -(-len(columns) // count)
        bands = [(start, min(start + size, len(columns)) - 1) for start in range(0, len(columns), size)]
        widest = max(sum(columns[a : b + 1]) + RANK_GAP * (b - a) + 2 * MARGIN for a, b in bands)
        if widest <= wide or size == 1:
            return bands
        count += 1


class _Band:
    """Some ranks side by side."""

    def __init__(self, ranks: list[list[_Place]], columns: Sequence[float], height: float, edges: Edges) -> None:
        self._ranks, self._columns, self._height, self._edges = ranks, columns, height, edges
        self._first = min(edges.rank[place] for rank in ranks for place in rank if isinstance(place, str))
        self._near = _near(ranks, edges, self._first)

    def drawn(self, top: float) -> tuple[list[Box], list[Way], float, float]:
        """Return boxes, ways, height and right end of the band whose upper end is at `top`."""
        middles = self._middles()
        low = min(middle - self._size(place) / 2 for rank in middles for place, middle in rank.items())
        high = max(middle + self._size(place) / 2 for rank in middles for place, middle in rank.items())
        left, lefts = MARGIN, []
        for column in self._columns:
            lefts.append(left)
            left += column + RANK_GAP
        boxes = [
            Box(place, lefts[number], top + middle - low - self._height / 2, self._columns[number], self._height)
            for number, rank in enumerate(middles)
            for place, middle in rank.items()
            if isinstance(place, str)
        ]
        shifted = [{place: top + middle - low for place, middle in rank.items()} for rank in middles]
        return boxes, self._ways(shifted, lefts), high - low, left - RANK_GAP

    def _size(self, place: _Place) -> float:
        return self._height if isinstance(place, str) else _PASSAGE

    def _middles(self) -> list[dict[_Place, float]]:
        """Return how far down each place stands: near its neighbours, in the order found, without overlaps."""
        middles = [dict(zip(rank, self._apart(rank, [0.0] * len(rank)), strict=True)) for rank in self._ranks]
        for sweep in range(_SWEEPS + 1):
            # the last sweep looks back only, so that chains are straight
            last, forth = sweep == _SWEEPS, sweep % 2 == 0
            for number in range(len(middles)) if forth else reversed(range(len(middles))):
                wanted = [self._wanted(middles, number, place, ahead=not last) for place in middles[number]]
                rank = self._ranks[number]
                middles[number] = dict(zip(rank, self._apart(rank, wanted), strict=True))
        return middles

    def _wanted(self, middles: list[dict[_Place, float]], number: int, place: _Place, *, ahead: bool) -> float:
        before, after = self._near[number][place]
        ends = [middles[number - 1].get(each) for each in before] if number else []
        if ahead and number + 1 < len(middles):
            ends += [middles[number + 1].get(each) for each in after]
        return _mean([end for end in ends if end is not None], middles[number][place])

    def _apart(self, rank: Sequence[_Place], wanted: Sequence[float]) -> list[float]:
        """Return the places nearest to `wanted` (least squares) that keep order and distance."""
        offsets, offset = [0.0], 0.0
        for before, after in pairwise(rank):
            offset += (self._size(before) + self._size(after)) / 2 + GAP
            offsets.append(offset)
        # pools of neighbours that touch move as one, each to the mean of what its members want
        pools: list[tuple[float, int]] = []
        for want, shift in zip(wanted, offsets, strict=False):
            pool = (want - shift, 1)
            while pools and pools[-1][0] > pool[0]:
                mean, count = pools.pop()
                pool = ((mean * count + pool[0] * pool[1]) / (count + pool[1]), count + pool[1])
            pools.append(pool)
        means = [mean for mean, count in pools for _ in range(count)]
        return [mean + shift for mean, shift in zip(means, offsets, strict=False)]

    def _ways(self, middles: list[dict[_Place, float]], lefts: Sequence[float]) -> list[Way]:
        first, last = self._first, self._first + len(self._ranks) - 1
        ways = []
        for step, givers in self._edges.short.items():
            for giver in givers:
                start, end = self._edges.rank[giver], self._edges.rank[step]
                if end < first or start > last:
                    continue
                points: list[Point] = []
                for rank in range(max(start, first), min(end, last) + 1):
                    number = rank - first
                    place: _Place = giver if rank == start else step if rank == end else (giver, step)
                    y, x = middles[number][place], lefts[number]
                    entry, leave = (x, y), (x + self._columns[number], y)
                    points += [leave] if rank == start else [entry] if rank == end else [entry, leave]
                # a way that goes on in another band leaves and enters by a short stub
                if start < first:
                    points.insert(0, (points[0][0] - MARGIN * 0.8, points[0][1]))
                if end > last:
                    points.append((points[-1][0] + MARGIN * 0.8, points[-1][1]))
                ways.append((giver, step, tuple(points)))
        return ways
