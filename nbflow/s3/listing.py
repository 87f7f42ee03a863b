"""What there is below a key: in a run, its own objects, and beside them those of the runs it took results from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nbflow.s3.objects import Info, S3Object
from nbflow.s3.places import Place, Spot
from nbflow.s3.refusals import refusals


class Entry(NamedTuple):
    """An object that was found."""

    #: what was listed
    root: str
    spot: Spot
    info: Info

    @property
    def seen(self) -> S3Object:
        """It as a listing shows it."""
        return S3Object(self.root, self.spot.url, info=self.info)


def entries(place: Place, key: str) -> Iterator[Entry]:
    """Yield the objects below `key`, in order where there is one place only."""
    known: set[str] = set()
    for folder in place.folders(key):
        with refusals(folder.url):
            for name, info in folder.shelf.entries(folder.key):
                inside = name[len(folder.key) :]
                if inside not in known:
                    known.add(inside)
                    yield Entry(folder.url, Spot(folder.shelf, name, f"{folder.url}/{inside}"), info)


def beginnings(place: Place, key: str) -> Iterator[S3Object]:
    """Yield what is directly below `key`: objects, and once each the beginnings of keys that go on."""
    known: set[str] = set()
    for entry in entries(place, key):
        first, slash, _ = entry.spot.url[len(entry.root) + 1 :].partition("/")
        if not slash:
            yield entry.seen
        elif first not in known:
            known.add(first)
            yield S3Object(entry.root, f"{entry.root}/{first}/")
