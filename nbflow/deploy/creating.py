"""What a deployment creates: all of it, or nothing where the rest fails."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from nbflow.deploy import keys
from nbflow.errors import NbflowError
from nbflow.storage.base import Storage


class Created:
    """What there is now that was not there before, so that it can be taken back."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def also(self, undo: Callable[[], object]) -> None:
        """Something else was created, which `undo` takes back."""
        self._undo.append(undo)

    def keep(self) -> None:
        """What there is so far is to stay."""
        self._undo.clear()

    def take_back(self) -> None:
        """Take back all of it, the last first. What cannot be, stays: why the deployment failed is what counts."""
        while self._undo:
            with contextlib.suppress(NbflowError, OSError):
                self._undo.pop()()


@contextlib.contextmanager
def creating() -> Iterator[Created]:
    """Take back what was created in the block if it fails."""
    created = Created()
    try:
        yield created
    except BaseException:
        created.take_back()
        raise


def put_bundle(far: Storage, digest: str, files: Mapping[str, str], created: Created) -> None:
    """Put a version of a flow into the bucket, key → text. One that was there already is another name's, too, and stays."""
    if far.size(keys.request(digest)) is None:
        for key in files:
            created.also(partial(far.delete, key))
    for key, text in files.items():
        far.put(key, [text.encode()])
