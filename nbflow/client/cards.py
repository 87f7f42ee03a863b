"""The cards of a task, as the client has them: `get_cards("sales/12/report/0")`."""

from __future__ import annotations

import hashlib
import re
import tempfile
import webbrowser
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NoReturn, overload

from nbflow.cards.figures import several, size
from nbflow.cards.html import Html
from nbflow.cards.printable import one_line
from nbflow.client.card_page import framed_card, page_of, standing_alone, text_of_card
from nbflow.client.facts import RunFacts, by_step
from nbflow.client.run import Run
from nbflow.client.step import Step
from nbflow.client.task import Task
from nbflow.client.thing import moment, said
from nbflow.errors import did_you_mean, raise_for
from nbflow.model.card import DEFAULT, SHORT, CardContent, CardRef
from nbflow.model.record import TaskRecord

__all__ = ["Card", "CardContainer", "get_cards"]


class Card:
    """One card of a task. What is in it is read when it is asked for.

    It is untrusted: where it is shown, none of its scripts run and nothing is fetched, whatever it says.
    """

    def __init__(
        self,
        task: Task,
        kind: str,
        name: str | None,
        mark: str,
        read: Callable[[], CardContent],
        *,
        stored: int = 0,
        at: float | None = None,
        live: bool = False,
        failed: bool = False,
    ) -> None:
        """Take what is known of it without reading it; see `get_cards`."""
        self._task = task
        #: as in `default` or `blank`, also where it could not be made
        self.type = kind
        #: what `@card(id=…)` calls it
        self.id = name
        #: the first digits of the digest of its content
        self.hash = mark
        #: bytes of it; 0: it is made when it is read
        self.size = stored
        #: it is of a task that has not ended, as it was last
        self.live = live
        #: it says only why it could not be made
        self.failed = failed
        self._read = read
        self._at = at

    @property
    def pathspec(self) -> str:
        """The task it is of."""
        return self._task.pathspec

    @property
    def origin_pathspec(self) -> str | None:
        """The task that made it, when this one took over its result."""
        return self._task.origin_pathspec

    @property
    def from_resumed(self) -> bool:
        """Another task made it, whose result this one took over."""
        return self.origin_pathspec is not None

    @property
    def created_on(self) -> datetime | None:
        """When it was made."""
        return moment(self._at)

    @property
    def filename(self) -> str:
        """What a file of it is called, as in `default-report-0123456789.html`."""
        return f"{'-'.join(filter(None, (self.type, self.id, self.hash)))}.html"

    @property
    def path(self) -> str:
        """Its place, which no other card has: `sales/12/report/0/cards/default-report-0123456789.html`."""
        return f"{self.pathspec}/cards/{self.filename}"

    @property
    def title(self) -> str:
        """What stands over it."""
        return " · ".join(filter(None, (self.pathspec, self.id or ("" if self.type == DEFAULT else self.type))))

    @cached_property
    def content(self) -> CardContent:
        """What is stored of it."""
        return self._read()

    def get(self, *, scripts: bool = False) -> str:
        """Return it as a page of HTML that fetches nothing.

        Args:
            scripts: let those of a custom type run, which may show anything and still fetch nothing.
        """
        return page_of(self._task, self.content, self.title, scripts=scripts)

    def get_data(self) -> Any:
        """Return what the last `current.card.refresh(data)` was given, None where there was none."""
        return self.content.data

    @property
    def text(self) -> str:
        """The same as text."""
        return text_of_card(self._task, self.content)

    def save(self, file: str | Path | None = None, *, scripts: bool = False) -> Path:
        """Write it as a page that a browser opens safely, and return its file; without one, among temporary files."""
        if file is None:
            folder = Path(tempfile.mkdtemp(prefix="nbflow-card-"))
            file = folder / re.sub(r"[^\w.-]+", "-", f"{self.pathspec}-{self.filename}")
        path = Path(file)
        page = standing_alone(self._task, self.content, self.title, scripts=scripts)
        path.write_text(page, encoding="utf-8")
        return path

    def view(self, *, scripts: bool = False) -> Path:
        """Show it in a browser, and return the file that the browser is given."""
        path = self.save(scripts=scripts)
        webbrowser.open(path.as_uri())
        return path

    @property
    def caption(self) -> str:
        """In a line what it is, when it was made and how large it is."""
        facts = [
            self.title,
            "its task still runs" if self.live else "",
            f"made by {self.origin_pathspec}" if self.from_resumed else "",
            said(self.created_on),
            size(self.size) if self.size else "",
        ]
        return " · ".join(filter(None, facts))

    def framed(self, *, drawing: bool = True) -> Html:
        """Return it as a notebook shows it: its caption, its page in a sandbox, its text.

        Args:
            drawing: draw its interactive figures. That makes some megabytes of it; without, words stand for them.
        """
        return framed_card(self._task, self.content, self.caption, self.title, drawing=drawing)

    def _repr_html_(self) -> str:
        return str(self.framed())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's protocol
        printer.text(repr(self) if cycle else f"{one_line(self.caption)}\n\n{self.text}".rstrip())

    def __repr__(self) -> str:
        name = f" {self.id}" if self.id else ""
        return f"<Card{name} of {self.pathspec}: {self.type}{', live' if self.live else ''}>"


