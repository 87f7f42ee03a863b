"""`nbflow doctor`: what is wrong with this machine or the store, and how to put it right."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections import Counter

from nbflow.cards.figures import several
from nbflow.cards.printable import one_line
from nbflow.frontends.ink import has_colours, ink
from nbflow.upkeep.doctor import examine, mend
from nbflow.upkeep.finding import Finding, Level

_MARKS: dict[Level, tuple[str, int]] = {"fine": ("✓", 32), "warning": ("!", 33), "broken": ("✗", 31)}
#: letters of the longest check's name
_WIDE = 11


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--store", metavar="PATH|URL", help="the store to look at (default: the one used from here)")
    parser.add_argument(
        "--fix",
        action="store_true",
        help="end processes without an owner, mark lost runs as lost, delete half-written files older than a day",
    )


def main(arguments: argparse.Namespace) -> int:
    """Print a line a check; 1 when something is broken."""
    levels: Counter[Level] = Counter()
    for found in examine(arguments.store):
        levels[found.level] += 1
        _print(found, coloured=has_colours(sys.stdout))
    print(f"\n{_summary(levels)}")
    if arguments.fix:
        for line in mend(arguments.store) or ["nothing that could be fixed from here"]:
            print(one_line(line))
    return 1 if levels["broken"] else 0


def _print(found: Finding, *, coloured: bool) -> None:
    mark, colour = _MARKS[found.level]
    shown = ink(mark, colour) if coloured else mark
    print(f"  {shown} {found.about:<{_WIDE}}  {_folded(one_line(found.said), _WIDE + 6)}")
    for line in found.listed:
        print(f"    {'':<{_WIDE}}    {_folded(line, _WIDE + 8)}")
    for fix in found.fixes:
        # a command stays as it is to be typed
        print(f"    {'':<{_WIDE}}  → " + fix.replace("\n", f"\n    {'':<{_WIDE}}    "))
    sys.stdout.flush()


def _folded(text: str, indent: int) -> str:
    """Return a line as a terminal shows it well: what is too long for its window goes on below itself."""
    if not sys.stdout.isatty():
        return text
    room = max(shutil.get_terminal_size().columns - indent, 30)
    lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [text]
    return ("\n" + " " * indent).join(lines)


def _summary(levels: Counter[Level]) -> str:
    broken, looked = levels["broken"], levels["warning"]
    parts = [f"{several(broken, 'thing')} broken"] if broken else []
    parts += [f"{several(looked, 'thing')} worth a look"] if looked else []
    return ", ".join(parts) or "all is well"
