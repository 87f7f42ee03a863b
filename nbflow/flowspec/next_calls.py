"""`self.next(...)` read from the text of a step: where a step leads is known before anything runs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from nbflow.frozen import frozen
from nbflow.model.flowclass import Transition, TransitionKind
from nbflow.model.ids import StepName

Function = ast.FunctionDef | ast.AsyncFunctionDef
#: a key of a switch
Case = str | int | float | bool | None
#: what a key of a switch that is no literal stands for, as `self.config.mode`. Raises LookupError when it is nothing
KeyOf = Callable[[ast.expr], Case]

#: what is inside belongs to itself
_APART = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)
#: keyword → the kind of transition it makes
_KINDS: dict[str, TransitionKind] = {"foreach": "foreach", "num_parallel": "parallel", "condition": "switch"}


@frozen
class NextCalls:
    """All that a step says of the steps after it."""

    #: every self.next that is a statement of its own, in the order written
    transitions: tuple[Transition, ...]
    #: the last statement is one
    ends_with_next: bool


class _InvalidCall(Exception):  # noqa: N818 - never leaves this module
    """The call fits no rule; its text says why."""


def next_calls(function: Function, key_of: KeyOf | None = None) -> NextCalls:
    """Return the transitions of a step's function; lines are those of the tree."""
    me = first_argument(function)
    found = {id(statement): call for statement in _statements(function) if (call := _next_call(statement, me))}
    transitions = tuple(_transition(call, me, key_of or _no_key) for call in found.values())
    return NextCalls(transitions, id(function.body[-1]) in found)


def why_invalid(source: str, line: int) -> str:
    """Return what is wrong with the self.next on `line` of a function's text, or an empty string."""
    function = ast.parse(source).body[0]
    assert isinstance(function, Function)
    me = first_argument(function)
    for statement in _statements(function):
        call = _next_call(statement, me)
        if call and statement.lineno == line:
            try:
                _read(call, me, ast.unparse)
            except _InvalidCall as wrong:
                return str(wrong)
    return ""


def positional(function: Function) -> tuple[str, ...]:
    """Return the names of a function's positional arguments."""
    return tuple(each.arg for each in (*function.args.posonlyargs, *function.args.args))


def first_argument(function: Function) -> str:
    """Return the name under which a method knows its object; where it is forgotten, the name it has everywhere."""
    name = next(iter(positional(function)), "self")
    return "self" if name == "inputs" else name


def _statements(function: Function) -> Iterator[ast.stmt]:
    """Yield the statements of a function in the order written, nested ones included, its inner functions' not."""
    todo: list[ast.AST] = list(reversed(function.body))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, _APART):
            todo.extend(reversed(list(ast.iter_child_nodes(node))))


def _next_call(statement: ast.stmt, me: str) -> ast.Call | None:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return call if isinstance(call, ast.Call) and _own(call.func, me) == "next" else None


def _own(node: ast.expr, me: str) -> str | None:
    """Return `x` of `self.x`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == me:
        return node.attr
    return None


def _transition(call: ast.Call, me: str, key_of: KeyOf) -> Transition:
    try:
        return _read(call, me, key_of)
    except _InvalidCall:
        meant = [_own(node, me) for argument in call.args for node in _parts(argument)]
        return Transition("invalid", _each_once(name for name in meant if name), line=call.lineno)


def _parts(argument: ast.expr) -> list[ast.expr]:
    return argument.values if isinstance(argument, ast.Dict) else [argument]


def _each_once(names: Iterator[str]) -> tuple[StepName, ...]:
    return tuple(dict.fromkeys(map(StepName, names)))


def _read(call: ast.Call, me: str, key_of: KeyOf) -> Transition:
    """Return what the call says. Raises _InvalidCall when it fits no rule."""
    keywords = {each.arg: each.value for each in call.keywords}
    for name in keywords:
        if name not in _KINDS:
            raise _InvalidCall(f"self.next() has no argument '{name}'" if name else "** hides what is meant")
    names = [str(name) for name in keywords]
    if len(names) > 1:
        raise _InvalidCall(f"{' and '.join(names)} cannot be combined")
    keyword, value = next(iter(keywords.items()), (None, None))
    if call.args and isinstance(call.args[0], ast.Dict):
        if len(call.args) > 1:
            raise _InvalidCall("beside a dictionary of cases no other step can stand")
        if keyword not in {"condition", None}:
            raise _InvalidCall(f"a dictionary of cases cannot be combined with {keyword}")
        return _switch(call, call.args[0], value, me, key_of)
    if keyword == "condition":
        raise _InvalidCall("condition needs a dictionary of cases, as in {'yes': self.a, 'no': self.b}")
    if not call.args:
        raise _InvalidCall("Specify at least one step function as an argument")
    targets = tuple(_target(argument, me) for argument in call.args)
    if len(set(targets)) < len(targets):
        raise _InvalidCall("it names the same step twice")
    if keyword is None or value is None:
        return Transition("split" if len(targets) > 1 else "linear", targets, line=call.lineno)
    if len(targets) > 1:
        raise _InvalidCall(f"Only one destination allowed when {keyword} is used")
    variable = ast.unparse(value) if keyword == "num_parallel" else _string(keyword, value, me)
    return Transition(_KINDS[keyword], targets, variable, line=call.lineno)


def _switch(call: ast.Call, choice: ast.Dict, condition: ast.expr | None, me: str, key_of: KeyOf) -> Transition:
    variable = None if condition is None else _string("condition", condition, me)
    cases: dict[Case, StepName] = {}
    for key, value in zip(choice.keys, choice.values, strict=True):
        if key is None:
            raise _InvalidCall("** hides cases")
        case = _literal(key, key_of)
        if case in cases:
            raise _InvalidCall(f"the case {case!r} stands there twice")
        cases[case] = _target(value, me)
    return Transition("switch", _each_once(iter(cases.values())), variable, tuple(cases.items()), call.lineno)


def _string(keyword: str, value: ast.expr, me: str) -> str:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    example = _own(value, me) or "x"
    raise _InvalidCall(f"{keyword} must be the name of an artifact as a string, as in {keyword}='{example}'")


def _target(argument: ast.expr, me: str) -> StepName:
    name = _own(argument, me)
    if name is None:
        raise _InvalidCall(f"`{ast.unparse(argument)}` is no step: write {me}.NAME")
    return StepName(name)


def _literal(key: ast.expr, key_of: KeyOf) -> Case:
    """Return the value of a case's key, which is known before anything runs."""
    if isinstance(key, ast.Constant) and isinstance(key.value, Case):
        return key.value
    if (
        isinstance(key, ast.UnaryOp)
        and isinstance(key.op, ast.USub)
        and isinstance(key.operand, ast.Constant)
        and isinstance(key.operand.value, int | float)
    ):
        return -key.operand.value
    if isinstance(key, ast.Attribute | ast.Subscript):
        return key_of(key)
    raise _InvalidCall(f"the case `{ast.unparse(key)}` is no string, number, True, False or None")


def _no_key(key: ast.expr) -> Case:
    raise _InvalidCall(f"the case `{ast.unparse(key)}` is no string, number, True, False or None")
