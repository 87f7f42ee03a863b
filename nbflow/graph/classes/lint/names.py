"""Rules about the names of steps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbflow.errors import Problem, problem
from nbflow.graph.classes.lint.registry import rule
from nbflow.graph.classes.lint.wording import place_of
from nbflow.graph.classes.walked import WalkedFlow

#: what `self.NAME` means in every step
RESERVED = {
    "name": "the name of the flow",
    "next": "the call that says where to go on",
    "input": "the item of a foreach",
    "index": "the place in a foreach",
    "cmd": "kept for the command line",
}
#: other names that FlowSpec gives, and steps use
OWN = frozenset({"merge_artifacts", "foreach_stack", "script_name"})
#: the most a folder of a task and a line of a log have room for
LONGEST = 64


@rule
def names_are_free(flow: WalkedFlow) -> Iterator[Problem]:
    """F001: a step has none of the names that mean something else."""
    for step in flow.steps:
        if step.name in RESERVED:
            yield problem("F001", place_of(step), name=step.name, meaning=RESERVED[step.name])


@rule
def names_hide_nothing(flow: WalkedFlow) -> Iterator[Problem]:
    """F002, F003: a step hides nothing of FlowSpec."""
    for step in flow.steps:
        if step.name in OWN:
            yield problem("F002", place_of(step), name=step.name)
        elif step.name == "run":
            yield problem("F003", place_of(step), flow=flow.draft.name)


@rule
def names_are_plain(flow: WalkedFlow) -> Iterator[Problem]:
    """F011: a name has lowercase letters, digits and underscores, and begins with a letter."""
    for step in flow.steps:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", step.name):
            plain = re.sub(r"[^a-z0-9_]+", "_", step.name.lower()).lstrip("_0123456789")
            yield problem("F011", place_of(step), name=step.name, fix=f"rename it, as {plain or 'my_step'}")
        elif len(step.name) > LONGEST:
            yield problem("F011", place_of(step), name=step.name, fix=f"at most {LONGEST} characters, please")
