"""Definite assignment: one line per construct of the language. `maybe` are names assigned on some ways only."""

from __future__ import annotations

import builtins
from dataclasses import dataclass

import pytest

from nbflow.cells.names import analysed, names_of
from nbflow.model.step import Merge, Names

BUILTINS = frozenset(dir(builtins)) | {"display", "inputs", "current", "merge_artifacts"}


@dataclass(frozen=True)
class Case:
    code: str
    reads: str = ""
    assigns: str = ""
    maybe: str = ""


def reads_of(names: Names) -> set[str]:
    return set(names.reads) - BUILTINS


def assigned_by(names: Names) -> set[str]:
    return {
        name
        for name, binding in names.bindings.items()
        if binding.kind == "assign" and name not in names.deleted and not name.startswith("_")
    }


SIMPLE = [
    Case("y = x + 1", "x", "y"),
    Case("x = x + 1", "x", "x"),
    Case("x += 1", "x", "x"),
    Case("x = 1\ny = x", "", "x y"),
    Case("a = b = c", "c", "a b"),
    Case("a, *b = xs; c[d].e = a", "xs c d", "a b"),
    Case("x: int\ny: T = 3", "", "y"),
    Case("df['a'] = 1\nl.append(3)", "df l", ""),
    Case("x[i] += e", "x i e", ""),
    Case("del x", "x", ""),
    Case("x = 1\ndel x\nx = 2", "", "x"),
    Case("t = big()\no = t.s()\ndel t", "big", "o"),
    Case("if a:\n del b\nc = b", "a b", "c"),
    Case("import os, a.b as q\nz = q", "", "z"),
    Case("import a.b\nz = a.b", "", "z"),
    Case("from __future__ import annotations\nz = annotations", "annotations", "z"),
    Case("assert x, y", "x y", ""),
    Case("r = await f(u)", "f u", "r"),
    Case("s = f'{name!r:>{w}}'", "name w", "s"),
    Case("global g\ng = 1", "", "g"),
]

EXPRESSIONS = [
    Case("a and (b := 1)", "a", "b", "b"),
    Case("(a := f()) and a", "f", "a"),
    Case("0 < (a := f()) < (b := a)", "f", "a b", "b"),
    Case("x = (p := 1) if c else (p := 2)\ny = p", "c", "x p y"),
    Case("x = (p := 1) if c else 2\ny = p", "c p", "x p y", "p"),
    Case("if (n := len(d)) > 3: print(n)", "d", "n"),
    Case("xs = [y := f(i) for i in r]", "f r", "xs y", "y"),
    Case("xs = [y for i in r if (y := f(i))]", "f r", "xs y", "y"),
    Case("xs = [y := y for i in r]", "y r", "xs y", "y"),
    Case("xs = [y for i in r if g(i) and (y := f(i))]", "f g r", "xs y", "y"),
    Case("xs = [y for i in r if g(i) or (y := f(i))]", "f g r y", "xs y", "y"),
    Case("xs = [(i and (y := i), y) for i in r]", "r y", "xs y", "y"),
    Case("xs = [(y := 1) if i else y for i in r]", "r y", "xs y", "y"),
    Case("xs = [0 < i < (y := i) or y for i in r]", "r y", "xs y", "y"),
    Case("xs = [y for a in r if (y := a) for b in y.z]", "r", "xs y", "y"),
    Case("ys = [a * k for a in items if a > thr]", "k items thr", "ys"),
    Case("ys = [x for x in x]", "x", "ys"),
    Case("ys = [b for a in xs for b in a.get(k)]", "xs k", "ys"),
    Case("ys = {k: v for k, v in d.items()}", "d", "ys"),
    Case("g = (a + b for a in xs)", "xs b", "g"),
    Case("x = [i for i in range(3)]\ni = 5", "", "x i"),
    Case("f = [lambda: q for q in qs]", "qs", "f"),
    Case("f = [lambda: y for q in qs]\ny = 1", "qs", "f y"),
    Case("g = lambda t: t * scale", "scale", ""),
    Case("g = lambda t=d: t", "d", ""),
    Case("g, h = lambda: 0, 1", "", "g h"),
]

