"""`python flow.py show`: the flow as its author wrote it down: texts, graph, parameters, steps with their decorators."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from inspect import cleandoc
from textwrap import indent

from nbflow.cards.printable import one_line, printable
from nbflow.flowspec.decorators import Decorator
from nbflow.flowspec.parameter_facts import parameter_facts
from nbflow.flowspec.uses import AnyUse, name_of
from nbflow.frontends.classes.opened import ClassFlow
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.console import BOLD, CYAN, FAINT, Console
from nbflow.graph.draw import dot, mermaid, text
from nbflow.graph.summary import summaries
from nbflow.model.flowclass import Transition
from nbflow.model.graph import Node
from nbflow.model.record import StepSummary

_PICTURES: dict[str, Callable[[Sequence[StepSummary]], str]] = {"dot": dot, "mermaid": mermaid}


def add(parser: argparse.ArgumentParser, call: Call) -> None:  # noqa: ARG001 - as every command has it
    """Declare the arguments."""
    parser.add_argument("--as", choices=("text", *_PICTURES), default="text", dest="form", help="only a picture")


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Print it."""
    flow = call.opened()
    if arguments.form in _PICTURES:
        call.console.tell(_PICTURES[arguments.form](summaries(flow.graph)).rstrip())
        return 0
    for line in _shown(flow, call.console):
        call.console.tell(line)
    return 0


def _shown(flow: ClassFlow, console: Console) -> Iterator[str]:
    def ink(words: str, *codes: int) -> str:
        return console.ink(words, *codes, stream="stdout")

    yield ""
    yield " ".join([ink(flow.name, BOLD), *(ink(each, CYAN) for each in _decorators(flow.prepared.decorators))])
    if flow.graph.doc:
        yield _indented(flow.graph.doc)
    yield ""
    yield text(summaries(flow.graph)).rstrip()
    if facts := parameter_facts(flow.prepared):
        yield f"\n{ink('Parameters', BOLD)}"
        for each in facts:
            note = f"(default: {each.default})" if each.default is not None else "(required)" if each.required else ""
            parts = (f"{each.option} {each.placeholder}", each.help, note)
            yield "    " + "  ".join(part for part in parts if part)
    for node in flow.graph.nodes:
        step = flow.prepared.steps[node.name]
        decorators = _decorators([*step.wrappers, *step.decorators])
        yield from _step(
            node, " ".join([ink("Step ", FAINT) + ink(node.name, BOLD), *(ink(each, CYAN) for each in decorators)])
        )


def _step(node: Node, title: str) -> Iterator[str]:
    method = node.method
    assert method is not None, "a node of a class has its method"
    yield ""
    yield title
    yield _indented(method.doc or "?")
    if method.goes_on is not None:
        yield f"    => {', '.join(method.goes_on.targets)}{_how(method.goes_on)}"


def _how(goes_on: Transition) -> str:
    if goes_on.kind == "foreach":
        return f"  (foreach {goes_on.variable})"
    if goes_on.kind == "parallel":
        return "  (num_parallel)"
    if goes_on.kind == "switch":
        cases = ", ".join(f"{value!r}: {step}" for value, step in goes_on.cases)
        return f"  (by {goes_on.variable}: {cases})"
    return ""


def _decorators(uses: Iterable[AnyUse]) -> list[str]:
    """Return decorators with what was written in their parentheses, of a person's own ones the names."""
    found = []
    for use in uses:
        given = dict(use.given) if isinstance(use, Decorator) else {}
        written = ", ".join(f"{name}={one_line(repr(value), 60)}" for name, value in given.items())
        found.append(f"@{name_of(use)}({written})" if written else f"@{name_of(use)}")
    return found


def _indented(words: str) -> str:
    return indent(printable(cleandoc(words)), "    ")
