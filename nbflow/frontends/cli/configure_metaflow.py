"""`nbflow configure --from-metaflow`: what it took, what it left, and why."""

from __future__ import annotations

import os

from nbflow.cards.printable import one_line
from nbflow.configuration.metaflow import read
from nbflow.errors import raise_for


def taken(named: str | None) -> dict[str, str]:
    """Return the settings that a configuration of Metaflow has, and say what has become of it.

    Raises:
        ConfigurationError: there is none, or nothing in it has a counterpart.
    """
    found = read(named, os.environ)
    print(f"from {found.source}")
    for each in found.taken:
        note = f" ({one_line(each.note)})" if each.note else ""
        print(f"  {each.key:<22}  {each.name}{note}")
    if found.left:
        print("left:")
        width = max(len(name) for name, _ in found.left)
        for name, why in found.left:
            print(f"  {one_line(name):<{width}}  {why}")
    print()
    if not found.taken:
        why = "what it sets has no counterpart in nbflow"
        raise_for("U012", what=f"nothing was taken from {found.source}", why=why, fix="nbflow configure --help")
    return {each.key: each.value for each in found.taken}