FUNCTIONS = [
    Case("def f(a): return helper(a) + K\nz = f(1)", "helper K", "z"),
    Case("def f(x=DEF): ...", "DEF", ""),
    Case("def f(*, x=DEF): ...", "DEF", ""),
    Case("@deco\ndef f(): ...", "deco", ""),
    Case("def f(a: T) -> U: ...", "", ""),
    Case("def f(): return f()", "", ""),
    Case("def f(): return x\nx = 1\nf()", "", "x"),
    Case("x = 1\ndef f(): return x", "", "x"),
    Case("def f():\n global c\n c = 1\nf()", "", "c", "c"),
    Case("def f():\n global c\n c += 1", "", "c", "c"),
    Case("def o():\n y = 1\n def i(): return y + g\n return i", "g", ""),
    Case("def o():\n y = 1\n def i():\n  nonlocal y\n  y = 2\n return i", "", ""),
    Case("def o():\n x = 1\n def i():\n  global x\n  return x\n return i", "x", ""),
    Case("def o(a=b):\n def i(c=d): return a\n return i", "b d", ""),
    Case("def f():\n for i in xs: t = i\n return t", "xs", ""),
    Case("def f():\n with p as q: return q\n", "p", ""),
    Case("def f():\n try: pass\n except E as e: return e", "E", ""),
    Case("def f(v):\n match v:\n  case {'a': a, **r}: return a, r\n  case [*s]: return s", "", ""),
    Case("def f():\n import m\n return m", "", ""),
    Case("def f():\n v: T = w\n return v", "w", ""),
    Case("async def f(): return await g()", "g", ""),
    Case("def f(*a, **k): return a, k", "", ""),
    Case("x = (lambda: x + 1)()", "", "x"),
]

CLASSES = [
    Case("class C(Base):\n k = K\n def f(self): return helper(self.k)", "Base K helper", ""),
    Case("class C:\n x = x", "x", ""),
    Case("class C(metaclass=M): ...", "M", ""),
    Case("@deco\nclass C: ...", "deco", ""),
    Case("class C:\n x = 1\n y = x", "", ""),
    Case("class C:\n for i in xs: j = i\n y = j", "xs", ""),
    Case("class C:\n x = 1\n def f(self): return x", "x", ""),
    Case("class C:\n x: T = 1", "", ""),
    Case("class C:\n def f(self): return C", "", ""),
    Case("def f():\n class C:\n  y = x\n return C", "x", ""),
]

BRANCHES = [
    Case("if flag:\n m = a\nprint(m)", "flag a m", "m", "m"),
    Case("if flag:\n m = a\nelse:\n m = b\nprint(m)", "flag a b", "m"),
    Case("if a: x = 1\nelif b: x = 2\nelse: x = 3", "a b", "x"),
    Case("if a: x = 1\nelif b: x = 2", "a b", "x", "x"),
    Case("if bad: raise E\nx = 1", "bad E", "x"),
    Case("if ok:\n x = 1\nelse:\n raise E", "ok E", "x"),
    Case("raise E\nx = y", "E", ""),
]

LOOPS = [
    Case("for r in rows:\n total = total + r", "rows total", "total", "total"),
    Case("for i in r: pass\nprint(i)", "r i", ""),
    Case("for i in r:\n if i: break\nelse:\n z = 1", "r", "z", "z"),
    Case("for i in r: pass\nelse:\n z = 1", "r", "z"),
    Case("for i in r:\n if i: continue\n z = 1", "r", "z", "z"),
    Case("x = 1\nfor i in r: del x\ny = x", "r x", "y"),
    Case("while True:\n x = f()\n if x: break", "f", "x"),
    Case("while True:\n if c: break\n x = 1", "c", "x", "x"),
    Case("while c: x = 1", "c", "x", "x"),
    Case("while c: x = 1\nelse: x = 2", "c", "x"),
    Case("while True: f()\ny = x", "f", ""),
    Case("async for i in r: x = i", "r", "x", "x"),
]

TRIES = [
    Case("try:\n v = p()\nexcept ValueError as e:\n v = None", "p", "v"),
    Case("try:\n v = p()\nfinally:\n w = 1", "p", "v w"),
    Case("try:\n v = p()\nexcept E:\n pass", "p E", "v", "v"),
    Case("try:\n v = p()\nexcept E:\n raise", "p E", "v"),
    Case("try:\n v = p()\nexcept E:\n pass\nelse:\n w = 1", "p E", "v w", "v w"),
    Case("try:\n v = 1\nexcept* E:\n v = 2", "E", "v"),
    Case("x = 1\ntry:\n del x\n f()\nexcept E:\n y = x", "f E x", "y", "y"),
    Case("try:\n v = 1\nfinally:\n del v", "v", ""),
    Case("try:\n raise E\nfinally:\n x = 1\ny = 1", "E", "x", "x"),
    Case("e = 1\ntry: f()\nexcept E as e: pass\ny = e", "f E e", "y"),
]

