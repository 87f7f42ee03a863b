"""A view on a notebook's page: what somebody does reaches the view, what has changed reaches the page and the file."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from nbflow.cards.printable import one_line
from nbflow.errors import NbflowError
from nbflow.views.inline.view import View
from nbflow.views.live.apart import apart
from nbflow.views.live.hub import ViewHub
from nbflow.views.live.pair import Pair

if TYPE_CHECKING:
    from nbflow.views.inline.widget import PageWidget

#: the hub of the pages of this process: one that takes long holds no run panel up
PAGES = ViewHub(look=0.25)
#: seconds between two looks for news, between two pictures for the file, and without a sign that somebody may look
_LOOK, _PICTURE, _UNSEEN = 1.0, 2.0, 40.0


def bundle(view: View) -> dict[str, str]:
    """Return the picture of `view`, for a file."""
    return {"text/html": view.static(), "text/plain": view.text()}


class Stage:
    """One view under one cell, for as long as anybody may look."""

    def __init__(
        self, view: View, *, greeted: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._view = view
        self._greeted = greeted
        self._clock = clock
        self._pair = Pair()
        self._apart = apart()
        self._widget: PageWidget | None = None
        self._messages: deque[Mapping[str, Any]] = deque()
        self._number = 0
        self._told = ""
        self._regions: list[tuple[str, str]] = []
        self.drawn_at = self._seen_at = self._looked_at = self._pictured_at = clock()
        #: the file's picture is not the page's any more
        self._outdated = False
        #: the hub looks at it
        self._live = False
        self._gone = False

    def open(self) -> None:
        """Show the view under the cell that runs now."""
        from nbflow.views.inline.widget import PageWidget

        self._publish_picture()
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
        return (
            at - self._looked_at >= _LOOK
            or (self._outdated and at - self._pictured_at >= _PICTURE)
            or at - self._seen_at >= _UNSEEN
        )

    def refresh(self) -> None:
        """Do what was asked, look for news, and show what that changed."""
        try:
            self._refresh(self._clock())
        except Exception:  # noqa: BLE001  a front end that is gone, or a kernel that ends
            self._gone = True
        self.drawn_at = self._clock()

    def forget(self) -> None:
        """Let go of it: nobody has looked for long, and there are many."""
        self._gone = True

    def _refresh(self, at: float) -> None:
        asked = [self._messages.popleft() for _ in range(len(self._messages))]
        if asked:
            self._seen_at = at
            self._look_again()
        acted = [self._answer(message) for message in asked]
        news = self._news(at) if not any(acted) and at - self._looked_at >= _LOOK else False
        if any(acted) or news:
            self._draw(always=any(acted))
        if self._outdated and at - self._pictured_at >= _PICTURE:
            self._publish_picture()
        if self._live and not self._outdated and at - self._seen_at >= _UNSEEN:
            self._live = False
            PAGES.settle(self)

    def _look_again(self) -> None:
        if not self._live:
            self._live = True
            PAGES.add(self)

    def _news(self, at: float) -> bool:
        self._looked_at = at
        try:
            return self._view.poll()
        except NbflowError as error:
            self._told = str(error)
            return True

    def _answer(self, message: Mapping[str, Any]) -> bool:
        """Do what was asked; return whether the page has to be told."""
        match message.get("type"):
            case "hello":
                self._greeted()
                return True
            case "act":
                self._told = self._done(message)
                return True
            case _:
                return False

    def _done(self, message: Mapping[str, Any]) -> str:
        """Have the view do it; return what went wrong."""
        fields = message.get("fields")
        given = {str(name): str(value) for name, value in fields.items()} if isinstance(fields, Mapping) else {}
        try:
            self._view.act(str(message.get("act", "")), str(message.get("argument", "")), given)
        except NbflowError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001  what a view stumbles over is shown where it was asked for
            return f"this did not work: {one_line(f'{type(error).__name__}: {error}', 300)}"
        return ""

    # ---- what is shown

    def _draw(self, *, always: bool) -> None:
        regions = _regions(self._view)
        self._outdated = self._outdated or regions != self._regions
        if not always and regions == self._regions:
            return
        self._regions = regions
        self._number += 1
        widget = self._widget
        assert widget is not None
        page = self._page()
        self._apart(lambda: setattr(widget, "page", page))

    def _page(self) -> dict[str, Any]:
        return {"number": self._number, "regions": self._regions, "message": self._told}

    def _publish_picture(self) -> None:
        self._outdated, self._pictured_at = False, self._clock()
        self._pair.show_picture(bundle(self._view))


def _regions(view: View) -> list[tuple[str, str]]:
    return [(name, str(html)) for name, html in view.regions().items()]
