"""The file of settings: read, and checked as a whole, so that all that is wrong with it is told at once.

As in:

    profile = "team"                  # used unless NBFLOW_PROFILE names another
    user = "ada"                      # outside of profiles: for all of them

    [profiles.team]
    root = "s3://bucket/prefix"

    [profiles.team.batch]
    queue = "main"
    tags = { project = "sales" }
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbflow.configuration.known import BY_KEY, FILE, LISTS, TABLES, TAGS, is_secret
from nbflow.configuration.lines import Lines
from nbflow.errors import Place, Problem, did_you_mean, error, problem, raise_for
from nbflow.frozen import frozen

#: tables that a table may hold
_TABLES = (*TABLES, TAGS)
_LISTS = tuple(tuple(each.split(".")) for each in LISTS)
_AT_LINE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@frozen
class Given:
    """Settings of one table and those within it, by key; the tags of jobs apart."""

    values: Mapping[str, str]
    #: line of the file, where it could be found
    lines: Mapping[str, int]
    tags: Mapping[str, str]


@frozen
class Content:
    """What a file of settings says."""

    #: the profile that is used where nothing else is asked for
    profile: str | None
    profile_line: int | None
    #: of all profiles
    shared: Given
    profiles: Mapping[str, Given]


NOTHING = Content(None, None, Given({}, {}, {}), {})


def place(environ: Mapping[str, str]) -> Path:
    """Return the file: what NBFLOW_CONFIG names, else config.toml in $XDG_CONFIG_HOME/nbflow, else ~/.config/nbflow."""
    if own := environ.get(FILE):
        return Path(own).expanduser().absolute()
    named = environ.get("XDG_CONFIG_HOME", "")
    # a relative one is none, says the standard
    above = Path(named) if named.startswith("/") else Path(environ.get("HOME") or Path.home()) / ".config"
    return above / "nbflow" / "config.toml"


def shown(path: Path) -> str:
    """Return a path as a person writes it: from ~ where it is below."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def read(path: Path) -> Content:
    """Return what the file says, which may be missing. Raises ConfigurationError (U001 to U004, U006)."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return NOTHING
    except OSError as unreadable:
        raise_for("U002", path=shown(path), message=unreadable.strerror or unreadable)
    except UnicodeDecodeError:
        raise_for("U001", path=shown(path), message="it is not UTF-8")
    return parse(text, path)


def parse(text: str, path: Path) -> Content:
    """Return what `text` says; `path` is named where something is wrong. Raises ConfigurationError."""
    return _Reading(path, text).content(table_of(text, path))


def table_of(text: str, path: Path) -> dict[str, Any]:
    """Return `text` as TOML has it. Raises U001."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        message = str(wrong)
        found = _AT_LINE.search(message)
        number = int(found[1]) if found and found[1] else None
        place = Place(path.name).at(number, int(found[2]) - 1 if found and number else None, _line(text, number))
        raise_for("U001", place, path=shown(path), message=_AT_LINE.sub("", message))


def _line(text: str, number: int | None) -> str | None:
    lines = text.splitlines()
    return lines[number - 1] if number is not None and number <= len(lines) else None


class _Reading:
    """One file while it is read: problems are gathered."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._lines = Lines(text)
        self._problems: list[Problem] = []

    def content(self, table: dict[str, Any]) -> Content:
        """Return what a whole file says. Raises what is wrong with it."""
        profile = self._text_of(("profile",), table.pop("profile")) if "profile" in table else None
        named = table.pop("profiles", {})
        if not isinstance(named, dict):
            self._wrong("U004", ("profiles",), key="profiles", found=_kind(named), wanted="a table for each profile")
            named = {}
        shared = self._given((), table, ("profile", "profiles"))
        profiles = {}
        for name, own in named.items():
            if isinstance(own, dict):
                profiles[name] = self._given(("profiles", name), own)
            else:
                place = ("profiles", name)
                self._wrong("U004", place, key=".".join(place), found=_kind(own), wanted="a table with its settings")
        if self._problems:
            raise error(self._problems)
        return Content(profile, self._lines.of("profile"), shared, profiles)

    def _given(self, where: tuple[str, ...], table: dict[str, Any], more: tuple[str, ...] = ()) -> Given:
        values: dict[str, str] = {}
        lines: dict[str, int] = {}
        tags: dict[str, str] = {}
        for key, value in _flat(table):
            place = (*where, *key)
            name = ".".join(key)
            if name in _TABLES:
                self._wrong("U004", place, key=".".join(place), found=_kind(value), wanted="a table")
            elif name not in BY_KEY and not name.startswith(f"{TAGS}."):
                self._unknown(place, name, more)
            elif (text := self._text_of(place, value)) is None or not self._is_root(place, name, text):
                continue
            elif name in BY_KEY:
                values[name] = text
                if (line := self._lines.of(*place)) is not None:
                    lines[name] = line
            else:
                tags[key[-1]] = text
        return Given(values, lines, tags)

    def _text_of(self, place: tuple[str, ...], value: object) -> str | None:
        if isinstance(value, str) and value.strip():
            return value
        if place[-2:] in _LISTS and isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            return ", ".join(value)
        found = "empty" if isinstance(value, str) else _kind(value)
        self._wrong("U004", place, key=".".join(place), found=found, wanted='a text, as in key = "value"')
        return None

    def _is_root(self, place: tuple[str, ...], name: str, value: str) -> bool:
        if name != "root" or "://" in value or value.startswith(("/", "~")):
            return True
        self._wrong("U006", place, root=value)
        return False

    def _unknown(self, place: tuple[str, ...], name: str, more: tuple[str, ...]) -> None:
        if is_secret(name):
            self._wrong("U005", place, key=".".join(place))
            return
        known = [*BY_KEY, TAGS, *more]
        # what stands in the wrong table is known by its last word
        last = [each for each in known if each.rpartition(".")[2] == name.rpartition(".")[2]]
        hint = f" Did you mean '{last[0]}'?" if last else did_you_mean(name, known)
        self._wrong("U003", place, key=".".join(place), hint=hint, known=", ".join(known))

    def _wrong(self, code: str, place: tuple[str, ...], **facts: object) -> None:
        number = self._lines.of(*place)
        # the line of a secret is not shown, nor one that may hold an address with a key
        text = None if code == "U005" or "notify" in place else _line(self._text, number)
        at = Place(self._path.name).at(number, None, text.strip() if text else None)
        self._problems.append(problem(code, at if number else Place(), path=shown(self._path), **facts))


def _flat(table: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield the settings of a table and of those tables within it that may be there; others stay whole."""
    for name, value in table.items():
        key = (*above, name)
        if isinstance(value, dict) and ".".join(key) in _TABLES:
            yield from _flat(value, key)
        else:
            yield key, value


def _kind(value: object) -> str:
    """Return what a value of TOML is, in words."""
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    return kinds.get(type(value), "a date or time")
