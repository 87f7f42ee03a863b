"""The options of each verb of `%flow`, for help and completion: a table of ours, or what a terminal's parser takes."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nbflow.cells.options import Option, Table
from nbflow.frontends.magics.flowline import OPTIONS, RUN

#: verbs that a terminal's parser reads: their modules have `parser()` and `now(face)`
PARSED = frozenset({"schedule", "deploy"})
#: values worth offering, where the parser knows none
_CHOICES = {option.key: option.choices for option in RUN} | {
    "cron": ("0 7 * * *", "0 7 * * 1", "*/15 * * * *"),
    "within": ("6h", "1d", "7d"),
}
_DEFAULT = re.compile(r"\s*\(default: (?P<value>[^()]+)\)\Z")


def table_of(verb: str, words: Sequence[str] = ()) -> Table:
    """Return the options of `%flow verb`; of the verb that `words` begin with, where it has verbs of its own."""
    if verb not in PARSED:
        return Table(f"%flow {verb}", OPTIONS.get(verb, ()))
    parser, command = parser_of(verb), f"%flow {verb}"
    if below := verbs_below(parser):
        name = words[0] if words else ""
        if name not in below:
            return Table(command, ())
        parser, command = below[name], f"{command} {name}"
    # argparse tells its groups by this attribute alone
    titled = [(group.title or "", group._group_actions) for group in parser._action_groups]  # noqa: SLF001 - see above
    groups = tuple((title, tuple(each.key for each in rows(actions))) for title, actions in titled)
    options = tuple(option for _, actions in titled for option in rows(actions))
    return Table(command, options, groups=tuple((title, keys) for title, keys in groups if keys))


def module_of(verb: str) -> Any:
    """Return the module of a verb, imported when it is first asked for: most notebooks schedule and deploy nothing."""
    return importlib.import_module(f"nbflow.frontends.magics.verbs.{verb}")


def parser_of(verb: str) -> argparse.ArgumentParser:
    """Return the parser of a verb in PARSED."""
    made: argparse.ArgumentParser = module_of(verb).parser()
    return made


def verbs_below(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the verbs of a verb, each with its parser."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other door to them
        if isinstance(action.choices, dict):
            return dict(action.choices)
    return {}


def usage_of(parser: argparse.ArgumentParser) -> str:
    """Return the words that a parser takes, and its short options: `[NAME] [-n N]`."""
    found = []
    for each in parser._actions:  # noqa: SLF001 - as above
        word = f"{each.metavar or each.dest}"
        if not each.option_strings:
            found.append(f"[{word}]" if each.nargs == argparse.OPTIONAL else word)
        elif not any(text.startswith("--") for text in each.option_strings):
            found.append(f"[{each.option_strings[0]} {word}]")
    return " ".join(found)


def rows(actions: Iterable[argparse.Action]) -> Iterator[Option]:
    """Yield the long options among what a parser takes as rows of a table."""
    for each in actions:
        key = next((text[2:] for text in each.option_strings if text.startswith("--")), "")
        if not key or key == "help":
            continue
        choices = tuple(map(str, each.choices or ()))
        said = (each.help or "").replace("%%", "%")
        found = _DEFAULT.search(said)
        plain = str(each.default) if isinstance(each.default, str | int) and each.nargs != 0 else ""
        yield Option(
            key,
            _DEFAULT.sub("", said),
            "" if each.nargs == 0 else _metavar(f"{each.metavar or '|'.join(choices)}"),
            repeatable=isinstance(each.default, list),
            default=found["value"] if found else plain,
            choices=choices or _CHOICES.get(key, ()),
        )


def _metavar(word: str) -> str:
    # EXPR is one of Python in the tables of ours, and help says so
    return "EXPRESSION" if word == "EXPR" else word
