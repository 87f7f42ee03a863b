"""The verbs of `%flow`, one a file: each has `line(face, text)`, which carries out the rest of its line.

A verb's module is imported when it is first used. The Python twin calls the functions behind the lines.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbflow.cells.options import Table, help_text
from nbflow.frontends.magics.flowline import OPTIONS

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


@dataclass(frozen=True, slots=True)
class Verb:
    """One word after %flow."""

    usage: str
    help: str


VERBS: dict[str, Verb] = {
    "run": Verb(
        "run [--NAME VALUE …] [--fresh] [--reuse] [--dry] [--background | --detach] [--max-workers N] [--max-items N] [--tag TAG]",
        "run the whole flow, in parallel",
    ),
    "resume": Verb(
        "resume [STEP] [RUN] [--NAME VALUE …] [--dry] [--background | --detach] [--max-workers N] [--max-items N] [--tag TAG]",
        "go on from the latest run, or from RUN; STEP and all below it run in any case",
    ),
    "restore": Verb(
        "restore [RUN]", "bring back what an earlier kernel, or RUN, left: results, variables, definitions"
    ),
    "attach": Verb("attach [RUN]", "show a run again until it ends; an interrupt only stops the looking"),
    "cancel": Verb("cancel [RUN]", "end a run, whatever process runs it"),
    "history": Verb("history [FLOW] [N] [--drafts]", "list the runs of this flow, or of another one"),
    "why": Verb("why STEP", "say what changed since the step's latest result, with the diff; STEP[3] is one task"),
    "debug": Verb(
        "debug [TASK] [RUN] [--back]",
        "look into a task, as the one that failed last: its inputs, code and traceback here",
    ),
    "source": Verb("source STEP [RUN]", "print a step as Python that runs on its own"),
    "check": Verb("check", "find every problem without running anything"),
    "show": Verb("show", "draw the graph"),
    "name": Verb("name [NAME]", "name the flow, or say its name"),
    "drop": Verb("drop STEP …", "leave steps out of the flow"),
    "order": Verb("order [STEP …]", "say the order of steps where the notebook is not saved"),
    "config": Verb("config [run_cells=true|false]", "settings of this kernel"),
}

#: verbs that take the flow's parameters as options
_PARAMETERISED = frozenset({"run", "resume"})


def carry_out(face: Face, verb: str, text: str) -> Any:
    """Carry out `%flow VERB text` and return what it gives."""
    return importlib.import_module(f"{__name__}.{verb}").line(face, text)


def flow_help() -> str:
    """Return the help of %flow."""
    wide = max(len(verb.usage) for verb in VERBS.values() if len(verb.usage) < 40)
    lines = ["%flow VERB …", ""]
    for verb in VERBS.values():
        if len(verb.usage) > wide:
            lines += [f"  {verb.usage}", f"  {'':<{wide}}  {verb.help}"]
        else:
            lines.append(f"  {verb.usage:<{wide}}  {verb.help}")
    lines += [
        "",
        "--NAME VALUE gives the parameter NAME a value; --param NAME=VALUE does so for any name.",
        "In Python: nbflow.flow.run(alpha=0.2), .check(), .show(), …",
    ]
    return "\n".join(lines)


def verb_help(verb: str, parameters: Sequence[str]) -> str:
    """Return the help of one verb, with the flow's own parameters where it takes them."""
    about = VERBS[verb]
    lines = [f"%flow {about.usage}", "", about.help]
    if verb in OPTIONS:
        lines += ["", help_text(Table(f"%flow {verb}", OPTIONS[verb]))]
        if parameters and verb in _PARAMETERISED:
            lines += ["", f"parameters of this flow: {', '.join(f'--{name}' for name in parameters)}"]
    return "\n".join(lines)
