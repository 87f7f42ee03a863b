"""Options of a line: words and `#|` lines → values, by a table with one row per option.

The table of `%%step` is in `step_options`; `%flow run` and the other verbs have their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nbflow.cells.converters import Converter, Unfit, word
from nbflow.cells.strays import begins_curly, fix_of, is_slip, mistyped
from nbflow.cells.text import CellText
from nbflow.cells.words import Word, split_words
from nbflow.errors import NOWHERE, Place, did_you_mean
from nbflow.frozen import frozen


@frozen
class Option:
    """One row of a table."""

    key: str
    help: str
    #: how its value is called in help; empty: a flag
    metavar: str = ""
    convert: Converter = word
    #: may be given again: its values are gathered in order, into one tuple
    repeatable: bool = False
    #: the value may be left out: then it is `absent`
    optional: bool = False
    absent: Any = True
    #: what holds when it is not given, as help says it; empty: nothing worth saying
    default: str = ""
    #: values worth offering, where they are few
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> bool:
        return not self.metavar

    @property
    def listed(self) -> bool:
        """Its value is a list `a,b`."""
        return self.metavar == "LIST"


@frozen
class Table:
    """The options of one command."""

    #: as typed, for messages: `%%step`
    command: str
    options: tuple[Option, ...]
    #: most words that are not options
    operands: int = 0
    #: keys of `#|` lines that belong to other tools and pass unread
    ignored: frozenset[str] = frozenset()
    #: for help: titles, and the keys that stand under each
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: what to do about a {word} that stands where none may
    stray: str = "drop it"
    #: what else may have been meant by an option that there is not, said before where they are listed
    known: str = ""

    @property
    def listing(self) -> str:
        """What to type to see the options."""
        # IPython's own help knows a magic, and none of its verbs
        return (
            f"{self.command} --help lists the options" if " " in self.command else f"{self.command}? lists the options"
        )

    def __getitem__(self, key: str) -> Option:
        return {option.key: option for option in self.options}[key]

    def get(self, key: str) -> Option | None:
        """Return the row of `key`, in either spelling, or None."""
        name = key.replace("_", "-")
        return next((option for option in self.options if option.key == name), None)


@frozen
class Given:
    """What a line gave an option."""

    #: converted; a tuple of them all where the option is repeatable
    value: Any
    #: the words its value was written in, for carets; a flag's own word
    words: tuple[Word, ...]


@dataclass(slots=True)
class Parsed:
    """The options of a line by key, and the words that are none."""

    given: dict[str, Given] = field(default_factory=dict)
    operands: list[Word] = field(default_factory=list)

    def value(self, key: str, default: Any = None) -> Any:
        """Return the value of option `key`, or `default` where it was not given."""
        return self.given[key].value if key in self.given else default

    @property
    def values(self) -> Mapping[str, Any]:
        """The values by key."""
        return {key: given.value for key, given in self.given.items()}


def parse_line(line: str, table: Table, place: Place = NOWHERE) -> Parsed:
    """Return the options of a line behind the table's command. Raises CellError with all that is wrong in it."""
    # its problems show the whole line, and leave to `place` where that stands
    cell = CellText(f"{table.command} {line}", place)
    parsed = parse_words(split_words(cell, 1, len(table.command)), table, cell)
    cell.problems[:] = [replace(each, place=replace(each.place, line=place.line)) for each in cell.problems]
    cell.check()
    return parsed


def parse_words(
    words: Sequence[Word], table: Table, cell: CellText, lines: Iterable[tuple[Word, Word | None]] = ()
) -> Parsed:
    """Return what `words` and then the `#|` lines (key and value) say; what is wrong is noted in `cell`."""
    parser = _Parser(table, cell)
    parser.take_words(words)
    for key, value in lines:
        parser.take_line(key, value)
    return parser.parsed


