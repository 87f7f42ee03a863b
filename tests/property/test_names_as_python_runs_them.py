"""The analysis of names against Python itself: given what it says a body reads, the body runs without NameError,
what it says is certainly bound is bound at the end, and no read that it says must miss ever finds its name."""

from __future__ import annotations

import ast
import builtins
import sys
import textwrap
from contextlib import nullcontext, suppress

from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.names import names_of, walked

NAMES = st.sampled_from("abcdef")
EXPRESSIONS = st.one_of(
    NAMES,
    st.sampled_from(["1", "0"]),
    st.builds("{} + {}".format, NAMES, NAMES),
    st.builds("({} := {})".format, NAMES, NAMES),
    st.builds("({} and ({} := {}))".format, NAMES, NAMES, NAMES),
    st.builds("({} if {} else {})".format, NAMES, NAMES, NAMES),
    st.builds("(0 < {} < ({} := {}))".format, NAMES, NAMES, NAMES),
    st.builds("sum([{} for {} in range({})])".format, NAMES, NAMES, NAMES),
    st.builds("len([({} := {}) for _ in range(2)])".format, NAMES, NAMES),
    st.builds("(lambda {}: {})(1)".format, NAMES, NAMES),
)
SIMPLE = st.one_of(
    st.builds("{} = {}".format, NAMES, EXPRESSIONS),
    st.builds("{} += {}".format, NAMES, EXPRESSIONS),
    st.builds("{}, {} = {}, 1".format, NAMES, NAMES, EXPRESSIONS),
    st.builds("{}: int = {}".format, NAMES, EXPRESSIONS),
    st.builds("del {}".format, NAMES),
    st.builds("import math as {}".format, NAMES),
    st.builds("def {}(x=1): return {}".format, NAMES, NAMES),
    st.builds("def _f():\n    global {0}\n    {0} = {1}\n_f()".format, NAMES, NAMES),
    st.builds("class _C:\n    {} = {}".format, NAMES, NAMES),
    st.just("raise ValueError"),
    st.builds("assert {} is not None".format, NAMES),
    st.just("pass"),
)


def block(statements: list[str]) -> str:
    return textwrap.indent("\n".join(statements), "    ")


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    blocks = st.lists(inner, min_size=1, max_size=3).map(block)
    looped = st.lists(st.one_of(inner, st.sampled_from(["break", "continue"])), min_size=1, max_size=3).map(block)
    return st.one_of(
        st.builds("if {}:\n{}".format, EXPRESSIONS, blocks),
        st.builds("if {}:\n{}\nelse:\n{}".format, EXPRESSIONS, blocks, blocks),
        st.builds("for {} in range({}):\n{}".format, NAMES, st.integers(0, 2), looped),
        st.builds("for {} in range({}):\n{}\nelse:\n{}".format, NAMES, st.integers(0, 2), looped, blocks),
        st.builds("while True:\n{}\n    break".format, blocks),
        st.builds("try:\n{}\nexcept ValueError as {}:\n{}".format, blocks, NAMES, blocks),
        st.builds("try:\n{}\nexcept ValueError:\n{}\nelse:\n{}\nfinally:\n{}".format, blocks, blocks, blocks, blocks),
        st.builds("with nullcontext(1) as {}:\n{}".format, NAMES, blocks),
        st.builds("match {}:\n    case {}:\n        pass".format, EXPRESSIONS, st.sampled_from(["1", "int(a)", "b"])),
    )


STATEMENTS = st.recursive(SIMPLE, compound, max_leaves=8)
PROGRAMS = st.lists(STATEMENTS, min_size=1, max_size=6).map("\n".join)


def unbound_again(code: str) -> set[str]:
    """Names that `del` or the end of a handler takes away: reading them later fails in a notebook, too."""
    nodes = list(ast.walk(ast.parse(code)))
    deleted = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)}
    return deleted | {node.name for node in nodes if isinstance(node, ast.ExceptHandler) and node.name}


@given(PROGRAMS)
def test_a_body_given_what_it_reads_runs_and_leaves_what_is_certain(code: str) -> None:
    names = names_of(code)
    space: dict[str, object] = {"nullcontext": nullcontext}
    space |= dict.fromkeys((set(names.reads) | names.soft) & set("abcdef"), 1)
    missing, ended = "", False
    with suppress(ValueError, TypeError, AssertionError, AttributeError, UnboundLocalError):
        try:
            exec(compile(code, "<body>", "exec"), space)
            ended = True
        except UnboundLocalError:
            raise
        except NameError as error:
            missing = error.name

    assert not missing or missing in unbound_again(code)
    if ended:
        assert {name for name, binding in names.bindings.items() if binding.certain} <= set(space)


class Watched(dict[str, object]):
    """The variables of a run, which note every line that found a name."""

    def __init__(self, **given: object) -> None:
        super().__init__(given, __builtins__=builtins)
        self.found: set[tuple[str, int]] = set()

    def __getitem__(self, name: str) -> object:
        value = super().__getitem__(name)
        self.found.add((name, sys._getframe(1).f_lineno))
        return value


def ran_alone(code: str) -> Watched:
    """Run `code` as a notebook of its own; return its variables."""
    space = Watched(nullcontext=nullcontext)
    # how it ends is the body's own matter
    with suppress(Exception):
        exec(compile(code, "<body>", "exec"), space)
    return space


def bound_on(code: str, line: int) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(code)) if getattr(node, "lineno", 0) == line]
    return {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}


@given(PROGRAMS)
def test_a_read_that_nothing_can_have_bound_finds_nothing(code: str) -> None:
    """So a body that is refused for a name would have ended there, had it come there."""
    space = ran_alone(code)

    for name, line in walked(code)[0].missed:
        assert name not in "abcdef" or (name, line) not in space.found or name in bound_on(code, line)
