"""Markdown as safe HTML: no HTML of its own, links that open beside the page, pictures only where they are in the text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nbflow.cards.html import Html, escape, tag
from nbflow.cards.sanitize import is_link, sanitized

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

#: pictures that may stand in Markdown
_PICTURES = tuple(f"data:image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "svg+xml"))


def markdown_html(text: str) -> Html:
    """Return `text`, which is Markdown, as HTML."""
    # what comes out is clean already: the second wall is for what nobody thought of
    return sanitized(_reader().render(text))


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.validateLink = _may_stand  # type: ignore[method-assign, assignment]  # the library asks what is set here
    reader.add_render_rule("image", _image)
    return reader


def _may_stand(address: str) -> bool:
    # a link that may not stand shows as it was typed
    return address.startswith("#") or is_link(address) or address.startswith(_PICTURES)


def _image(_: Any, tokens: Sequence[Token], place: int, __: Any, ___: Any) -> str:
    token = tokens[place]
    source, alt = str(token.attrs.get("src", "")), token.content
    if source.startswith(_PICTURES):
        return tag("img", src=source, alt=alt, title=token.attrs.get("title"))
    # fetching it would tell somebody that the card is being looked at
    return tag("a", alt or source, href=source) if is_link(source) else escape(alt or source)
