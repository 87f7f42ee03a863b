"""`%flow notify`: who is to hear of this notebook's runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbflow.cells.hearers import heard, hearers_of_line, kept_in_code
from nbflow.errors import raise_for
from nbflow.frontends.magics.show import say
from nbflow.model.notice import notices_from

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face
    from nbflow.model.notice import Notice


def line(face: Face, text: str) -> None:
    """Carry out the line."""
    notify_of(face, hearers_of_line(text, face.place()))
    said = face.session.hearers.values()
    for notice, _ in said:
        worse = f", and where {notice.regression}" if notice.regression else ""
        say(f"{notice.shown} hears of {', '.join(notice.on)}{worse}")
    if not said:
        say("nobody hears of this notebook's runs, beside those of the settings: nbflow configure show")


def notify_all(
    face: Face, addresses: Sequence[str], on: str | Sequence[str] | None, regression: str | None
) -> tuple[str, ...]:
    """Do what the line does. Raises Q008 for `on`."""
    try:
        said = tuple(each for text in addresses for each in notices_from(text, on, regression))
    except ValueError as wrong:
        raise_for("Q008", face.place(), message=wrong)
    notify_of(face, said)
    return tuple(notice.shown for notice, _ in face.session.hearers.values())


def notify_of(face: Face, said: tuple[Notice, ...] | None) -> None:
    """Note who is to hear of runs from now on, beside those who are already; None: nobody.

    Raises:
        MessageError: somebody cannot be told; nothing is noted.
    """
    from nbflow.notify.address import check

    place = face.place()
    for notice in said or ():
        check(notice, place)
    face.notices.show(kept_in_code(said, place))
    face.session.hearers = heard(face.session.hearers, said, place)
