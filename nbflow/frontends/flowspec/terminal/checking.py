"""What is said of a flow before it runs: notices, once each, and what pylint finds when it is asked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from importlib.util import find_spec

from nbflow.errors import Problem
from nbflow.frontends.flowspec.terminal.console import YELLOW, Console

#: steps that a notice names
_MOST = 4


def say_notices(problems: Iterable[Problem], console: Console) -> None:
    """Say what should be known and keeps nothing from running, each thing once."""
    for text in dict.fromkeys(_notice(each) for each in _merged(problems) if each.severity != "error"):
        console.say(text)


def _merged(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems, those that say the same of several steps as one."""
    steps: dict[Problem, list[str]] = {}
    for each in problems:
        facts = dict(each.facts)
        known = steps.setdefault(
            Problem(each.code, facts=tuple((name, facts[name]) for name in facts if name != "step")), []
        )
        known += [facts["step"]] if "step" in facts else []
    return [replace(each, facts=(*each.facts, ("step", _listed(names)))) for each, names in steps.items()]


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _MOST else f"{', '.join(names[:_MOST])} and {len(names) - _MOST} more"


def _notice(found: Problem) -> str:
    head = "note" if found.severity == "notice" else f"warning NBF-{found.code}"
    return f"{head}: {found.what}" + (f". {found.fix}" if found.fix else "")


def pylint(source: str, console: Console, *, warnings: bool = False) -> bool:
    """Have pylint look at the file, say what it finds, and return whether it finds nothing."""
    if find_spec("pylint") is None:
        console.say("note: pylint is not installed, so it does not look at the file (pip install pylint)")
        return True
    console.say("Running pylint...")
    words = [sys.executable, "-m", "pylint", "--score=n", *([] if warnings else ["--errors-only"]), source]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
    if done.returncode == 0:
        console.say("    Pylint is happy!")
        return True
    console.complain(console.ink((done.stdout + done.stderr).rstrip(), YELLOW))
    return False
