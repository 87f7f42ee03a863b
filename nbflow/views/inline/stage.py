"""A view on a notebook's page: what somebody does reaches the view, what has changed reaches the page and the file."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from nbflow.cards.printable import one_line
from nbflow.errors import NbflowError
from nbflow.views.inline.changes import changes
from nbflow.views.inline.shared import SharedView
from nbflow.views.inline.view import View
from nbflow.views.live.apart import apart
from nbflow.views.live.hub import ViewHub
from nbflow.views.live.pair import Pair

if TYPE_CHECKING:
    from nbflow.views.inline.widget import PageWidget

#: the hub of the pages of this process: one that takes long holds up no run panel, and few pages
PAGES = ViewHub(look=0.25, threads=3)
#: seconds between two looks for news, and without a sign that somebody may look
_LOOK, _UNSEEN = 1.0, 40.0
#: seconds without a change after which the file gets its picture, and between two pictures while there are changes
_QUIET, _PICTURE = 2.0, 10.0


def bundle(view: View) -> dict[str, str]:
    """Return the picture of `view`, for a file."""
    return {"text/html": view.static(), "text/plain": view.text()}


class Stage:
    """One view under one cell, for as long as anybody may look."""

    def __init__(
        self,
        view: SharedView,
        *,
        greeted: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._view = view
        self._greeted = greeted
        self._clock = clock
        self._pair = Pair()
        self._apart = apart()
        self._widget: PageWidget | None = None
        self._messages: deque[Mapping[str, Any]] = deque()
        #: what the page has: its number, its regions, what it says, and the view's count of changes when it was drawn
        self._number = 0
        self._regions: list[tuple[str, str]] = []
        self._message = ""
        self._drawn = 0
        #: what went wrong where somebody asked for something, and in looking
        self._refused = self._stumbled = ""
        self.drawn_at = self._seen_at = self._looked_at = self._pictured_at = self._changed_at = clock()
        #: the file's picture is not the page's any more
        self._outdated = False
        #: the hub looks at it
        self._live = False
        self._gone = False

    def open(self) -> None:
        """Show the view under the cell that runs now."""
        from nbflow.views.inline.widget import PageWidget

        self._pair.show_picture(bundle(self._view))
        self._drawn = self._view.changes
        self._regions = _regions(self._view)
        widget = self._apart(lambda: PageWidget(name=self._view.name, page=self._page()))
        widget.on_msg(lambda _widget, content, _buffers: self.hear(content))
        self._widget = widget
        self._pair.show_widget(widget.model_id)
        self._look_again()

    def hear(self, message: Mapping[str, Any]) -> None:
        """Take what the front end says; on any thread, so it is only noted."""
        self._messages.append(message)
        PAGES.wake()

    # ---- the hub's side

    def due(self, at: float) -> bool:
        """Whether something was said, it is time for a look, or nobody has looked for long."""
        if self._gone:
            return False
        if self._messages or not self._live:
            return bool(self._messages)
        return at - self._looked_at >= _LOOK or self._wants_picture(at) or at - self._seen_at >= _UNSEEN

    def refresh(self) -> None:
        """Do what was asked, look for news, and show what that changed."""
        try:
            self._refresh(self._clock())
        except Exception:  # noqa: BLE001  a front end that is gone, or a kernel that ends
            self._gone = True
            PAGES.settle(self)
        self.drawn_at = self._clock()

    def forget(self) -> None:
        """Let go of it: nobody has looked for long, and there are many. Its picture takes its place."""
        self._gone = True
        widget, self._widget = self._widget, None
        self._regions = []
        if widget is not None:
            # ipywidgets keeps each that is not closed, and through it the view
            with contextlib.suppress(Exception):
                self._apart(widget.close)

    def _refresh(self, at: float) -> None:
        asked = [self._messages.popleft() for _ in range(len(self._messages))]
        if asked:
            self._seen_at = at
            self._look_again()
        kinds = {message.get("type") for message in asked}
        if "hello" in kinds:
            self._greeted()
        for message in asked:
            if message.get("type") == "act":
                self._refused = self._done(message)
        if "act" not in kinds and at - self._looked_at >= _LOOK:
            self._looked_at = at
            self._stumbled = _attempt(self._view.poll)
        self._draw(at, whole="hello" in kinds, answer="act" in kinds)
        if self._wants_picture(at):
            self._publish_picture(at)
        if self._live and not self._outdated and at - self._seen_at >= _UNSEEN:
            self._live = False
            PAGES.settle(self)

    def _look_again(self) -> None:
        if not self._live:
            self._live = True
            PAGES.add(self)

    def _done(self, message: Mapping[str, Any]) -> str:
        """Have the view do what was asked; return what went wrong."""
        fields = message.get("fields")
        given = {str(name): str(value) for name, value in fields.items()} if isinstance(fields, Mapping) else {}
        return _attempt(lambda: self._view.act(str(message.get("act", "")), str(message.get("argument", "")), given))

    # ---- what is shown

    def _draw(self, at: float, *, whole: bool, answer: bool) -> None:
        """Send what the page has not: all of it to who comes anew, else what has changed.

        Who comes anew begins with what was sent whole last, and says so; from then on it has what all have.
        """
        before, said = self._regions, self._message
        if self._view.changes != self._drawn:
            self._drawn = self._view.changes
            self._stumbled = _attempt(self._take_regions) or self._stumbled
        self._message = self._refused or self._stumbled
        if self._regions != before:
            self._outdated, self._changed_at = True, at
        widget = self._widget
        if widget is None or not (whole or answer or self._regions != before or self._message != said):
            return
        self._number += 1
        if whole:
            page = self._page()
            self._apart(lambda: setattr(widget, "page", page))
        else:
            head = {"type": "changes", "number": self._number, "message": self._message}
            message = {**head, **changes(before, self._regions)}
            self._apart(lambda: widget.send(message))

    def _take_regions(self) -> None:
        self._regions = _regions(self._view)

    def _page(self) -> dict[str, Any]:
        return {"number": self._number, "regions": self._regions, "message": self._message}

    def _wants_picture(self, at: float) -> bool:
        return self._outdated and (at - self._changed_at >= _QUIET or at - self._pictured_at >= _PICTURE)

    def _publish_picture(self, at: float) -> None:
        self._outdated, self._pictured_at = False, at
        self._stumbled = _attempt(lambda: self._pair.show_picture(bundle(self._view))) or self._stumbled


def _regions(view: View) -> list[tuple[str, str]]:
    return [(name, str(html)) for name, html in view.regions().items()]


def _attempt(do: Callable[[], object]) -> str:
    """Do it, and return what went wrong."""
    try:
        do()
    except NbflowError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001  what a view stumbles over is shown on its page
        return f"this did not work: {one_line(f'{type(error).__name__}: {error}', 300)}"
    return ""
