"""The card that a cell has made, under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.model.ids import StepName
from nbflow.runtime.request import Outcome

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def show_cards(face: Face, step: StepName, outcome: Outcome) -> None:
    """Show the cards of the step's first task, where they are more than what the cell has displayed already."""
    records = sorted((each for each in outcome.results.values() if each.step == step), key=lambda each: each.path)
    first = next((record for record in records if record.cards), None)
    if first is None:
        return
    from IPython.display import display

    from nbflow.client import Task
    from nbflow.client.cards import cards_of
    from nbflow.frontends.seeing.shown import Shown
    from nbflow.views.cards import CardsView

    place = f"{outcome.flow}/{outcome.run}/{step}/{first.id}"
    task = Task(place, workspace=face.workspace, namespace=None)
    if any(card.content.html for card in cards_of(task)):
        display(Shown(CardsView(task)))
