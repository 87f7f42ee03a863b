"""The controls of a live page, as HTML. In a saved file, which has none of them, they would do nothing."""

from __future__ import annotations

from collections.abc import Iterable

from nbflow.cards.html import Content, Html, tag


def button(
    label: Content, act: str, argument: str = "", *, title: str | None = None, kind: str = "", disabled: bool = False
) -> Html:
    """Return a button. `kind`: primary for what most people want, danger for what ends something, link for a quiet one."""
    style = f"nbf-button nbf-{kind}" if kind else "nbf-button"
    return tag(
        "button",
        label,
        type="button",
        title=title,
        disabled=disabled,
        **{"class": style, "data-act": act, "data-argument": argument},
    )


def link(label: Content, act: str, argument: str = "", *, title: str | None = None) -> Html:
    """Return text that can be clicked."""
    return button(label, act, argument, title=title, kind="link")


def field(name: str, value: str = "", *, placeholder: str = "", width: int = 160, label: str = "") -> Html:
    """Return a line to type in, `width` pixels wide. `label` is for those who hear the page."""
    return tag(
        "input",
        type="text",
        value=value,
        placeholder=placeholder,
        spellcheck="false",
        autocomplete="off",
        style=f"width:{width}px",
        **{"class": "nbf-field", "data-field": name, "aria-label": label or placeholder or name},
    )


def choice(name: str, options: Iterable[tuple[str, Content]], chosen: str, *, label: str = "") -> Html:
    """Return a list of (value, what it says) to choose one of."""
    items = [tag("option", said, value=value, selected=value == chosen) for value, said in options]
    return tag("select", *items, **{"class": "nbf-field", "data-field": name, "aria-label": label or name})


def tick(act: str, argument: str, *, on: bool, title: str | None = None) -> Html:
    """Return a box to tick."""
    return tag(
        "input",
        type="checkbox",
        checked=on,
        title=title,
        **{"class": "nbf-tick", "data-act": act, "data-argument": argument, "aria-label": title or argument},
    )


def bar(*content: Content) -> Html:
    """Return controls beside each other; they wrap on a narrow page."""
    return tag("div", *content, **{"class": "nbf-bar"})


def scrolled(content: Content, *, height: int = 460) -> Html:
    """Return `content` that scrolls within `height` pixels, and from side to side where it is wider than the page."""
    return tag("div", content, style=f"max-height:{height}px", **{"class": "nbf-scrolled"})
