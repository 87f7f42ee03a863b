"""Cards as pages, and the frames that pages are shown in.

A page says by its policy what it may do: nothing but show itself, or run the two scripts that draw its figures. A frame
does not ask the page: it is a sandbox with an origin of its own, the policy stands before whatever the page says, and the
page is cleaned once more. So a page that somebody has tampered with can still neither run nor fetch anything.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import lru_cache

from nbflow.cards import html
from nbflow.cards.components.component import COMPILED_MARK, GAP, CardComponent, needs_of
from nbflow.cards.html import Html, tag
from nbflow.cards.kept import restored
from nbflow.cards.look import BOOT, SHEET
from nbflow.cards.printable import one_line
from nbflow.cards.sanitize import sanitized

_ENDS = "form-action 'none'; base-uri 'none'"
#: what a page without scripts may do
STRICT = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; {_ENDS}"
#: what a page of somebody's own may do if a person has asked for its scripts: run them, and ask nobody for anything
OPEN = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    f"media-src data:; {_ENDS}"
)
_SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
_FULL = "<style>html,body{margin:0;height:100%;overflow:hidden}</style>"
_SCHEME = '<meta name="color-scheme" content="light dark">'
_REFERRER = '<meta name="referrer" content="no-referrer">'
#: where plotly's script goes: pages are kept without it, as it is larger than all cards of a run
_LIBRARY = "<!--nbflow:plotly-->"
#: what stands around what a page shows
_BODY, _CLOSE = "</head><body>", "</body></html>"


def _policy(content: str) -> str:
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'


_EVAL = " 'unsafe-eval'"
_START = "<!DOCTYPE html>"
_OPENLY = f"{_START}{_policy(OPEN)}"


def document(body: Html, *, title: str, needs: frozenset[str] = frozenset(), whole: bool = True) -> str:
    """Return a complete page that shows `body` and does nothing else.

    Args:
        body: what it shows.
        title: the name of the page.
        needs: `plotly` when figures are to be drawn; found in `body` as well.
        whole: put plotly's script in; without it the page is small, and `complete` makes it whole.
    """
    drawing = "plotly" in needs | needs_of(body)
    page = "".join(
        (
            f'{_START}<html lang="en"><head>{_policy(STRICT)}<meta charset="utf-8">',
            _SCHEME,
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{_REFERRER}',
            tag("title", one_line(title, 200)),
            f"<style>{SHEET}</style>",
            _LIBRARY if drawing else "",
            f"{_BODY}{body}{_CLOSE}",
        )
    )
    return complete(page) if whole else page


def draws(page: str) -> bool:
    """Say whether `page` has figures that a script draws, so that its frame must allow scripts."""
    head = page.partition(_BODY)[0]
    return _LIBRARY in head or _DRAWING in head


def complete(page: str) -> str:
    """Return a page that was kept without plotly's script with it, ready to be shown or saved."""
    head, end, rest = page.partition(_BODY)
    if not head.startswith(f"{_START}<html") or not head.endswith(_LIBRARY):
        return page
    library, body = _plotly()[0], rest.removesuffix(_CLOSE)
    scripted = head.replace(_policy(STRICT), _policy(_drawing_policy(compiled=COMPILED_MARK in rest)), 1).removesuffix(
        _LIBRARY
    )
    return f"{scripted}{_DRAWING}{library}</script>{end}{body}<script>{BOOT}</script>{_CLOSE}"


_DRAWING = '<script data-draws="plotly">'


@lru_cache(maxsize=1)
def _plotly() -> tuple[str, str]:
    """Return plotly's own script, and its digest as policies have it."""
    from plotly.offline import get_plotlyjs

    script = get_plotlyjs().replace("\r\n", "\n")
    # neither may stand within a script element
    script = script.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return script, _digest(script)


def _digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode('ascii')}'"


def _drawing_policy(*, compiled: bool) -> str:
    # traces on WebGL make functions of texts of plotly's own
    return f"{STRICT}; script-src {_plotly()[1]} {_digest(BOOT)}{_EVAL if compiled else ''}"


