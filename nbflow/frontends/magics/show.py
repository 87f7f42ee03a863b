"""What the face shows besides a step's own output: notices and the line under the cell."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from nbflow.errors import Problem
from nbflow.views.line import StepLine, bundle

if TYPE_CHECKING:
    from nbflow.plan.forecast import Forecast


def say(text: str) -> None:
    """Print a line under the cell."""
    sys.stdout.write(f"{text}\n")


def page(text: str) -> None:
    """Show a long text the way the front end shows help."""
    from IPython.core.page import page as pager

    pager(text)


#: steps that a run leaves out: said each time
_EACH_TIME = frozenset({"N004", "N013"})


class Notices:
    """Shows each notice once until its text changes; which steps are left out, each time."""

    def __init__(self) -> None:
        self._shown: set[str] = set()

    def show(self, problems: Iterable[Problem], *, always: bool = False) -> None:
        """Print the notices and warnings among `problems` that were not shown before."""
        # a step may be left out for two reasons, and is named once
        found = {line(each): each for each in problems}
        for text, each in found.items():
            if each.severity == "error" or (text in self._shown and not always and each.code not in _EACH_TIME):
                continue
            self._shown.add(text)
            say(text)

    def once(self, text: str) -> None:
        """Print a line once."""
        if text not in self._shown:
            self._shown.add(text)
            say(text)


def show_line(told: StepLine) -> None:
    """Show the line under a step cell: a display, since a print would glue to output that ends without a newline."""
    from IPython.display import display

    display(bundle(told), raw=True)


def show_plan(forecast: Forecast, title: str) -> None:
    """Show what will run and what is taken over."""
    from IPython.display import display

    from nbflow.views import plan_table

    shown = {"text/html": plan_table.html(forecast, title), "text/plain": plan_table.text(forecast, title)}
    display(shown, raw=True)


def line(found: Problem) -> str:
    """Return a notice in one line: what, and the fix when there is one."""
    head = "note" if found.severity == "notice" else f"warning NBF-{found.code}"
    return f"{head}: {found.what}" + (f". {found.fix}" if found.fix else "")
