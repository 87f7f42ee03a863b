"""What is done with the cards that are meant: shown in a browser, printed, saved, listed."""

from __future__ import annotations

import argparse
import json
import sys
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nbflow.cards.figures import several, size
from nbflow.cards.printable import one_line
from nbflow.client import Task
from nbflow.client.cards import Card
from nbflow.client.thing import said
from nbflow.errors import raise_for
from nbflow.frontends.carding.chosen import add_options, cards_at, one_card
from nbflow.model.ids import Pathspec
from nbflow.workspace import Workspace

#: writes a line of what was asked for, or beside it
Say = Callable[[str], object]

_HEAD = ("task", "id", "type", "hash", "size", "made")


def add_arguments(parser: argparse.ArgumentParser, verb: str) -> None:
    """Declare the arguments of a verb, but for its place."""
    if verb == "get":
        parser.add_argument("file", nargs="?", metavar="FILE", help="write the page here; without it, it is printed")
    if verb in {"view", "get"}:
        parser.add_argument(
            "--scripts",
            action="store_true",
            help="let the scripts of a custom type run; they may still fetch nothing",
        )
    add_options(parser)
    if verb == "list":
        parser.add_argument("--as-json", action="store_true", help="print JSON")
        parser.add_argument("--file", metavar="F", help="write the JSON here")


def view(workspace: Workspace, spec: Pathspec, chosen: argparse.Namespace, again: str, say: Say) -> int:
    """Show a card in a browser; where there is none, say where its file is."""
    card = one_card(workspace, spec, chosen, again)
    path = card.save(scripts=chosen.scripts)
    opened = _opened(path)
    say(f"{one_line(card.caption)}\n{'shown' if opened else 'no browser here: its page is'} {path}")
    return 0


def get(workspace: Workspace, spec: Pathspec, chosen: argparse.Namespace, again: str, say: Say) -> int:
    """Print a card's page, or write it to a file."""
    card = one_card(workspace, spec, chosen, again)
    if chosen.file is None:
        sys.stdout.write(card.get(scripts=chosen.scripts))
        sys.stdout.write("\n")
        return 0
    _written(chosen.file, lambda path: card.save(path, scripts=chosen.scripts))
    say(f"{one_line(card.caption)}\nwritten to {chosen.file}")
    return 0


def listing(workspace: Workspace, spec: Pathspec, chosen: argparse.Namespace, again: str, say: Say) -> int:
    """List the cards of a place; 1 when there are none."""
    found = cards_at(workspace, spec, chosen)
    rows = [_row(task, card) for task, cards in found for card in cards]
    if chosen.as_json or chosen.file:
        told = [_as_json(task, cards) for task, cards in found]
        # of a place with one task it is that task's
        text = json.dumps(told[0] if spec.step and len(told) == 1 else told, indent=4)
        if chosen.file:
            _written(chosen.file, lambda path: path.write_text(text + "\n", encoding="utf-8"))
        else:
            sys.stdout.write(text + "\n")
        return 0 if rows else 1
    if not rows:
        say(_none(spec, chosen, again))
        return 1
    for line in _aligned([_HEAD, *rows]):
        sys.stdout.write(line + "\n")
    say(f"{several(len(rows), 'card')} of {several(len(found), 'task')}. To see one: card view TASK --hash HASH")
    return 0


def _none(spec: Pathspec, chosen: argparse.Namespace, again: str) -> str:
    wanted = [f"the {name} {value}" for name in ("id", "type", "hash") if (value := getattr(chosen, name))]
    if wanted:
        return f"{spec} has no card with {' and '.join(wanted)}. Without these options all are listed."
    way = f"{again.replace('card list', 'card view')}{spec.run}/STEP/TASK"
    return f"{spec} has no cards of its own. Each task has its default card: {way}"


VERBS = {"view": view, "get": get, "list": listing}


def _opened(path: Path) -> bool:
    try:
        return webbrowser.open(path.as_uri())
    except (webbrowser.Error, OSError):
        return False


def _written(file: str, write: Callable[[Path], Any]) -> None:
    path = Path(file)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
    except OSError as error:
        message = error.strerror or str(error)
        raise_for("R004", option=file, message=message, fix="name a file in a folder that can be written")


def _as_json(task: Task, cards: Sequence[Card]) -> dict[str, Any]:
    told = [{"id": each.id, "hash": each.hash, "type": each.type, "filename": each.filename} for each in cards]
    return {"pathspec": task.pathspec, "cards": told}


def _row(task: Task, card: Card) -> tuple[str, ...]:
    when = "running" if card.live else said(card.created_on)
    return (
        "/".join(task.path_components[1:]),
        card.id or "",
        f"{card.type} (failed)" if card.failed else card.type,
        card.hash,
        size(card.size) if card.size else "",
        when,
    )


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    plain = [[one_line(each, 60) for each in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*plain, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in plain]