WITHS = [
    Case("with open(p) as fh:\n txt = fh.read()", "p", "txt"),
    Case("with a as x, x.b() as y:\n z = y", "a", "z"),
    Case("with a as x: pass\nprint(x)", "a", ""),
    Case("async with a: x = 1", "a", "x"),
    Case("with a as d['k']: pass", "a d", ""),
]

MATCHES = [
    Case("match v:\n case {'k': q}: r = q\n case _: r = 0", "v", "r"),
    Case("match v:\n case 1: r = 1", "v", "r", "r"),
    Case("match v:\n case P(x=a): r = a\n case other: r = other", "v P", "r"),
    Case("match v:\n case m.K: r = 1\n case _ if g: r = 2", "v m g", "r", "r"),
    Case("match v:\n case [a, *b]: r = a, b\n case {'k': 1, **c}: r = c\n case _: r = 0", "v", "r"),
]

EVERYTHING = [*SIMPLE, *EXPRESSIONS, *FUNCTIONS, *CLASSES, *BRANCHES, *LOOPS, *TRIES, *WITHS, *MATCHES]


@pytest.mark.parametrize("case", EVERYTHING, ids=lambda case: case.code.replace("\n", "⏎"))
def test_a_body_reads_and_assigns(case: Case) -> None:
    names = names_of(case.code)

    assert reads_of(names) == set(case.reads.split())
    assert assigned_by(names) == set(case.assigns.split())
    assert {name for name in assigned_by(names) if not names.bindings[name].certain} == set(case.maybe.split())


def test_lines_are_those_of_the_cell() -> None:
    names = names_of("y = x\nz = w", line=4)

    assert names.reads == {"x": 4, "w": 5}
    assert names.bindings["z"].line == 5


def test_a_name_read_twice_is_said_with_its_first_line() -> None:
    assert names_of("def f(): return x\ny = x\nz = x").reads == {"x": 2}


# ---- kinds of bindings


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("x = 1", "assign"),
        ("x: int = 1", "assign"),
        ("x += 1", "assign"),
        ("(x := 1)", "assign"),
        ("def f():\n global x\n x = 1", "assign"),
        ("import x", "definition"),
        ("from m import y as x", "definition"),
        ("def x(): ...", "definition"),
        ("async def x(): ...", "definition"),
        ("class x: ...", "definition"),
        ("x = lambda: 0", "definition"),
        ("x: F = lambda: 0", "definition"),
        ("for x in y: ...", "header"),
        ("for a, (x, b) in y: ...", "header"),
        ("with y as x: ...", "header"),
        ("try: ...\nexcept E as x: ...", "header"),
        ("match y:\n case x: ...", "header"),
        ("for x in y: x = 1", "assign"),
        ("try: import x\nexcept E: x = None", "mixed"),
        ("def x(): ...\nfor x in y: ...", "mixed"),
    ],
)
def test_a_name_is_bound_as(code: str, kind: str) -> None:
    assert names_of(code).bindings["x"].kind == kind


@pytest.mark.parametrize(
    ("code", "under"),
    [
        ("if flag: x = 1", "if flag"),
        ("if flag: pass\nelse: x = 1", "the else of if flag"),
        ("for r in rows: x = 1", "for r in rows"),
        ("while c: x = 1", "while c"),
        ("try: x = 1\nexcept E: pass", "try"),
        ("try: pass\nexcept E: x = 1", "except E"),
        ("try: pass\nexcept: x = 1", "except"),
        ("match v:\n case 1: x = 1", "case 1"),
        ("a and (x := 1)", "a and (x := 1)"),
        ("if a:\n if b: x = 1", "if b"),
        ("def f():\n global x\n x = 1", "global x in f"),
        ("x = 1", ""),
        ("if flag: x = 1\nelse: x = 2", ""),
    ],
)
def test_a_name_bound_perhaps_names_the_construct_it_stands_under(code: str, under: str) -> None:
    binding = names_of(code).bindings["x"]

    assert binding.under == under
    assert binding.certain is not bool(under)


def test_an_imported_future_binds_nothing() -> None:
    assert names_of("from __future__ import annotations").bindings == {}


# ---- functions read later


