"""HTML of others made safe: what shows is kept, what runs, fetches or leaves the page is not.

Three walls stand behind each other. The parser's own serialisation leaves known elements and attributes only; addresses
and styles are judged one by one; and what comes out must be what comes out of it again, so that no browser can read
it as anything else. Style elements never pass through the parser: they are written anew from their cleaned text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from nbflow.cards.css import harmless, looks_only
from nbflow.cards.html import Html, preformatted

_TEXT = """
    a abbr address article aside b bdi bdo blockquote br caption center cite code col colgroup data dd del details dfn
    div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img input ins kbd label legend li main mark
    meter nav ol p pre progress q rp rt ruby s samp section small span strike strong sub summary sup table tbody td
    tfoot th thead time tr tt u ul var wbr
"""
_SHAPES = """
    svg g defs symbol use path rect circle ellipse line polyline polygon text tspan
    linearGradient radialGradient stop clipPath
"""
_TAGS = frozenset((_TEXT + _SHAPES).split())
#: elements of which nothing is left, not even what is written in them
_DROPPED = """
    style script template noscript title textarea xmp noembed noframes iframe frameset object applet audio video canvas
    dialog select datalist math foreignObject desc metadata animate animateMotion animateTransform set filter mask
    pattern marker portal fencedframe
"""
_GONE = frozenset(_DROPPED.split())

_EVERYWHERE = frozenset({"style", "title", "dir", "lang", "role", "hidden", "align", "valign", "width", "height"})
_NAMED = frozenset({"class", "id"})
_OF_TAGS: dict[str, str] = {
    "a": "href",
    "img": "src alt",
    "td": "colspan rowspan headers scope abbr bgcolor nowrap",
    "th": "colspan rowspan headers scope abbr bgcolor nowrap",
    "tr": "bgcolor",
    "table": "border cellpadding cellspacing bgcolor rules frame summary",
    "col": "span",
    "colgroup": "span",
    "ol": "start reversed type",
    "ul": "type",
    "li": "value",
    "details": "open",
    "input": "checked disabled",
    "label": "for",
    "progress": "value max",
    "meter": "value min max low high optimum",
    "time": "datetime",
    "data": "value",
    "font": "color face size",
    "svg": "viewBox preserveAspectRatio xmlns version x y",
    "symbol": "viewBox preserveAspectRatio",
    "use": "href xlink:href x y",
    "path": "d pathLength",
    "rect": "x y rx ry",
    "circle": "cx cy r",
    "ellipse": "cx cy rx ry",
    "line": "x1 y1 x2 y2",
    "polyline": "points",
    "polygon": "points",
    "text": "x y dx dy textLength lengthAdjust",
    "tspan": "x y dx dy",
    "linearGradient": "x1 y1 x2 y2 gradientUnits gradientTransform spreadMethod",
    "radialGradient": "cx cy r fx fy gradientUnits gradientTransform spreadMethod",
    "stop": "offset stop-color stop-opacity",
    "clipPath": "clipPathUnits",
}
_PAINT = """
    fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-dasharray
    stroke-dashoffset stroke-miterlimit opacity transform clip-path clip-rule color font-family font-size font-weight
    font-style text-anchor dominant-baseline letter-spacing visibility display
"""
#: pictures that are here already; SVG in an img runs nothing and fetches nothing
PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|bmp|svg\+xml)[;,]", re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^<>]*>(.*?)(?:</style|\Z)", re.IGNORECASE | re.DOTALL)
_IN_PAGE = re.compile(r'(<a href="#[^"<>]*") target="_blank"')
_WITHIN_PAINT = re.compile(r"url\(\s*[\"']?#[\w-]+[\"']?\s*\)")


def sanitized(html: str, *, styles: bool = True) -> Html:
    """Return `html` with all of it that is safe.

    Args:
        html: HTML from anywhere.
        styles: keep style elements, classes, ids and what is placed by styles. Right in a frame of its own; not beside
            other content, which they would change.
    """
    # half of a pair of surrogates is no character
    html = html.encode("utf-8", "replace").decode()
    text = _once(html, styles=styles)
    for _ in range(3):
        again = _once(text, styles=styles)
        if again == text:
            break
        text = again
    else:
        # it is read differently each time: whoever wrote it meant to
        return preformatted(html)
    sheet = "\n".join(filter(str.strip, (harmless(found[1]) for found in _STYLE.finditer(html)))) if styles else ""
    return Html(f"<style>{sheet}</style>{text}" if sheet else text)


def _once(html: str, *, styles: bool) -> str:
    import nh3

    # a link within the page stays in it
    return _IN_PAGE.sub(r"\1", nh3.clean(html, attribute_filter=_of_a_page if styles else _of_a_part, **_rules(styles)))


@lru_cache
def _rules(styles: bool) -> dict[str, Any]:  # noqa: FBT001 - a key of the cache
    shared = _EVERYWHERE | (_NAMED if styles else frozenset())
    attributes = {tag: set(names.split()) for tag, names in _OF_TAGS.items()}
    for tag in _SHAPES.split():
        attributes.setdefault(tag, set()).update(_PAINT.split())
    attributes["*"] = set(shared)
    return {
        "tags": set(_TAGS),
        "clean_content_tags": set(_GONE),
        "attributes": attributes,
        "generic_attribute_prefixes": {"aria-"},
        "tag_attribute_values": {"input": {"type": {"checkbox", "radio"}}},
        "set_tag_attribute_values": {"a": {"target": "_blank"}},
        "link_rel": "noopener noreferrer",
        "url_schemes": {"http", "https", "mailto", "data"},
        "url_relative": lambda address: address if address.startswith("#") else None,
    }


def _of_a_page(tag: str, name: str, value: str) -> str | None:
    return _attribute(tag, name, value)


def _of_a_part(tag: str, name: str, value: str) -> str | None:
    return looks_only(value) if name == "style" else _attribute(tag, name, value)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value as it may stay, or None."""
    if name == "style":
        return harmless(value)
    if name == "src":
        return value if PICTURE.match(value.strip()) else None
    if name in {"href", "xlink:href"}:
        return value if value.startswith("#") or (tag == "a" and is_link(value)) else None
    if "(" in value and name in _PAINT_NAMES:
        return value if _WITHIN_PAINT.fullmatch(value.strip()) else harmless(value)
    return value


_PAINT_NAMES = frozenset(_PAINT.split())


def is_link(address: str) -> bool:
    """Say whether `address` leads where a person may want to go: a page or a mail, never a script or data."""
    # a browser reads past blanks and control characters
    plain = re.sub(r"[\x00-\x20\x7f]", "", address).lower()
    return plain.startswith(("http://", "https://", "mailto:"))


def text_of(html: str) -> str:
    """Return what is written in `html`, without its markup, a line a block."""
    import html as words

    import nh3

    # line breaks of the source mean nothing; ends of blocks do
    flat = re.sub(r"\s+", " ", html)
    broken = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6]|/summary|/caption)\b[^<>]*>", "\n", flat)
    spaced = re.sub(r"(?i)</t[dh]>", "  ", broken)
    text = words.unescape(nh3.clean(spaced, tags=set(), clean_content_tags={"style", "script", "template"}))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return "\n".join(line for line in lines if line)
