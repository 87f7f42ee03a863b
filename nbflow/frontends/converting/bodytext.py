"""The body of a step as the body of a method: the same text, but for what a method or a file says otherwise."""

from __future__ import annotations

import ast
import inspect
import io
import tokenize
from collections.abc import Collection, Iterator, Mapping, Sequence

from nbflow.cells.scopes import names_bound_by, own_nodes
from nbflow.cells.syntax import digest_of, first_line, parse_module
from nbflow.frontends.converting.edits import Edits
from nbflow.frontends.converting.kernel_lines import without_kernel
from nbflow.frozen import frozen
from nbflow.model.step import Body

#: openings and ends of f-strings, as Python 3.12 and later divide them
_OPEN, _CLOSE = ("FSTRING_START", "TSTRING_START"), ("FSTRING_END", "TSTRING_END")


@frozen
class BodyText:
    """The text of a body, not indented."""

    lines: tuple[str, ...]
    #: it waits for something, so it needs a loop
    waits: bool
    #: modules that its text needs beyond those of the notebook
    modules: frozenset[str]


def body_text(
    body: Body,
    *,
    moved: Collection[str] = (),
    local: Collection[str] = (),
    joined: Mapping[str, str] | None = None,
    merge: str = "",
) -> BodyText:
    """Return the text of `body` for a method.

    Args:
        body: the body.
        moved: keys of its statements that stand outside the class.
        local: names that are the method's own, also where a function in it calls them global.
        joined: attributes of `inputs` that are called otherwise.
        merge: what stands for `merge_artifacts(…)`.
    """
    tree = parse_module(body.source)
    edits = Edits(body.source)
    written = body.cell.split("\n")
    for node in list(tree.body):
        line = written[node.lineno + body.line - 2].strip() if node.lineno + body.line - 2 < len(written) else ""
        if _is_moved(node, moved) or _is_silent(node, line):
            edits.drop(node, with_comments(body.source.split("\n"), first_line(node)))
            tree.body.remove(node)
        elif _is_merge(node):
            edits.replace(node, merge)
            tree.body.remove(node)
    _rename(tree, edits, local, joined or {})
    modules = without_kernel(tree, edits, lambda name: name in local or name in body.names.bindings)
    code = compile(body.source, body.file, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    lines = edits.applied().rstrip().split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    return BodyText(tuple(lines), bool(code.co_flags & inspect.CO_COROUTINE), frozenset(modules))


def _is_moved(node: ast.stmt, moved: Collection[str]) -> bool:
    future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
    return future or (bool(moved) and digest_of(node) in moved)


def _is_silent(node: ast.stmt, line: str) -> bool:
    """Whether a `pass` stands for a line that does nothing outside a kernel, as %matplotlib."""
    return isinstance(node, ast.Pass) and (line[:1] in {"%", "?"} or line.endswith("?"))


def _is_merge(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "merge_artifacts"


def _rename(tree: ast.Module, edits: Edits, local: Collection[str], joined: Mapping[str, str]) -> None:
    for node in ast.walk(tree):
        match node:
            case ast.Global(names=names):
                own = [name for name in names if name in local]
                others = [name for name in names if name not in local]
                if own:
                    text = f"nonlocal {', '.join(own)}" + (f"; global {', '.join(others)}" if others else "")
                    edits.replace(node, text)
            case ast.Attribute(value=ast.Name(id="inputs"), attr=name) if name in joined:
                edits.replace(node, joined[name])
            case ast.Compare(left=left, comparators=[*others]):
                _as_main(edits, [left, *others])


def _as_main(edits: Edits, operands: list[ast.expr]) -> None:
    """Let `__name__ == "__main__"` hold, as it does in a notebook."""
    if any(isinstance(each, ast.Constant) and each.value == "__main__" for each in operands):
        for each in operands:
            if isinstance(each, ast.Name) and each.id == "__name__":
                edits.replace(each, '"__main__"')


def with_comments(lines: Sequence[str], first: int) -> int:
    """Return the line on which the comments directly above line `first` begin, or `first`."""
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return first


def bound_here(body: Body) -> set[str]:
    """Return the names that the body binds itself, not by a function with `global`."""
    return {name for node in own_nodes(parse_module(body.source).body) for name in names_bound_by(node)}


def indented(lines: Collection[str], by: int) -> Iterator[str]:
    """Yield `lines` indented, but for those that begin inside a string."""
    inside = _inside_strings("\n".join(lines))
    for number, line in enumerate(lines, 1):
        yield line if number in inside or not line.strip() else " " * by + line


def _inside_strings(source: str) -> set[int]:
    """Return the numbers of the lines that begin inside a string."""
    found: set[int] = set()
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source + "\n").readline):
        name = tokenize.tok_name[token.type]
        if name in _OPEN:
            opened.append(token.start[0])
        elif name in _CLOSE:
            found |= set(range(opened.pop() + 1, token.end[0] + 1))
        elif name == "STRING":
            found |= set(range(token.start[0] + 1, token.end[0] + 1))
    return found
