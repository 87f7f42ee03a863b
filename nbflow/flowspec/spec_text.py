"""A decorator as a text, `name:key=value,key=value`: what --with takes, and what a mutator may add."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from nbflow.errors import Place, raise_for
from nbflow.frozen import frozen

_NAME = re.compile(r"\s*@?\s*(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*(?:\Z|:)")
_KEY = re.compile(r"\s*(?P<key>[^\W\d]\w*)\s*=\s*")
#: a comma within a value is followed by something else
_NEXT = re.compile(r",(?=\s*[^\W\d]\w*\s*=)|\Z")
_CONSTANTS = {"True": True, "False": False, "None": None}


@frozen
class SpecText:
    """A text, taken apart."""

    name: str
    attributes: dict[str, Any]
    #: as a person typed it
    typed: str

    @property
    def place(self) -> Place:
        """The text itself, to be shown in a message."""
        return Place(text=self.typed)


def read_spec(text: str, typed: str = "") -> SpecText:
    """Return what `text` says; a value is JSON where it can be read so, and text else.

    Args:
        text: As in `retry:times=2,minutes_between_retries=0`.
        typed: How a message shows it, if otherwise.

    Raises:
        DecoratorError: It says nothing of the kind.
    """
    found = _NAME.match(text)
    if found is None:
        raise_for("D023", Place(text=typed or text), text=text, why="it begins with the name of a decorator")
    attributes: dict[str, Any] = {}
    position = found.end()
    while position < len(text):
        key = _KEY.match(text, position)
        if key is None:
            rest = text[position:].strip()
            raise_for("D023", Place(text=typed or text), text=text, why=f"'{rest}' is no key=value")
        attributes[key["key"]], position = _value(text, key.end())
    if found["name"] == "secrets" and any(_is_inline(each) for each in _listed(attributes.get("sources"))):
        # neither is the text shown
        raise_for("D054", text=found["name"])
    return SpecText(found["name"], attributes, typed or text)


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _is_inline(source: Any) -> bool:
    return isinstance(source, dict) and source.get("type") == "inline"


def _value(text: str, start: int) -> tuple[Any, int]:
    """Return the value that begins at `start`, and where what follows its comma begins."""
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        pass
    else:
        if not (rest := text[end:].lstrip()) or _NEXT.match(rest):
            return value, len(text) - len(rest) + 1
    ends = [each.start() for each in _NEXT.finditer(text, start)]
    first = text[start : ends[0]].strip()
    if first[:1] in ("[", "{", "(", "'"):
        # as Python writes it: a shell leaves single quotes alone
        for end in ends:
            try:
                return ast.literal_eval(text[start:end].strip()), end + 1
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
    return _CONSTANTS.get(first, first), ends[0] + 1
