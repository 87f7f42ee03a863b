"""What time it is, and waiting: a port, so that tests move the time."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Says the time and waits."""

    def now(self) -> datetime:
        """Return the time, aware and in UTC. It may jump."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        ...

    def wait(self, seconds: float) -> bool:
        """Return after so many seconds, True when the end was asked for meanwhile or before."""
        ...


class SystemClock:
    """The machine's."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> bool:
        return self.ended.wait(seconds)


def zone_here() -> str:
    """Return the name of this machine's time zone: of TZ, /etc/timezone, or the file /etc/localtime points to; else UTC."""
    named = [os.environ.get("TZ", "").lstrip(":"), _text(Path("/etc/timezone"))]
    target = os.path.realpath("/etc/localtime")
    named += [target.partition("/zoneinfo/")[2]]
    found = next((each for each in named if each and _is_zone(each)), "UTC")
    return "UTC" if found == "Etc/UTC" else found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True
