"""What one check found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from nbflow.frozen import frozen

#: all is well; worth a look; nothing runs, or something is lost, until it is put right
Level = Literal["fine", "warning", "broken"]


@frozen
class Finding:
    """What one check found, in a line, and what to do about it."""

    #: what was looked at, in a word
    about: str
    level: Level
    said: str
    #: what to type, or a sentence each
    fixes: tuple[str, ...] = ()
    #: what it speaks of, a line each
    listed: tuple[str, ...] = ()


def fine(about: str, said: str) -> Finding:
    """Return that all is well."""
    return Finding(about, "fine", said)


def warning(about: str, said: str, *fixes: str, listed: Iterable[str] = ()) -> Finding:
    """Return that something is worth a look."""
    return Finding(about, "warning", said, fixes, tuple(listed))


def broken(about: str, said: str, *fixes: str, listed: Iterable[str] = ()) -> Finding:
    """Return that something must be put right."""
    return Finding(about, "broken", said, fixes, tuple(listed))
