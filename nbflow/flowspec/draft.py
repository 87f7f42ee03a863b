"""From a class made ready to its draft: each step as its text states it, before it meets the other steps."""

from __future__ import annotations

import ast
import hashlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from nbflow.errors import NOWHERE, Place, Problem, error, problem
from nbflow.flowspec.decorators import spec_of
from nbflow.flowspec.function_text import FunctionText, NoTextError, digest_of, function_text, imported_modules
from nbflow.flowspec.next_calls import Case, KeyOf, first_argument, next_calls, positional
from nbflow.flowspec.options import options_of
from nbflow.flowspec.prepared import PreparedFlow, PreparedStep
from nbflow.model.flowclass import ClassDraft, MethodDraft
from nbflow.model.ids import StepName
from nbflow.model.step import Body

#: file names of definitions, as in `<sales.ipynb · cell 7>`
_CELL = re.compile(r"<(?P<notebook>.+) · (?P<cell>.+)>")


def draft_of(prepared: PreparedFlow, *, flow_class: str, place: Place = NOWHERE) -> ClassDraft:
    """Return the draft of a flow class.

    Args:
        prepared: the class made ready.
        flow_class: the class, as the definitions module names it.
        place: where the class stands: its notebook or file, its cell.

    Raises:
        FlowError: the text of a step cannot be found, a case of a switch cannot be told, or its decorators ask for
            what does not go together. All of it is said at once.
    """
    problems: list[Problem] = []
    texts = dict(_texts(prepared, place, problems))
    own = {text.file for name, text in texts.items() if _is_own(prepared.steps[name], prepared)}
    methods = []
    for name, text in texts.items():
        at = place if text.file in own and place != NOWHERE else _place_of_file(text.file)
        methods.append(_method(prepared, prepared.steps[name], text, replace(at, step=name, method=True), problems))
    if any(each.severity == "error" for each in problems):
        raise error(each for each in problems if each.severity == "error")
    return ClassDraft(
        prepared.name,
        tuple(methods),
        flow_class,
        place,
        frozenset(prepared.parameters) | frozenset(prepared.configs),
        tuple(map(spec_of, prepared.decorators)),
        inspect.cleandoc(prepared.flow_class.__doc__ or ""),
    )


def _texts(prepared: PreparedFlow, place: Place, problems: list[Problem]) -> Iterator[tuple[str, FunctionText]]:
    for name, step in prepared.steps.items():
        try:
            yield name, function_text(step.function)
        except NoTextError as missing:
            where = replace(place, step=name, method=True)
            problems.append(problem("F041", where, name=name, why=missing, fix=missing.fix))


def _is_own(step: PreparedStep, prepared: PreparedFlow) -> bool:
    """Say whether the class itself defines the step, and no base of it."""
    return step.function.__qualname__ == f"{prepared.flow_class.__qualname__}.{step.function.__name__}"


def _place_of_file(file: str) -> Place:
    if cell := _CELL.fullmatch(file):
        return Place(cell["notebook"], cell["cell"])
    # the name under which a kernel keeps a cell tells nobody anything
    return NOWHERE if file.startswith("<") or "ipykernel_" in file else Place(Path(file).name)


def _method(
    prepared: PreparedFlow, step: PreparedStep, text: FunctionText, place: Place, problems: list[Problem]
) -> MethodDraft:
    place = place.at(text.tree.lineno)
    calls = next_calls(text.tree, _key_of(prepared, step.name, text, place, problems))
    options, found = options_of(step, prepared)
    problems.extend(found)
    body = Body(
        source=text.source,
        line=text.line,
        cell=text.whole,
        file=text.file,
        digest=_digest(text, step),
        modules=imported_modules(text.tree),
    )
    return MethodDraft(
        name=StepName(step.name),
        place=place,
        body=body,
        transitions=calls.transitions,
        ends_with_next=calls.ends_with_next,
        arguments=positional(text.tree),
        options=options,
        decorators=tuple(map(spec_of, (*step.decorators, *step.wrappers))),
        start=step.start,
        end=step.end,
        doc=inspect.cleandoc(step.function.__doc__ or ""),
    )


# ---- cases that a config names


class _UntoldError(LookupError):
    """What a case stands for cannot be told; the message says why."""


def _key_of(prepared: PreparedFlow, step: str, text: FunctionText, place: Place, problems: list[Problem]) -> KeyOf:
    """Return what reads keys such as `self.config.mode`, and notes those that it cannot."""
    me = first_argument(text.tree)

    def read(key: ast.expr) -> Case:
        try:
            return _config_value(key, me, prepared.config_values)
        except _UntoldError as wrong:
            line = text.whole.splitlines()[key.lineno - 1]
            where = place.at(key.lineno, text=line)
            problems.append(problem("F042", where, name=step, key=ast.unparse(key), why=wrong))
            # a case of its own, so that what else is wrong can be found
            return ast.unparse(key)

    return read


def _config_value(key: ast.expr, me: str, values: Mapping[str, Any]) -> Case:
    """Return the value in a config that `self.config.a.b` names. Raises _UntoldError."""
    path: list[Any] = []
    node = key
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            path.append(node.attr)
        elif isinstance(node.slice, ast.Constant):
            path.append(node.slice.value)
        else:
            raise _UntoldError(f"[{ast.unparse(node.slice)}] is not known before the flow runs")
        node = node.value
    if not (isinstance(node, ast.Name) and node.id == me and path[-1] in values):
        raise _UntoldError("it is no value of a Config of the flow")
    found = values[path.pop()]
    while path:
        part = path.pop()
        try:
            found = found[part] if isinstance(found, Mapping | list | tuple) else getattr(found, part)
        except (LookupError, AttributeError, TypeError):
            raise _UntoldError(f"there is no '{part}' in it") from None
    if not isinstance(found, Case):
        raise _UntoldError(f"it is a {type(found).__name__}")
    return found


# ---- what a step does


def _digest(text: FunctionText, step: PreparedStep) -> str:
    """Return a digest of what the step does, within the decorators of the person's own."""
    if not step.wrappers:
        return digest_of(text.tree)
    parts = [digest_of(text.tree)]
    for wrapper in step.wrappers:
        parts += [repr(spec_of(wrapper)), *map(_function_digest, _functions(type(wrapper)))]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _functions(kind: type) -> Iterator[FunctionType]:
    """Yield the functions of a person's class, those of its bases included."""
    for each in kind.__mro__:
        if each is object or str(each.__module__).startswith("nbflow."):
            continue
        for value in vars(each).values():
            for function in (value, *(getattr(value, part, None) for part in ("__func__", "fget", "fset"))):
                if isinstance(function, FunctionType):
                    yield function


def _function_digest(function: Callable[..., Any]) -> str:
    try:
        return digest_of(function_text(function).tree)
    except NoTextError:
        # made by a program: what it was compiled to stands for it
        code = inspect.unwrap(function).__code__
        plain = [value for value in code.co_consts if not isinstance(value, CodeType)]
        return hashlib.sha256(code.co_code + repr((code.co_names, plain)).encode("utf-8", "surrogatepass")).hexdigest()
