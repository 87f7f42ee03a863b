"""Cards as they are asked for, as a record names them, and as they are stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field, fields
from typing import Any

from nbflow.frozen import frozen
from nbflow.model.ids import Digest

DEFAULT = "default"
#: seconds that making a card may take, and between two looks of a running task's card
TIMEOUT, REFRESH = 45.0, 5.0
#: hexadecimal digits by which a card is told from another
SHORT = 10


@frozen
class CardAsk:
    """One card that a step asks for: `@card(type="blank", id="report")`, `--card report:blank`."""

    type: str = DEFAULT
    id: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    #: seconds that making it may take
    timeout: float = TIMEOUT
    #: a card that could not be made says why, in its place
    save_errors: bool = True
    #: of several cards it is the one that `current.card.append` adds to
    customize: bool = False
    #: seconds between two looks while the task runs; 0: each refresh is one
    refresh_interval: float = REFRESH

    def to_json(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def told(self) -> str:
        """The card as a person calls it: `card report`, `the default card`."""
        return f"card {self.id}" if self.id else f"the {self.type} card"


@frozen
class CardRef:
    """A card of a task, as its record names it."""

    type: str
    id: str | None
    #: blob of its CardContent
    digest: Digest
    #: bytes of the blob
    size: int
    #: it says only why it could not be made
    failed: bool = False

    @property
    def hash(self) -> str:
        """The first digits of its digest."""
        return self.digest[:SHORT]

    def to_json(self) -> list[Any]:
        return [self.type, self.id, self.digest, self.size, self.failed]

    @classmethod
    def from_json(cls, raw: list[Any]) -> CardRef:
        kind, name, digest, size, failed = raw
        return cls(kind, name, Digest(digest), size, failed)


@frozen
class CardContent:
    """What was made of a card. How it is shown (its page, its policy, its frame) is decided when it is read."""

    type: str
    id: str | None
    #: of a custom type (`raw`) its own page, as it came; else clean HTML of the components that were appended
    html: str
    raw: bool = False
    #: what the components need of a page, see cards.document
    needs: frozenset[str] = frozenset()
    #: the same for a terminal
    text: str = ""
    #: what the last `current.card.refresh(data)` was given
    data: Any = None
    #: why it could not be made
    error: str = ""
    #: about how high it is, in pixels; 0: not known
    height: int = 0

    def to_bytes(self) -> bytes:
        """Return it as it is stored."""
        raw = {each.name: getattr(self, each.name) for each in fields(self)}
        raw["needs"] = sorted(self.needs)
        return json.dumps({name: value for name, value in raw.items() if value not in ("", None, False, [])}).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> CardContent:
        raw = json.loads(data)
        kept = {each.name: raw[each.name] for each in fields(cls) if each.name in raw}
        kept["needs"] = frozenset(raw.get("needs", ()))
        return cls(**{"id": None, "html": "", **kept})
