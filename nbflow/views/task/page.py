"""The page of a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from nbflow.cards import html as h
from nbflow.cards.figures import size
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import mark
from nbflow.cards.printable import log_text, one_line, tail
from nbflow.client.facts import RunFacts
from nbflow.model.record import AttemptRecord
from nbflow.views.inline import parts
from nbflow.views.pace import Pace
from nbflow.views.places.page import title, trail
from nbflow.views.task import logfile, sections
from nbflow.views.task.displayed import LIVE, SAVED, as_text, displayed
from nbflow.views.task.inputs import left
from nbflow.views.task.logpane import LogPane
from nbflow.views.task.opened import Opened
from nbflow.views.task.reading import Reader, Told

#: lines and characters of a log in a file; of an attempt that is not the last, and how many of those there are
_LINES, _LONG, _OTHER_LINES, _OTHERS = 200, 16_000, 40, 3
#: lines of a traceback in a terminal
_TRACE = 60
_SHEET = "font-size:13px;line-height:1.5;margin:4px 0 8px 0"


class TaskPage:
    """A task, at one of its attempts."""

    def __init__(self, facts: RunFacts, step: str, task: str) -> None:
        """Read it. Raises M003, M004."""
        self._reader = Reader(facts, step, task)
        self._pace = Pace()
        self._chosen: int | None = None
        self._logs = LogPane()
        self._opened = Opened(facts)
        self._told = self._read()

    def regions(self) -> Mapping[str, Html]:
        told, link = self._told, sections.live_link
        return {
            "title": self._title(live=True),
            "facts": sections.facts(told, link),
            "failure": sections.failure(told),
            "attempts": sections.attempts(told, live=True),
            "loghead": sections.heading(self._log_name()),
            **self._logs.regions(),
            "displayed": self._displayed(LIVE),
            "cards": self._cards(),
            "given": sections.given(told, link),
            "left": sections.kept(told, live=True),
            "previews": self._opened.artifacts(),
            "notes": sections.notes(told.task),
            "environment": sections.environment(told),
            "code": sections.code(told),
        }

    def static(self) -> Html:
        told, link = self._told, sections.plain
        shown = [
            self._title(live=False),
            sections.facts(told, link),
            sections.failure(told),
            sections.attempts(told, live=False),
            *self._saved_logs(),
            self._displayed(SAVED),
            sections.given(told, link),
            sections.kept(told, live=False),
            sections.cards(told),
            sections.notes(told.task),
            sections.environment(told),
            sections.code(told),
        ]
        return h.block(sections.joined(shown), style=_SHEET)

    def text(self) -> str:
        told = self._told
        task = told.task
        lines = [f"{mark(task.status.value)} {told.place} {task.status.value}"]
        known = sections.facts_of(told, sections.plain)
        lines += [f"  {name:<12}{one_line(value, 160)}" for name, value in known if value]
        if task.failure:
            lines += ["  failed with", *_indented(tail(log_text(task.failure.traceback or task.failure.told), _TRACE))]
        for each in told.given:
            said = (one_line(each.name, 80), each.type, each.summary, "from", one_line(each.origin, 80))
            lines.append(f"  given       {' '.join(filter(None, said))}")
        if task.manifest:
            lines += [f"  left        {' '.join(filter(None, row))}" for row in left(task.manifest.own)]
        for shown in as_text(told.displayed):
            lines += ["  displayed", *_indented(shown)]
        for name, end in self._ends(told.logs, _OTHER_LINES, _LONG // 4):
            lines += [f"  {name}", *_indented(end)]
        return "\n".join(lines)

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        if act == "attempt" and argument.isdecimal():
            self._chosen = int(argument)
            self._told = self._read()
            self._opened.forget()
        elif act == "open":
            self._opened.toggle_artifact(argument, self._told)
        elif act == "card" and argument.isdecimal():
            self._opened.toggle_card(int(argument))
        else:
            self._logs.act(act, argument, fields)

    def poll(self) -> bool:
        if self._told.task.status.ended and self._told.run.status.ended:
            return False
        wrote = self._logs.poll()
        if not self._pace.due():
            return wrote
        before, self._told = self._told, self._read()
        return wrote or not self._told.task.status.ended or self._told.task != before.task

    # ----

    def _read(self) -> Told:
        told = self._pace.timed(lambda: self._reader.read(self._chosen))
        tried = told.tried
        self._logs.open(told.logs, ended=tried is None or tried.status.ended, command=f"nbflow logs {told.place}")
        return told

    def _title(self, *, live: bool) -> Html:
        told = self._told
        more: list[Content] = [h.faint("\u00a0 caught")] if told.task.caught else []
        if live and (told.before or told.after):
            more += ["\u00a0 ", self._beside("‹", told.before), " ", self._beside("›", told.after)]
        return title(told.task.status.value, trail(told.place, live=live), *more)

    def _beside(self, label: str, task: str | None) -> Html:
        """Return what leads to a task beside this one."""
        step = self._told.place.rpartition("/")[0]
        said = f"task {task}" if task is not None else "there is none"
        return parts.button(label, "go", f"{step}/{task}", title=said, disabled=task is None)

    def _log_name(self) -> str:
        return f"log of attempt {self._told.attempt + 1}" if len(self._told.attempts) > 1 else "log"

    def _displayed(self, room: int) -> Html:
        if not self._told.displayed:
            return Html("")
        return h.block(sections.heading("displayed"), *displayed(self._told.displayed, self._told.place, room))

    def _cards(self) -> Html:
        shown = self._opened.cards(self._told)
        return h.block(sections.heading("cards"), shown) if shown else Html("")

    def _saved_logs(self) -> list[Html]:
        told = self._told
        shown = [
            h.block(h.faint(said), h.preformatted(text, height=300))
            for said, text in self._ends(told.logs, _LINES, _LONG)
        ]
        head = [sections.heading(self._log_name())] if shown else []
        others = [each for each in told.attempts if each.number != told.attempt]
        return [*head, *shown, *(self._saved_attempt(each) for each in others[-_OTHERS:])]

    def _saved_attempt(self, tried: AttemptRecord) -> Html:
        logs = self._told.files.get(tried.number, {})
        shown = [
            h.block(h.faint(said), h.preformatted(text, height=200))
            for said, text in self._ends(logs, _OTHER_LINES, _LONG // 8)
        ]
        failed = [sections.failed(tried.failure, "failed", _LONG // 8)] if tried.failure else []
        return h.details(f"attempt {tried.number + 1}: {tried.status.value}", *failed, *shown)

    def _ends(self, logs: Mapping[str, Path], lines: int, most: int) -> Iterator[tuple[str, str]]:
        """Yield the name and the end of each log that has something."""
        for name, path in logs.items():
            if count := logfile.size_of(path):
                piece = logfile.before(path, lines=lines)
                rest = f", the end of {size(count)};  nbflow logs {self._told.place}  prints all of it"
                yield name + ("" if piece.whole else rest), _end_of(piece, lines, most)


def _end_of(piece: logfile.Piece, lines: int, most: int) -> str:
    text = tail("\n".join(piece.lines), lines)
    return text if len(text) <= most else f"… {len(text) - most:,} characters before\n{text[-most:]}"


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.splitlines()]