class _Parser:
    """Puts each option of a line into `parsed`."""

    def __init__(self, table: Table, cell: CellText) -> None:
        self.parsed = Parsed()
        self._table = table
        self._cell = cell
        #: keys switched off: `#| any: false`; given all the same
        self._off: set[str] = set()

    def take_words(self, words: Sequence[Word]) -> None:
        """Read `--key value`, `--key=value` and words that are no options."""
        rest = list(words)
        last: tuple[Option, Word] | None = None
        while rest:
            first = rest.pop(0)
            if not _is_option(first):
                self._take_operands([first, *self._until_option(rest)], last)
                continue
            name, equals, _ = first.text.partition("=")
            option = self._known(name[2:], first)
            value = first.part(len(name) + 1) if equals else None
            if option is None:
                # what an unknown option takes is unknown as well: say only that
                self._until_option(rest)
                continue
            if value is None and rest and not option.flag and not self._ends(rest[0]):
                value = rest.pop(0)
            last = (option, value or first)
            if value is None and not rest and self._cut_off:
                # what is missing is said already
                break
            if value is not None and self._goes_on(option, value, rest):
                self._take_operands(self._until_option(rest), last)
            else:
                self._give(option, first, value)

    @property
    def _cut_off(self) -> bool:
        """Whether the line could not be read to its end."""
        return any(each.code in {"C009", "C012"} for each in self._cell.problems)

    def _goes_on(self, option: Option, value: Word, rest: Sequence[Word]) -> bool:
        """Whether the words after `value` belong to it: `--join a, b`, `--when “x > 5”`. One mistake, said once."""
        begun = begins_curly(value) or (option.listed and value.text.endswith(","))
        return begun and bool(rest) and not self._ends(rest[0])

    def _until_option(self, rest: list[Word]) -> list[Word]:
        """Take the words up to the next option from `rest`."""
        end = next((number for number, each in enumerate(rest) if self._ends(each)), len(rest))
        taken = rest[:end]
        del rest[:end]
        return taken

    def _ends(self, each: Word) -> bool:
        """Whether `each` is an option, or one with another dash, as editors and mail make them."""
        return _is_option(each) or mistyped(each, self._table) is not None

    def take_line(self, key: Word, value: Word | None) -> None:
        """Read `#| key: value`."""
        option = self._table.get(key.text)
        if option is None and key.text in self._table.ignored:
            return
        option = option or self._known(key.text, key)
        if option is not None:
            self._give(option, key, value)

    def _known(self, key: str, at: Word) -> Option | None:
        option = self._table.get(key)
        if option is None:
            hint = did_you_mean(key.lower().replace("_", "-"), [each.key for each in self._table.options], "--{}")
            self._cell.found(
                "C005", at.line, at.column, option=f"--{key}", hint=hint, fix=self._table.known + self._table.listing
            )
        return option

    def _give(self, option: Option, at: Word, written: Word | None) -> None:
        name = f"--{option.key}"
        seen = option.key in self.parsed.given or option.key in self._off
        if seen and not option.repeatable:
            self._cell.found("C007", at.line, at.column, option=name)
            return
        try:
            value = self._converted(option, written)
        except Unfit as unfit:
            shown = written.text if written is not None and written.text else "needs a value"
            example = f"{name} {unfit.example}" if unfit.example else ""
            where = written or at
            self._cell.found(
                "C006", where.line, where.column, option=name, value=shown, expected=unfit.expected, example=example
            )
            return
        if value is False:
            self._off.add(option.key)
            return
        self._put(option, value, written or at)

    def _put(self, option: Option, value: Any, at: Word) -> None:
        old = self.parsed.given.get(option.key)
        if option.repeatable:
            value = (*(old.value if old else ()), *(value if option.listed else (value,)))
        self.parsed.given[option.key] = Given(value, (*(old.words if old else ()), at))

    def _converted(self, option: Option, written: Word | None) -> Any:
        """Return the value; False and None switch a flag or an optional value off."""
        text = written.text if written is not None else None
        if option.flag or option.optional:
            if text is None or text.lower() == "true":
                return option.absent
            if text.lower() == "false":
                return False
            if option.flag:
                raise Unfit("a flag: it is there or not, or says true or false")
        value = option.convert(text or "")
        if text is None:
            # an empty text may be a value, and nothing is none
            raise Unfit('write it behind the option, or "" for an empty one', option.metavar)
        return value

    def _take_operands(self, run: list[Word], last: tuple[Option, Word] | None) -> None:
        room = self._table.operands - len(self.parsed.operands)
        room = next((number for number, each in enumerate(run[:room]) if is_slip(each, self._table)), room)
        self.parsed.operands.extend(run[:room])
        if strays := run[room:]:
            first = strays[0]
            fix = fix_of(strays, last, self._table)
            self._cell.found("C014", first.line, first.column, word=first.text, fix=fix)


def _is_option(each: Word) -> bool:
    return each.text.startswith("--") and not each.quoted
