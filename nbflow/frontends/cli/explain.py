"""`nbflow explain CODE`: what an error means."""

from __future__ import annotations

import argparse
import re

from nbflow.catalogue import CATALOGUE
from nbflow.errors import did_you_mean, raise_for

#: a fact that the message fills in
_FIELD = re.compile(r"\{(\w+)\}")
#: one that is mostly empty, and begins with what parts it from the text before
_PERHAPS = re.compile(r"\.\{hint\}$|\{hint\}|(?<=[\w}])\{(extra|member|where)\}")
#: a sentence of the case at hand, with which a text ends
_LAST = re.compile(r"(?<=[:,] )\{(detail|error|expected|how|message|reason|why)\}$")


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
    print(explained(code))
    print(f"  more   docs/errors.md#nbf-{code.lower()}")
    return 0


def explained(code: str) -> str:
    """Return an entry as its errors look, with their facts left open, as in `'<name>' not found`.

    A fix that is written for the case at hand is told as it mostly is.
    """
    entry = CATALOGUE[code]
    lines = [f"NBF-{code}  {_open(entry.what)}"]
    for label, text in (("why", entry.why), ("fix", entry.mostly or entry.fix)):
        if text and not _FIELD.fullmatch(text):
            first, *rest = _open(text).splitlines()
            lines += [f"  {label:<5}  {first}", *(f"         {line}" for line in rest)]
    return "\n".join(lines)


def _open(text: str) -> str:
    return _FIELD.sub(r"<\1>", _LAST.sub("…", _PERHAPS.sub("", text))).replace("{{", "{").replace("}}", "}")
