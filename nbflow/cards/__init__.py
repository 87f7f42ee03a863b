"""Cards and the HTML they and the views are built from: pure, no script, no outside address.

`from nbflow.cards import Markdown, Table, …` gives the components of cards; each is loaded when first used.
`nbflow.cards("12/report")` shows the cards of a run, a step or a task.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from nbflow.misnamed import refuse

if TYPE_CHECKING:
    from nbflow.cards.card_type import CardType, MetaflowCard
    from nbflow.cards.components.anything import component_of
    from nbflow.cards.components.artifact import Artifact
    from nbflow.cards.components.code import PythonCode
    from nbflow.cards.components.component import CardComponent
    from nbflow.cards.components.component import CardComponent as MetaflowCardComponent
    from nbflow.cards.components.error import Error
    from nbflow.cards.components.events import EventsTimeline
    from nbflow.cards.components.image import Figure, Image
    from nbflow.cards.components.markdown import Markdown
    from nbflow.cards.components.plotly import Plotly
    from nbflow.cards.components.progress import ProgressBar
    from nbflow.cards.components.shown import Shown
    from nbflow.cards.components.table import Table
    from nbflow.cards.components.value_box import ValueBox
    from nbflow.cards.components.vega import VegaChart
    from nbflow.cards.components.viewers import JSONViewer, YAMLViewer

#: public name → its module, and its name there where it has another
_HOMES: dict[str, tuple[str, str]] = {
    "Artifact": ("nbflow.cards.components.artifact", ""),
    "CardComponent": ("nbflow.cards.components.component", ""),
    "CardType": ("nbflow.cards.card_type", ""),
    "Error": ("nbflow.cards.components.error", ""),
    "EventsTimeline": ("nbflow.cards.components.events", ""),
    "Figure": ("nbflow.cards.components.image", ""),
    "Image": ("nbflow.cards.components.image", ""),
    "JSONViewer": ("nbflow.cards.components.viewers", ""),
    "Markdown": ("nbflow.cards.components.markdown", ""),
    "MetaflowCard": ("nbflow.cards.card_type", ""),
    "MetaflowCardComponent": ("nbflow.cards.components.component", "CardComponent"),
    "Plotly": ("nbflow.cards.components.plotly", ""),
    "ProgressBar": ("nbflow.cards.components.progress", ""),
    "PythonCode": ("nbflow.cards.components.code", ""),
    "Shown": ("nbflow.cards.components.shown", ""),
    "Table": ("nbflow.cards.components.table", ""),
    "ValueBox": ("nbflow.cards.components.value_box", ""),
    "VegaChart": ("nbflow.cards.components.vega", ""),
    "YAMLViewer": ("nbflow.cards.components.viewers", ""),
    "component_of": ("nbflow.cards.components.anything", ""),
    # stands above this room: named, not imported
    "get_cards": ("nbflow.client.cards", ""),
}

__all__ = [
    "Artifact",
    "CardComponent",
    "CardType",
    "Error",
    "EventsTimeline",
    "Figure",
    "Image",
    "JSONViewer",
    "Markdown",
    "MetaflowCard",
    "MetaflowCardComponent",
    "Plotly",
    "ProgressBar",
    "PythonCode",
    "Shown",
    "Table",
    "ValueBox",
    "VegaChart",
    "YAMLViewer",
    "component_of",
    "get_cards",
]


def __getattr__(name: str) -> Any:
    """Return the public name, loaded from its module and kept here for the next time."""
    if name not in _HOMES:
        # modules of this package are looked for here before they are imported
        refuse(__name__, name, _HOMES if name[:1].isupper() else ())
    home, called = _HOMES[name]
    value = getattr(importlib.import_module(home), called or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Module(ModuleType):
    """This module, which can be called: `nbflow.cards("12/report")` shows cards, whatever was imported before."""

    def __call__(self, what: Any = None) -> Any:
        """Return the cards of a run, a step or a task, as something that shows itself; of the latest run without one."""
        # it stands above this room: named, not imported
        return importlib.import_module("nbflow.frontends.seeing.cards").cards(what)


sys.modules[__name__].__class__ = _Module
cards = sys.modules[__name__]
