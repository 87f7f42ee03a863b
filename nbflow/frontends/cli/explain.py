"""`nbflow explain CODE`: what an error means."""

from __future__ import annotations

import argparse

from nbflow.catalogue import CATALOGUE
from nbflow.errors import did_you_mean, raise_for


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
    print(f"NBF-{code}  {entry.what}")
    for label, text in (("why", entry.why), ("fix", entry.fix)):
        if text:
            print(f"  {label:<5}  {text}")
    return 0