class CardContainer(Sequence[Card]):
    """The cards of a task, in the order their step asks for them. In a notebook it shows them all."""

    def __init__(self, task: Task, cards: Sequence[Card]) -> None:
        self._task = task
        self._cards = tuple(cards)

    @property
    def from_resumed(self) -> bool:
        """Another task made them, whose result this one took over."""
        return self._task.origin_pathspec is not None

    @property
    def origin_pathspec(self) -> str | None:
        """The task that made them, when this one took over its result."""
        return self._task.origin_pathspec

    @overload
    def __getitem__(self, which: int) -> Card: ...
    @overload
    def __getitem__(self, which: str) -> Card: ...
    @overload
    def __getitem__(self, which: slice) -> CardContainer: ...
    def __getitem__(self, which: int | str | slice) -> Card | CardContainer:
        """Return the card of a number or an id."""
        if isinstance(which, slice):
            return CardContainer(self._task, self._cards[which])
        if isinstance(which, int):
            return self._cards[which]
        for card in self._cards:
            if card.id == which:
                return card
        return raise_missing(self._task.pathspec, self._cards, {"id": which})

    def __len__(self) -> int:
        return len(self._cards)

    def __iter__(self) -> Iterator[Card]:
        return iter(self._cards)

    def _repr_html_(self) -> str:
        return "\n".join(card._repr_html_() for card in self)

    def __repr__(self) -> str:
        lines = [f"  {card.id or '':<16}{card.type:<16}{card.hash}" for card in self]
        return "\n".join([f"{self._task.pathspec} has {several(len(self), 'card')}", *lines])


def get_cards(
    task: Task | str,
    id: str | None = None,  # noqa: A002 - as Metaflow has them
    type: str | None = None,  # noqa: A002 - Metaflow's signature
    follow_resumed: bool = True,  # noqa: FBT001, FBT002 - Metaflow's signature
) -> CardContainer:
    """Return the cards of a task: those its step asks for; of a task without any, the default card that each task has.

    Of one that runs they are as they were last shown, by `current.card.refresh()`.

    Args:
        task: a task, or its pathspec.
        id: only the card with this id.
        type: only cards of this type.
        follow_resumed: of a task that took over a result, the cards of the task that ran for it.

    Raises:
        CardError: K031, it is no task.
        NotFoundError: there is no such task.
    """
    found = _task_of(task)
    cards = cards_of(found, follow_resumed=follow_resumed)
    cards = [card for card in cards if (id is None or card.id == id) and (type is None or card.type == type)]
    if not cards and id is None and type in {None, DEFAULT} and _has_begun(found):
        cards = [default_card(found)]
    return CardContainer(found, cards)


def cards_of(task: Task, *, follow_resumed: bool = True) -> list[Card]:
    """Return the cards that a task's step asks for, as far as they were made."""
    record = task._record  # noqa: SLF001 - the cards are of the client, too
    if record.cards:
        return [_stored(task, record, ref) for ref in record.cards] if follow_resumed or not record.origin else []
    # those of a task that was killed are as they were last
    return list(_live(task, record))


def tasks_of(run: Run, step: str | None = None) -> list[Task]:
    """Return the tasks of a run, or of one step, in flow order and as they stand now: all of them read at once."""
    workspace, (flow, name) = run._workspace, run.path_components  # noqa: SLF001 - as above
    facts = _Snapshot(workspace, flow, name)
    names = [facts.require_step(step).name] if step else [each.name for each in facts.steps()]
    records = by_step(facts.tasks())
    places = (f"{run.pathspec}/{record.step}/{record.id}" for name in names for record in records.get(name, ()))
    return [Task(place, workspace=workspace, namespace=None, facts=facts) for place in places]


