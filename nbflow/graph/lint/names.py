"""Rules about the names that steps read: each must have one giver."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from nbflow.errors import Problem, problem
from nbflow.graph.fates import Reason
from nbflow.graph.givers import Below, Blocked, FromContext, Giver, Hidden, Mixed, Undecided, Unknown
from nbflow.graph.lint.registry import rule
from nbflow.graph.resolved import Read, ResolvedFlow, ResolvedStep
from nbflow.graph.search import OF_JOINS
from nbflow.graph.wording import definition_in_words, listed, read_of
from nbflow.model.ids import StepName

#: modules that everybody calls by another name, or imports in a cell of yesterday
_IMPORTS = {
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "pl": "import polars as pl",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
    "Path": "from pathlib import Path",
    **{name: f"import {name}" for name in ("datetime", "json", "math", "os", "random", "re", "sys", "time")},
}

Kind = TypeVar("Kind", bound=Giver)


@rule
def names_are_found(flow: ResolvedFlow) -> Iterator[Problem]:
    """G001: something gives each name a step reads."""
    # what could not be read may have given it
    for step, read, _ in () if flow.incomplete else _given_by(flow, Unknown):
        extra, fix = "", "correct the name, or bind it in a step above"
        if read.name in OF_JOINS and not step.draft.wiring.join:
            extra, fix = f"; only a step with --join has '{read.name}'", "add --join STEP to the header"
        elif statement := _IMPORTS.get(read.name):
            extra, fix = "; nothing imports it", f"write {statement} in a plain cell, or in the step"
        elif read.name == "self":
            extra, fix = "; a step of a notebook is no method", "drop self.: what a step assigns is left as it is"
        elif (gone := step.draft.body.names.deleted.get(read.name)) and read.line and gone < read.line:
            extra, fix = f"; it is gone since line {gone}, by del or by the end of an except block", "bind it again"
        elif read.name in step.draft.body.names.bindings:
            extra, fix = "; this step binds it after reading it", "bind it first, or bind it in a step above"
        yield problem(
            "G001", read_of(step.draft, read), name=read.name, hint=_hint(flow, step, read), extra=extra, fix=fix
        )


@rule
def names_come_from_above(flow: ResolvedFlow) -> Iterator[Problem]:
    """G005: a step reads nothing that only steps below leave."""
    for step, read, giver in () if flow.incomplete else _given_by(flow, Below):
        fix = f"move this cell below {giver.step}"
        if step.name in flow[giver.step].ancestors:
            fix = f"each waits for the other: bind one of their names in a step above both, or make one step of {step.name} and {giver.step}"
        yield problem("G005", read_of(step.draft, read), name=read.name, giver=giver.step, fix=fix)


@rule
def last_bound_is_left(flow: ResolvedFlow) -> Iterator[Problem]:
    """G007: the step that last binds a name leaves it."""
    for step, read, giver in _given_by(flow, Blocked):
        how, fix = _HOW[giver.how.reason]
        facts = {"name": read.name, "step": giver.step, "detail": giver.how.detail}
        choose = f", or --in {read.name}={giver.older}.{read.name} here" if giver.older else ""
        yield problem(
            "G007",
            read_of(step.draft, read),
            name=read.name,
            step=giver.step,
            how=how.format(**facts),
            why="another value than the one the notebook shows would be wrong here",
            fix=fix.format(**facts) + choose,
        )


#: reason → how the name was bound, and what to do
_HOW: dict[Reason, tuple[str, str]] = {
    "header": ("as a loop, with, except or case target, which is not left", "--out {name} on {step}"),
    "private": ("as a private name, which is not left", "bind it to a name without _ in {step}"),
    "deleted": ("which deletes it", "bind it again in {step}"),
    "excluded": ("whose --out leaves it out", "--out {name} on {step}"),
    "conditional": ("as a definition that is made {detail}", "move the definition to a plain cell"),
    "both": ("both as a value and as a definition", "use two names in {step}"),
    "older": ("but not on every way, and before it is {detail}", "bind it on every way in {step}, or use two names"),
}


@rule
def names_mean_one_thing(flow: ResolvedFlow) -> Iterator[Problem]:
    """G009: a name is a value, or a definition, and not now this, now that."""
    for step, read, giver in _given_by(flow, Mixed):
        if isinstance(giver.other, FromContext):
            other = f"the {giver.other.what} of foreach {giver.other.scope}"
        else:
            other = definition_in_words(giver.other.statement)
        yield problem("G009", read_of(step.draft, read), name=read.name, step=giver.sources[0].step, definition=other)


@rule
def writers_are_in_order(flow: ResolvedFlow) -> Iterator[Problem]:
    """G010: of several writers of a name that is read, each depends on the one before."""
    for step, read, giver in _given_by(flow, Undecided):
        writer = giver.sources[-1].step
        writers = (*giver.others, writer)
        yield problem(
            "G010",
            read_of(step.draft, read),
            name=read.name,
            count={2: "two", 3: "three"}.get(len(writers), str(len(writers))),
            writers=listed(writers),
            each="neither depends on the other" if len(writers) == 2 else f"{writer} depends on none of the others",
            fix=_decide(flow, step, read, giver.others, writer),
        )


def _decide(flow: ResolvedFlow, step: ResolvedStep, read: Read, others: tuple[StepName, ...], writer: StepName) -> str:
    """Return how to say which writer is meant: in the join that has them all, if there is one."""
    name = read.name
    for join in (*flow.above(step), step):
        branches = {each: branch for branch in join.join for each in (branch, *flow[branch].ancestors)}
        if len(join.join) > 1 and branches.keys() >= {*others, writer}:
            where = "here" if join is step else f"in {join.name}"
            return f"{name} = inputs.{branches[writer]}.{name} {where}"
    # those that none of the others waits for
    last = [each for each in others if not any(each in flow[other].ancestors for other in others)]
    equal = len({flow[each].scope for each in (*last, writer)}) == 1
    joined = f"or --join {','.join((*last, writer))} here, " if equal else ""
    return f"--in {name}={writer}.{name} here, {joined}or --after {','.join(last)} on {writer}"


@rule
def names_are_in_the_flow(flow: ResolvedFlow) -> Iterator[Problem]:
    """G015: a step reads nothing that only the kernel holds."""
    for step, read, giver in _given_by(flow, Hidden):
        cell = giver.computed.place.cell or "that cell"
        fix = f"make {cell} a step, make '{read.name}' a parameter, or --capture {read.name}"
        yield problem("G015", read_of(step.draft, read), name=read.name, how=giver.computed.how, fix=fix)


def _given_by(flow: ResolvedFlow, kind: type[Kind]) -> Iterator[tuple[ResolvedStep, Read, Kind]]:
    """Yield each name of each step that `kind` gives, once."""
    for step in flow.steps:
        said: set[str] = set()
        for read in step.reads:
            if isinstance(read.giver, kind) and read.name not in said:
                said.add(read.name)
                yield step, read, read.giver


def _hint(flow: ResolvedFlow, step: ResolvedStep, read: Read) -> str:
    """Return ` Did you mean 'df' (step load)?` for the nearest name that could be read here, or an empty string."""
    known = {name: "" for statement in flow.draft.definitions.statements for name in statement.names}
    known |= {each.name: " (parameter)" for each in flow.draft.parameters}
    known |= {name: f" (step {above.name})" for above in flow.above(step) for name in above.leaves}
    import difflib

    near = difflib.get_close_matches(read.name, known, n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'{known[near[0]]}?" if near else ""
