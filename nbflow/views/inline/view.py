"""What can be shown inline: the port of every view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from nbflow.cards.html import Html


class View(Protocol):
    """One thing to be seen, as it is now.

    Its methods are called one at a time, on whatever thread keeps the views up to date.
    """

    @property
    def name(self) -> str:
        """One word, by which style sheets and tests know the view: `history`."""
        ...

    def regions(self) -> Mapping[str, Html]:
        """Return the live page: its regions by name, from top to bottom. A region is replaced when its HTML has changed."""
        ...

    def static(self) -> Html:
        """Return the picture that a saved notebook keeps: no controls, readable untrusted, without a kernel."""
        ...

    def text(self) -> str:
        """Return it for a terminal."""
        ...

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        """Do what a control asks for.

        Args:
            act: what the control is for; `fields` when somebody typed or chose.
            argument: what it is about.
            fields: all fields and choices of the page, as they are.

        Raises:
            NbflowError: it cannot be done; the page says why.
        """
        ...

    def poll(self) -> bool:
        """Look whether something has changed that is shown, about once a second."""
        ...
