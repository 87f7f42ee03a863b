"""How a store of obstore is made, and made again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from nbflow.storage.failures import Reply, Where
from nbflow.storage.native import obstore

#: one request, with a slow line in mind on which eight parts of 8 MB go at a time
_TIMEOUT = timedelta(minutes=3)
_CONNECT = timedelta(seconds=5)
#: tries again after what may pass: with growing pauses, some ten seconds in all
_RETRIES = 8


class Opener(Protocol):
    """Makes stores for an ObjectStorage: when one is first needed, and again when the last is of no more use."""

    def where(self) -> Where:
        """Return what errors are to say of the place."""
        ...

    def open(self, *, repeat: bool) -> Any:
        """Return a store of obstore; `repeat`: it tries again by itself what may be tried again."""
        ...

    def learn(self, reply: Reply) -> bool:
        """Take in why a request was refused. Return whether a store that is opened now may fare better."""
        ...


class UrlOpener:
    """Opens what obstore knows by a URL alone, with the settings that it finds itself."""

    def __init__(self, url: str, bucket: str) -> None:
        self._where = Where(url, bucket)

    def where(self) -> Where:
        return self._where

    def open(self, *, repeat: bool) -> Any:
        return obstore().store.from_url(self._where.url, client_options=requests(), retry_config=retries(repeat=repeat))

    def learn(self, _reply: Reply) -> bool:
        return False


def requests(more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return obstore's options for requests."""
    return {"timeout": _TIMEOUT, "connect_timeout": _CONNECT, **(more or {})}


def retries(*, repeat: bool) -> dict[str, Any]:
    """Return obstore's options for trying again."""
    if not repeat:
        return {"max_retries": 0}
    pauses = {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2}
    return {"max_retries": _RETRIES, "backoff": pauses, "retry_timeout": timedelta(minutes=2)}
