"""What a task displayed, a bundle of MIME types, as safe HTML and as text."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import needs_of
from nbflow.cards.components.plotly import figure_height, figure_html, figure_text
from nbflow.cards.components.vega import chart_words
from nbflow.cards.html import Html, tag
from nbflow.cards.markdown import markdown_html
from nbflow.cards.printable import log_text, one_line, printable
from nbflow.cards.sanitize import sanitized, text_of
from nbflow.cards.tree import plain, tree

PLOTLY = "application/vnd.plotly.v1+json"
_VEGA = re.compile(r"application/vnd\.vega(?:lite)?\.v\d+(?:\.\d+)*\+json")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
#: what Python writes of an object that has nothing to say
_NAMELESS = re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>")
_IMG = "max-width:100%;height:auto;border-radius:4px"

Metadata = Mapping[str, Any]


def bundle_html(data: Mapping[str, Any], metadata: Metadata | None = None) -> tuple[Html, frozenset[str]]:
    """Return the richest form of a bundle that a card can show, and what its page must have for it."""
    known = metadata if isinstance(metadata, Mapping) else {}
    for name, draw in _FORMS:
        for kind in data:
            if not (name == kind or (isinstance(name, re.Pattern) and name.fullmatch(kind))):
                continue
            try:
                drawn = draw(data[kind], known.get(kind) or known)
            except Exception:  # noqa: BLE001, S112 - a bundle may say anything: the next form may be whole
                continue
            if drawn:
                return drawn, needs_of(drawn)
    return _unknown(data), frozenset()


def bundle_text(data: Mapping[str, Any]) -> str:
    """Return a bundle as text, for a terminal."""
    if isinstance(data.get(PLOTLY), Mapping):
        return figure_text(data[PLOTLY])
    plain_text = _joined(data.get("text/plain", ""))
    if data.get("text/html") and (not plain_text or _NAMELESS.fullmatch(plain_text)):
        return printable(text_of(_joined(data["text/html"])))
    for kind in ("text/plain", "text/markdown", "text/latex", "application/vnd.jupyter.stderr"):
        if data.get(kind):
            return log_text(_joined(data[kind]))
    return f"({', '.join(one_line(kind, 60) for kind in data) or 'nothing'})"


#: what begins a line of HTML, and what is folded away
_ROW = re.compile(r"<(?:tr|li|p|pre|label|dt|h[1-6])\b", re.IGNORECASE)
_FOLDED = re.compile(r"<details\b(?![^<>]*\bopen\b).*?(?:</details|\Z)", re.IGNORECASE | re.DOTALL)


def bundle_height(data: Mapping[str, Any]) -> int:
    """Return about how many pixels a bundle is high."""
    if isinstance(data.get(PLOTLY), Mapping):
        return figure_height(data[PLOTLY])
    if any(kind.startswith("image/") or _VEGA.fullmatch(kind) for kind in data):
        return 340
    lines = bundle_text(data).count("\n") + 1
    if data.get("text/html"):
        # its text is often short for what it shows: a model in a line, and a box for each of its parts
        lines = max(lines, len(_ROW.findall(_FOLDED.sub("<p>", _joined(data["text/html"])))))
    return min(700, 30 + 24 * lines)


def _joined(given: Any) -> str:
    # notebook files have texts as lists of lines
    return "".join(map(str, given)) if isinstance(given, list) else str(given)


def _plotly(given: Any, _: Metadata) -> Html:
    return figure_html(given) if isinstance(given, Mapping) else Html("")


def _vega(given: Any, _: Metadata) -> Html:
    spec = json.loads(given) if isinstance(given, str) else given
    # a chart of anybody's is not given to the engine that draws: a bad one would end the process of who looks
    why = "not drawn: it is drawn where a step appends it to a card"
    return chart_words(plain(spec), why) if isinstance(spec, Mapping) else Html("")


def _html(given: Any, _: Metadata) -> Html:
    shown = sanitized(_joined(given))
    # of what only a script draws nothing is left; then another form says more
    if not text_of(shown).strip() and "<img" not in shown and "<svg" not in shown:
        return Html("")
    return tag("div", shown, **{"class": "shown"})


def _svg(given: Any, metadata: Metadata) -> Html:
    return html.picture(_joined(given), "picture", width=_pixels(metadata, "width"))


def _raster(kind: str) -> Callable[[Any, Metadata], Html]:
    def draw(given: Any, metadata: Metadata) -> Html:
        encoded = base64.b64encode(given).decode() if isinstance(given, bytes) else "".join(_joined(given).split())
        if not _BASE64.fullmatch(encoded):
            return Html("")
        source = f"data:image/{kind};base64,{encoded}"
        return tag("img", src=source, alt="picture", width=_pixels(metadata, "width"), style=_IMG)

    return draw


def _pixels(metadata: Metadata, name: str) -> int | None:
    found = metadata.get(name)
    return round(found) if isinstance(found, int | float) and 0 < found < 10_000 else None


def _markdown(given: Any, _: Metadata) -> Html:
    return tag("div", markdown_html(_joined(given)), **{"class": "md"})


def _latex(given: Any, _: Metadata) -> Html:
    return html.preformatted(_joined(given))


def _json(given: Any, _: Metadata) -> Html:
    return tree(plain(json.loads(given) if isinstance(given, str) else given))


def _log(given: Any, _: Metadata) -> Html:
    return html.preformatted(log_text(_joined(given)), height=420)


def _error(given: Any, _: Metadata) -> Html:
    from nbflow.cards.components.error import failure_box

    told = json.loads(given) if isinstance(given, str) else given
    what = f"{told.get('name', 'Error')}: {told.get('message', '')}"
    return failure_box("", log_text(what), log_text(_joined(told.get("stack", ""))))


def _unknown(data: Mapping[str, Any]) -> Html:
    kinds = ", ".join(one_line(kind, 60) for kind in data) or "nothing"
    return html.block(html.faint(f"(of what was displayed a card can show no form: {kinds})"))


#: MIME type → how it is drawn, the richest first
_FORMS: tuple[tuple[str | re.Pattern[str], Callable[[Any, Metadata], Html]], ...] = (
    (PLOTLY, _plotly),
    ("text/html", _html),
    ("image/svg+xml", _svg),
    ("image/png", _raster("png")),
    ("image/jpeg", _raster("jpeg")),
    ("image/gif", _raster("gif")),
    ("image/webp", _raster("webp")),
    (_VEGA, _vega),
    ("text/markdown", _markdown),
    ("application/vnd.jupyter.error", _error),
    ("application/json", _json),
    ("text/latex", _latex),
    ("text/plain", _log),
    ("application/vnd.jupyter.stdout", _log),
    ("application/vnd.jupyter.stderr", _log),
)
