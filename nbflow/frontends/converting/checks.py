"""What a body says that means something else in a method."""

from __future__ import annotations

import ast

from nbflow.cells.scopes import class_names
from nbflow.cells.syntax import parse_module
from nbflow.frontends.converting.naming import renamed
from nbflow.frontends.converting.original import Original, refuse
from nbflow.graph.resolved import ResolvedStep
from nbflow.model.ids import StepName


def check_body(original: Original, step: ResolvedStep) -> None:
    """Find out that the body of `step` says the same in a method.

    Raises:
        UsageError: R070, it does not.
    """
    body = step.draft.body
    tree = parse_module(body.source)
    place = step.draft.place
    if "self" in {*body.names.bindings, *body.names.reads, *body.names.soft}:
        refuse(place, "the name 'self'", "in a method it is the flow", "give the value another name")
    for node in ast.walk(tree):
        for name in (getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "arg", None)):
            if isinstance(name, str) and name.startswith("__") and not name.endswith("__") and not _is_ours(name):
                why = "in a class Python puts the class's name before such a name"
                refuse(place.at(_line(step, node)), f"the name '{name}'", why, "begin it with one underscore")
        if isinstance(node, ast.ClassDef):
            _check_class(step, node)
    _check_views(original, step, tree)


def _check_class(step: ResolvedStep, node: ast.ClassDef) -> None:
    """In a method, the body of a class does not see a name of the method that it binds itself."""
    own = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    names = step.draft.body.names
    for name in sorted(own & class_names(node).reads.keys() & {*names.bindings, *names.reads}):
        why = f"the class {node.name} reads it and binds it, so in a method it would not find it"
        refuse(step.draft.place.at(_line(step, node)), f"the name '{name}'", why, "give one of them another name")


def _check_views(original: Original, step: ResolvedStep, tree: ast.Module) -> None:
    """A join reads artifacts as attributes: those that are called otherwise in the class it would not find."""
    if not step.join:
        return
    left = renamed(name for each in original.flow.steps for name in each.leaves)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in left:
            giver = _giver(original, node.attr)
            why = (
                f"every flow has an attribute of that name, so what {giver} leaves is called {node.attr}_ in the class"
            )
            refuse(step.draft.place.at(_line(step, node)), f"'.{node.attr}'", why, f"call it otherwise in {giver}")


def _giver(original: Original, name: str) -> StepName:
    return next(step.name for step in original.flow.steps if name in step.leaves)


def _line(step: ResolvedStep, node: ast.AST) -> int:
    return int(getattr(node, "lineno", 1)) + step.draft.body.line - 1


def _is_ours(name: str) -> bool:
    return name.startswith("__nbflow_")