def wrapped(markup: str, *, scripts: bool) -> str:
    """Return as a page what somebody's own type of card has made.

    Args:
        markup: HTML, a fragment or a page.
        scripts: a person has asked for its scripts; then it stays as it is, behind a policy that allows no network.
    """
    if scripts:
        return f"{_OPENLY}{_REFERRER}{markup}"
    return document(tag("div", sanitized(markup), **{"class": "shown"}), title="Card")


def framed(page: str, *, height: int, scripts: bool = False, title: str) -> Html:
    """Return a frame that shows a page inside other content.

    Args:
        page: the page, from anywhere.
        height: of the frame in pixels; a person can draw it longer.
        scripts: let plotly draw, or a page that `wrapped` was asked to leave as it is run what it has. Anything else
            does not run all the same.
        title: what the frame is called.
    """
    frame = _frame(page, scripts=scripts, title=title, style="display:block;border:none;width:100%;height:100%")
    style = f"height:{height}px;min-height:40px;width:100%;resize:vertical;overflow:hidden;padding-bottom:8px"
    # below the frame, where nothing is seen; a notebook that nobody trusts drops the frame, and this is at its place
    instead = html.block(html.faint("a notebook that is not trusted shows no frames"), style="margin-top:10px")
    return html.block(frame, instead, style=style)


def standalone(page: str, *, title: str, scripts: bool) -> str:
    """Return a page for a tab of a browser or a file: nothing but a frame with `page` that fills the window."""
    frame = _frame(page, scripts=scripts, title=title, style="display:block;border:0;width:100vw;height:100vh")
    return "".join(
        (
            f'{_START}<html lang="en"><head>{_policy(_around(page, scripts=scripts))}<meta charset="utf-8">',
            _SCHEME,
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{_REFERRER}',
            tag("title", one_line(title, 200)),
            _FULL,
            f"</head><body>{frame}</body></html>",
        )
    )


def _frame(page: str, *, scripts: bool, title: str, style: str) -> Html:
    openly = scripts and page.startswith(_OPENLY)
    shown = page if openly else _made_anew(page, whole=scripts)
    source = f"{_START}{_policy(_around(shown, scripts=scripts))}{shown}"
    if not openly and not (scripts and draws(shown)):
        return _iframe(source, _SANDBOX, title, style)
    # of what may run, some leads its own frame to another address: the policy of a frame around it does not let it.
    # What a person's own scripts may do, they may not do in a new window
    sandbox = "allow-scripts" if openly else f"{_SANDBOX} allow-scripts"
    inside = _iframe(source, sandbox, title, "display:block;border:none;width:100%;height:100%")
    around = f"{_START}{_policy(_around(shown, scripts=True))}{_SCHEME}{_FULL}{inside}"
    return _iframe(around, sandbox, title, style)


def _made_anew(page: str, *, whole: bool) -> str:
    """Return a page made again: of one of ours what components may have made, of any other what is safe.

    Policies say nothing of all that a page can do: it may open connections, and lead its frame away.
    """
    head, found, rest = page.partition(_BODY)
    if not (found and head.startswith(f"{_START}<html")):
        return wrapped(page, scripts=False)
    body = rest.removesuffix(_CLOSE).removesuffix(f"<script>{BOOT}</script>")
    return document(restored(body), title="card", whole=whole)


def _around(page: str, *, scripts: bool) -> str:
    """Return the policy that stands before a page and around its frame, whatever it says itself."""
    if not scripts:
        return STRICT
    return OPEN if page.startswith(_OPENLY) else _drawing_policy(compiled=True) if draws(page) else STRICT


def _iframe(source: str, sandbox: str, title: str, style: str) -> Html:
    # the page stays as it is to the letter, as its scripts are known by their digests; in single quotes, of which
    # scripts have few
    written = source.replace("&", "&amp;").replace("'", "&#39;")
    started = tag(
        "iframe", sandbox=sandbox, referrerpolicy="no-referrer", loading="lazy", title=one_line(title, 200), style=style
    ).removesuffix("></iframe>")
    return Html(f"{started} srcdoc='{written}'></iframe>")


def height_of(components: Iterable[CardComponent]) -> int:
    """Return about how many pixels a card of `components` is high, in a frame of a sensible size."""
    high = sum((each.height() + GAP for each in components), 60)
    return max(60, min(900, high))
