"""How far something is."""

from __future__ import annotations

import math
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import CardComponent
from nbflow.cards.html import Html
from nbflow.cards.palette import BLUE, GREEN
from nbflow.cards.printable import one_line

_TRACK = "height:8px;border-radius:4px;background-color:rgba(128,128,128,0.22);overflow:hidden;margin:5px 0 3px"


class ProgressBar(CardComponent):
    """A bar that grows with `update`.

    Args:
        max: the value at which it is full.
        label: what it counts.
        value: how far it is.
        unit: written behind the numbers.
        metadata: a further word on how it goes.
    """

    REALTIME_UPDATABLE = True
    needs = frozenset[str]()

    def __init__(
        self,
        max: float = 100,  # noqa: A002 - as in Metaflow
        label: Any = None,
        value: float = 0,
        unit: Any = None,
        metadata: Any = None,
    ) -> None:
        self._max, self._value = max, value
        self._label, self._unit, self._metadata = label, unit, metadata

    def update(self, new_value: float, metadata: Any = None) -> None:
        """Show that it is at `new_value`."""
        self._value = new_value
        if metadata is not None:
            self._metadata = metadata

    @property
    def _share(self) -> float:
        try:
            share = float(self._value) / float(self._max)
        except (TypeError, ValueError, ZeroDivisionError, OverflowError):
            return 0.0
        return min(1.0, share) if math.isfinite(share) and share > 0 else 0.0

    def _numbers(self) -> str:
        unit = one_line(self._unit, 40) if self._unit is not None else ""
        if unit == "%":
            return f"{_number(self._value)}%"
        return f"{_number(self._value)} of {_number(self._max)}" + (f" {unit}" if unit else "")

    def render(self) -> Html:
        share = self._share
        filled = (
            f"height:8px;width:{share * 100:.2f}%;background-color:{GREEN if share >= 1 else BLUE};border-radius:4px"
        )
        label = one_line(self._label, 200) if self._label is not None else ""
        title = f"{label or 'progress'}: {share:.0%}"
        head = html.table(
            [[html.text(label, "font-weight:600;margin-right:14px") if label else "", html.faint(self._numbers())]],
            align="lr",
            width="100%",
            cell="padding:0",
        )
        below = html.block(html.faint(one_line(self._metadata, 300)), style="font-size:12px")
        track = html.tag("div", html.block(style=filled), style=_TRACK, title=title)
        return html.block(head, track, below if self._metadata is not None else "", style="min-width:150px")

    def text(self) -> str:
        full = round(self._share * 20)
        label = f"{one_line(self._label, 200)} " if self._label is not None else ""
        more = f"  {one_line(self._metadata, 300)}" if self._metadata is not None else ""
        return f"{label}{'█' * full}{'░' * (20 - full)} {self._numbers()}{more}"

    def height(self) -> int:
        return 46 if self._metadata is None else 64


def _number(given: Any) -> str:
    if isinstance(given, float) and math.isfinite(given) and given != int(given):
        return f"{given:,.4g}"
    if isinstance(given, float):
        return f"{given:,.0f}"
    return one_line(f"{given:,}" if type(given) is int else given, 40)
