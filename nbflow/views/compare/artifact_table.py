"""The artifacts that are no metrics, as HTML: by type and size, told apart by digest. On a live page they can be opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nbflow.cards import html as h
from nbflow.cards.html import Content, Html
from nbflow.client.comparing.comparison import Comparison
from nbflow.client.comparing.rows import Artifact
from nbflow.views.compare.sections import cell, cut, folded, name_of, section
from nbflow.views.compare.words import counted, how_of, names_of, parted, said_of, said_of_all, versions_of

_ROWS = 200
_LETTERS = "runs with one letter left equal values; type and shape are those of the first that has it"


class Controls(Protocol):
    """What a live page adds."""

    def opens(self, row: Artifact, run: int, said: Content) -> Content:
        """Return `said` as what opens the artifact of a run, compared with the first; as it is where that cannot be."""
        ...

    def below(self, row: Artifact) -> Html:
        """Return what is open of an artifact; nothing where none is."""
        ...


class _Saved:
    """A saved page has none."""

    def opens(self, _row: Artifact, _run: int, said: Content) -> Content:
        return said

    def below(self, _row: Artifact) -> Html:
        return Html("")


def artifacts(comparison: Comparison, *, only: bool = False, controls: Controls | None = None) -> Html:
    """Return what else the steps left: what differs first, what is equal counted and folded."""
    rows = comparison.artifacts
    if not rows:
        return section("Artifacts", "no step left anything else", unfolded=False)
    names = names_of(comparison.sides)
    differ, equal = parted(rows, comparison)
    parts: list[Content] = [_table(differ, names, controls or _Saved())] if differ else []
    parts += folded(equal, _equal, only=only)
    return section("Artifacts", counted(rows, comparison), *parts)


def _table(rows: Sequence[Artifact], names: Sequence[str], controls: Controls) -> Html:
    shown = rows[:_ROWS]
    if len(names) > 2:
        head = ["artifact", "", *names, ""]
        cells = [_among_many(row, names, controls) for row in shown]
    elif len(names) == 2:
        head = ["artifact", *names, ""]
        cells = [_of_two(row, names, controls) for row in shown]
    else:
        head = ["artifact", *names]
        cells = [[name_of(row), cell(said_of(row.left[0]))] for row in shown]
    table = _with(h.table(cells, head=head), [controls.below(row) for row in shown], len(head))
    return h.join([cut(table, len(rows)), *([h.block(h.faint(_LETTERS))] if len(names) > 2 else [])])


def _of_two(row: Artifact, names: Sequence[str], controls: Controls) -> list[Content]:
    how = h.text(how_of(row, names), "white-space:nowrap;opacity:0.65")
    return [name_of(row), *map(cell, said_of_all(row, 60)), controls.opens(row, 1, how)]


def _among_many(row: Artifact, names: Sequence[str], controls: Controls) -> list[Content]:
    first = next(said_of(left, sized=False) for left in row.left if left.refs)
    versions = [controls.opens(row, run, cell(said)) for run, said in enumerate(versions_of(row))]
    return [name_of(row), cell(first), *versions, h.text(how_of(row, names), "white-space:nowrap;opacity:0.65")]


def _equal(rows: Sequence[Artifact]) -> Html:
    return cut(h.table([(name_of(row), cell(said_of(row.left[0]))) for row in rows[:_ROWS]]), len(rows))


def _with(table: Html, below: Sequence[Html], columns: int) -> Html:
    """Return a table with something below some of its rows, as wide as it is."""
    if not any(below):
        return table
    head, start, body = table.partition("<tbody>")
    # what stands in cells is escaped, and none of them holds a table
    rows = body.split("</tr>")
    for number, content in enumerate(below):
        if content:
            wide = h.tag("td", content, colspan=columns, style="border:none;padding:0;text-align:left")
            rows[number + 1] = h.tag("tr", wide, style="background-color:transparent") + rows[number + 1]
    return Html(head + start + "</tr>".join(rows))
