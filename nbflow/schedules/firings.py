"""A firing as it is kept: what was decided, who carried it out, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from nbflow.cards.figures import duration
from nbflow.frozen import frozen

#: run it, now or when its turn comes; or not, because one before still ran, or because nobody looked in time
Decision = Literal["run", "skip", "missed"]
State = Literal["waiting", "running", "succeeded", "failed", "lost", "skipped", "missed"]

#: states that nothing comes after
FINAL: frozenset[State] = frozenset({"succeeded", "failed", "lost", "skipped", "missed"})


@frozen
class Claim:
    """What was decided about an occurrence, and the command that carries it out."""

    decision: Decision
    #: when it was due
    moment: datetime
    #: when it was decided
    at: datetime
    why: str = ""
    #: what is run, its environment beside the usual, and where
    words: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    cwd: str = "."
    #: somebody who asked for it now, whatever the clock says
    by_hand: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "decision": self.decision,
            "moment": self.moment.isoformat(),
            "at": self.at.isoformat(),
            "why": self.why,
            "words": list(self.words),
            "environment": dict(self.environment),
            "cwd": self.cwd,
            "by_hand": self.by_hand,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Claim:
        return cls(
            raw["decision"],
            datetime.fromisoformat(raw["moment"]),
            datetime.fromisoformat(raw["at"]),
            raw["why"],
            tuple(raw["words"]),
            tuple(raw["environment"].items()),
            raw["cwd"],
            raw["by_hand"],
        )


@frozen
class Firing:
    """One firing of the schedule with `id`."""

    id: str
    key: str
    claim: Claim
    #: `owner` (host:pid) and `at`
    begun: Mapping[str, Any] | None = None
    #: `run`, the id of the run that it made
    run: Mapping[str, Any] | None = None
    #: `at`, `code`, the exit code or None where nobody saw it, and `why`
    ended: Mapping[str, Any] | None = None

    @property
    def state(self) -> State:
        """How it stands."""
        if self.claim.decision != "run":
            return "skipped" if self.claim.decision == "skip" else "missed"
        if self.ended is not None:
            if self.ended.get("missed"):
                return "missed"
            code = self.ended.get("code")
            return "lost" if code is None else "failed" if code else "succeeded"
        return "running" if self.begun is not None else "waiting"

    @property
    def began_at(self) -> datetime | None:
        """When its process began."""
        return _moment(self.begun)

    @property
    def ended_at(self) -> datetime | None:
        """When it ended."""
        return _moment(self.ended)

    @property
    def run_id(self) -> str:
        """The run that it made; empty: none yet."""
        return str((self.run or {}).get("run", ""))

    @property
    def why(self) -> str:
        """Why it is as it is, in one line, or an empty text."""
        return str((self.ended or {}).get("why") or self.claim.why)

    def told(self, flow: str, now: datetime | None = None) -> str:
        """Return how it stands, in a line; `flow` is what it runs, `now` the time, to say how long it has gone on."""
        began, ended = self.began_at, self.ended_at
        took = f" after {duration((ended - began).total_seconds())}" if began and ended else ""
        if began and ended is None and now is not None:
            took = f" for {duration((now - began).total_seconds())}"
        run = f", {flow}/{self.run_id}" if self.run_id else ""
        why = "" if not self.why else f" ({self.why})" if self.state == "succeeded" else f": {self.why}"
        return f"{self.state}{took}{run}{why}"


def _moment(noted: Mapping[str, Any] | None) -> datetime | None:
    return datetime.fromtimestamp(noted["at"], UTC) if noted else None
