"""What a parameter's annotation means: its source, read into a value that coercion walks. Nothing is executed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from enum import Enum
from types import GenericAlias, UnionType
from typing import Literal

from nbflow.cards.printable import one_line
from nbflow.frozen import frozen

Kind = Literal[
    "str", "int", "float", "bool", "bytes", "date", "datetime", "timedelta", "Path", "Decimal", "UUID", "Enum",
    "list", "tuple", "set", "dict", "Any", "None", "Literal", "union",
]  # fmt: skip

#: a type's own name, and names it goes by in annotations
_KINDS: dict[str, Kind] = {
    "str": "str",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "bytes": "bytes",
    "date": "date",
    "datetime": "datetime",
    "timedelta": "timedelta",
    "Path": "Path",
    "PurePath": "Path",
    "PosixPath": "Path",
    "Decimal": "Decimal",
    "UUID": "UUID",
    "list": "list",
    "List": "list",
    "tuple": "tuple",
    "Tuple": "tuple",
    "set": "set",
    "Set": "set",
    "dict": "dict",
    "Dict": "dict",
    "Any": "Any",
    "None": "None",
    "NoneType": "None",
}
_SUBSCRIPTED = frozenset({"Literal", "Optional", "Union", "Annotated"})
_SCALARS = frozenset({
    "str", "int", "float", "bool", "bytes", "date", "datetime", "timedelta", "Path", "Decimal", "UUID", "Enum",
    "None", "Literal",
})  # fmt: skip

_HOMES = frozenset({"builtins", "datetime", "decimal", "pathlib", "types", "typing", "uuid"})

#: for messages
KNOWN = "str, int, float, bool, bytes, date, datetime, timedelta, Path, Decimal, UUID, an Enum, list[…], tuple[…], set[…], dict[…, …], Literal[…], Any, and unions of these with |"


class UnknownTypeError(ValueError):
    """An annotation, or a part of it, is none of the types a parameter may have; the argument is that part."""


@frozen
class TypeForm:
    """One type, with the types inside it."""

    kind: Kind
    #: list, set: the item; tuple: its items; dict: key and value; union: its members
    args: tuple[TypeForm, ...] = ()
    #: tuple: any number of `args[0]`
    repeated: bool = False
    #: Literal: what it may be
    values: tuple[object, ...] = ()
    #: Enum: the class
    enum: type[Enum] | None = None

    @property
    def scalar(self) -> bool:
        """A text stands for one value of it without brackets."""
        return self.kind in _SCALARS or (self.kind == "union" and all(each.scalar for each in self.args))

    @property
    def optional(self) -> bool:
        """None is one of its values."""
        return self.kind == "None" or (self.kind == "union" and any(each.optional for each in self.args))

    def __str__(self) -> str:
        if self.kind == "Literal":
            return f"Literal[{', '.join(map(repr, self.values))}]"
        if self.kind == "Enum" and self.enum is not None:
            return self.enum.__name__
        if self.kind == "union":
            return " | ".join(map(str, self.args))
        if self.args:
            return f"{self.kind}[{', '.join(map(str, self.args))}{', ...' if self.repeated else ''}]"
        return self.kind

    @property
    def phrase(self) -> str:
        """The type as it reads after `is not`: `an int`, `a list[str]`, `one of 'a', 'b'`, `an int or None`."""
        if self.kind == "Literal":
            return "one of " + one_line(", ".join(map(repr, self.values)), 80)
        if self.kind == "union":
            return " or ".join(each.phrase for each in self.args)
        if self.kind == "Any":
            return "JSON"
        if self.kind == "None":
            return "None"
        written = str(self)
        return ("an " if written[0] in "aeioAEIO" else "a ") + written


ANY = TypeForm("Any")


def parse_type(source: str, namespace: Mapping[str, object]) -> TypeForm:
    """Return what the annotation `source` means; `namespace` holds the flow's definitions (Enum classes, aliases).

    Raises:
        UnknownTypeError: some part of it is no type a parameter may have.
    """
    try:
        node = ast.parse(source.strip() or "Any", mode="eval").body
    except (SyntaxError, ValueError):
        raise UnknownTypeError(source) from None
    return _read(node, namespace)


def _read(node: ast.expr, namespace: Mapping[str, object]) -> TypeForm:
    match node:
        case ast.Constant(value=None):
            return TypeForm("None")
        case ast.Constant(value=str(quoted)):
            return parse_type(quoted, namespace)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _union((_read(left, namespace), _read(right, namespace)))
        case ast.Subscript(value=outer, slice=inner):
            parts = tuple(inner.elts) if isinstance(inner, ast.Tuple) else (inner,)
            return _subscripted(node, _last_name(outer), parts, namespace)
        case ast.Name() | ast.Attribute():
            return _named(node, namespace)
    raise UnknownTypeError(ast.unparse(node))


def _subscripted(node: ast.expr, name: str, parts: tuple[ast.expr, ...], namespace: Mapping[str, object]) -> TypeForm:
    kind = _KINDS.get(name)
    if name == "Literal":
        return TypeForm("Literal", values=tuple(_literal(part, namespace) for part in parts))
    if name == "Annotated":
        return _read(parts[0], namespace)
    if name == "Optional" and len(parts) == 1:
        return _union((_read(parts[0], namespace), TypeForm("None")))
    if name == "Union":
        return _union(tuple(_read(part, namespace) for part in parts))
    if kind == "tuple":
        repeated = len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is ...
        items = parts[:1] if repeated else parts
        return TypeForm("tuple", tuple(_read(part, namespace) for part in items), repeated=repeated)
    if (kind in {"list", "set"} and len(parts) == 1) or (kind == "dict" and len(parts) == 2):
        return TypeForm(kind, tuple(_read(part, namespace) for part in parts))
    raise UnknownTypeError(ast.unparse(node))


def _named(node: ast.Name | ast.Attribute, namespace: Mapping[str, object]) -> TypeForm:
    defined = _looked_up(node, namespace)
    if isinstance(defined, type) and issubclass(defined, Enum):
        return TypeForm("Enum", enum=defined)
    if isinstance(defined, GenericAlias | UnionType):
        return parse_type(repr(defined), namespace)
    # an alias or `import datetime as dt` says more than the name; a class of the person's own is no parameter type
    name = _last_name(node) if defined is None else _type_name(defined)
    kind = _KINDS.get(name)
    if kind is None or name in _SUBSCRIPTED:
        raise UnknownTypeError(ast.unparse(node))
    if kind in {"list", "set"}:
        return TypeForm(kind, (ANY,))
    if kind == "tuple":
        return TypeForm("tuple", (ANY,), repeated=True)
    return TypeForm("dict", (ANY, ANY)) if kind == "dict" else TypeForm(kind)


def _looked_up(node: ast.expr, namespace: Mapping[str, object]) -> object | None:
    if isinstance(node, ast.Attribute):
        owner = _looked_up(node.value, namespace)
        return None if owner is None else getattr(owner, node.attr, None)
    return namespace.get(node.id) if isinstance(node, ast.Name) else None


def _type_name(defined: object) -> str:
    """Return the name of a class of the standard library, `""` for anything of the person's own."""
    if isinstance(defined, type):
        return defined.__name__ if defined.__module__.partition(".")[0] in _HOMES else ""
    return str(getattr(defined, "_name", "")) if type(defined).__module__ == "typing" else ""


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _literal(node: ast.expr, namespace: Mapping[str, object]) -> object:
    member = _looked_up(node, namespace)
    if isinstance(member, Enum):
        return member
    try:
        value = ast.literal_eval(node)
    except ValueError:
        raise UnknownTypeError(f"Literal[{ast.unparse(node)}]") from None
    if value is not None and not isinstance(value, str | int | bytes | bool):
        raise UnknownTypeError(f"Literal[{ast.unparse(node)}]")
    return value


def _union(members: tuple[TypeForm, ...]) -> TypeForm:
    flat = [inner for each in members for inner in (each.args if each.kind == "union" else (each,))]
    # by text: Literal[1] and Literal[True] are equal as values
    unique = tuple({str(each): each for each in flat}.values())
    return unique[0] if len(unique) == 1 else TypeForm("union", unique)