def test_a_function_reads_later_what_nothing_in_the_body_binds() -> None:
    names = names_of("def f(): return K\ny = x")

    assert set(names.reads) == {"K", "x"}
    assert names.later == {"K"}
    assert not names.soft


def test_a_name_that_is_also_read_now_is_not_read_later_only() -> None:
    assert names_of("def f(): return K\ny = K").later == frozenset()


@pytest.mark.parametrize("code", ["x = (lambda: x + 1)()", "def f(): return x\nif c: x = 1", "f = lambda: x\nx = 1"])
def test_a_function_that_reads_a_name_bound_later_or_perhaps_reads_it_softly(code: str) -> None:
    names = names_of(code)

    assert "x" in names.soft
    assert "x" not in names.reads


@pytest.mark.parametrize(
    "code",
    [
        "for d in ds: m = d\nm",
        "for m in ds: pass\nm",
        "if a: m = 1\nif a: m",
        "for x in xs:\n if x:\n  m = x\n  break\nm",
        "for x in xs:\n if x: continue\n m = x\nm",
        "for x in xs:\n if x: m\n m = x",
        "for x in xs:\n if x:\n  m = x\n  continue\n m",
        "while a: m = f()\nm",
        "while a or m: m = f()",
        "while True:\n if a: break\n m = 1\nm",
        "try: m = f()\nexcept E: pass\nm",
        "try: f()\nexcept E: m = 1\nm",
        "try: m = f()\nexcept E: m",
        "try: m = f()\nfinally: m",
        "try: pass\nexcept E: m = 1\nelse: n = 1\nfinally: m",
        "with suppress(E):\n f()\n m = 1\nif a: del m\nm",
        "with c as q:\n if q: m = 1\nm",
        "match v:\n case [m]: pass\nm",
        "match v:\n case [m, 1]: pass\n case _: m",
        "a and (m := 1)\nm",
        "a < b < (m := 1)\nm",
        "(m := 1) if a else 0\nm",
        "[m := x for x in xs]\nm",
        "def f():\n global m\n m = 1\nf()\nm",
        "class C:\n def f(self):\n  global m\n  m = 1\nm",
        "for x in xs:\n if x: y = m\n def g():\n  global m\n  m = 1",
        "if a: m = 1\nm += 1",
        "if a: m = 1\ndel m",
        "if a: m = {}\nm['k'] = 1",
        "if a: import m\nm",
        "if a: m = 1\nclass C: k = m",
        "for x in xs:\n for y in x:\n  if y: m\n m = x",
        "for x in xs:\n try: m\n except NameError: m = 0",
    ],
)
def test_a_name_that_the_body_may_have_bound_before_it_reads_it_is_tried(code: str) -> None:
    names = names_of(code)

    assert "m" in names.reads
    assert "m" in names.tried


@pytest.mark.parametrize(
    "code",
    [
        "m",
        "m\nm = 1",
        "m += 1",
        "if a: m = 1\nelse: m",
        "for x in xs: m += x",
        "for x in xs:\n m\n m = x",
        "for x in m: m = x",
        "while m: m = 1",
        "while True:\n m = m + 1\n break",
        "m = 1\ndel m\nm",
        "try: f()\nexcept E as m: pass\nm",
        "try: m\nexcept E: m = 1",
        "m\nif a: m = 1\nm",
        "if a: m = 1\nm\ndel m\nm",
        "match v:\n case 1: m = 1\n case _: m",
        "a and (m and (m := 1))",
        "m if (n := a) else (m := 1)",
        "for x in xs:\n for y in x: m += y",
        "for x in xs:\n break\n m = 1\nm",
    ],
)
def test_a_name_that_nothing_can_have_bound_before_is_not(code: str) -> None:
    names = names_of(code)

    assert "m" in names.reads
    assert "m" not in names.tried


def test_loops_in_loops_may_bind_a_name_deep_inside() -> None:
    code = "\n".join(" " * depth + f"for x{depth} in y:" for depth in range(12)) + "\n" + " " * 12 + "m = 1\nm"

    assert names_of(code).tried == {"m"}


def test_a_function_that_reads_a_certain_name_asks_for_nothing() -> None:
    names = names_of("x = 1\ndef f(): return x")

    assert not names.reads
    assert not names.soft


# ---- changes, deletions, annotations


