"""What time it is on the bench: the machine's time until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Goes on by itself, from wherever it was moved to."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, to: datetime) -> None:
        """Have it be this time now."""
        self._ahead = to - datetime.now(UTC)

    def reset(self) -> None:
        """Go back to the machine's time."""
        self._ahead = timedelta(0)
