"""One metric across runs as bars of text, for a terminal."""

from __future__ import annotations

import math

from nbflow.cards.printable import one_line
from nbflow.client.comparing.over import MetricTable
from nbflow.client.comparing.wording import number_text
from nbflow.views.compare.words import NONE

#: characters of the longest bar, and of what a run is called
_LONGEST, _NAME = 40, 40


def bars(table: MetricTable, metric: str, width: int) -> str:
    """Return a line for each run: its name, its number, and a bar as long as the number is large. Raises V017.

    Bars begin at zero, so that their lengths can be compared; one of a number below zero is hollow.
    """
    found = table.series(metric)
    one_flow = len({run.partition("/")[0] for run, _, _ in found}) == 1
    names = [one_line(run.partition("/")[2] if one_flow else run, _NAME) for run, _, _ in found]
    said = [NONE if number is None else number_text(number) for _, _, number in found]
    lengths = [None if number is None or not math.isfinite(number) else abs(float(number)) for _, _, number in found]
    largest = max((each for each in lengths if each is not None), default=0.0)
    wide, figures = max(map(len, names)), max(map(len, said))
    room = max(4, min(_LONGEST, width - wide - figures - 6))
    lines = [table.full(metric)]
    for name, number, length, (_, _, value) in zip(names, said, lengths, found, strict=True):
        # what is not nothing can be seen
        count = max(1, round(length / largest * room)) if length and largest else 0
        lines.append(f"  {name:>{wide}}  {number:>{figures}}  {('▒' if value and value < 0 else '█') * count}".rstrip())
    return "\n".join(lines)
