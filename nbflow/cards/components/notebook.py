"""A whole notebook, as it was left by whoever ran it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.code import coloured
from nbflow.cards.components.component import LINE_HEIGHT, CardComponent
from nbflow.cards.html import LINE, MONO, Html, tag
from nbflow.cards.markdown import markdown_html
from nbflow.cards.mime import bundle_height, bundle_html, bundle_text
from nbflow.cards.palette import RED
from nbflow.cards.printable import log_text, printable

#: what papermill puts into a notebook whose cell failed: the failure itself says more
_MARKS = "papermill-error-cell-tag"
_PROMPT = "font-size:11px;opacity:.6;font-family:ui-monospace,monospace;margin:10px 0 2px"
_WRITTEN = (
    f"{MONO};font-size:12px;line-height:1.45;margin:4px 0;padding:2px 10px;background:transparent;"
    "white-space:pre-wrap;max-height:360px;overflow:auto"
)
#: what a bundle says to programs, beside what it shows
_BESIDE = {"application/vnd.nbflow.result.references+json", "application/vnd.nbflow.result+json"}
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Notebook(CardComponent):
    """The cells of a notebook file, with what they showed.

    Args:
        raw: its JSON (nbformat 4). What it lacks is left out; nothing in it is trusted.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        cells = raw.get("cells")
        self._cells = [each for each in cells if isinstance(each, dict)] if isinstance(cells, list) else []
        self._python = _language(raw) == "python"

    def render(self) -> Html:
        return html.join(self._drawn(cell) for cell in self._cells if _MARKS not in _tags(cell))

    def text(self) -> str:
        return "\n\n".join(filter(None, map(_text, self._cells)))

    def height(self) -> int:
        return sum(map(_height, self._cells)) + 24

    def _drawn(self, cell: Mapping[str, Any]) -> Html:
        source = joined(cell.get("source"))
        if cell.get("cell_type") == "markdown":
            return tag("div", markdown_html(source), **{"class": "md"})
        if cell.get("cell_type") != "code":
            return html.preformatted(printable(source)) if source else Html("")
        if not source.strip():
            return Html("")
        count = cell.get("execution_count")
        injected = " · parameters given to this run" if "injected-parameters" in _tags(cell) else ""
        prompt = html.block(f"In [{count if isinstance(count, int) else ' '}]{injected}", style=_PROMPT)
        code = coloured(source) if self._python else html.preformatted(printable(source))
        return html.block(prompt, code, *map(_output, outputs_of(cell)), style=f"border-left:{LINE};padding-left:10px")


def outputs_of(cell: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what a cell put out; what is no output is left out."""
    found = cell.get("outputs")
    yield from (each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def joined(given: Any) -> str:
    """Return a text of a notebook file, which may be a list of lines."""
    return "".join(map(str, given)) if isinstance(given, list) else str(given or "")


def traceback_of(output: Mapping[str, Any]) -> str:
    """Return the traceback of an error's output as plain text."""
    lines = output.get("traceback")
    told = "\n".join(map(str, lines)) if isinstance(lines, list) else ""
    return _ANSI.sub("", told) or f"{output.get('ename', 'error')}: {output.get('evalue', '')}"


def _language(raw: Mapping[str, Any]) -> str:
    metadata = raw.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        about = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(about, dict) and about.get(name):
            return str(about[name]).lower()
    return "python"


def _tags(cell: Mapping[str, Any]) -> list[str]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return [str(each) for each in tags] if isinstance(tags, list) else []


def _output(output: Mapping[str, Any]) -> Html:
    kind = output.get("output_type")
    if kind == "stream":
        return _put_out(log_text(joined(output.get("text"))))
    if kind == "error":
        return html.block(html.preformatted(printable(traceback_of(output))), style=f"border-left:3px solid {RED}")
    data = output.get("data")
    metadata = output.get("metadata")
    if not isinstance(data, dict) or not data:
        return Html("")
    if data.keys() - _BESIDE == {"text/plain"}:
        return _put_out(log_text(joined(data["text/plain"])))
    drawn, _ = bundle_html(data, metadata if isinstance(metadata, dict) else {})
    return html.block(drawn, style="margin:4px 0;overflow-x:auto")


def _put_out(text: str) -> Html:
    """Return what a cell wrote, which must not look like the cell itself."""
    return tag("pre", text.rstrip("\n"), style=_WRITTEN) if text.strip() else Html("")


def _text(cell: Mapping[str, Any]) -> str:
    if _MARKS in _tags(cell):
        return ""
    source = printable(joined(cell.get("source"))).strip("\n")
    if cell.get("cell_type") != "code":
        return source
    count = cell.get("execution_count")
    lines = [f"In [{count}]" if isinstance(count, int) else "In [ ]", source] if source.strip() else []
    for output in outputs_of(cell):
        if output.get("output_type") == "stream":
            lines.append(log_text(joined(output.get("text"))).rstrip("\n"))
        elif output.get("output_type") == "error":
            lines.append(printable(traceback_of(output)))
        elif isinstance(data := output.get("data"), dict) and data:
            lines.append(bundle_text(data))
    return "\n".join(lines)


def _height(cell: Mapping[str, Any]) -> int:
    found = LINE_HEIGHT * (2 + joined(cell.get("source")).count("\n"))
    for output in outputs_of(cell):
        data = output.get("data")
        if isinstance(data, dict) and data:
            found += bundle_height(data)
        else:
            found += min(360, LINE_HEIGHT * (1 + joined(output.get("text") or output.get("traceback")).count("\n")))
    return found
