"""Charts of Vega and Vega-Lite drawn as SVG, by a package that may not be there.

Its engine is not Python: a text it does not expect ends the process, and a chart that is too large never comes back.
So it is given nothing but what it can take, and only charts of a task's own, while the task is there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbflow.cards.printable import one_line
from nbflow.cards.tree import json_text

#: members of one list, pixels of a side, and bytes, that a chart may have
_MEMBERS, _PIXELS, _BYTES = 20_000, 5000, 10_000_000
#: colours that read on light and dark grounds; what a chart says itself goes before
_WORDS = {"labelColor": "#7d828b", "titleColor": "#7d828b"}
_CONFIG = {
    "background": "transparent",
    "axis": {**_WORDS, "tickColor": "#9aa0a8", "domainColor": "#9aa0a8", "gridColor": "#80808040"},
    "legend": _WORDS,
    "title": {"color": "#7d828b", "subtitleColor": "#7d828b"},
    "header": _WORDS,
    "view": {"stroke": "#80808040"},
}
#: what XML has no place for
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: what becomes an attribute of the picture, where the engine does not escape it
_ATTRIBUTE = re.compile(r"(?i)(?:font|color|colour|fill|stroke|background|cursor|weight|style|scheme|range)")
_LABEL = re.compile(r'<text text-anchor="(?:end|start)"[^>]*? font-size="([\d.]{1,6})px"[^>]*>([^<]{1,300})</text>')
_ROOT = re.compile(r'<svg ([^>]*?)width="([\d.]+)" height="([\d.]+)" viewBox="0 0 [\d.]+ [\d.]+"')


class NotDrawnError(Exception):
    """A chart cannot be drawn; its text says why."""


def svg_of(spec: Mapping[str, Any]) -> str:
    """Return a chart as SVG. Raises NotDrawnError."""
    if address := next(_addresses(spec), ""):
        raise NotDrawnError(f"its data would be fetched from {one_line(address, 200)}; a card has its data in it")
    try:
        import vl_convert
    except ImportError:
        raise NotDrawnError("to see it drawn: pip install 'nbflow[vega]'") from None
    given = _cleaned(spec, "")
    if reason := next(_too_large(given), ""):
        raise NotDrawnError(reason)
    if not _is_vega(given):
        _fit(given)
    written = json_text(given)
    if len(written) > _BYTES:
        raise NotDrawnError(f"it has {len(written) / 1e6:.0f} MB, and a card draws {_BYTES // 1_000_000} MB at most")
    try:
        if _is_vega(given):
            return _roomy(vl_convert.vega_to_svg(written, allowed_base_urls=[]))
        return _roomy(vl_convert.vegalite_to_svg(written, allowed_base_urls=[], config=_CONFIG))
    except Exception as failure:  # noqa: BLE001 - whatever the engine says of a chart that makes no sense
        raise NotDrawnError(_reason(failure)) from None


def _reason(failure: Exception) -> str:
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    said = next((line for line in lines if "conversion failed" not in line), type(failure).__name__)
    return one_line(said.removeprefix("Error: "), 300)


def _is_vega(spec: Mapping[str, Any]) -> bool:
    return "/vega/" in str(spec.get("$schema", "")) or ("marks" in spec and "mark" not in spec)


def _fit(spec: dict[str, Any]) -> None:
    # as wide as a card, where the chart leaves it open; "container" has no meaning in a picture
    if spec.get("width") == "container" or ("mark" in spec and "width" not in spec and _has_wide_x(spec)):
        spec["width"] = 620
    if spec.get("height") == "container":
        spec["height"] = 300


def _has_wide_x(spec: Mapping[str, Any]) -> bool:
    encoding = spec.get("encoding")
    x = encoding.get("x") if isinstance(encoding, Mapping) else None
    return isinstance(x, Mapping) and x.get("type") in {"quantitative", "temporal"}


def _cleaned(given: Any, name: str) -> Any:
    """Return a copy without signs that the engine cannot take; `name` is the key it stands under."""
    if isinstance(given, Mapping):
        return {_NO_TEXT.sub("", str(key)): _cleaned(each, str(key)) for key, each in given.items()}
    if isinstance(given, list):
        return [_cleaned(each, name) for each in given]
    if not isinstance(given, str):
        return given
    text = _NO_TEXT.sub("", given)
    return re.sub("[<>&]", "", text) if _ATTRIBUTE.search(name) else text


def _too_large(given: Any) -> Iterator[str]:
    """Give what is too large of a chart."""
    if isinstance(given, list):
        if len(given) > _MEMBERS:
            yield f"it has {len(given):,} rows, and a card draws {_MEMBERS:,} at most"
        elif given and isinstance(given[0], Mapping | list):
            for each in given:
                yield from _too_large(each)
    if not isinstance(given, Mapping):
        return
    for key, each in given.items():
        if key in {"width", "height", "step", "size"} and isinstance(each, int | float) and abs(each) > _PIXELS:
            yield f"its {key} is {each:g} pixels"
        elif key == "sequence" and isinstance(each, Mapping):
            yield "its data are a sequence that is not written out"
        else:
            yield from _too_large(each)


def _addresses(given: Any, *, data: bool = False) -> Iterator[str]:
    """Give each address in a chart that something would be read from."""
    if isinstance(given, Mapping):
        for key, each in given.items():
            if key == "url" and ((data and each) or (isinstance(each, str) and not each.startswith("data:"))):
                yield str(each)
            elif key not in {"values", "datasets"}:
                yield from _addresses(each, data=key in {"data", "from"})
    elif isinstance(given, list):
        for each in given:
            yield from _addresses(each, data=data)


def _roomy(svg: str) -> str:
    """Return a picture with room for its labels where the letters are wider than those they were measured with."""
    labels = ((len(html.unescape(text)), float(size)) for size, text in _LABEL.findall(svg))
    wider = max((count * size * 0.1 for count, size in labels), default=0.0)
    room = min(40, round(wider))
    return _ROOT.sub(
        lambda found: (
            f'<svg {found[1]}width="{float(found[2]) + 2 * room:g}" height="{float(found[3]) + room:g}" '
            f'viewBox="{-room} 0 {float(found[2]) + 2 * room:g} {float(found[3]) + room:g}"'
        ),
        svg,
        count=1,
    )
