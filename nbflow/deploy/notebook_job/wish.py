"""What a person wants of a notebook that is deployed whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from nbflow.frozen import frozen
from nbflow.model.task import Place
from nbflow.schedules.timetable import Timetable


@frozen
class NotebookWish:
    """The options of `nbflow deploy NB.ipynb --papermill`, each with what it is where nothing is said."""

    #: parameter → text, as it was typed
    parameters: Mapping[str, str] = field(default_factory=dict)
    #: when it runs; None: only when somebody triggers it
    schedule: Timetable | None = None
    #: under which name; None: made of the notebook's
    name: str | None = None
    #: labels of its runs
    tags: tuple[str, ...] = ()
    #: the machine: cores, memory, image, limit of time, queue
    place: Place = field(default_factory=lambda: Place("batch"))
    #: the kernel, as Jupyter calls it; None: the image's Python
    kernel: str | None = None
    #: packages of PyPI to resolve; none: what is imported, at the versions installed here
    pypi: tuple[str, ...] = ()
    #: environment variables of the job
    env: Mapping[str, str] = field(default_factory=dict)
    #: token of what somebody else deployed
    authorize: str | None = None
    #: a token to give it
    new_token: str | None = None
    #: how it was asked for, to be typed again
    command: str = "nbflow deploy NB.ipynb --papermill"