def last_steps_first(tasks: Iterable[Task]) -> list[Task]:
    """Return tasks of a run in flow order the other way round, those of one step as they were."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.path_components[2], []).append(task)
    return [task for step in reversed(found.values()) for task in step]


class _Snapshot(RunFacts):
    """The records of a run as they were when they were first asked for: a run that goes on is read once, not per task."""

    _read: dict[str, dict[str, TaskRecord]] | None = None

    def _by_step(self) -> dict[str, dict[str, TaskRecord]]:
        if self._read is None:
            tasks = by_step(super().tasks())
            self._read = {step: {each.id: each for each in records} for step, records in tasks.items()}
        return self._read

    def tasks(self, step: str | None = None) -> tuple[TaskRecord, ...]:
        """Return the run's tasks, or those of one step."""
        found = self._by_step()
        return tuple(each for name in (found if step is None else (step,)) for each in found.get(name, {}).values())

    def task(self, step: str, task: str) -> TaskRecord:
        """Return one task. Raises M003, M004."""
        return self._by_step().get(step, {}).get(task) or super().task(step, task)


def default_card(task: Task) -> Card:
    """Return the card that every task has: made of its record when it is read."""
    record = task._record  # noqa: SLF001 - as above
    mark = hashlib.sha256(f"{task.pathspec} {record.attempt}".encode()).hexdigest()[:SHORT]
    made = record.finished_at or record.started_at
    running = not record.status.ended
    return Card(task, DEFAULT, None, mark, lambda: CardContent(DEFAULT, None, ""), at=made, live=running)


def raise_missing(place: str, cards: Sequence[Card], wanted: dict[str, str | None]) -> NoReturn:
    """Raise K030: none of `cards` is what is wanted."""
    said = " and ".join(f"with the {name} {value}" for name, value in wanted.items() if value)
    known = [card.id for card in cards if card.id]
    listed = ", ".join(" ".join(filter(None, (card.type, card.id, card.hash))) for card in cards)
    raise_for(
        "K030",
        task=place,
        wanted=said,
        hint=did_you_mean(name, known) if (name := wanted.get("id")) else "",
        why=f"it has {listed}" if listed else "its step asks for none: it has the default card of every task",
        fix="ask for one of these" if listed else "leave the id and the type out",
    )


def _task_of(task: Any) -> Task:
    if isinstance(task, Task):
        return task
    if isinstance(task, Step):
        tasks = list(task)
        if len(tasks) == 1:
            return tasks[0]
        example = f"{task.pathspec}/{tasks[0].id}" if tasks else f"{task.pathspec}/0"
        raise_for(
            "K031", what=f"the step {task.pathspec}", why=f"it has {several(len(tasks), 'task')}", example=example
        )
    if isinstance(task, str):
        parts = task.split("/")
        if len(parts) == 4:
            return Task(task, namespace=None)
        if len(parts) == 3:
            return _task_of(Step(task, namespace=None))
        example = "/".join((*parts[:4], *("sales", "12", "report", "0")[len(parts) :]))
        raise_for("K031", what=f"'{one_line(task, 60)}'", why="its pathspec has four parts", example=example)
    kind = type(task).__name__
    return raise_for("K031", what=f"a value of type {kind}", why="", example="sales/12/report/0")


def _has_begun(task: Task) -> bool:
    status = task._record.status  # noqa: SLF001 - as above
    return status.value not in {"waiting", "ready", "skipped"}


def _stored(task: Task, record: TaskRecord, ref: CardRef) -> Card:
    store = task._workspace.store  # noqa: SLF001 - as above
    return Card(
        task,
        ref.type,
        ref.id,
        ref.hash,
        lambda: CardContent.from_bytes(store.get_bytes(ref.digest)),
        stored=ref.size,
        at=record.finished_at,
        failed=ref.failed,
    )


def _live(task: Task, record: TaskRecord) -> Iterator[Card]:
    """Yield the cards as the worker last showed them; a file may go at any moment."""
    flow, run, step, number = task.path_components
    for path in task._workspace.live_cards(flow, run, step, number, record.attempt):  # noqa: SLF001 - as above
        try:
            data, made = path.read_bytes(), path.stat().st_mtime
            content = CardContent.from_bytes(data)
        except (OSError, ValueError):
            continue
        mark = hashlib.sha256(data).hexdigest()[:SHORT]
        going_on = not record.status.ended
        read = partial(CardContent.from_bytes, data)
        yield Card(task, content.type, content.id, mark, read, stored=len(data), at=made, live=going_on)