@pytest.mark.parametrize(
    "code",
    ["d['k'] = 1", "d.x = 1", "d['k'] += 1", "del d['k']", "a, d.b = 1, 2", "d.loc[0].x = 1", "for d['k'] in r: ..."],
)
def test_a_change_in_place_reads_and_changes(code: str) -> None:
    names = names_of(code)

    assert names.changed == {"d": 1}
    assert "d" in names.reads
    assert "d" not in names.bindings


@pytest.mark.parametrize("code", ["d = {}\nd['k'] = 1", "l.append(1)", "f(d).x = 1"])
def test_the_bodys_own_values_and_calls_are_no_changes(code: str) -> None:
    assert not names_of(code).changed


def test_a_value_of_the_body_that_is_perhaps_from_above_counts_as_changed() -> None:
    assert names_of("if c: d = {}\nd['k'] = 1").changed == {"d": 2}


@pytest.mark.parametrize(
    ("code", "deleted"),
    [
        ("del x", {"x": 1}),
        ("x = 1\ndel x", {"x": 2}),
        ("x = 1\nif c: del x", {"x": 2}),
        ("del x\nx = 1", {}),
        ("try: ...\nexcept E as e: ...", {"e": 2}),
    ],
)
def test_a_deleted_name_is_remembered_unless_it_is_bound_again(code: str, deleted: dict[str, int]) -> None:
    assert names_of(code).deleted == deleted


def test_names_in_annotations_are_kept_apart() -> None:
    names = names_of("x: A = 1\ndef f(a: B, *b: C, d: D = 1) -> E:\n  v: F = 1\nclass G:\n  y: H = 2")

    assert names.annotations == set("ABCDEFH")
    assert not names.reads


# ---- calls and merges


def test_a_call_whose_value_nobody_takes_is_noted_with_its_text() -> None:
    names = names_of("model.fit(X)\nx = 1\nx.add(2)\nfor i in r: df.drop(i, inplace=True)\nawait s.go()\ny = z.pop()")

    assert [(call.name, call.text, call.line) for call in names.calls] == [
        ("model", "model.fit(X)", 1),
        ("df", "df.drop(i, inplace=True)", 4),
        ("s", "s.go()", 5),
    ]


@pytest.mark.parametrize(
    ("code", "merge"),
    [
        ("merge_artifacts(inputs)", Merge(None, (), 1)),
        ("x = 1\nmerge_artifacts(inputs, exclude=['x'])", Merge(None, ("x",), 2)),
        ("merge_artifacts(inputs, include=('a', 'b'), exclude=[])", Merge(("a", "b"), (), 1)),
    ],
)
def test_a_merge_is_read_off_its_text(code: str, merge: Merge) -> None:
    names, refused = analysed(code)

    assert names.merge == merge
    assert "inputs" in names.reads
    assert "merge_artifacts" not in names.reads
    assert not refused


@pytest.mark.parametrize(
    "code",
    [
        "if c: merge_artifacts(inputs)",
        "x = merge_artifacts(inputs)",
        "merge_artifacts(inputs, include=names)",
        "merge_artifacts(inputs, include=[name])",
        "merge_artifacts(others)",
        "merge_artifacts(inputs, keep=['x'])",
        "merge_artifacts(inputs)\nmerge_artifacts(inputs)",
        "def f(): merge_artifacts(inputs)",
    ],
)
def test_any_other_use_of_merge_artifacts_is_refused(code: str) -> None:
    assert [each.code for each in analysed(code)[1]] == ["C023"]


def test_a_function_of_ones_own_may_be_called_merge_artifacts() -> None:
    assert analysed("def merge_artifacts(a): ...\nx = merge_artifacts(1)")[1] == ()


# ---- what binds or reads names nobody sees


@pytest.mark.parametrize(
    "code",
    [
        "exec(s)",
        "eval('x')",
        "globals()['x']",
        "locals()",
        "vars()",
        "dir()",
        "from m import *",
        "[eval(s) for s in xs]",
    ],
)
def test_code_that_hides_its_names_is_refused(code: str) -> None:
    assert [each.code for each in analysed(code)[1]] == ["C020"]


@pytest.mark.parametrize(
    "code",
    [
        "exec(s, {})",
        "eval('x', {'x': x})",
        "vars(obj)",
        "dir(obj)",
        "model.eval()",
        "def f(): return locals()",
        "def eval(x): ...\neval(1)",
    ],
)
def test_code_that_names_what_it_sees_is_not(code: str) -> None:
    assert analysed(code)[1] == ()
