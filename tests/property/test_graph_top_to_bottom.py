"""The promise of the graph: a step never gets a value other than the one a top-to-bottom run of the cells would give it.

Random flows run twice: as plain Python, cell after cell in one namespace, and as a graph, each task in a namespace of
its own and in any order. Either all values are equal, or the graph is refused before anything runs.
"""

from __future__ import annotations

import builtins
import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from nbflow.errors import CellError
from nbflow.graph.build import build
from tests.naive import execute
from tests.unit.graph.notation import flow, step

NAMES = ("x", "y", "z", "l", "d")
#: functions and classes a flow may define; they share no names with values, but values may take their names
DEFINED = ("h0", "h1", "C0")
#: `f` makes an int of anything, so that no two names ever share an object
PLAIN = (
    """
def f(value):
    if isinstance(value, (list, dict)):
        return len(value)
    return int(value) if isinstance(value, (int, float)) else 1
""",
    """
class cm:
    def __init__(self, value):
        self.value = value
    def __enter__(self):
        return self.value
    def __exit__(self, *found):
        return False
""",
    "K = 2",
    "def uses(v): return f(v) + K",
)
FIRST = """start: x = 1; y = 2; z = 3; l = [4]; d = {}
def h0(v): return v
def h1(v): return v + 1
class C0: v = 1"""

#: {n} {m}: names; {k} {j}: small numbers; {h}: a function; {c}: a condition
SIMPLE = (
    "{n} = {k}",
    "{n} = f({m}) + {k}",
    "{n} = [f({m}), {k}]",
    "d = dict(q={k}, r=f({m}))",
    "{n}, {m} = {k}, {j}",
    "_t = f({m}); {n} = _t + {k}",
    "{n} = {h}({k})",
    "{n} = (lambda: f({m}))()",
    "{n} = [f({m}) for {m} in range({k})]",
    "{n} = [f({m}) + i for i in range({k})]",
    "{n} = f({m}) if {c} else {k}",
    "{n} = f('{m}' in d) + f(l)",
    "f({m}) > {k} and ({n} := {j})",
)
CHANGES = (
    "{n} += {k}",
    "d['k{k}'] = {j}",
    "d['k{k}'] = f({m})",
    "l[0] = {k}",
    "l[{k}:] = [f({m})]",
    "del d['k{k}']",
    "l += [{k}]",
)
BLOCKS = (
    "if {c}: {n} = {k}",
    "if {c}:\n    {n} = {k}\nelse:\n    {m} = {j}",
    "if {c}:\n    {n} = {k}\nelse:\n    {n} = {j}",
    "for {n} in range({k}): {m} = {n}",
    "for {n} in range({k}):\n    if {c}: break\nelse:\n    {m} = {j}",
    "for _ in range({k}): {n} = f({n}) + 1",
    "while True:\n    {n} = {k}\n    if {c} or True: break",
    "with cm({k}) as {n}: {m} = f({n})",
    "try:\n    {n} = {j} // (f({m}) % 2)\nexcept ZeroDivisionError:\n    pass",
    "try:\n    {n} = {j} // (f({m}) % 2)\nexcept ZeroDivisionError as {m}:\n    {n} = {k}",
    "try:\n    {n} = {k}\nfinally:\n    {m} = {j}",
    "match f({m}) % 3:\n    case 0: {n} = {k}\n    case {m}: pass",
    "match f({m}) % 3:\n    case 0: {n} = {k}\n    case _: {n} = {j}",
    "if ({n} := {k}) > 2: {m} = {n}",
)
DEFINITIONS = (
    "def {h}(v): return f(v) + {k}",
    "if {c}:\n    def {h}(v): return {k}",
    "{h} = lambda v: v + {k}",
    "import math as {n}",
    "del {n}",
    "def {h}(v):\n    global {n}\n    {n} = v\n    return v\n{h}({k})",
    "def look(): return f({n})\n{n} = {k}\n{m} = look()",
    "def look(): return f({n})\n{m} = look()",
    "class C0: v = {k}",
    "{n} = C0.v",
    "{h} = {k}",
    "{n} = f({h})",
    "{n} = uses({m})",
    "{n} = f(K)",
    "K = {k}",
    "if {c}: K = {k}",
    "K = f(K) + 1",
    "K = {k}; {n} = uses({k})",
    "for K in range({k}): pass",
    "import math as K",
)
CONDITIONS = ("f({m}) % 2 == 0", "f({m}) > {k}", "len(d) > {k}", "f({n}) < f({m})")
#: of --when, which calls no functions of the flow
GUARDS = ("{m} == {k}", "{m} != {n}", "bool({m})", "not {m}", "str({m}) > '{k}'", "{m} in [1, 2] and {n} != {k}")

