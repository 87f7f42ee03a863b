"""The file of settings, changed: one line is, and all else that a person wrote stays as it is.

The result is read back. Where it does not say what it should (a table in one line, a text over several), the whole
file is written anew, without its comments. What it was before is kept beside it as config.toml.bak.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

from nbflow.configuration import file
from nbflow.configuration.lines import KEY, TABLE, Lines, split
from nbflow.errors import raise_for

#: from the key's line: what is before its value, the value, and the comment behind it
_SET = re.compile(r"""(?P<before>[^=]*=\s*)(?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|[^#]*?)(?P<after>\s*(?:#.*)?)$""")
_BARE = re.compile(r"[\w-]+", re.ASCII)

Key = tuple[str, ...]


def change(path: Path, changes: Mapping[Key, str | None]) -> bool:
    """Give keys of the file their values, None: take them away; say whether it is another file now.

    Raises U001 when what is there is no TOML, U002 and U008 when it cannot be read or written.
    """
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as unreadable:
        raise_for("U002", path=file.shown(path), message=getattr(unreadable, "strerror", None) or unreadable)
    after = before
    for key, value in changes.items():
        after = changed(after, key, value, path)
    if after == before:
        return False
    try:
        _write(path, before, after)
    except OSError as refused:
        raise_for("U008", path=file.shown(path), message=refused.strerror or refused)
    return True


def changed(text: str, key: Key, value: str | None, path: Path) -> str:
    """Return the text of a file with `key` at `value`; `path` is named where `text` is no TOML."""
    before = file.table_of(text, path)
    wanted = _with(before, key, value)
    if wanted == before:
        return text
    edited = _without(text, key) if value is None else _at(text, key, _quoted(value))
    import tomllib

    with contextlib.suppress(tomllib.TOMLDecodeError):
        if _full(tomllib.loads(edited)) == _full(wanted):
            return edited
    return "\n".join(_lines(wanted)).strip("\n") + "\n"


def _full(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table without empty ones in it: whether `[profiles]` stands there alone makes no difference."""
    inner = {name: _full(value) if isinstance(value, dict) else value for name, value in table.items()}
    return {name: value for name, value in inner.items() if value != {}}


def _with(table: dict[str, Any], key: Key, value: str | None) -> dict[str, Any]:
    """Return a table with `key` at `value`; tables that have nothing left in them go, too."""
    first, *rest = key
    if not rest:
        kept = {name: each for name, each in table.items() if name != first}
        return kept if value is None else {**table, first: value}
    inner = table.get(first, {})
    changed_inner = _with(inner if isinstance(inner, dict) else {}, tuple(rest), value)
    if value is None and changed_inner == inner:
        return table
    return {**table, first: changed_inner}


def _at(text: str, key: Key, value: str) -> str:
    lines = text.splitlines()
    number = Lines(text).of(*key)
    if number is not None and (found := _SET.match(lines[number - 1])):
        lines[number - 1] = f"{found['before']}{value}{found['after']}"
        return "\n".join(lines) + "\n"
    line = f"{_name(key[-1:])} = {value}"
    sections = list(_sections(lines))
    same = [end for table, _, end in sections if table == key[:-1]]
    if same:
        lines.insert(_last_of(lines, same[0]), line)
    elif len(key) == 1:
        lines[0:0] = [line, *([""] if lines else [])]
    else:
        # a table goes behind those of the one it belongs to
        kin = [end for table, _, end in sections if table[: len(key) - 2] == key[:-2] and len(key) > 2]
        end = _last_of(lines, kin[-1] if kin else len(lines))
        lines[end:end] = [*([""] if end else []), f"[{_name(key[:-1])}]", line]
    return "\n".join(lines) + "\n"


def _without(text: str, key: Key) -> str:
    lines = text.splitlines()
    gone = {
        number
        for table, start, end in _sections(lines)
        if table[: len(key)] == key
        for number in range(start, _last_of(lines, end))
    }
    number = Lines(text).of(*key)
    gone |= {number - 1} if number is not None and not TABLE.match(lines[number - 1]) else set()
    return "".join(f"{line}\n" for index, line in enumerate(lines) if index not in gone)


def _sections(lines: list[str]) -> Iterator[tuple[Key, int, int]]:
    """Yield each table with its first line and the one behind its last; what is before the first has no name."""
    table: Key = ()
    start = 0
    for number, line in enumerate(lines):
        if header := TABLE.match(line):
            if table or any(KEY.match(each) for each in lines[start:number]):
                yield table, start, number
            table, start = split(header[1]), number
    if table or any(KEY.match(each) for each in lines[start:]):
        yield table, start, len(lines)


def _last_of(lines: list[str], end: int) -> int:
    """Return the line behind the last of a table: comments in front of the next one belong to that."""
    while end and not (KEY.match(lines[end - 1]) or TABLE.match(lines[end - 1])):
        end -= 1
    return end


def _lines(table: dict[str, Any], above: Key = ()) -> Iterator[str]:
    """Yield the lines of a whole file: values first, then tables, in their order."""
    values = {name: each for name, each in table.items() if not isinstance(each, dict)}
    if above and (values or not table):
        yield f"\n[{_name(above)}]"
    for name, value in values.items():
        yield f"{_name((name,))} = {_written(value)}"
    for name, value in table.items():
        if name not in values:
            yield from _lines(value, (*above, name))


def _written(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_name((name,))} = {_written(each)}' for name, each in value.items())} }}"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool | int):
        return str(value).lower()
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(value: str) -> str:
    # of control characters JSON lets one stand that TOML does not
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _name(key: Key) -> str:
    return ".".join(part if _BARE.fullmatch(part) else _quoted(part) for part in key)


def _write(path: Path, before: str, after: str) -> None:
    # a link to a file that is kept elsewhere stays one
    real = path.resolve()
    real.parent.mkdir(parents=True, exist_ok=True)
    if before:
        path.with_suffix(f"{path.suffix}.bak").write_text(before, encoding="utf-8")
    half = real.with_name(f".{real.name}-{os.getpid()}")
    half.write_text(after, encoding="utf-8")
    if real.exists():
        half.chmod(real.stat().st_mode & 0o777)
    half.replace(real)
