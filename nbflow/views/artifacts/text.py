"""The list of artifacts for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cards.figures import size
from nbflow.cards.palette import mark
from nbflow.cards.printable import one_line
from nbflow.client.holdings import Holdings
from nbflow.views.artifacts.groups import Group
from nbflow.views.artifacts.lines import HEAD, many_said

_ROWS = 200


def text(holdings: Holdings, groups: Sequence[Group], said: str) -> str:
    """Return the list; `said` of all of it."""
    status = holdings.status
    lines = [f"{mark(status)} {one_line(holdings.pathspec, 200)}  {status} · {said}"]
    rows: list[tuple[str, ...]] = [HEAD]
    for group in groups[:_ROWS]:
        many = "" if group.single or not group.items else f" ({many_said(group)})"
        handed = "" if group.own else " (handed on)"
        weight = "" if group.dropped else size(group.size)
        name = f"{one_line(group.name, 40)}{many}{handed}"
        rows.append((one_line(group.step, 30), name, one_line(group.type, 30), weight, one_line(group.said, 60)))
    if not holdings.of_run:
        rows = [row[1:] for row in rows]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    if len(rows) > 1:
        lines += [
            "  " + "  ".join(each.ljust(wide) for each, wide in zip(row, widths, strict=True)).rstrip() for row in rows
        ]
    if len(groups) > _ROWS:
        lines.append(f"  and {len(groups) - _ROWS} more")
    return "\n".join(lines)