numbers = st.integers(0, 3)
names = st.sampled_from(NAMES)


def filled(texts: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.builds(lambda text, n, m, k: text.format(n=n, m=m, k=k), st.sampled_from(texts), names, names, numbers)


conditions, guards = filled(CONDITIONS), filled(GUARDS)
statements = st.builds(
    lambda text, n, m, h, k, j, c: text.format(n=n, m=m, h=h, k=k, j=j, c=c),
    # plain assignments most of all, so that most flows make sense
    st.sampled_from(SIMPLE) | st.sampled_from(SIMPLE + CHANGES) | st.sampled_from(CHANGES + BLOCKS)
    | st.sampled_from(BLOCKS) | st.sampled_from(DEFINITIONS),
    names, names, st.sampled_from(DEFINED), numbers, numbers, conditions,
)  # fmt: skip
bodies = st.lists(statements, min_size=1, max_size=3).map("\n".join)


@dataclass(frozen=True)
class Cell:
    name: str
    body: str
    when: str | None = None
    options: str = ""

    def __str__(self) -> str:
        options = f'--when "{self.when}" {self.options}' if self.when else self.options
        return f"{self.name}[{options}]: {self.body}" if options else f"{self.name}: {self.body}"


@st.composite
def flows(draw: st.DrawFn) -> list[Cell]:
    cells = [Cell("start", FIRST.partition(": ")[2])]
    for number in range(draw(st.integers(1, 6))):
        cell = Cell(f"s{number}", draw(bodies), draw(st.none() | st.none() | guards))
        cells.append(cell if is_accepted(cell) else replace(cell, when=None))
    return cells


def is_accepted(cell: Cell) -> bool:
    """Whether the cell alone is right: --when reads nothing that its body binds."""
    try:
        step(str(cell))
    except CellError:
        return False
    return True


def top_to_bottom(cells: list[Cell], space: dict[str, Any]) -> dict[str, dict[str, Any] | None]:
    """Return the values of all names after each cell, or None for a cell whose condition is false."""
    found: dict[str, dict[str, Any] | None] = {}
    for cell in cells:
        if cell.when and not eval(cell.when, space):
            found[cell.name] = None
            continue
        exec(compile(cell.body, cell.name, "exec"), space)
        found[cell.name] = values_of(space)
    return found


def values_of(space: Mapping[str, Any]) -> dict[str, Any]:
    strange = (ModuleType, FunctionType, type)
    return {
        name: copy.deepcopy(value)
        for name, value in space.items()
        if name in {*NAMES, *DEFINED, "K"} and not isinstance(value, strange)
    }


def fresh() -> dict[str, Any]:
    space: dict[str, Any] = {"__builtins__": builtins, "__name__": "notebook"}
    for text in PLAIN:
        exec(text, space)
    return space


# a nightly run takes its time
pytestmark = pytest.mark.timeout(3_600)
MORE = settings(max_examples=3 * settings().max_examples)


@MORE
@given(flows(), st.integers(0, 99))
def test_a_graph_gives_what_a_top_to_bottom_run_gives_or_is_refused(cells: list[Cell], seed: int) -> None:
    built = build(flow(*map(str, cells), plain=PLAIN, parameters=()))
    if built.errors:
        event(f"refused: {built.errors[0].code}")
        return
    try:
        expected = top_to_bottom(cells, fresh())
    except Exception as error:  # noqa: BLE001  random cells raise anything
        event(f"the cells themselves fail: {type(error).__name__}")
        assume(False)
    event("ran")
    for (name, _), left in execute(built.graph, seed=seed).items():
        wanted = expected[name]
        assert (left is None) == (wanted is None), f"{name} was skipped in one of two runs"
        if left is not None and wanted is not None:
            assert left == {each: wanted.get(each) for each in left}, name


@MORE
@given(flows(), st.integers(0, 99))
def test_the_order_in_which_tasks_run_changes_nothing(cells: list[Cell], seed: int) -> None:
    built = build(flow(*map(str, cells), plain=PLAIN, parameters=()))
    assume(not built.errors)
    try:
        first = execute(built.graph, seed=0)
    except Exception:  # noqa: BLE001  random cells raise anything
        assume(False)
    assert execute(built.graph, seed=seed) == first


#: steps inside the foreach read its item, and bind p, q, r; those outside bind x, y, z
INSIDE = (
    "{n} = f({m}) + e",
    "{n} = [f({m}), e]",
    "if e % 2: {n} = f({m}) + {k}",
    "{n} = f({n}) + index + e",
    "for _ in range(e): {n} = f({m}) + {k}",
    "{n} = {k} // e if f({m}) else e",
    "{n} = (lambda: f({m}) + e)()",
)
OUTSIDE = ("{n} = f({m}) + {k}", "if f({m}) % 2: {n} = {k}", "{n} += {k}")


@st.composite
def foreach_flows(draw: st.DrawFn) -> tuple[list[int], list[tuple[Cell, bool]]]:
    items = draw(st.lists(st.integers(0, 3), max_size=3))
    cells = [
        (Cell("start", f"x = 1; y = 2; z = 3; items = {items}"), False),
        (Cell("t", "p = e; q = x; r = index", options="--foreach items --as e"), True),
    ]
    outer, inner = ("x", "y", "z"), ("p", "q", "r")
    for number in range(draw(st.integers(1, 5))):
        inside = draw(st.booleans())
        texts, mine, read = (INSIDE, inner, inner + outer) if inside else (OUTSIDE, outer, outer)
        lines = [
            draw(st.sampled_from(texts)).format(
                n=draw(st.sampled_from(mine)), m=draw(st.sampled_from(read)), k=draw(numbers)
            )
            for _ in range(draw(st.integers(1, 2)))
        ]
        when = draw(st.none() | st.none() | st.sampled_from(["e > 1", "e != 1"])) if inside else None
        cells.append((Cell(f"s{number}", "\n".join(lines), when), inside))
    return items, cells


@MORE
@given(foreach_flows(), st.integers(0, 99))
def test_a_foreach_gives_what_a_loop_over_its_cells_gives(
    given_flow: tuple[list[int], list[tuple[Cell, bool]]], seed: int
) -> None:
    items, cells = given_flow
    last = next(cell.name for cell, inside in reversed(cells) if inside)
    join = f"j[--join {last}]: w = [(task.index, task.e) for task in inputs]"
    built = build(flow(*(str(cell) for cell, _ in cells), join, plain=PLAIN, parameters=()))
    if built.errors:
        event(f"refused: {built.errors[0].code}")
        return
    try:
        expected = loop_over(items, cells)
    except Exception as error:  # noqa: BLE001  random cells raise anything
        event(f"the cells themselves fail: {type(error).__name__}")
        assume(False)
    event("ran")
    ran = execute(built.graph, seed=seed)
    kept = [(index, item) for index, item in enumerate(items) if expected[last, (index,)] is not None]
    assert ran.pop(("j", ())) == {"w": kept}
    assert ran.keys() == expected.keys()
    for task, left in ran.items():
        wanted = expected[task]
        assert (left is None) == (wanted is None), task
        if left is not None and wanted is not None:
            assert left == {name: wanted.get(name) for name in left}, task


def loop_over(items: list[int], cells: list[tuple[Cell, bool]]) -> dict[tuple[str, tuple[int, ...]], Any]:
    """Return the values after each cell: those inside run once per item, on top of what stands outside."""
    outside = fresh()
    inside: list[dict[str, Any]] = [{"e": item, "index": index} for index, item in enumerate(items)]
    found: dict[tuple[str, tuple[int, ...]], Any] = {}
    for cell, is_inside in cells:
        if not is_inside:
            exec(cell.body, outside)
            found[cell.name, ()] = {name: copy.deepcopy(outside[name]) for name in ("x", "y", "z", "items")}
            continue
        for index, own in enumerate(inside):
            space = {**outside, **own}
            if cell.when and not eval(cell.when, space):
                found[cell.name, (index,)] = None
                continue
            exec(cell.body, space)
            own.update({name: copy.deepcopy(space[name]) for name in ("p", "q", "r", "e") if name in space})
            found[cell.name, (index,)] = dict(own)
    return found
