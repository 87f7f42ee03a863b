"""Files with a flow class, from the few lines that matter."""

from __future__ import annotations

from textwrap import dedent, indent

RUN = "nbflow run flow.py"


def flow(body: str, names: str = "FlowSpec, step", above: str = "") -> str:
    """Return the file of a flow with this body."""
    return (
        f"{above}from nbflow import {names}\n\n\nclass SalesFlow(FlowSpec):\n{indent(dedent(body).strip(), '    ')}\n"
    )


def steps(start: str, between: str = "", names: str = "FlowSpec, step", members: str = "", decorated: str = "") -> str:
    """Return the file of a flow whose start has the lines `start`, and whose end does nothing."""
    above = f"{dedent(members).strip()}\n\n" if members else ""
    first = f"{decorated}@step\ndef start(self):\n{indent(dedent(start).strip(), '    ')}\n\n"
    middle = f"{dedent(between).strip()}\n\n" if between else ""
    return flow(f"{above}{first}{middle}@step\ndef end(self):\n    pass", names)


TO_END = "self.next(self.end)"
