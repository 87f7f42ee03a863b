"""`%flow deploy …`: have AWS run this notebook's flow, as its file is saved."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NoReturn

from nbflow.configuration.settings import settings
from nbflow.deploy.deployment import name_of
from nbflow.errors import NOWHERE, NbflowError, Place, raise_for
from nbflow.frontends.cli import deploy as door
from nbflow.frontends.cli.parser import Parser

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> None:
    """Carry out the line. Raises DeploymentError, and whatever is wrong with the flow; nothing is created then."""
    reader = parser(face.place())
    try:
        words = shlex.split(text)
    except ValueError as wrong:
        reader.error(str(wrong))
    arguments = reader.parse_args(words)
    if arguments.file is None and not arguments.template:
        path = face.file.path
        if path is None or not path.is_file():
            message = "this notebook has no file yet"
            raise_for(
                "R004", face.place(), option="%flow deploy", message=message, fix="save it, and run the cell again"
            )
        arguments.file = str(path)
    door.main(arguments)


def now(face: Face) -> dict[str, str]:
    """Return what its options are here, beside their defaults."""
    try:
        return {"name": name_of(face.flow, prefix=settings().deploy.name_prefix)}
    except NbflowError:
        # settings that cannot be read: the verb itself says so
        return {}


def facts() -> list[tuple[str, str]]:
    """Return where in AWS a deployed flow would be."""
    try:
        known = settings()
    except NbflowError as failure:
        return [("settings", failure.problems[0].what)]
    unset = "not set: nbflow configure stack"
    return [
        ("store", known.root or "not set: it must be a bucket"),
        ("region", known.region or unset),
        ("queue", known.batch.queue or unset),
        ("role", known.deploy.states_role or unset),
    ]


def parser(place: Place = NOWHERE) -> Parser:
    """Return what reads a line that stands at `place`."""
    made = _Line(place=place, prog="%flow deploy", add_help=False)
    door.add(made)
    return made


class _Line(Parser):
    """A parser that raises where one of a terminal ends the process."""

    def __init__(self, *, place: Place, prog: str, add_help: bool) -> None:
        self._place = place
        super().__init__(prog=prog, add_help=add_help)

    def error(self, message: str) -> NoReturn:
        raise_for("R004", self._place, option="%flow deploy", message=message, fix="%flow deploy?  says what it takes")
