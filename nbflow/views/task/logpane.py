"""A task's logs on a live page: the end, which follows; pages back; and a search that shows lines with those around."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from nbflow.cards import html as h
from nbflow.cards.figures import several, size
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import GREY
from nbflow.views.inline import parts
from nbflow.views.task import logfile
from nbflow.views.task.logfile import Piece
from nbflow.views.task.search import MOST, Search
from nbflow.views.task.sought import Sought, sought

#: lines with a match on a page; bytes that an expression looks through unless more is asked for
_HITS, _SLOW = 50, 64_000_000
_CONTEXTS = ("0", "2", "5", "10")
_FOUND = "background-color:rgba(255,190,30,0.5);border-radius:2px"


class LogPane:
    """What of a task's logs is shown. `files` by stream are those of the chosen try."""

    def __init__(self) -> None:
        self._files: Mapping[str, Path] = {}
        self._command = ""
        self._ended = False
        self.stream = "stdout"
        self._sizes: dict[str, int] = {}
        self._fields = {"sought": "", "context": "2"}
        self._expression = False
        self._search: Search | None = None
        #: how much of the log is looked through
        self._most = MOST
        #: of the matches the page that is shown, 0 is the newest
        self._page = 0
        #: where the piece that is shown begins (for later pages), or ends (for earlier ones); neither: the end, which follows
        self._start: int | None = None
        self._end: int | None = None
        self._piece: Piece | None = None

    def open(self, files: Mapping[str, Path], *, ended: bool, command: str) -> None:
        """Show the logs `files`, of a try that goes on unless it has `ended`; `command` prints them in a terminal."""
        self._ended, self._command = ended, command
        if files == self._files:
            return
        self._files = files
        self._sizes = self._measured()
        if not self._sizes.get(self.stream):
            self.stream = next((name for name, count in self._sizes.items() if count), self.stream)
        self._turn()
        self._look()

    def poll(self) -> bool:
        """Look for what was written since; return whether there was something."""
        before, self._sizes = self._sizes, self._measured()
        if self._sizes == before:
            return False
        if self._search is not None:
            self._search.go_on(ended=self._ended)
        return True

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> bool:
        """Do what a control of the pane asks for; return whether it was one. Raises V040, V041."""
        match act:
            case "stream" if argument in self._files:
                self.stream = argument
                self._turn()
                self._look()
            case "log":
                self._go(argument)
            case "matches" if argument.isdecimal():
                self._page = int(argument)
            case "further":
                self._most += self._limit
                self._look()
            case "expression":
                self._expression = not self._expression
                self._look_for(fields)
            case "fields" if "sought" in fields:
                self._look_for(fields)
            case _:
                return False
        return True

    # ---- what is shown

    def regions(self) -> Mapping[str, Html]:
        if not any(self._sizes.values()):
            nothing = "nothing was written" if self._ended else "nothing is written yet"
            return {"log": h.block(h.faint(nothing))}
        return {"logstreams": self._streams(), "logsearch": self._controls(), "log": self._shown()}

    def _streams(self) -> Html:
        tabs: list[Content] = []
        for name, count in self._sizes.items():
            kind = "primary" if name == self.stream else ""
            label = f"{name} {size(count)}" if count else f"{name} –"
            tabs.append(parts.button(label, "stream", name, kind=kind, disabled=not count))
        hint = h.join([h.faint("all of it:"), " ", h.code(self._command)])
        return parts.bar(*tabs, hint)

    def _controls(self) -> Html:
        around: list[tuple[str, Content]] = [(each, f"± {several(int(each), 'line')}") for each in _CONTEXTS]
        expression = parts.tick("expression", "", on=self._expression, title="read it as a regular expression")
        return parts.bar(
            parts.field("sought", self._fields["sought"], placeholder="search the log", width=220),
            h.tag("label", expression, " ", h.faint(".*", title="regular expression")),
            parts.choice("context", around, self._fields["context"], label="lines around a match"),
            self._count(),
        )

    def _count(self) -> Html:
        search = self._search
        if search is None:
            return Html("")
        if not search.lines:
            return h.faint("not found")
        said = f"{search.found:,} in {search.lines:,} {'line' if search.lines == 1 else 'lines'}"
        return h.text(said, "font-weight:bold")

    def _shown(self) -> Html:
        return self._matches(self._search) if self._search is not None else self._text()

    # ---- reading on

    def _text(self) -> Html:
        piece = self._piece = self._read()
        follows = self._start is None and self._end is None
        lines = "\n".join(piece.lines)
        box = h.preformatted(lines or " ")
        if follows:
            # the newest line is seen first, and stays so while more come
            style = "display:flex;flex-direction:column-reverse;max-height:420px"
            shown = h.tag("div", box, style=style, **{"class": "nbf-scrolled"})
        else:
            shown = parts.scrolled(box, height=420)
        return h.block(self._pager(piece, follows=follows), shown)

    def _pager(self, piece: Piece, *, follows: bool) -> Html:
        if piece.whole:
            return Html("")
        said = f"{size(piece.end - piece.start)} of {size(piece.size)} are shown"
        said += ", the newest" if follows else f", {size(piece.start)} from the start"
        return parts.bar(
            parts.button("earlier", "log", "earlier", disabled=piece.start == 0),
            parts.button("later", "log", "later", disabled=piece.end >= piece.size),
            parts.button("start", "log", "start", disabled=piece.start == 0),
            parts.button("end", "log", "end", disabled=follows),
            h.faint(said),
        )

    def _read(self) -> Piece:
        path = self._files[self.stream]
        if self._start is not None:
            return logfile.after(path, self._start)
        return logfile.before(path, self._end)

    def _go(self, where: str) -> None:
        piece = self._piece or self._read()
        self._start, self._end = {
            "earlier": (None, piece.start),
            "later": (piece.end, None),
            "start": (0, None),
        }.get(where, (None, None))
        if where == "later" and piece.end >= logfile.size_of(self._files[self.stream]):
            self._start = None

    # ---- searching

    def _look_for(self, fields: Mapping[str, str]) -> None:
        given = {"sought": fields.get("sought", ""), "context": fields.get("context", "2")}
        self._fields = {**given, "context": given["context"] if given["context"] in _CONTEXTS else "2"}
        self._most = self._limit
        self._look()

    @property
    def _limit(self) -> int:
        return _SLOW if self._expression else MOST

    def _look(self) -> None:
        self._page = 0
        before, self._search = self._search, None
        wanted = sought(self._fields["sought"].replace("\n", " "), expression=self._expression)
        if wanted is None or self.stream not in self._files:
            return
        path = self._files[self.stream]
        same = before is not None and (before.path, before.sought, before.most) == (path, wanted, self._most)
        self._search = before if same and before is not None else Search(path, wanted, self._most)
        self._search.go_on(ended=self._ended)

    def _matches(self, search: Search) -> Html:
        notes: list[Content] = []
        if search.start > 0:
            notes += [
                h.faint(f"the newest {size(search.end - search.start)} were searched"),
                parts.button("search further back", "further"),
            ]
        count = len(search.offsets)
        last = max(0, (count - 1) // _HITS)
        self._page = min(self._page, last)
        # pages count from the newest
        end = count - self._page * _HITS
        start = max(0, end - _HITS)
        if count > _HITS:
            notes += [
                parts.button("earlier", "matches", str(self._page + 1), disabled=self._page == last),
                parts.button("later", "matches", str(self._page - 1), disabled=self._page == 0),
                h.faint(f"matching lines {start + 1:,} to {end:,} of {count:,}"),
            ]
        if not count:
            return h.block(parts.bar(*notes)) if notes else Html("")
        lines = h.join(self._excerpts(search, start, end))
        box = parts.scrolled(h.preformatted(lines), height=460)
        return h.block(parts.bar(*notes) if notes else "", box)

    def _excerpts(self, search: Search, start: int, end: int) -> Iterable[Content]:
        """Yield the lines with a match and those around, each once; a gap between two is marked."""
        context = int(self._fields["context"])
        matching = set(search.numbers[start:end])
        wide = len(str(search.numbers[end - 1] + 1 + context))
        shown = -1
        for offset, number in zip(search.offsets[start:end], search.numbers[start:end], strict=True):
            leading, line, following = logfile.around(search.path, offset, context)
            if context and shown >= 0 and number - len(leading) > shown + 1:
                yield h.text(f"{'⋯':>{wide}}\n", f"color:{GREY}")
            for place, each in enumerate(leading, number - len(leading)):
                if place > shown and place not in matching:
                    yield _line(place, wide, h.escape(each))
                    shown = place
            if number > shown:
                yield _line(number, wide, _highlighted(line, search.sought), bold=True)
                shown = number
            for place, each in enumerate(following, number + 1):
                if place in matching:
                    break
                if place > shown:
                    yield _line(place, wide, h.escape(each))
                    shown = place

    # ----

    def _turn(self) -> None:
        self._start = self._end = self._piece = None
        self._page = 0

    def _measured(self) -> dict[str, int]:
        return {name: logfile.size_of(path) for name, path in self._files.items()}


def _line(number: int, wide: int, content: Html, *, bold: bool = False) -> Html:
    ruler = h.text(f"{number + 1:>{wide}}  ", f"color:{GREY};user-select:none" + (";font-weight:bold" if bold else ""))
    return h.join([ruler, content if bold else h.text(content, h.FAINT), "\n"])


def _highlighted(line: str, wanted: Sought) -> Html:
    found, at = [], 0
    for start, end in wanted.in_line(line):
        found += [h.escape(line[at:start]), h.tag("mark", line[start:end], style=f"{_FOUND};color:inherit")]
        at = end
    return h.join([*found, line[at:]])
