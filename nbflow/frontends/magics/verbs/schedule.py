"""`%flow schedule VERB …`: this notebook, or another flow, runs by the clock on this machine."""

from __future__ import annotations

import argparse
import shlex
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from nbflow.errors import NOWHERE, Place, raise_for
from nbflow.frontends.cli.parser import Parser
from nbflow.frontends.magics.show import say
from nbflow.frontends.scheduling.options import SAID, add_verbs
from nbflow.metadata.starter import started_by
from nbflow.schedules.clock import zone_here

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: those of a terminal go on for ever, or set up the machine
VERBS = tuple(each for each in SAID if each not in {"serve", "unit"})


def line(face: Face, text: str) -> None:
    """Carry out the line."""
    schedule(face, text)


def schedule(face: Face, text: str) -> None:
    """Do what `text`, as in `add --daily`, asks for. Raises ScheduleError and whatever is wrong with the flow."""
    arguments = _read(text, face.place())
    if arguments.schedule_verb == "add":
        if (known := started_by()) and not arguments.file:
            # its cells run again with each run that it starts
            say(f"this is a run of schedule {known.get('schedule')}: nothing is scheduled anew")
            return
        arguments.file = arguments.file or _own_file(face, f"%flow schedule {text}")
        arguments.again = True
    # most notebooks schedule nothing
    from nbflow.frontends.scheduling.verbs import carry_out

    carry_out(arguments, face.workspace, say, say)


def now(face: Face) -> dict[str, str]:
    """Return what its options are here, beside their defaults."""
    return {"name": face.flow, "timezone": zone_here()}


def _own_file(face: Face, what: str) -> str:
    path = face.file.path
    if path is None or not path.is_file():
        raise_for("L017", face.place(), what=f"'{what.strip()}'")
    return str(path)


def parser(typed: str = "", place: Place = NOWHERE) -> Parser:
    """Return what reads a line: `typed`, which stands at `place`."""
    # %flow schedule --help has been answered by now
    kind = partial(_Line, add_help=False, typed=typed, place=place)
    made = kind(prog="%flow schedule")
    add_verbs(made, VERBS, kind)
    return made


def _read(text: str, place: Place) -> argparse.Namespace:
    """Return what a line says. Raises L018."""
    reader = parser(text.strip(), place)
    try:
        words = shlex.split(text)
    except ValueError as error:
        reader.error(str(error))
    found: argparse.Namespace = reader.parse_args(words or ["list"])
    return found


class _Line(Parser):
    """A parser whose errors are errors of the cell."""

    def __init__(self, *, typed: str, place: Place, **settings: Any) -> None:
        super().__init__(**settings)
        self._typed, self._place = typed, place

    def error(self, message: str) -> NoReturn:
        """Raise L018."""
        fix = f"{self.prog}?  says what it takes"
        raise_for("L018", self._place, words=self._typed or "nothing", message=message, fix=fix)
