"""How a step cell reaches us: an input transformer before IPython's own, and classes adopted as they are defined."""

from __future__ import annotations

import ast
import hashlib

from nbflow.cells.aside import STANDS_ASIDE, is_aside, without_mark
from nbflow.cells.header import cell_kind, misspelt_magic

#: name in the user's namespace under which the face is called
DOOR = "__nbflow__"


def transform(lines: list[str]) -> list[str]:
    """Return one call that carries the whole cell when it is one of ours, else `lines` as they are.

    It runs first in `input_transformers_cleanup`, so comments above the header, empty bodies and `await` work, and
    IPython expands nothing.
    """
    text = "".join(lines)
    if is_aside(text):
        return without_mark(lines)
    if cell_kind(text) is None and misspelt_magic(text) is None:
        return lines
    return [f"{DOOR}.cell({text!r})\n"]


#: IPython asks only transformers without any whether a cell is complete; one call always is. It looks for an attribute of
#: the function, of which a checker of types knows nothing
transform.has_side_effects = True  # type: ignore[attr-defined]  # see above


def unfinished(lines: list[str]) -> list[str]:
    """Return one of our cells as a cell magic, so that a console waits for a blank line before it runs it.

    It stands behind `transform`, which leaves it nothing of a cell that is run.
    """
    text = "".join(lines)
    return lines if cell_kind(text) is None else [f"%%{DOOR}\n", *lines[1:]]


class ClassAdopter(ast.NodeTransformer):
    """Gives each top-level class of a plain cell an outermost decorator that makes it the definitions module's own.

    At the class statement, not after the cell: objects made in the same cell must be of the adopted class too.
    """

    def visit_Module(self, tree: ast.Module) -> ast.Module:
        """Decorate the classes of a cell, but for one that only looks into a task."""
        if tree.body and isinstance(first := tree.body[0], ast.Expr) and _says(first.value, STANDS_ASIDE):
            return tree
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                key = hashlib.sha256(ast.dump(node).encode()).hexdigest()
                call = ast.parse(f"{DOOR}.adopt({key!r})", mode="eval").body
                for part in ast.walk(call):
                    ast.copy_location(part, node)
                node.decorator_list.insert(0, call)
        return tree


def _says(node: ast.expr, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text
