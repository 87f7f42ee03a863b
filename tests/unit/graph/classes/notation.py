"""Flows as classes from their text alone: each method is a step, no class is made."""

from __future__ import annotations

import ast
import textwrap

from nbflow.errors import Place, Problem
from nbflow.flowspec.next_calls import next_calls, positional
from nbflow.graph.built import Built
from nbflow.graph.classes.build import build_class
from nbflow.model.flowclass import ClassDraft, DecoratorSpec, MethodDraft
from nbflow.model.graph import Graph, Need, Node
from nbflow.model.ids import StepName
from nbflow.model.step import Body, Statement

PLACE = Place(notebook="flow.py")
FILE = Statement(("F",), "file", "", "", "flow.py", 1, "key", frozenset(), frozenset())


def draft(text: str) -> ClassDraft:
    """Return the draft of a class whose methods are `text`."""
    methods = textwrap.indent(textwrap.dedent(text).strip("\n"), "    ")
    whole = f"class F(FlowSpec):\n{methods}\n" if methods else "class F(FlowSpec):\n    pass\n"
    holder = ast.parse(whole).body[0]
    assert isinstance(holder, ast.ClassDef)
    steps = tuple(_method(each, whole) for each in holder.body if isinstance(each, ast.FunctionDef))
    return ClassDraft("F", steps, "F", PLACE, doc="What it does.")


def chain(*names: str) -> str:
    """Return linear steps, each followed by the next, the last by nothing."""
    pairs = zip(names, [*names[1:], None], strict=True)
    return "".join(f"def {name}(self): {f'self.next(self.{after})' if after else 'pass'}\n" for name, after in pairs)


def built(text: str, *, max_splits: int = 100) -> Built:
    """Return the graph of a class with its problems."""
    return build_class(draft(text), (FILE,), max_splits=max_splits)


def graph(text: str) -> Graph:
    """Return the graph of a class that has no error."""
    found = built(text)
    assert not found.problems, "\n\n".join(map(str, found.problems))
    return found.graph


def codes(text: str) -> list[str]:
    """Return the codes of what is wrong with a class."""
    return [each.code for each in built(text).problems]


def the_problem(text: str) -> Problem:
    """Return the one thing that is wrong with a class."""
    (found,) = built(text).problems
    return found


def waits(node: Node) -> str:
    """Return what a step waits for in short: `a | b` are candidates, `?` marks a choice, `,` parts branches."""
    return "; ".join(map(_need, node.needs))


def _need(need: Need) -> str:
    branches = (" | ".join(f"{each.step}{'?' * each.case}" for each in branch) for branch in need.branches)
    closes = f" closes {need.closes}" if need.closes else ""
    return f"{need.kind} {', '.join(branches)}{closes}"


def _method(function: ast.FunctionDef, whole: str) -> MethodDraft:
    first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
    lines = whole.splitlines(keepends=True)[first - 1 : function.end_lineno]
    body = Body("".join(line[4:] for line in lines), first, whole, "flow.py", ast.dump(function))
    calls = next_calls(function, ast.unparse)
    names = [ast.unparse(each) for each in function.decorator_list]
    return MethodDraft(
        StepName(function.name),
        Place("flow.py", step=function.name, line=function.lineno),
        body,
        calls.transitions,
        calls.ends_with_next,
        positional(function),
        decorators=tuple(DecoratorSpec(name) for name in names if not name.startswith("step")),
        start="step(start=True)" in names,
        end="step(end=True)" in names,
        doc=ast.get_docstring(function) or "",
    )
