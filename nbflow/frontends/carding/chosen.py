"""Which cards a command line means: those of a place, of which some options may choose."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from nbflow.cards.figures import several
from nbflow.client import Run, Task
from nbflow.client.cards import Card, cards_of, get_cards, raise_missing, tasks_of
from nbflow.errors import raise_for
from nbflow.model.ids import Pathspec
from nbflow.workspace import Workspace

#: tasks that are named where several are meant
_FEW = 3


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options that choose."""
    parser.add_argument("--id", metavar="ID", help="only the card with this id")
    parser.add_argument("--type", metavar="TYPE", help="only cards of this type")
    parser.add_argument("--hash", metavar="HASH", help="only the card whose hash begins so (card list shows it)")
    parser.add_argument(
        "--follow-resumed",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="of a task that took over a result, the cards of the task that ran for it (the default)",
    )


def one_card(workspace: Workspace, spec: Pathspec, chosen: argparse.Namespace, again: str) -> Card:
    """Return the one card that is meant.

    Args:
        workspace: where its task is.
        spec: the task, the step or the run.
        chosen: the options.
        again: the command up to where a run is named, as `nbflow card view sales/`.

    Raises:
        CardError: K030, there is none; K032, there are several, or several tasks.
        NotFoundError: there is no such place.
    """
    tasks = tasks_at(workspace, spec)
    if len(tasks) > 1 and spec.task is None:
        # of several tasks one may be meant all the same: the only one with a card that was asked for
        tasks = [task for task in tasks if wanted(cards_of(task), chosen)] or tasks
    if len(tasks) != 1:
        places = [f"{again}{'/'.join(task.path_components[1:])}" for task in tasks[:_FEW]]
        if not tasks:
            raise_for("K034", place=spec, hint="", fix="ask again when it has begun")
        raise_for("K032", place=spec, count=several(len(tasks), "task"), fix="\n".join(places))
    task = tasks[0]
    cards = _of(task, chosen)
    if not cards:
        known = get_cards(task, follow_resumed=chosen.follow_resumed)
        raise_missing(task.pathspec, known, {each: getattr(chosen, each) for each in ("id", "type", "hash")})
    if len(cards) > 1:
        place = "/".join(task.path_components[1:])
        ways = [f"{again}{place} --{'id ' + card.id if card.id else 'hash ' + card.hash}" for card in cards]
        raise_for("K032", place=task.pathspec, count=several(len(cards), "card"), fix="\n".join(ways))
    return cards[0]


def cards_at(workspace: Workspace, spec: Pathspec, chosen: argparse.Namespace) -> list[tuple[Task, list[Card]]]:
    """Return the tasks of a place with their cards: of one task what it has, of several those that were asked for."""
    tasks = tasks_at(workspace, spec)
    if len(tasks) == 1:
        return [(tasks[0], _of(tasks[0], chosen))]
    found = ((task, wanted(cards_of(task, follow_resumed=chosen.follow_resumed), chosen)) for task in tasks)
    return [(task, cards) for task, cards in found if cards]


def tasks_at(workspace: Workspace, spec: Pathspec) -> list[Task]:
    """Return the tasks of a place, in flow order. Raises M001, M002, M003, M004."""
    place = f"{spec.flow}/{spec.run}"
    if spec.task:
        return [Task(f"{place}/{spec.step}/{spec.task}", workspace=workspace)]
    return tasks_of(Run(place, workspace=workspace), spec.step)


def wanted(cards: Sequence[Card], chosen: argparse.Namespace) -> list[Card]:
    """Return those that the options choose."""
    return [
        card
        for card in cards
        if (not chosen.id or card.id == chosen.id)
        and (not chosen.type or card.type == chosen.type)
        and (not chosen.hash or card.hash.startswith(chosen.hash) or chosen.hash.startswith(card.hash))
    ]


def _of(task: Task, chosen: argparse.Namespace) -> list[Card]:
    cards = get_cards(task, chosen.id, chosen.type, chosen.follow_resumed)
    return wanted(cards, chosen)
