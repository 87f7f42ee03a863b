"""Trouble on demand: which requests go wrong, and how."""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from aws.bench.naming import Asked

Kind = Literal["lose_reply", "error", "throttle", "deny", "expire", "delay"]


@dataclass
class Fault:
    """One rule.

    The request is executed for `lose_reply`, whose connection is then dropped, and after a `delay` of `seconds`. For the
    others it is answered with an error instead.
    """

    kind: Kind
    #: shell patterns of the names; * is any
    action: str = "*"
    service: str = "*"
    bucket: str = "*"
    key: str = "*"
    #: "client", "job", "execution-role"; * is anyone
    caller: str = "*"
    #: how many of the requests that fit are hit, from 0 to 1, drawn with `seed`
    share: float = 1.0
    #: how many are hit at most; None is without end
    times: int | None = None
    #: for `error`: 500 or 503
    status: int = 500
    #: for `delay`
    seconds: float = 0.0
    seed: int = 0
    #: how many were hit so far
    hits: int = 0
    _chance: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"{self.kind} is no kind of fault: {', '.join(get_args(Kind))}")
        self._chance = random.Random(self.seed)

    def hit(self, asked: Asked, caller: str) -> bool:
        """Tell whether this request is one of those that go wrong, and count it."""
        fits = (
            fnmatchcase(asked.service, self.service)
            and fnmatchcase(asked.action, self.action)
            and fnmatchcase(asked.bucket or "", self.bucket)
            and fnmatchcase(asked.key or "", self.key)
            and fnmatchcase(caller, self.caller)
        )
        if not fits or (self.times is not None and self.hits >= self.times) or self._chance.random() >= self.share:
            return False
        self.hits += 1
        return True

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}


class Faults:
    """The rules in force; the first that hits a request decides, except that delays add up."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, rule: Fault) -> None:
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def to_json(self) -> list[dict[str, Any]]:
        with self._lock:
            return [rule.to_json() for rule in self._rules]

    def drawn(self, asked: Asked, caller: str) -> tuple[float, Fault | None]:
        """Return the seconds to wait, and the rule that hits, if one does."""
        seconds = 0.0
        with self._lock:
            for rule in self._rules:
                if not rule.hit(asked, caller):
                    continue
                if rule.kind != "delay":
                    return seconds, rule
                seconds += rule.seconds
        return seconds, None
