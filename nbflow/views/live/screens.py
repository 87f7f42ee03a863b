"""Where a live view is shown: as text in a terminal, as a picture under a cell, as a widget under a cell."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from nbflow.views.live.apart import apart
from nbflow.views.live.display import Display
from nbflow.views.live.meanwhile import answering
from nbflow.views.live.pair import Pair
from nbflow.views.live.scene import Scene

if TYPE_CHECKING:
    from nbflow.views.live.widget import RunWidget

#: takes what a front end says
Hear = Callable[[Mapping[str, object]], None]

#: bytes a second that a view may send to a browser
_BANDWIDTH = 400_000.0
#: seconds between two whole states, between two signs of life where nothing changes, and between two pictures for the file
_SNAPSHOT, _SIGN, _PICTURE = 1.0, 5.0, 10.0


class Screen(Protocol):
    """Where a run is shown."""

    #: seconds after which it is drawn anew though nothing happened
    beat: float
    #: bytes a second it may be sent
    bandwidth: float

    def listen(self, hear: Hear) -> None:
        """Pass on to `hear` what the front end says; it may come on any thread."""

    def show(self, scene: Scene, *, final: bool, again: bool, settled: bool) -> int:
        """Show `scene` in place of the one before, and return how many bytes that took.

        `final`: the run is over, and this is what stays. `again`: whoever looks has seen nothing before. `settled`: the
        final one was shown earlier; somebody asked for more.
        """


class PlainText:
    """A terminal cannot replace what it shows: it gets the last picture only, as text."""

    beat, bandwidth = 60.0, _BANDWIDTH

    def listen(self, hear: Hear) -> None:
        """Nobody says anything here."""

    def show(self, scene: Scene, *, final: bool, again: bool, settled: bool) -> int:  # noqa: ARG002 - as each screen has it
        """Write the text of a final scene."""
        if final:
            sys.stdout.write(scene.bundle()["text/plain"] + "\n")
        return 0


class PictureOutput:
    """A picture under the cell that ran when this was made."""

    # the picture's clock goes on
    beat, bandwidth = 1.0, _BANDWIDTH

    def __init__(self) -> None:
        self._output = Display()

    def listen(self, hear: Hear) -> None:
        """A picture says nothing."""

    def show(self, scene: Scene, *, final: bool, again: bool, settled: bool) -> int:  # noqa: ARG002 - as each screen has it
        """Show the picture of `scene` in place of the one before."""
        bundle = scene.bundle()
        self._output.publish(bundle)
        return sum(map(len, bundle.values()))


class WidgetOutput:
    """A live widget under the cell that ran when this was made, with the picture for the file.

    What changed is sent as numbered messages; now and then, and when somebody comes anew, the whole state. The picture
    follows slowly, and is right when the run has ended.
    """

    # logs grow without a word
    beat, bandwidth = 0.5, _BANDWIDTH

    def __init__(self) -> None:
        self._pair = Pair()
        self._apart = apart()
        #: ends the answering beside a cell that waits for its run
        self._end: Callable[[], None] | None = None
        self._widget: RunWidget | None = None
        self._hear: Hear = lambda _: None
        self._state: dict[str, Any] = {}
        self._number = 0
        #: when the whole state, and anything at all, was sent last
        self._whole_at = self._sent_at = 0.0
        #: when the picture was shown last
        self._pictured_at = 0.0
        #: the widget has the whole state of this moment
        self._whole = False

    def listen(self, hear: Hear) -> None:
        """Pass on what a person does with the widget."""
        self._hear = hear

    def show(self, scene: Scene, *, final: bool, again: bool, settled: bool) -> int:
        """Send what has changed; put the picture into the notebook now and then, and at the end."""
        if scene.waited and not settled:
            self._answer(final=final)
        before = self._state
        self._state, changed = scene.changed(before)
        if self._widget is None:
            widget = self._widget = self._apart(lambda: self._made(scene))
            self._show_picture(scene)
            self._pair.show_widget(widget.model_id)
            return 0
        self._whole = self._whole and not changed
        sent = 0
        if final or again or settled or (not self._whole and scene.now - self._whole_at >= _SNAPSHOT):
            sent = self._apart(lambda: self._send_whole(scene))
        elif changed or scene.now - self._sent_at >= _SIGN:
            sent = self._apart(lambda: self._send(scene, changed))
        if final or scene.now - self._pictured_at >= _PICTURE:
            sent += self._show_picture(scene)
        return sent

    def _answer(self, *, final: bool) -> None:
        if self._end is None:
            self._end = answering()
        if final:
            self._end()

    def _show_picture(self, scene: Scene) -> int:
        self._pictured_at = scene.now
        bundle = scene.bundle()
        self._pair.show_picture(bundle)
        return sum(map(len, bundle.values()))

    def _made(self, scene: Scene) -> RunWidget:
        from nbflow.views.live.widget import RunWidget

        self._whole, self._whole_at, self._sent_at = True, scene.now, scene.now
        widget = RunWidget(snapshot=self._snapshot(scene))
        widget.on_msg(lambda _widget, content, _buffers: self._hear(content))
        return widget

    def _snapshot(self, scene: Scene) -> dict[str, Any]:
        return {"number": self._number, "at": scene.now, "state": self._state}

    def _send_whole(self, scene: Scene) -> int:
        assert self._widget is not None
        self._number += 1
        self._whole, self._whole_at, self._sent_at = True, scene.now, scene.now
        snapshot = self._snapshot(scene)
        self._widget.snapshot = snapshot
        return len(json.dumps(snapshot))

    def _send(self, scene: Scene, changed: dict[str, Any]) -> int:
        assert self._widget is not None
        self._number += 1
        self._sent_at = scene.now
        message = {"type": "changes", "number": self._number, "at": scene.now, "changes": changed}
        self._widget.send(message)
        return len(json.dumps(message))
