"""What a look gives back: an object that shows itself, however it is looked at."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from nbflow.views.inline.shared import SharedView
from nbflow.views.inline.stage import Stage, bundle
from nbflow.views.inline.view import View

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class Shown:
    """A view that shows itself: live where a notebook draws widgets, as a picture in other notebooks, as text elsewhere."""

    def __init__(self, view: View) -> None:
        self._view = SharedView(view)

    def __repr__(self) -> str:
        return self._view.text()

    def _repr_html_(self) -> str:
        return self._view.static()

    def _ipython_display_(self) -> None:
        shell = _shell()
        if shell is None or not hasattr(shell, "kernel"):
            # IPython takes the text then
            raise NotImplementedError
        from nbflow.frontends.magics import face_of
        from nbflow.frontends.magics.looking import draws_widgets, is_attended

        face = face_of(shell)
        if not draws_widgets(attended=is_attended(shell), missed=face is not None and face.greeting.missed):
            shell.display_pub.publish(data=bundle(self._view), metadata={})
        elif face is None:
            Stage(self._view).open()
        else:
            face.greeting.shown()
            Stage(self._view, greeted=face.greeting.heard).open()


def _shell() -> InteractiveShell | None:
    if "IPython" not in sys.modules:
        return None
    from IPython.core.getipython import get_ipython

    return get_ipython()
