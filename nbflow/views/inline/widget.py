"""The live page as a widget: the Python half. `page.js` beside it shows the regions, and asks no other machine."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

_HERE = Path(__file__).parent


class PageWidget(anywidget.AnyWidget):
    """A page of regions.

    The front end says `{"type": "hello"}` when it begins to show it, `{"type": "seen"}` now and then while somebody may
    look, and `{"type": "act", "act": …, "argument": …, "fields": {…}}`.
    To who shows it already, what has changed is said in messages: `{"type": "changes", "number": …, "message": …, "names":
    […], "set": […]}`, see `changes.py`. Who misses one says hello again.
    """

    _esm = _HERE / "page.js"
    _css = _HERE / "page.css"
    #: which view it is
    name = traitlets.Unicode().tag(sync=True)
    #: the page as it was sent whole last: `number` of this state, `regions` as a list of (name, HTML), `message` of what
    #: went wrong
    page = traitlets.Dict().tag(sync=True)
