"""The parameters of a flow file, read from its text: to know a wrong name before a process is started.

Nothing is executed, so this is a guess: a class may inherit parameters, or get them from a mutator. Where it might, no
name is called wrong here; the flow itself refuses it soon after.
"""

from __future__ import annotations

import ast
from pathlib import Path

from nbflow.frozen import frozen

_MAKERS = frozenset({"Parameter", "IncludeFile"})
#: decorators of a class that add no parameters
_KNOWN = frozenset({
    "conda_base", "exit_hook", "project", "pypi_base", "schedule", "trigger", "trigger_on_finish",
})  # fmt: skip


@frozen
class Declared:
    """What a file says of its flow's parameters."""

    #: as a person types them
    names: tuple[str, ...] = ()
    #: attributes under which steps read them
    attributes: tuple[str, ...] = ()
    #: of those that are lists of texts: what stands between these
    separators: tuple[tuple[str, str], ...] = ()
    #: there are no others
    complete: bool = False


def declared(path: Path) -> Declared:
    """Return what the flow file at `path` declares, as far as its text says it."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return Declared()
    flows = [each for each in tree.body if isinstance(each, ast.ClassDef) and any(_is_step(part) for part in each.body)]
    if len(flows) != 1:
        return Declared()
    names, attributes, separators = [], [], []
    complete = _is_plain(flows[0])
    for part in flows[0].body:
        match part:
            case ast.Assign(targets=[ast.Name(id=attribute)], value=ast.Call(func=maker, args=args, keywords=keywords)):
                if _last(maker) not in _MAKERS:
                    complete = complete and _last(maker) not in {"Config", ""}
                    continue
                given = {each.arg: each.value for each in keywords}
                name = _text(args[0] if args else given.get("name"))
                complete = complete and name is not None
                names.append(name or attribute)
                attributes.append(attribute)
                if (separator := _text(given.get("separator"))) is not None:
                    separators += [(names[-1], separator), (attribute, separator)]
    return Declared(tuple(names), tuple(attributes), tuple(separators), complete)


def _is_plain(flow: ast.ClassDef) -> bool:
    """Whether all parameters of the class are assigned in it."""
    decorators = [each.func if isinstance(each, ast.Call) else each for each in flow.decorator_list]
    return [_last(each) for each in flow.bases] == ["FlowSpec"] and all(_last(each) in _KNOWN for each in decorators)


def _is_step(part: ast.stmt) -> bool:
    decorators = part.decorator_list if isinstance(part, ast.FunctionDef) else []
    return any(_last(each.func if isinstance(each, ast.Call) else each) == "step" for each in decorators)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
