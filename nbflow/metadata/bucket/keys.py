"""The names of what metadata keeps in a bucket.

journal/<flow>/<run>/00000003.json   what happened to a run: its fourth entry
folds/<flow>/<run>/00000012.json     what its first twelve entries come to
news/202611300539/<flow>/<run>       something happens to it in that minute (UTC), or soon after
beats/<flow>/<run>                   when its owner was last alive
"""

from __future__ import annotations

import time
from urllib.parse import quote, unquote

#: a run: its flow and its id
Name = tuple[str, str]

JOURNAL = "journal/"
FOLDS = "folds/"
NEWS = "news/"
_BEATS = "beats/"


def journal_of(name: Name) -> str:
    """Return what the keys of a run's entries begin with."""
    return f"{JOURNAL}{_joined(name)}/"


def entry(name: Name, number: int) -> str:
    """Return the key of a run's entry `number`, counted from 0."""
    return f"{journal_of(name)}{number:08}.json"


def folds_of(name: Name) -> str:
    """Return what the keys of a run's folds begin with."""
    return f"{FOLDS}{_joined(name)}/"


def fold(name: Name, count: int) -> str:
    """Return the key of what a run's first `count` entries come to."""
    return f"{folds_of(name)}{count:08}.json"


def numbered(key: str) -> tuple[Name, int] | None:
    """Return the run and the number of the key of an entry or a fold; None for any other."""
    parts = key.split("/")
    digits, dot, kind = parts[-1].partition(".")
    return ((unquote(parts[1]), unquote(parts[2])), int(digits)) if _is_number(parts, digits, dot + kind) else None


def news(moment: float, name: Name) -> str:
    """Return the key of the news that something happens to a run at `moment`, in seconds since the epoch."""
    return f"{news_before(moment)}/{_joined(name)}"


def news_before(moment: float) -> str:
    """Return what sorts before all news of the minute of `moment`, and behind those of earlier ones."""
    return NEWS + time.strftime("%Y%m%d%H%M", time.gmtime(moment))


def named(key: str) -> Name | None:
    """Return the run that is the matter of news; None for any other key."""
    parts = key.split("/")
    return (unquote(parts[2]), unquote(parts[3])) if len(parts) == 4 else None


def beat(name: Name) -> str:
    """Return the key of the owner's last sign of life."""
    return f"{_BEATS}{_joined(name)}"


def _joined(name: Name) -> str:
    return "/".join(map(_quoted, name))


def _quoted(part: str) -> str:
    text = quote(part, safe="")
    # a storage in a folder has names of its own that begin with a dot, and `..` leads out of it
    return f"%2E{text[1:]}" if text.startswith(".") else text


def _is_number(parts: list[str], digits: str, suffix: str) -> bool:
    return len(parts) == 4 and suffix == ".json" and len(digits) == 8 and digits.isdecimal()
