"""A cell that is still running: how far it is, and what stands in it up to there."""

from __future__ import annotations

import ast
import inspect
import linecache
import time
from collections.abc import Mapping
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, Any

from nbflow.cells.aside import is_aside
from nbflow.cells.header import cell_kind
from nbflow.cells.magics import python_of_plain
from nbflow.cells.plain import PlainCell, plain_cell
from nbflow.errors import NbflowError
from nbflow.model.step import Statement

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def take_running(face: Face) -> None:
    """Take what the running plain cell has done so far, as if it ended here.

    A class may stand in the very cell that runs it. What becomes of the run changes nothing: names that the cell
    bound above are bound, and its next cell may resume the run.
    """
    raw = face.running
    if not raw or cell_kind(raw) is not None or is_aside(raw):
        return
    try:
        cell = _so_far(face, raw)
    except NbflowError:
        return
    if face.session.assigns(cell):
        return
    face.notices.show(cell.notices)
    face.plain.pop(raw, None)
    face.plain[raw] = time.time()
    face.session.take(raw, cell, face.cell_id)
    face.renew_definitions()
    adopt_made(face)


def adopt_made(face: Face) -> None:
    """Make the definitions module's own what cells made unseen: classes of before the extension was loaded.

    The module would make each a second time, and what steps hand back would be of another class than the notebook's.
    """
    definitions = face.session.table.freeze()
    for name, statement in [(name, each) for each in definitions.statements for name in each.names]:
        made = face.shell.user_ns.get(name)
        if statement.kind != "class" or definitions.of(name) is not statement or not isinstance(made, type):
            continue
        if (made.__module__, made.__qualname__) == (face.shell.user_ns.get("__name__"), name):
            face.shell.user_ns[name] = face.live.adopt(name, statement.key, made)


def line_reached(space: Mapping[str, Any], source: str) -> int | None:
    """Return the line of a cell that is being executed in `space`; None: the cell is not running.

    Args:
        space: the notebook's variables.
        source: the cell as IPython executes it.
    """
    lines = source.splitlines()
    frame: FrameType | None = inspect.currentframe()
    reached = None
    while frame is not None:
        # the outermost one: the cell may call functions of its own
        if frame.f_globals is space and _text(frame) == lines:
            reached = frame.f_lineno
        frame = frame.f_back
    return reached


def _text(frame: FrameType) -> list[str]:
    return [line.rstrip("\r\n") for line in linecache.getlines(frame.f_code.co_filename)]


def _so_far(face: Face, raw: str) -> PlainCell:
    """Return what the cell `raw` did up to the statement that is being executed. Raises CellError."""
    end = None if raw in face.session.cells else _end(face, raw)
    text = raw if end is None else "\n".join(raw.split("\n")[:end])
    cell = plain_cell(text, face.place(), face.file_name())
    whole = (replace(each, cell=raw) if isinstance(each, Statement) else each for each in cell.effects)
    return replace(cell, effects=tuple(whole))


def _end(face: Face, raw: str) -> int | None:
    """Return the last line of the statement that is being executed, in the cell as it was typed; None: not known.

    IPython may have moved lines: statements are matched by their order.
    """
    reached = line_reached(face.shell.user_ns, face.source_of_running)
    if reached is None:
        return None
    try:
        executed, typed = ast.parse(face.source_of_running).body, ast.parse(python_of_plain(raw)).body
    except SyntaxError:
        # it awaits on its top level in a way that only IPython understands
        return None
    begun = sum(node.lineno <= reached for node in executed)
    return typed[begun - 1].end_lineno if begun and len(executed) == len(typed) else None
