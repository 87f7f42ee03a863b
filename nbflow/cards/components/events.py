"""What happened, the latest first."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import CardComponent
from nbflow.cards.figures import duration, several, value
from nbflow.cards.html import Html
from nbflow.cards.palette import AMBER, BLUE, GREEN, GREY, RED, VIOLET
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen

_COLOURS = {
    "success": GREEN,
    "warning": AMBER,
    "error": RED,
    "danger": RED,
    "info": BLUE,
    "primary": BLUE,
    "tool_call": VIOLET,
    "ai_response": GREEN,
}
_URGENT = {"low": html.FAINT, "high": "font-weight:600", "critical": f"font-weight:600;color:{RED}"}


@frozen
class _Event:
    said: tuple[tuple[str, str], ...]
    at: float
    theme: str
    priority: str
    payloads: tuple[tuple[str, CardComponent], ...]


class EventsTimeline(CardComponent):
    """A list of events that grows with `update`, the latest first.

    Args:
        title: what stands above it.
        max_events: how many are shown; earlier ones are counted only.
    """

    REALTIME_UPDATABLE = True

    def __init__(self, title: Any = None, max_events: int = 100) -> None:
        self._title = title
        self._events: deque[_Event] = deque(maxlen=max(1, int(max_events)))
        self._count = 0
        self._first: float | None = None
        self._finished = False

    def update(
        self,
        event_data: Any,
        style_theme: str | None = None,
        priority: str | None = None,
        payloads: Mapping[str, Any] | None = None,
        finished: bool | None = None,  # noqa: FBT001 - as in Metaflow
    ) -> None:
        """Add an event.

        Args:
            event_data: names and plain values; `timestamp` (seconds, a datetime, or ISO text) says when, else it is now.
            style_theme: `default`, `success`, `warning`, `error`, `info`, `primary`, `secondary`, `tool_call`, `ai_response`.
            priority: `low`, `normal`, `high`, `critical`.
            payloads: name → component, unfolded by a click.
            finished: nothing more comes.
        """
        from nbflow.cards.components.anything import component_of

        facts = dict(event_data) if isinstance(event_data, Mapping) else {"event": event_data}
        # when a person says that something happens, it happens now
        at = _seconds(facts.pop("timestamp", None)) or datetime.now(UTC).timestamp()
        said = tuple((one_line(name, 60), _told(each)) for name, each in facts.items())
        folded = tuple((one_line(name, 60), component_of(each)) for name, each in (payloads or {}).items())
        self._events.appendleft(_Event(said, at, str(style_theme or ""), str(priority or ""), folded))
        self._count += 1
        self._first = at if self._first is None else self._first
        if finished is not None:
            self._finished = bool(finished)

    def get_stats(self) -> dict[str, Any]:
        """Return how many events there were, when, and whether more may come."""
        latest = self._events[0].at if self._events else None
        stats: dict[str, Any] = {
            "total_events": self._count,
            "displayed_events": len(self._events),
            "last_update": latest,
            "first_event": self._first,
            "finished": self._finished,
        }
        if latest is not None and self._first is not None and latest > self._first:
            stats["total_runtime_seconds"] = round(latest - self._first, 1)
            stats["events_per_minute"] = round(self._count / (latest - self._first) * 60, 1)
        return stats

    def render(self) -> Html:
        rows = [
            [html.faint(_clock(each.at)), html.text("●", f"color:{_colour(each)}"), _body(each)]
            for each in self._events
        ]
        table = html.table(rows, cell="padding:3px 12px 3px 0") if rows else ""
        head = html.block(
            html.text(one_line(self._title, 200), "font-weight:600") if self._title is not None else "",
            " " if self._title is not None else "",
            html.faint(self._summary()),
            style="margin-bottom:3px",
        )
        return html.block(head, html.block(table, style="max-height:460px;overflow:auto"))

    def _summary(self) -> str:
        left_out = self._count - len(self._events)
        took = duration(self._events[0].at - self._first) if self._events and self._first is not None else ""
        parts = [several(self._count, "event"), took if self._count > 1 else "", "finished" if self._finished else ""]
        parts.append(f"the latest {len(self._events)} are shown" if left_out else "")
        return " · ".join(part for part in parts if part)

    def text(self) -> str:
        title = f"{one_line(self._title, 200)}: " if self._title is not None else ""
        lines = [f"  {_clock(each.at)}  {'  '.join(f'{n}={v}' for n, v in each.said)}" for each in self._events]
        return "\n".join([f"{title}{self._summary()}", *lines])

    def height(self) -> int:
        return 30 + min(460, sum(27 + 24 * len(each.payloads) for each in self._events))


def _body(event: _Event) -> Html:
    style = _URGENT.get(event.priority, "")
    facts = html.join(
        (html.join([html.faint(f"{name} "), html.text(said, style)]) for name, said in event.said),
        html.Html(" &ensp; "),
    )
    folded = (html.details(html.faint(name), each.html()) for name, each in event.payloads)
    return html.join([html.text(facts), *folded])


def _colour(event: _Event) -> str:
    return _COLOURS.get(event.theme, GREY)


def _told(given: Any) -> str:
    try:
        return one_line(given, 400) if isinstance(given, str) else value(given, 400)
    except Exception:  # noqa: BLE001 - a person's __repr__
        return f"({type(given).__name__})"


def _seconds(given: Any) -> float | None:
    """Return a moment as seconds since 1970; None when it is none."""
    try:
        if isinstance(given, str):
            given = datetime.fromisoformat(given)
        if isinstance(given, datetime):
            return given.timestamp()
        seconds = float(given)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and 0 < seconds < 1e11 else None


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%H:%M:%S")
