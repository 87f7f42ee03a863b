"""Flows in the notation of the rules' page: `a: x=1`, `b[--when "x > 5"]: y = x`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbflow.cells.definitions import DefinitionTable
from nbflow.cells.plain import plain_cell
from nbflow.cells.step import step_draft
from nbflow.errors import Place, Problem
from nbflow.graph.build import build
from nbflow.graph.built import Built
from nbflow.graph.givers import Giver
from nbflow.graph.resolve import resolve
from nbflow.graph.resolved import ResolvedFlow
from nbflow.model.graph import Graph
from nbflow.model.parameter import ParameterDef
from nbflow.model.step import FlowDraft, SetupCell, StepDraft

#: the parameters and plain cells that the page's cases share
PARAMETERS = (ParameterDef("alpha", "float", "0.1"), ParameterDef("regions", "list[str]", '["eu", "us"]'))
PLAIN = (
    "import math as pd",
    "def clean(d): return d",
    "K = 3",
    'CONFIG = {"a": 1}',
    "hid = len(input())",
)
#: the page's FE
FE = "--foreach regions --as region"


def step(text: str, number: int = 1) -> StepDraft:
    """Return the step that `text` writes in short; the options' brackets end at `]: `."""
    name, bracket, rest = re.match(r"(\w+)(\[|: ?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    options, body = rest.split("]: ", 1) if bracket == "[" else ("", rest)
    cell = f"%%step {name} {options.replace('FE', FE)}\n{body}"
    return step_draft(cell, Place(cell=f"cell {number}", step=name), f"<cell {number}>")


def flow(
    *cells: str,
    plain: Sequence[str] = PLAIN,
    parameters: Sequence[ParameterDef] = PARAMETERS,
    problems: Sequence[Problem] = (),
    setup: Sequence[SetupCell] = (),
) -> FlowDraft:
    """Return the flow of step cells in short notation, below the plain cells."""
    table = DefinitionTable()
    for number, text in enumerate(plain, 1):
        table.add(plain_cell(text, Place(cell=f"cell {number}"), f"<cell {number}>"))
    steps = tuple(step(text, len(plain) + number) for number, text in enumerate(cells, 1))
    return FlowDraft(steps, tuple(parameters), table.freeze(), tuple(setup), tuple(problems))


def built(*cells: str, plain: Sequence[str] = PLAIN) -> Built:
    """Return the graph of step cells with its problems."""
    return build(flow(*cells, plain=plain))


def graph(*cells: str, plain: Sequence[str] = PLAIN) -> Graph:
    """Return the graph of step cells, which has no error."""
    found = built(*cells, plain=plain)
    assert not found.errors, "\n\n".join(map(str, found.errors))
    return found.graph


def problems(*cells: str, plain: Sequence[str] = PLAIN) -> list[Problem]:
    """Return the errors of step cells."""
    return list(built(*cells, plain=plain).errors)


def codes(*cells: str, plain: Sequence[str] = PLAIN) -> list[str]:
    """Return the codes of the errors of step cells."""
    return [each.code for each in problems(*cells, plain=plain)]


def the_problem(*cells: str, plain: Sequence[str] = PLAIN) -> Problem:
    """Return the one error of step cells."""
    (found,) = problems(*cells, plain=plain)
    return found


def resolved(*cells: str, plain: Sequence[str] = PLAIN) -> ResolvedFlow:
    """Return step cells resolved."""
    return resolve(flow(*cells, plain=plain))


def giver(name: str, of: str, *cells: str, plain: Sequence[str] = PLAIN) -> Giver | None:
    """Return what gives `name` to the body of step `of`."""
    found = resolved(*cells, plain=plain)
    return next(each for each in found.steps if each.name == of).giver(name)


def edges(graph: Graph, step: str) -> dict[str, tuple[str, ...]]:
    """Return, per name that steps give to `step`, those steps, preferred first."""
    return {
        need.binds: tuple(source.step for source in need.branches[0])
        for need in graph[step].needs
        if need.kind == "value" and need.binds
    }
