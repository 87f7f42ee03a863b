"""What a person meant by words that stand where an option should."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from nbflow.cells.words import Word, quoted

if TYPE_CHECKING:
    from nbflow.cells.options import Option, Table

_DASHES = re.compile("[‐-―−-]+")
_CURLY = frozenset("“”„‟‘’‚‛«»")
#: how other tools ask for help
_HELP = frozenset({"-h", "-help", "-?", "?"})
#: how other tools, and nbflow in a terminal, announce a parameter
_PARAMETER = "-p"


def begins_curly(each: Word) -> bool:
    """Whether the word begins with a quote that only letters have."""
    return each.text[:1] in _CURLY


def mistyped(each: Word, table: Table) -> Option | None:
    """Return the option that `each` is with another dash, as editors and mail make them, or with one too few."""
    if each.quoted or not _DASHES.match(each.text):
        return None
    return table.get(_DASHES.sub("", each.text, count=1).partition("=")[0])


def is_slip(each: Word, table: Table) -> bool:
    """Whether `each` is no operand, even where one may stand: `-p`, or `alpha=0.2` where there is an option alpha."""
    name, equals, _ = each.text.partition("=")
    return not each.quoted and (name.startswith("-") or (bool(equals) and table.get(name) is not None))


def fix_of(strays: Sequence[Word], last: tuple[Option, Word] | None, table: Table) -> str:
    """Return what to type instead of `strays`; `last` is the option before them, with its value."""
    first, said = strays[0].text, " ".join(each.text for each in strays)
    if _CURLY & set(said):
        return 'use straight quotes: "…"'
    if first in _HELP:
        return table.listing
    option, value = last or (None, strays[0])
    loop = re.fullmatch(r"([^\W\d]\w*) in (.+)", f"{value.text} {said}")
    if option and option.key == "foreach" and loop:
        return f"write --foreach {quoted(loop[2])} --as {loop[1]}"
    if given := _options(strays, table):
        return f"write {given}"
    if option is None:
        return _undeclared(strays, table) or table.stray.format(word=first)
    if option.flag:
        return f"--{option.key} takes no value"
    if option.listed:
        return f"write --{option.key} {','.join(f'{value.text} {said}'.replace(',', ' ').split())}"
    return f"quote it: --{option.key} {quoted(f'{value.text} {said}')}"


def _undeclared(strays: Sequence[Word], table: Table) -> str:
    """Return what to do about `lr=3` where parameters may be given and there is none of that name."""
    name, equals, value = next((each.text for each in strays if each.text != _PARAMETER), "").partition("=")
    if not equals or not name.isidentifier() or table.get("param") is None:
        return ""
    return f"declare {name} in the %%parameters cell, and write --{name.replace('_', '-')} {quoted(value)}"


def _options(strays: Sequence[Word], table: Table) -> str:
    """Return `alpha=0.2`, `-alpha 0.2`, `alpha 0.2` and `-p alpha=0.2` as options: `--alpha 0.2`; empty: they are none."""
    words = [each.text for each in strays if each.text != _PARAMETER]
    announced = len(words) < len(strays)
    if announced and not words and table.get("param"):
        return "--param NAME=VALUE"
    found: list[str] = []
    while words:
        name, equals, value = words.pop(0).partition("=")
        option = _named(_DASHES.sub("", name, count=1), table, slips=bool(equals) or announced)
        if option is None:
            break
        if not equals and words and not option.flag:
            value = ",".join(" ".join(words).replace(",", " ").split()) if option.listed else words.pop(0)
            words = [] if option.listed else words
        found.append(f"--{option.key} {quoted(value)}" if value and not option.flag else f"--{option.key}")
    return " ".join(found)


def _named(name: str, table: Table, *, slips: bool) -> Option | None:
    """Return the option of that name, or, with `slips`, one that is nearly called so."""
    if option := table.get(name):
        return option
    near = get_close_matches(name.replace("_", "-"), [each.key for each in table.options], n=1) if slips else []
    return table[near[0]] if near else None
