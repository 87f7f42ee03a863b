"""What a body displayed, as safe HTML and as text. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nbflow.cards import html as h
from nbflow.cards.figures import size
from nbflow.cards.html import Html
from nbflow.cards.markdown import markdown_html
from nbflow.cards.printable import log_text, tail
from nbflow.cards.sanitize import sanitized

#: bytes of all that is shown on a live page, and in a file; lines and characters of a text
LIVE, SAVED = 8_000_000, 90_000
_LINES, _TEXT = 40, 12_000
#: less room is none
_LEAST = 600
#: of what was displayed, the most that is shown
_MOST = 100
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_SVG = "image/svg+xml"
_HIDDEN = re.compile(r"<[^<>]*\shidden(?:=|>|\s)")


def displayed(bundles: Sequence[Mapping[str, Any]], place: str, room: int) -> Iterator[Html]:
    """Yield what was displayed, as long as there is `room` for it."""
    for number, bundle in enumerate(bundles[:_MOST]):
        form, shown = _best(bundle, room)
        if not shown or room < _LEAST:
            yield h.block(h.faint(f"not shown here: outputs[{number}] of {place} ({form})"))
            continue
        room -= len(shown)
        yield h.block(shown, style="margin:4px 0;overflow:auto;max-height:520px")
    if len(bundles) > _MOST:
        yield h.block(h.faint(f"and {len(bundles) - _MOST:,} more: outputs of {place} has all"))


def as_text(bundles: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return each of what was displayed as text."""
    return [tail(log_text(_said(_words(bundle))), _LINES) for bundle in bundles]


def _words(bundle: Mapping[str, Any]) -> object:
    # what stands beside Markdown as plain text is the name of a class
    return bundle.get("text/markdown") or bundle.get("text/plain", f"<{', '.join(bundle)}>")


def _best(bundle: Mapping[str, Any], room: int) -> tuple[str, Html]:
    """Return the best form of a bundle that fits: what it is, and its HTML; nothing fits: empty."""
    largest = ""
    for form, make in (
        *((mime, _picture) for mime in _PICTURES),
        (_SVG, _drawing),
        ("text/html", _html),
        ("text/markdown", _markdown),
        ("text/plain", _text),
    ):
        if form not in bundle:
            continue
        given = _said(bundle[form])
        largest = largest or f"{form}, {size(len(given))}"
        # a text is cut to what fits
        if len(given) > room and form != "text/plain":
            continue
        # escaped, a letter may take six
        shown = make(form, given[-room // 6 :] if form == "text/plain" else given)
        if form == "text/html" and "text/plain" in bundle and _HIDDEN.search(shown):
            # only its own style, which would change the page around it, shows what it hides: a model of scikit-learn
            continue
        if shown and len(shown) <= room:
            return form, shown
    return largest or ", ".join(map(str, bundle)), Html("")


def _picture(form: str, given: str) -> Html:
    try:
        data = base64.b64decode(given, validate=False)
    except (binascii.Error, ValueError):
        return Html("")
    return h.tag(
        "img", src=f"data:{form};base64,{base64.b64encode(data).decode()}", style="max-width:100%", alt="displayed"
    )


def _drawing(_form: str, given: str) -> Html:
    # as an image it runs nothing and fetches nothing
    return h.picture(given, "displayed")


def _html(_form: str, given: str) -> Html:
    return sanitized(given, styles=False)


def _markdown(_form: str, given: str) -> Html:
    return markdown_html(given)


def _text(_form: str, given: str) -> Html:
    return h.preformatted(tail(log_text(given[-_TEXT:]), _LINES))


def _said(given: object) -> str:
    return "".join(map(str, given)) if isinstance(given, list) else str(given)
