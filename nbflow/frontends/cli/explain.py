"""`nbflow explain CODE`: what an error means."""

from __future__ import annotations

import argparse
import re

from nbflow.catalogue import CATALOGUE
from nbflow.errors import did_you_mean, raise_for

#: a fact that the message fills in
_FIELD = re.compile(r"\{(\w+)\}")


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("code", help="as in NBF-G010 or G010")


def main(arguments: argparse.Namespace) -> int:
    """Print the entry."""
    code = arguments.code.upper().removeprefix("NBF-")
    if code not in CATALOGUE:
        raise_for(
            "R006", verb="code", name=arguments.code, hint=did_you_mean(code, CATALOGUE), fix="nbflow explain NBF-G010"
        )
    entry = CATALOGUE[code]
    print(f"NBF-{code}  {_open(entry.what)}")
    for label, text in (("why", entry.why), ("fix", entry.fix)):
        if text and not _FIELD.fullmatch(text):
            print(f"  {label:<5}  {_open(text)}")
    return 0


def _open(text: str) -> str:
    """Return a text of the catalogue with its facts left open, as in `'<name>' not found`."""
    return _FIELD.sub(r"<\1>", text)
