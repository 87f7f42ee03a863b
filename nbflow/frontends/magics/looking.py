"""How this kernel shows a run: which screen its front end has, and what a panel may ask for.

Panels and screens are imported with the first run: many kernels show none.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from nbflow.frontends.pace import pace
from nbflow.model.ids import Pathspec
from nbflow.model.record import TaskRecord

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbflow.frontends.magics.face import Face
    from nbflow.views.live.panel import LivePanel, Watched
    from nbflow.views.live.screens import Screen

#: what a person may ask for in NBFLOW_VIEWS
STATIC, WIDGET = "static", "widget"
#: seconds of idleness in which a front end would have said hello
_LISTENED = 1.5


def panel_of(face: Face, run: Watched, flow: str, *, cancel: Callable[[], None] | None, waited: bool) -> LivePanel:
    """Return the panel of a run of `flow`, to be shown under the running cell. `waited`: that cell waits for the run."""
    from nbflow.views.live.panel import LivePanel, Origin

    def past() -> Mapping[str, float]:
        return pace(face.workspace.metadata, flow)

    def logs(task: TaskRecord) -> tuple[str, str] | None:
        ran = Pathspec.parse(task.origin) if task.origin else None
        if ran is None or not (ran.run and ran.step and ran.task):
            return None
        where = (ran.flow, ran.run, ran.step, ran.task, task.attempt)
        return str(face.workspace.log_path(*where, "stdout")), str(face.workspace.log_path(*where, "stderr"))

    origin = Origin(cancel=cancel, past=past, logs=logs, waited=waited, greeted=face.greeting.heard)
    return LivePanel(run, screen_of(face), origin)


def screen_of(face: Face) -> Screen:
    """Return where this kernel shows what changes."""
    from nbflow.views.live.screens import PictureOutput, PlainText, WidgetOutput

    if not hasattr(face.shell, "kernel"):
        return PlainText()
    if not _has_widgets(face):
        return PictureOutput()
    face.greeting.shown()
    return WidgetOutput()


def draws_widgets(*, attended: bool, missed: bool) -> bool:
    """Whether the front end draws widgets. `attended`: a person is at it. `missed`: it did not answer an earlier one."""
    asked = os.environ.get("NBFLOW_VIEWS", "")
    if asked in {STATIC, WIDGET}:
        return asked == WIDGET
    if "google.colab" in sys.modules or find_spec("anywidget") is None:
        # Colab shows widgets of others only where a person has allowed it
        return False
    # what runs a notebook unseen keeps a widget's state in the file, and whoever opens that then sees nothing without a
    # script from elsewhere. Voila runs it unseen, too, but for somebody
    return (attended or under_voila()) and not missed


def is_attended(shell: InteractiveShell) -> bool:
    """Whether a person runs the cell that runs: front ends for people send its id."""
    kernel = getattr(shell, "kernel", None)
    request = kernel.get_parent("shell") if kernel is not None else None
    return bool(((request or {}).get("metadata") or {}).get("cellId"))


def _has_widgets(face: Face) -> bool:
    return draws_widgets(attended=face.attended, missed=face.greeting.missed)


def warm_widgets(face: Face) -> None:
    """Import what the first panel will need, while the person reads."""
    if hasattr(face.shell, "kernel") and _has_widgets(face):
        module = "nbflow.views.live.widget"
        threading.Thread(target=importlib.import_module, args=(module,), name="nbflow-warm", daemon=True).start()


def under_voila() -> bool:
    """Whether the kernel belongs to a page that Voila shows."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")


class Greeting:
    """Whether the front end draws widgets: one that does says hello as soon as the kernel listens.

    Before the kernel has listened, it gets the benefit of the doubt.
    """

    def __init__(self) -> None:
        #: a widget was shown, the kernel has listened since, and nobody said hello
        self.missed = False
        self._shown = self._heard = False
        self._ended_at: float | None = None

    def shown(self) -> None:
        """A widget is on its way to the front end."""
        self._shown = True

    def heard(self) -> None:
        """A widget said hello."""
        self._heard, self.missed = True, False

    def after_cell(self, at: float) -> None:
        """A cell ended `at` seconds since the epoch."""
        self._ended_at = at if self._shown else None

    def before_cell(self, asked_at: float | None) -> None:
        """A cell begins that was `asked_at`: where some time lies between, the kernel has listened."""
        if not self._heard and self._ended_at is not None and asked_at is not None:
            self.missed = asked_at - self._ended_at > _LISTENED
