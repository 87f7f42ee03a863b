"""What a function of a running body stands on: definitions alone, or what only the body has."""

from __future__ import annotations

import dis
from collections.abc import Collection, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any


def stands_alone(function: FunctionType, body: Mapping[str, Any], definitions: Collection[str]) -> bool:
    """Whether `function`, executed again from its definition, would find all that it has found here.

    Args:
        function: one that the body made.
        body: the body's globals.
        definitions: names that can be executed anywhere.
    """
    todo, seen = [function], {function}
    while todo:
        for name in _globals_of(todo.pop().__code__):
            value = body.get(name)
            if name not in body or name.startswith("__"):
                continue
            if name not in definitions:
                return False
            if isinstance(value, FunctionType) and value.__globals__ is body and value not in seen:
                seen.add(value)
                todo.append(value)
    return True


def _globals_of(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname == "LOAD_GLOBAL":
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals_of(constant)
