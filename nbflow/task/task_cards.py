"""The cards of one attempt: `current.card` while its body runs, looks at them on the way, and all of them in the end."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflow.code.module import LiveDefinitions
from nbflow.model.artifact import Manifest
from nbflow.model.card import CardAsk, CardContent, CardRef
from nbflow.model.record import Failure
from nbflow.model.task import CodeStatement, TaskSpec
from nbflow.store.store import Store
from nbflow.task.carding import CurrentCards, OneCard
from nbflow.task.outputs import Warned
from nbflow.task.secrets import masked

if TYPE_CHECKING:
    from nbflow.task.card_types import CardTypes

#: a loop may have something new to say each time
_MOST_TOLD = 20


class TaskCards:
    """What a step's cards need of its task. A step that asks for none, and does not name `current.card`, pays nothing."""

    def __init__(self, spec: TaskSpec, told: list[Warned], graph: Callable[[], Any]) -> None:
        """Take the task, and where to say what could not be done."""
        self._spec = spec
        self._told = told
        self._graph = graph
        self._live: LiveDefinitions | None = None
        self._statements: tuple[CodeStatement, ...] = ()
        self._data: dict[int, Any] = {}
        #: when each card was last shown, and how often
        self._shown_at: dict[int, float] = {}
        self._rounds = 0
        #: variable → a secret that is in no card
        self.withheld: Mapping[str, str] = {}

    def stand_on(self, live: LiveDefinitions, statements: Iterable[CodeStatement]) -> None:
        """Find custom types in these definitions, too."""
        self._live, self._statements = live, tuple(statements)

    @cached_property
    def current(self) -> CurrentCards:
        """What `current.card` is."""
        cards = [self._card(ask) for ask in self._spec.cards]
        name = self._spec.step
        asking = f"put @card above step {name}" if self._spec.method else f"write --card behind %%step {name}"
        return CurrentCards(name, cards, self._tell, asking=asking)

    def made(self, store: Store, manifest: Manifest | None, failure: Failure | None) -> list[list[Any]]:
        """Make all cards, store them and return their references as JSON. Only an interrupt ends it early."""
        if not self._spec.cards:
            return []
        cards = (self._made(card, manifest, failure) for card in self.current)
        return [_kept(store, card).to_json() for card in cards if card is not None]

    def _card(self, ask: CardAsk) -> OneCard:
        editable, there = self._types.editable(ask.type), self._types.there(ask.type)
        return OneCard(ask, self._tell, self._refresh, editable=editable, there=there)

    @cached_property
    def _types(self) -> CardTypes:
        from nbflow.task.card_types import CardTypes

        return CardTypes(self._live, self._statements)

    def _made(self, card: OneCard, manifest: Manifest | None, failure: Failure | None) -> CardContent | None:
        from nbflow.task import card_making

        try:
            task = partial(self._task, manifest or Manifest({}), failure)
            return card_making.made(card, self._types, task, self._graph, self._data.get(id(card)))
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:  # it may call exit(), or be late
            self._tell_failed(card.ask, error)
            return card_making.failed(card.ask, error, self._spec.task) if card.ask.save_errors else None

    def _task(self, manifest: Manifest | None, failure: Failure | None) -> Any:
        from nbflow.task.card_task import task_so_far

        return task_so_far(self._spec, manifest, failure)

    # ---- on the way

    def _refresh(self, card: OneCard, data: Any, force: bool) -> None:  # noqa: FBT001 - see carding.Refresh
        if data is not None:
            self._take(card, data)
        now = time.monotonic()
        last = self._shown_at.get(id(card))
        if not self._spec.root or (not force and last is not None and now - last < card.ask.refresh_interval):
            return
        self._shown_at[id(card)] = now
        try:
            self._show(card)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:  # as above
            if type(error).__name__ == "TimeoutException":
                # the step's own time is over
                raise
            self._tell_failed(card.ask, error)

    def _take(self, card: OneCard, data: Any) -> None:
        try:
            # as it is now, whatever becomes of it
            self._data[id(card)] = json.loads(json.dumps(data))
        except (TypeError, ValueError, RecursionError) as error:
            self._tell("K027", {"card": card.ask.told, "step": self._spec.step, "message": str(error)[:200]})

    def _show(self, card: OneCard) -> None:
        from nbflow.task import card_making
        from nbflow.task.alarm import alarm
        from nbflow.task.card_types import OURS

        kind = None if card.ask.type in OURS else self._types.find(card.ask.type)
        if kind is not None and not getattr(kind, "RUNTIME_UPDATABLE", False):
            return
        self._rounds += 1
        data = {"user": self._data.get(id(card)), "mode": "render_runtime", "render_seq": self._rounds}
        with alarm(card.ask.timeout, card_making.late):
            content = card_making.content(card, self._types, partial(self._task, None, None), self._graph, data)
        number = next(number for number, each in enumerate(self.current) if each is card)
        _write(self._path(number), _bytes(content, self.withheld))

    def _path(self, number: int) -> Path:
        from nbflow.workspace import Workspace

        flow, run, step, task = self._spec.task.split("/")
        workspace = Workspace(Path(self._spec.root))
        return workspace.live_card_path(flow, run, step, task, self._spec.attempt, number)

    # ---- telling

    def _tell_failed(self, ask: CardAsk, error: BaseException) -> None:
        from nbflow.errors import CardError
        from nbflow.task.card_making import reason

        if isinstance(error, CardError) and (found := error.problems[0]).code == "K024":
            # it says itself what there is
            self._tell(found.code, dict(found.facts))
            return
        facts = {"card": ask.told, "step": self._spec.step, "message": reason(error)}
        self._tell("K023", facts)

    def _tell(self, code: str, facts: dict[str, str]) -> None:
        if (code, facts) in self._told or len(self._told) > _MOST_TOLD:
            return
        self._told.append((code, facts))


def _kept(store: Store, card: CardContent) -> CardRef:
    data = _bytes(card, store.withheld)
    return CardRef(card.type, card.id, store.put_bytes(data), len(data), failed=bool(card.error))


def _bytes(card: CardContent, withheld: Mapping[str, str]) -> bytes:
    """Return a card as it is written, without secrets."""
    data = card.to_bytes()
    return masked(data.decode(), withheld).encode() if withheld else data


def _write(path: Path, data: bytes) -> None:
    """The file holds `data`, and whoever reads it finds all of it or what was there before."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    half.write_bytes(data)
    half.replace(path)
