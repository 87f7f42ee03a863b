"""A %%parameters cell → Parameters of the class, and properties where a value is more than a class can be given."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

from nbflow.errors import NbflowError
from nbflow.frontends.converting.expressions import on_self
from nbflow.frontends.converting.original import Original, refuse
from nbflow.frontends.converting.parameter_types import Conversion, NoTypeError, conversion
from nbflow.frozen import frozen
from nbflow.model.parameter import ParameterDef
from nbflow.plan.parameters import coerce

_NO_LITERAL = object()


@frozen
class ParameterText:
    """The text of one parameter, not indented."""

    declaration: str
    #: a property, where what is given is not the value itself
    reader: tuple[str, ...] = ()
    #: JSONType, where it needs it
    imports: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()


def parameter_texts(original: Original) -> Iterator[ParameterText]:
    """Yield the parameters of the class, in the notebook's order.

    Raises:
        UsageError: R070, no Parameter can be of such a type.
    """
    classes = frozenset(name for each in original.graph.statements if each.kind == "class" for name in each.names)
    for each in original.graph.parameters:
        try:
            how = conversion(each.type, classes)
        except NoTypeError as unknown:
            why = "a Parameter of a class is a str, int, float, bool or JSON, and nothing is known to make this of one"
            fix = "declare it as one of these, or as a date, a Path, a list or the like"
            refuse(each.place, f"parameter {each.name}, of type {unknown}", why, fix)
        yield _Writer(original, each, how).written()


class _Writer:
    """Writes one parameter."""

    def __init__(self, original: Original, declared: ParameterDef, how: Conversion) -> None:
        self._declared = declared
        self._how = how
        self._default = original.assigned.get(declared.name, declared.default)
        #: parameters that its default is computed from
        self._from = declared.reads & original.parameters if declared.name not in original.assigned else frozenset()
        self._modules = set(how.modules)
        if declared.name in original.assigned and (self._default or "").isidentifier():
            # a scheduler writes text without quotes
            known = original.flow.draft.definitions.of(self._default or "")
            self._default = (
                self._default if known or self._default in {"True", "False", "None"} else repr(self._default)
            )

    def written(self) -> ParameterText:
        """Return the text."""
        name, how = self._declared.name, self._how
        direct = how.plain and not self._from
        arguments = [f'"{name}"', *self._arguments()]
        if self._declared.help:
            arguments.append(f"help={_quoted(self._declared.help)}")
        declaration = f"{name if direct else f'{name}_given'} = Parameter({', '.join(arguments)})"
        imports = frozenset({"JSONType"} if how.given == "JSONType" else ())
        return ParameterText(declaration, () if direct else tuple(self._reader()), imports, frozenset(self._modules))

    def _arguments(self) -> Iterator[str]:
        default, given = self._default, self._how.given
        if default is None:
            yield from (f"type={given}", "required=True")
            return
        value = self._literal(default)
        if self._from or value is None:
            yield f"type={given}"
            return
        if value is _NO_LITERAL:
            yield from (f"type={given}", f"default={self._computed(default)}")
            return
        if type(value).__name__ != given:
            yield f"type={given}"
        yield f"default={_quoted(value) if isinstance(value, str) else repr(value)}"

    def _literal(self, default: str) -> object:
        """Return what is given by default, if that can be said without executing anything."""
        try:
            value = coerce(self._declared, ast.literal_eval(default), namespace={})
        except (ValueError, TypeError, SyntaxError, NbflowError):
            return _NO_LITERAL
        if value is None:
            return None
        if self._how.given == "JSONType":
            try:
                return json.dumps(_listed(value))
            except TypeError:
                return _NO_LITERAL
        return value if type(value).__name__ == self._how.given else _NO_LITERAL

    def _computed(self, default: str) -> str:
        node = ast.parse(default.strip(), mode="eval").body
        # a number needs brackets before a dot, too
        simple = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
        simple |= isinstance(node, ast.Constant) and isinstance(node.value, bytes)
        text = self._how.write(default if simple else f"({default})")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            # the text of a date, or the like
            return default
        if self._how.given != "JSONType":
            return text
        self._modules.add("json")
        return f"json.dumps({text})"

    def _reader(self) -> Iterator[str]:
        """Yield the property under which steps read the value."""
        declared, given = self._declared, f"self.{self._declared.name}_given"
        yield "@property"
        yield f"def {declared.name}(self) -> {declared.type}:"
        yield f'    """The parameter {declared.name}, as {declared.type}."""'
        if self._from and self._default is not None:
            computed = on_self(self._default, {name: f"self.{name}" for name in self._from})
            yield f"    if {given} is None:"
            yield f"        return {computed}"
        yield f"    return {self._how.read(given)}"


def _listed(value: object) -> object:
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    return list(value) if isinstance(value, tuple) else value


def _quoted(text: str) -> str:
    """Return a text as ruff would quote it."""
    plain = repr(text)
    return plain if '"' in text or not plain.startswith("'") else f'"{plain[1:-1]}"'
