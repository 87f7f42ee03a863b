"""Python text that shows itself."""

from __future__ import annotations

from nbflow.cards import html as h
from nbflow.frozen import frozen


@frozen
class Source:
    """The code of a step: `print(source)` or `source.text` to take it along."""

    text: str

    def _repr_html_(self) -> str:
        return h.preformatted(self.text)

    def __repr__(self) -> str:
        return self.text
