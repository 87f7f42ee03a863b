"""Types of a notebook's parameters in terms of those that a class has: str, int, float, bool and JSON."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection

from nbflow.frozen import frozen

#: from an expression to one that makes something of it
Made = Callable[[str], str]


def _same(value: str) -> str:
    return value


@frozen
class Conversion:
    """How values of a type are given to a class."""

    #: type of the Parameter: str, int, float, bool or JSONType
    given: str
    #: what is given → the value
    read: Made = _same
    #: the value → what is given
    write: Made = _same
    modules: frozenset[str] = frozenset()

    @property
    def plain(self) -> bool:
        """What is given is the value."""
        return self.read is _same

    @property
    def in_json(self) -> bool:
        """As part of a list it needs no conversion: JSON may spell 1.0 as 1."""
        return self.plain and self.given != "float"


_SIMPLE = frozenset({"str", "int", "float", "bool"})
_FROM_TEXT = frozenset({"Path", "PurePath", "PosixPath", "Decimal", "UUID"})
_JSON = Conversion("JSONType")


class NoTypeError(ValueError):
    """A type that no Parameter can have; the argument is its text."""


def conversion(source: str, enums: Collection[str]) -> Conversion:
    """Return how values of the annotated type `source` are given; `enums` are the flow's own Enum classes.

    Raises:
        NoTypeError: a class has nothing for it.
    """
    return _of(ast.parse(source.strip() or "Any", mode="eval").body, enums)


def _of(node: ast.expr, enums: Collection[str]) -> Conversion:
    match node:
        case ast.Constant(value=str(quoted)):
            return conversion(quoted, enums)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _union([left, right], enums)
        case ast.Subscript(value=outer, slice=ast.Tuple(elts=parts)):
            return _subscripted(_last(outer), parts, enums)
        case ast.Subscript(value=outer, slice=part):
            return _subscripted(_last(outer), [part], enums)
        case ast.Name() | ast.Attribute():
            return _named(ast.unparse(node), _last(node), enums)
    raise NoTypeError(ast.unparse(node))


def _named(source: str, name: str, enums: Collection[str]) -> Conversion:
    if name in _SIMPLE:
        return Conversion(name)
    if name in {"Any", "list", "dict", "List", "Dict"}:
        return _JSON
    if name in {"tuple", "set", "Tuple", "Set"}:
        return _gathered(name.lower(), Conversion("JSONType"))
    if name in {"date", "datetime"}:
        return Conversion("str", lambda value: f"{source}.fromisoformat({value})", lambda value: f"{value}.isoformat()")
    if name == "timedelta":
        return Conversion("float", lambda value: f"{source}(seconds={value})", lambda value: f"{value}.total_seconds()")
    if name in _FROM_TEXT:
        return Conversion("str", lambda value: f"{source}({value})", lambda value: f"str({value})")
    if name == "bytes":
        return Conversion(
            "str",
            lambda value: f"base64.b64decode({value})",
            lambda value: f"base64.b64encode({value}).decode()",
            frozenset({"base64"}),
        )
    if name in enums:
        return Conversion("str", lambda value: f"{source}[{value}]", lambda value: f"{value}.name")
    raise NoTypeError(source)


def _subscripted(name: str, parts: list[ast.expr], enums: Collection[str]) -> Conversion:
    match name.lower():
        case "optional" | "union":
            return _union([*parts, ast.Constant(None)] if name == "Optional" else parts, enums)
        case "annotated":
            return _of(parts[0], enums)
        case "literal":
            kinds = {type(ast.literal_eval(part)).__name__ for part in parts}
            return Conversion(kinds.pop()) if len(kinds) == 1 and kinds <= _SIMPLE else _JSON
        case "list" | "set" as kind:
            return _gathered(kind, _of(parts[0], enums))
        case "tuple" as kind:
            items = [_of(part, enums) for part in parts if not (isinstance(part, ast.Constant) and part.value is ...)]
            if all(each.in_json for each in items):
                return _gathered(kind, _JSON)
            if len({each.read("") for each in items}) == 1:
                return _gathered(kind, items[0])
        case "dict":
            return _mapping(*(_of(part, enums) for part in parts))
    raise NoTypeError(f"{name}[{', '.join(map(ast.unparse, parts))}]")


def _gathered(kind: str, item: Conversion) -> Conversion:
    """Return the conversion of a list, tuple or set of `item`."""
    if kind == "list" and item.in_json:
        return _JSON
    made = "float(each)" if item.plain else item.read("each")
    open_, close = {"list": ("[", "]"), "set": ("{", "}")}.get(kind, (f"{kind}(", ")"))

    def read(value: str) -> str:
        return f"{kind}({value})" if item.in_json else f"{open_}{made} for each in {value}{close}"

    def write(value: str) -> str:
        return f"list({value})" if item.plain else f"[{item.write('each')} for each in {value}]"

    return Conversion("JSONType", read, write, item.modules)


def _mapping(key: Conversion, value: Conversion) -> Conversion:
    if key.given == "str" and key.plain and value.in_json:
        return _JSON
    # JSON has texts as keys
    made = key.read("key") if not key.plain else "key" if key.given == "str" else f"{key.given}(key)"
    kept = (
        value.read("value") if not value.in_json and not value.plain else "value" if value.in_json else "float(value)"
    )

    def read(given: str) -> str:
        return f"{{{made}: {kept} for key, value in {given}.items()}}"

    def write(typed: str) -> str:
        return f"{{{key.write('key')}: {value.write('value')} for key, value in {typed}.items()}}"

    return Conversion("JSONType", read, write, key.modules | value.modules)


def _union(parts: list[ast.expr], enums: Collection[str]) -> Conversion:
    others = [part for part in parts if not (isinstance(part, ast.Constant) and part.value is None)]
    if len(others) != 1 or len(others) == len(parts):
        raise NoTypeError(" | ".join(map(ast.unparse, parts)))
    inner = _of(others[0], enums)
    if inner.plain:
        return inner
    return Conversion(
        inner.given, lambda value: f"None if {value} is None else {inner.read(value)}", inner.write, inner.modules
    )


def _last(node: ast.expr) -> str:
    """Return the last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
