"""Building blocks of HTML that every notebook shows, trusted or not, in light and dark themes.

A front end strips scripts, classes' styles, inline SVG, `currentColor`, `var()` and flex layout from an untrusted
notebook. What stays is used here: tables, `<details>`, `<progress>`, images as data URIs, and plain inline styles.
Text takes the theme's own colour, faint text is translucent, lines and grounds are translucent grey.
Content that is not `Html` already is escaped on its way in, so no caller can forget it.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Sequence

from nbflow.cards.printable import printable

#: a hairline and a tint that read on white and on black
LINE = "1px solid rgba(128,128,128,0.28)"
TINT = "rgba(128,128,128,0.10)"
FAINT = "opacity:0.65"
MONO = "font-family:Menlo,Consolas,'DejaVu Sans Mono',monospace"

_CUT = ";overflow:hidden;text-overflow:ellipsis;overflow-wrap:break-word"
_ALIGN = {"l": "left", "r": "right", "c": "center"}
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
#: what ends a word within a name
_SEAM = re.compile(r"([_./]+)(?=[^\W_])")


class Html(str):
    """Text that is HTML already: built by this module from escaped parts."""

    __slots__ = ()


#: what a block may hold: HTML as it is, anything else escaped
Content = Html | str | int | float


def escape(text: object) -> Html:
    """Return `text` as HTML: markup escaped, invisible control characters spelled out. `Html` passes unchanged."""
    return text if isinstance(text, Html) else Html(html.escape(printable(text), quote=True))


def join(parts: Iterable[Content], between: Content = "") -> Html:
    """Return `parts` one after another with `between` between them."""
    return Html(escape(between).join(escape(part) for part in parts))


def tag(name: str, *content: Content, style: str = "", **attributes: object) -> Html:
    """Return the element `name`. An attribute that is None or False is left out, True stands alone."""
    given = {"style": style or None, **attributes}
    written = "".join(
        f" {key}" if value is True else f' {key}="{_attribute(value)}"'
        for key, value in given.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(content)}</{name}>")


def _attribute(value: object) -> str:
    # Html is escaped here too: it was made for content, where quotes mean nothing
    return html.escape(printable(value), quote=True).replace("\n", "&#10;")


def text(content: Content, style: str = "", title: str | None = None) -> Html:
    """Return `content` in a span."""
    return tag("span", content, style=style, title=title)


def breaking(words: object) -> Html:
    """Return names as text that is broken behind `_`, `.` and `/` where it is wider than its room, and copied without marks."""
    return Html(_SEAM.sub(r"\1<wbr>", escape(str(words))))


def faint(content: Content, title: str | None = None) -> Html:
    """Return `content` in the theme's colour, fainter."""
    return text(content, FAINT, title)


def code(content: Content) -> Html:
    """Return `content` in a fixed-width face, on a tint."""
    return tag(
        "code", content, style=f"{MONO};font-size:0.92em;background-color:{TINT};padding:1px 4px;border-radius:3px"
    )


def block(*content: Content, style: str = "") -> Html:
    """Return `content` in a div."""
    return tag("div", *content, style=style)


def preformatted(content: Content, *, height: int | None = None) -> Html:
    """Return `content` with its line breaks, fixed width; scrolls inside `height` pixels when given."""
    limit = f"max-height:{height}px;overflow:auto;" if height else "overflow-x:auto;"
    style = (
        f"{MONO};font-size:12px;line-height:1.45;margin:4px 0;padding:6px 10px;white-space:pre-wrap;"
        f"{limit}border-radius:4px;background-color:{TINT};text-align:left"
    )
    return tag("pre", content, style=style)


def table(
    rows: Iterable[Sequence[Content]],
    *,
    head: Sequence[Content] = (),
    align: str = "",
    width: str = "auto",
    widths: Sequence[str] = (),
    cell: str = "",
) -> Html:
    """Return a table. `align` has one letter a column: l, r or c (l when missing).

    `widths` are CSS widths of the columns, the empty text takes what is left; they need a `head`, and what does not
    fit is cut. `cell` is style for every cell.
    """
    # everything is said on the cells themselves: front ends stripe rows and align cells to the right
    shared = "padding:3px 14px 3px 0;vertical-align:top;line-height:1.45;border:none;background-color:transparent"
    shared += (f";{cell}" if cell else "") + (_CUT if widths else "")
    lines = []
    if head:
        style = f"{shared};font-weight:normal;{FAINT}"
        wide = {number: f"width:{each};" for number, each in enumerate(widths) if each}
        cells = (
            tag("th", each, style=f"text-align:{_side(align, n)};{wide.get(n, '')}{style}")
            for n, each in enumerate(head)
        )
        lines.append(tag("thead", tag("tr", *cells, style=f"border-bottom:{LINE};background-color:transparent")))
    body = [
        tag(
            "tr",
            *(tag("td", each, style=f"text-align:{_side(align, n)};{shared}") for n, each in enumerate(row)),
            style="background-color:transparent",
        )
        for row in rows
    ]
    lines.append(tag("tbody", *body))
    style = f"border-collapse:collapse;border:none;margin:2px 0;font-size:13px;width:{width};table-layout:{'fixed' if widths else 'auto'}"
    return tag("table", *lines, style=style)


def _side(align: str, column: int) -> str:
    return _ALIGN[align[column]] if column < len(align) else "left"


def pairs(items: Iterable[tuple[Content, Content]]) -> Html:
    """Return names and what they stand for, in two columns."""
    return table([(faint(name), value) for name, value in items])


def details(summary: Content, *content: Content, unfolded: bool = False) -> Html:
    """Return `content` folded away under `summary`."""
    head = tag("summary", summary, style="cursor:pointer;line-height:1.6")
    return tag("details", head, *content, style="margin:2px 0", open=unfolded)


def progress(done: int, total: int) -> Html:
    """Return how far something is."""
    return tag(
        "progress",
        f"{done}/{total}",
        value=done,
        max=max(total, 1),
        title=f"{done} of {total}",
        style="width:96px;height:8px;vertical-align:middle",
    )


def bar(segments: Iterable[tuple[float, str]], *, title: str, width: int = 120) -> Html:
    """Return a bar of coloured (share, colour) segments; shares are of 1, what they leave open stays a faint track."""
    painted = join(
        tag(
            "span",
            style=f"display:inline-block;height:6px;vertical-align:top;width:{share * 100:.2f}%;background-color:{colour}",
        )
        for share, colour in segments
        if share > 0
    )
    style = (
        f"display:inline-block;width:{width}px;height:6px;line-height:6px;font-size:0;overflow:hidden;border-radius:3px;"
        "vertical-align:middle;white-space:nowrap;background-color:rgba(128,128,128,0.22)"
    )
    return tag("span", painted, style=style, title=title)


def picture(
    svg: str,
    alt: str,
    *,
    width: int | str | None = None,
    height: int | None = None,
    title: str | None = None,
    style: str = "max-width:100%;height:auto",
) -> Html:
    """Return an SVG text as an image, the only form of it that an untrusted notebook shows."""
    data = base64.b64encode(svg.encode("utf-8", "replace")).decode("ascii")
    return tag(
        "img",
        src=f"data:image/svg+xml;base64,{data}",
        alt=alt,
        title=title,
        width=width,
        height=height,
        style=f"{style};background-color:transparent",
    )
