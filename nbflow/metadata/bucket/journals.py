"""The journals of all runs, as objects in a storage: each entry is written once and never changed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from nbflow.errors import MetadataError, NbflowError, raise_for
from nbflow.frozen import frozen
from nbflow.metadata.bucket import keys
from nbflow.metadata.bucket.entry import Entry
from nbflow.metadata.bucket.fold import Fold
from nbflow.metadata.bucket.keys import Name
from nbflow.metadata.bucket.pool import Pool
from nbflow.storage.base import Storage

#: entries of a run nobody has seen that are read without looking for what they come to
_FEW = 4
#: runs of which all is held in memory at once
_TOGETHER = 100
#: seconds for which an entry that is taken, but empty, may go on being written
_PATIENCE = 2.0


@frozen
class Found:
    """What was read of a run's journal."""

    name: Name
    fold: Fold | None
    #: entries, with their numbers
    entries: tuple[tuple[int, Entry], ...]


@contextmanager
def reaching() -> Iterator[None]:
    """Let what a storage refuses be M020, unless it says more itself."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if isinstance(error, NbflowError):
            raise
        raise_for("M020", message=error.strerror or error)


class Journals:
    """The journals in `storage`. An entry that cannot be read ends its journal for who only looks."""

    def __init__(self, storage: Storage, pool: Pool) -> None:
        self._storage = storage
        self._pool = pool
        #: what is wrong with entries, by their keys
        self.unread: dict[str, str] = {}

    def claim(self, name: Name, number: int, entry: Entry) -> Entry:
        """Write an entry under a number that may be taken, and return the one that has it. Raises M020, M022.

        It is `entry` also when a reply was lost: the storage knows what it did.
        """
        key = keys.entry(name, number)
        try:
            with reaching():
                if self._storage.put_new(key, [entry.encode()]):
                    return entry
        except NbflowError:
            held = self._entry(key)
            if held is None:
                raise
            return held
        held = self._entry(key)
        if held is None:
            raise_for("M020", message=f"it has no {key}, and takes none")
        return held

    def tails(self, known: Mapping[Name, int]) -> list[Found]:
        """Return what there is of journals behind the entries that are known, of those that have grown."""
        # nearly always there is nothing: that is asked first, at the price of one small request each
        seen = [name for name, count in known.items() if count]
        firsts = self._pool.many(lambda name: self._readable(keys.entry(name, known[name])), seen)
        grown = {name: (known[name], first) for name, first in zip(seen, firsts, strict=True) if first is not None}
        new = [name for name, count in known.items() if not count]
        wanted = [*grown, *new]
        lists = self._pool.many(lambda name: self._behind(name, known[name]), wanted)
        numbers = {name: numbers for name, numbers in zip(wanted, lists, strict=True) if numbers}
        long = [name for name in new if len(numbers.get(name, ())) > _FEW]
        folds = dict(zip(long, self._pool.many(self._latest_fold, long), strict=True))
        return self._read(numbers, folds, grown)

    def lengths(self) -> dict[Name, int]:
        """Return of every run how many entries its journal has."""
        return self._highest(keys.JOURNAL, 1)

    def read(self, lengths: Mapping[Name, int], known: Mapping[Name, int]) -> Iterator[list[Found]]:
        """Yield what there is of journals of these lengths behind the entries that are known, some runs at a time."""
        behind = {name: range(known.get(name, 0), length) for name, length in lengths.items()}
        grown = {name: [*numbers] for name, numbers in behind.items() if numbers}
        folds = self._highest(keys.FOLDS, 0) if any(not known.get(name) for name in grown) else {}
        names = list(grown)
        for start in range(0, len(names), _TOGETHER):
            some = names[start : start + _TOGETHER]
            yield self._read(
                {name: grown[name] for name in some},
                {name: folds.get(name) for name in some if not known.get(name)},
                {},
            )

    def keep(self, name: Name, fold: Fold, before: int) -> None:
        """Write what a run's first entries come to; `before`: the count of the last such, which is deleted."""
        self._storage.put(keys.fold(name, fold.count), [fold.encode()])
        if before:
            self._storage.delete(keys.fold(name, before))

    # ---- requests

    def _read(
        self,
        numbers: Mapping[Name, list[int]],
        folds: Mapping[Name, int | None],
        at_hand: Mapping[Name, tuple[int, Entry]],
    ) -> list[Found]:
        """Return folds and entries of runs, read side by side; those `at_hand` need no reading."""
        tops = [(name, count) for name, count in folds.items() if count]
        read = dict(zip([name for name, _ in tops], self._pool.many(self._fold, tops), strict=True))
        entries = {name: dict([at_hand[name]] if name in at_hand else []) for name in numbers}
        wanted = []
        for name, listed in numbers.items():
            fold = read.get(name)
            start = fold.count if fold else 0
            wanted += [(name, number) for number in listed if number >= start and number not in entries[name]]
        many = self._pool.many(lambda each: self._readable(keys.entry(*each)), wanted)
        for (name, number), entry in zip(wanted, many, strict=True):
            if entry is not None:
                entries[name][number] = entry
        return [Found(name, read.get(name), tuple(sorted(entries[name].items(), key=_number))) for name in numbers]

    def _behind(self, name: Name, known: int) -> list[int]:
        """Return the numbers of a run's entries from `known` on."""
        prefix = keys.journal_of(name)
        with reaching():
            listed = self._storage.list(prefix, keys.entry(name, known - 1) if known else "")
            return sorted(place[1] for key in listed if (place := keys.numbered(key)))

    def _latest_fold(self, name: Name) -> int | None:
        with reaching():
            listed = self._storage.list(keys.folds_of(name))
            return max((place[1] for key in listed if (place := keys.numbered(key))), default=None)

    def _highest(self, prefix: str, more: int) -> dict[Name, int]:
        highest: dict[Name, int] = {}
        with reaching():
            for key in self._storage.list(prefix):
                if place := keys.numbered(key):
                    name, number = place
                    highest[name] = max(highest.get(name, 0), number + more)
        return highest

    def _fold(self, place: tuple[Name, int]) -> Fold | None:
        key = keys.fold(*place)
        try:
            with reaching():
                data = self._storage.get(key)
        except FileNotFoundError:
            # a newer one has replaced it
            return None
        try:
            return Fold.decode(key, data)
        except MetadataError:
            # of a newer version, perhaps: the entries tell the same
            return None

    def _readable(self, key: str) -> Entry | None:
        try:
            return self._entry(key)
        except MetadataError as error:
            if error.code != "NBF-M022":
                raise
            self.unread[key] = str(error)
            return None

    def _entry(self, key: str) -> Entry | None:
        waited = 0.0
        while True:
            try:
                with reaching():
                    data = self._storage.get(key)
            except FileNotFoundError:
                return None
            # a folder without hard links shows the name before the content
            if data or waited >= _PATIENCE:
                return Entry.decode(key, data)
            waited += 0.05
            time.sleep(0.05)


def _number(numbered: tuple[int, Entry]) -> int:
    return numbered[0]
