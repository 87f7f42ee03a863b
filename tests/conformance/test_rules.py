"""Examples of the notebook's rules beyond the numbered cases, run in real workers: one flow, what it leaves or says."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from nbflow.frontends.cli.notebook import open_notebook
from nbflow.plan.parameters import Text

FE = "--foreach regions --as region"


@dataclass(frozen=True)
class Rule:
    """One flow, and what must come of it: names left by a step, or codes, or the failure's text."""

    title: str
    cells: tuple[str, ...]
    #: (step, *path) → names it leaves
    left: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    failure: str = ""
    plain: tuple[str, ...] = ()
    given: dict[str, object] = field(default_factory=dict)


def _a(title: str, *cells: str, plain: tuple[str, ...] = (), **z: Any) -> Rule:
    """A flow whose last step leaves these names."""
    return Rule(title, cells, left={(cells[-1].split()[0],): z}, plain=plain)


HEADER = [
    _a("both spellings and option lines", "a\nx = 1", "%%step\tb\n#| retry: 1\n#| any: false\ny = x", "c\nz = y", z=1),
    _a("a shell line is Python's", "a\nq = 'v w'\nx = !echo {q} $q $$q\n!true", "b\nz = x", z=["v w v w"]),
    Rule("a command that fails fails the step", ("a\nx = 1\n!false",), failure="|| true"),
    _a("top-level await", "a\nimport asyncio\nx = await asyncio.sleep(0, 5)", "b\nz = x", z=5),
    _a(
        "an asynchronous loop",
        "a\nasync def g():\n    for i in range(3): yield i\nx = [i async for i in g()]\nasync for i in g(): y = i",
        "b\nz = (x, y)",
        z=([0, 1, 2], 2),
    ),
    _a(
        "a future import",
        "a\nfrom __future__ import annotations\ndef f(x: Nope): ...\nz = str(f.__annotations__)",
        z="{'x': 'Nope'}",
    ),
    _a("%time and %%time", "%%step a\n%%time\n%time x = 3", "b\nz = x", z=3),
    Rule("nothing but comments", ("a\n# wait", "b --after a\nz = 1"), left={("a",): {}, ("b",): {"z": 1}}),
    Rule("kernel state", ("a\n1 + 1\nx = _",), codes=("C022",)),
    _a("a loop's underscore is none", "a\nfor _ in range(3): pass\nx = _", "b\nz = x", z=2),
]

NAMES = [
    _a(
        "a walrus in a comprehension",
        "a\nr = [q for v in [1, 2, 3] if (q := v * 2) > 2]",
        "b\nz = (r, q)",
        z=([4, 6], 6),
    ),
    _a(
        "match",
        "a\nv = {'k': [1, 2]}",
        "b\nmatch v:\n    case {'k': [p, q]}: s = p + q\n    case _: s = 0",
        "c\nz = s",
        z=3,
    ),
    _a("global in a function", "a\nn = 1", "b\ndef f():\n    global n\n    n += 1\nf()", "c\nz = n", z=2),
    _a(
        "nonlocal stays inside",
        "a\nx = 1",
        "b\ndef f():\n    x = 5\n    def g():\n        nonlocal x\n        x += 1\n        return x\n    return g()\ny = f()",
        "c\nz = (x, y)",
        z=(1, 6),
    ),
    _a("a class that reads its own name", "a\nx = 3", "b\nclass C:\n    x = x + 1\nz = C.x", z=4),
    _a("builtins are hidden by artifacts", "a\nlist = [3]; sum = 4", "b\nz = list[0] + sum", z=7),
    _a(
        "a function that sees a later binding",
        "a\nn = 1",
        "b\ndef f(): return n\ny = f()\nn = 3",
        "c\nz = (y, n)",
        z=(1, 3),
    ),
    _a(
        "try and finally",
        "a\nx = 0",
        "b\ntry:\n    x = 1; 1 / 0\nexcept ZeroDivisionError: pass\nfinally: w = 9",
        "c\nz = (x, w)",
        z=(1, 9),
    ),
    _a(
        "a loop that ends by break",
        "a\nn = 0",
        "b\nwhile True:\n    n += 1; last = n\n    if n > 3: break",
        "c\nz = (n, last)",
        z=(4, 4),
    ),
    _a(
        "what a loop, an if, a try and a search have bound is read below them",
        "a\nfor e in range(3): loss = e\nif loss: k = 1\nif loss: t = k\n"
        "try: v = int('3')\nexcept ValueError: pass\nfor x in [4, 5]:\n    if x > 4:\n        found = x\n        break\n"
        "r = (e, loss, t, v, found)",
        "b\nz = r",
        z=(2, 2, 1, 3, 5),
    ),
    _a(
        "the loop variable of a loop above is another one",
        "a\nfor e in range(3): pass",
        "b\nfor e in range(2): pass\nz = e",
        z=1,
    ),
    _a(
        "a name perhaps bound is read from above where a step leaves it",
        "a\nm = 7",
        "b\nfor d in []: m = d\nz = m",
        z=7,
    ),
    Rule(
        "a loop without a round binds nothing",
        ("a\nfor d in []: m = d\nz = m",),
        failure="NameError: name 'm' is not defined",
    ),
    Rule("a sum without a start is refused", ("a\nfor d in [1]: total += d",), codes=("G001",)),
    Rule(
        "the variable of an except clause",
        ("a\ne = 5", "b\ntry: 1 / 0\nexcept Exception as e: pass", "c\nz = e"),
        codes=("G007",),
    ),
    Rule(
        "a perhaps-bound builtin is unbound, not the builtin",
        ("a\nif alpha > 1: sum = 1", "b\nz = sum([1])"),
        failure="a left no 'sum'",
    ),
    _a("--out names a loop variable", "a --out i\nfor i in range(3): pass", "b\nz = i", z=2),
    Rule("a lambda is a definition", ("a\nk = 2\nf = lambda v: v + k", "b\nz = f(1)"), codes=("G016",)),
    _a(
        "a function defined again below",
        "a\ndef f(): return 1",
        "b\ny = f()\ndef f(): return 2\nx = f()",
        "c\nz = (y, x, f())",
        z=(1, 2, 2),
    ),
]

CHANGES = [
    _a(
        "slices, attributes and several targets",
        "a\nl = [1, 2, 3]; d = {'a': {'b': [1]}}",
        "b\nl[1:], d['a']['b'][0] = [], 6\ndel d['a']['b'][1:]",
        "c\nz = (l, d)",
        z=([1], {"a": {"b": [6]}}),
    ),
    _a("a loop over an item", "a\nx = [1, 2]", "b\nfor x[0] in range(5): pass", "c\nz = x", z=[4, 2]),
    _a(
        "columns of a frame",
        "a\ndf = pd.DataFrame({'x': [1, 2]})",
        "b\ndf['y'] = df.x * 2\ndf.loc[0, 'x'] = 5\ndf.columns = ['p', 'q']",
        "c\nz = df.to_dict('list')",
        z={"p": [5, 2], "q": [2, 4]},
    ),
    *(
        Rule(
            f"a change by {call}",
            (f"a\nimport collections as co\nx = {value}", f"b\n{call}", "c\nz = x"),
            failure="NBF-T012",
        )
        for value, call in (
            ("pd.DataFrame({'x': [2, 1]})", "x.sort_values('x', inplace=True)"),
            ("pd.DataFrame({'x': [2, 1]})", "x.insert(0, 'y', 1)"),
            ("pd.Series([2, 1]).to_numpy(copy=True)", "v = x[1:]\nv[:] = 0"),
            ("[[1], [2]]", "for row in x: row[0] = 9"),
            ("{'a': 1, 'b': 2}", "x.setdefault('a', x.pop('a'))"),
            ("[1]", "x.clear(); x.append(True)"),
            ("{1}", "x.add(2)"),
            ("co.deque([1])", "x.append(2)"),
            ("{'n': co.Counter('a')}", "x['n'].update('b')"),
        )
    ),
    Rule(
        "unstorable and unread",
        ("a\nimport threading\nlock = threading.Lock()\ng = (i for i in [1])\nx = 1", "b\nz = x"),
        left={("a",): {"x": 1}},
    ),
    Rule("unstorable and read", ("a\nl = {'k': [(i for i in [1])]}", "b\nz = l"), failure="its ['k'][0]"),
    _a(
        "a class made in a body without a statement",
        "a\nimport collections\nNT = collections.namedtuple('NT', 'x')\nq = NT(1)",
        "b\nz = q.x + NT(2).x",
        z=3,
    ),
    _a("a class of a body", "a\nclass C:\n    v = 3\nc = C()", "b\nz = (c.v, isinstance(c, C))", z=(3, True)),
    _a(
        "a function of a body in processes of its own",
        "a\nfrom concurrent.futures import ProcessPoolExecutor\ndef sq(x): return x * x\nwith ProcessPoolExecutor(1) as pool: z = list(pool.map(sq, [1, 2]))\ndel pool",
        z=[1, 4],
    ),
]

FOREACH = [
    _a(
        "items of a dict",
        "t --foreach \"{'a': 1, 'b': 2}\"\nk, v = item",
        "j --join t\nz = [(i.k, i.v) for i in inputs]",
        z=[("a", 1), ("b", 2)],
    ),
    _a(
        "items of a set are sorted",
        "t --foreach \"{'b', 'a'}\"\nk = item",
        "j --join t\nz = [i.k for i in inputs]",
        z=["a", "b"],
    ),
    _a(
        "rows of a frame",
        "a\ndf = pd.DataFrame({'x': [1, 2]})",
        "t --foreach df --as row\nk = int(row.x)",
        "j --join t\nz = [i.k for i in inputs]",
        z=[1, 2],
    ),
    _a(
        "nested, each with its own condition",
        f"t {FE}\nm = region",
        'u --foreach "[1, 2, 3]" --as n --when "n > K - 2 and region == \'eu\'"\nq = (m, n)',
        "j --join u\nr = [i.q for i in inputs]; s = list(inputs.skipped)",
        "e --join j\nz = [(i.region, i.r, i.s) for i in inputs]",
        z=[("eu", [("eu", 2), ("eu", 3)], [0]), ("us", [], [0, 1, 2])],
    ),
    _a(
        "a nested list may be empty",
        't --foreach "[0, 2]" --as n\nxs = list(range(n))',
        "u --foreach xs\nq = item",
        "j --join u\nr = [i.q for i in inputs]",
        "e --join j\nz = [i.r for i in inputs]",
        z=[[], [0, 1]],
    ),
    _a(
        "branches per item, whichever ran",
        f"t {FE}\nm = region",
        "b --when \"m == 'eu'\"\nu = 'b'",
        "c --else-of b\nu = 'c'",
        "d --join b,c --any\nw = [i.u for i in inputs]",
        "e --join d\nz = [i.w for i in inputs]",
        z=[["b"], ["c"]],
    ),
    _a(
        "a view looks up to its item",
        f"t {FE}\nks = [1, 2]",
        "u --foreach ks --as k\nq = k",
        "v\nqq = q * 10",
        "j --join v\na = [(i.q, i.qq, i.k, i.region) for i in inputs]",
        "e --join j\nz = [i.a for i in inputs]",
        z=[[(1, 10, 1, "eu"), (2, 20, 2, "eu")], [(1, 10, 1, "us"), (2, 20, 2, "us")]],
    ),
    _a(
        "slices, names and places of inputs",
        f"t {FE}\nm = region",
        "j --join t\nz = (inputs[::-1][0].m, inputs.t[-1].index, inputs[1:].by(region='us').m, inputs[0].step, sorted(inputs[0].artifacts))",
        z=("us", 1, "us", "t", ["m", "region"]),
    ),
    Rule(
        "a misspelt artifact of a view",
        (f"t {FE}\nmodel = 1", "j --join t\nz = inputs[0].modle"),
        failure="Did you mean 'model'?",
    ),
    Rule("a view is read-only", (f"t {FE}\nm = 1", "j --join t\ninputs[0].m = 2"), failure="read-only"),
    Rule(
        "a view that a step below reads",
        (f"t {FE}\nm = 1", "j --join t\nbest = inputs[0]", "k\nz = best.m"),
        failure="write m = best.m in j",
    ),
    _a(
        "values changed in a view stay there",
        f"t {FE}\nm = [region]",
        "j --join t\nfor i in inputs: i.m.append(1)",
        "k --join t\nz = [i.m for i in inputs]",
        z=[["eu"], ["us"]],
    ),
    _a(
        "merging some",
        "a\nm = 1; y = 4; q = 1",
        "b\nm = 2; w = 3; q = 1",
        "j --join a,b\nmerge_artifacts(inputs, exclude=['m'])",
        "c\nz = (y, w, q)",
        z=(4, 3, 1),
    ),
    _a(
        "merging what the step does not bind",
        "a\nm = 1; y = 4",
        "b\nm = 2; w = 3",
        "j --join a,b\nm = inputs.a.m\nmerge_artifacts(inputs)",
        "c\nz = (m, y, w)",
        z=(1, 4, 3),
    ),
    _a(
        "a body reads and changes what it merged",
        "a\nm = [1]; y = 4",
        "b\nm = [1]; w = 3",
        "j --join a,b\nmerge_artifacts(inputs)\nm[0] += y\nm.append(w)",
        "c\nz = m",
        z=[5, 3],
    ),
    Rule(
        "a body reads before it merges",
        ("a\nm = 1", "b\nm = 1", "j --join a,b\ny = m\nmerge_artifacts(inputs)"),
        codes=("G010",),
    ),
    Rule(
        "a merge under a condition",
        ("a\nm = 1", "b\nm = 1", "j --join a,b\nif K: merge_artifacts(inputs)"),
        codes=("C023",),
    ),
    _a(
        "an older value is kept per item",
        "a\nm = 0",
        f"t {FE}\nif region == 'eu': m = 1",
        "j --join t\nz = [i.m for i in inputs]",
        z=[1, 0],
    ),
]

_CHAIN = ('b --when "x < 3"\nr = "b"', 'c --else-of b --when "x < 6"\nr = "c"', 'd --else-of b,c\nr = "d"', "e\nz = r")
_LEAP = "from datetime import date, timedelta\nSTART = date(2024, 2, 28) + timedelta(1)"

CONDITIONS = [
    *(_a(f"a chain of else, x = {x}", f"a\nx = {x}", *_CHAIN, z=z) for x, z in ((0, "b"), (5, "c"), (50, "d"))),
    _a(
        "constants made of constants",
        "a\nx = 4000",
        'b --when "x > HOUR"\nz = 1',
        plain=("MINUTE, N = 60, 60\nHOUR = MINUTE * N",),
        z=1,
    ),
    _a(
        "a constant that was added to",
        "a\nx = 40",
        "b --when \"x > LIMITS['k']\"\nz = 1",
        plain=("LIMITS = {'k': 90}", "LIMITS['k'] = 3"),
        z=1,
    ),
    _a(
        "dates",
        "a\nfrom datetime import date\nx = date(2024, 2, 29)",
        'b --when "x == START"\nz = 1',
        plain=(_LEAP,),
        z=1,
    ),
    Rule(
        "a constant whose text says nothing",
        ("a\nx = 4", 'b --when "x > PI"\nz = 1'),
        plain=("import math\nPI = math.pi",),
        failure="the text of 'PI'",
    ),
    Rule(
        "a default stands in",
        ("a\nx = 1", 'b --when "x > 5"\ny = 1; w = 2', "c --default y=[] --default w=3\nz = (y, w)"),
        left={("c",): {"z": ([], 3)}},
        skipped=("b",),
    ),
    Rule(
        "a foreach skipped as a whole",
        ("a\nx = 1", 'b --when "x > 3"\nxs = [1]', "t --foreach xs\nm = 1", "j --join t\nw = 1", "k --after j\nz = 1"),
        left={("k",): {"z": 1}},
        skipped=("b", "t", "j"),
    ),
    _a(
        "what a caught error left",
        "a\nx = 1",
        "b --catch err\ny = 2\nx = 1 / 0",
        "c\nz = (x, y, err.type)",
        z=(1, 2, "ZeroDivisionError"),
    ),
    Rule("what a caught error did not reach", ("b --catch err\n1 / 0\ny = 1", "c\nz = y"), failure="b left no 'y'"),
]

DEFINITIONS = [
    _a(
        "a hierarchy over several cells",
        "a\nq = C(2)",
        "b\nz = (q.f(), isinstance(q, A), q.g())",
        plain=(
            "import abc\nclass A(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...\n    def g(self): return helper(self.v)",
            "class B(A):\n    def __init__(self, v): self.v = v",
            "class C(B):\n    def f(self): return self.v",
            "def helper(v): return v * L\nL = 7",
        ),
        z=(2, True, 14),
    ),
    _a(
        "single dispatch",
        "a\nz = (f(1), f('a'), f([]))",
        plain=(
            "import functools\n@functools.singledispatch\ndef f(x): return 'any'",
            "@f.register\ndef _(x: int): return 'int'\n@f.register(str)\ndef _s(x): return 'str'",
        ),
        z=("int", "str", "any"),
    ),
    _a(
        "what is set on definitions",
        "a\nz = (f.k, A().m(), R['g'](2))",
        plain=(
            "def f(): ...\nclass A: ...\nR = {}\ndef g(x): return x * 2",
            "f.k = 3\nA.m = lambda self: 5\nR['g'] = g",
        ),
        z=(3, 5, 4),
    ),
    _a(
        "an import that may fail",
        "a\nz = (m is None, f())",
        plain=(
            "import sys\ntry:\n    import nosuch as m\nexcept ImportError:\n    m = None\nif sys.version_info >= (3, 0):\n    def f(): return 3",
        ),
        z=(True, 3),
    ),
    _a(
        "dataclasses, enums, overloads",
        "a\nq = [D(2), D(1)]; c = E.R",
        "b\nz = (sorted(q)[0].x, c is E.R, f(1))",
        plain=(
            "import enum\nfrom dataclasses import dataclass\nfrom typing import overload\n@dataclass(order=True)\nclass D:\n    x: int\nclass E(enum.Enum):\n    R = 1\n@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(x: str) -> str: ...\ndef f(x): return x",
        ),
        z=(1, True, 1),
    ),
    _a("names that are swapped", "a\nz = (A, B)", plain=("A = 1\nB = 2", "A, B = B, A"), z=(2, 1)),
    _a(
        "%%setup",
        "a\nz = (S, T(2))",
        plain=("%%setup\nimport os\nos.environ['QQ'] = '1'\nS = os.environ['QQ']\ndef T(x): return x * K",),
        z=("1", 6),
    ),
    *(
        Rule(f"hidden: {title}", (f"a\nz = {reads}",), plain=cells, codes=("G015",))
        for title, reads, cells in (
            ("a default of a constant that changed", "f()", ("L = 1\ndef f(k=L): return k", "L = 2")),
            (
                "another name for a function that changed",
                "g(2)",
                ("def f(x): return x * 2\ng = f", "def f(x): return 0"),
            ),
            ("a function built on its older self", "f(2)", ("def f(x): return x\nold = f", "def f(x): return old(x)")),
            ("a constant made of one that changed", "M", ("L = 1\nM = L + 1", "L = 10")),
            ("set with setattr", "A().m()", ("class A: ...", "setattr(A, 'm', lambda self: 5)")),
            ("bound by %%setup, too", "L", ("L = 3", "%%setup\nL = 9")),
            ("changed by a method", "L", ("L = [1]", "L.append(2)")),
        )
    ),
]

_TYPES = (
    "import enum\nfrom datetime import date, timedelta\nfrom pathlib import Path\nfrom typing import Literal",
    "class Col(enum.Enum):\n    RED = 1\n    BLUE = 'b'\ndef twice(x): return x * 2",
    (
        "%%parameters\nn: int = 2\nm: int = twice(n) + K\nwho: str = 'x'\nday: date = date(2024, 1, 1)\nend: date = day + timedelta(7)\n"
        "col: Col = Col.RED\nps: list[Path] = []\npair: tuple[int, str] = (1, 'a')\nd: dict[int, str] = {}\nw: Literal['p', 'q'] = 'p'\nopt: int | None = 3"
    ),
)
_ALL = "a\nz = (n, m, who, str(end), col.name, [str(p) for p in ps], pair, d, w, opt)"
_TEXTS = {
    "n": "1_0",
    "who": "007",
    "day": "2024-02-01",
    "col": "b",
    "ps": "x,y",
    "pair": "2,b",
    "d": '{"1": "a"}',
    "w": "q",
}

PARAMETERS = [
    _a(
        "defaults over parameters and definitions",
        _ALL,
        plain=_TYPES,
        z=(2, 7, "x", "2024-01-08", "RED", [], (1, "a"), {}, "p", 3),
    ),
    Rule(
        "text of every type",
        (_ALL,),
        plain=_TYPES,
        given={k: Text(v) for k, v in (_TEXTS | {"opt": "none"}).items()},
        left={("a",): {"z": (10, 23, "007", "2024-02-08", "BLUE", ["x", "y"], (2, "b"), {1: "a"}, "q", None)}},
    ),
    _a(
        "a cell of assignments, bare words and all",
        "a\nz = (n, who, col.name)",
        plain=("n = 2 * 3\nwho = eu\ncol = 'BLUE'", *_TYPES),
        z=(6, "eu", "BLUE"),
    ),
    Rule(
        "a given value beats a cell", ("a\nz = n",), plain=("n = 6", *_TYPES), given={"n": 8.0}, left={("a",): {"z": 8}}
    ),
    Rule("a parameter in a function", ("a\nz = f()",), plain=(*_TYPES, "def f(): return n"), codes=("G016",)),
    Rule(
        "papermill's unknown parameter", ("a\nz = n",), plain=("# Parameters\nn = 5\nnn = 3", *_TYPES), codes=("P003",)
    ),
]

PLAIN = "import pandas as pd\nK = 3"
REGIONS = "%%parameters\nalpha: float = 0.1\nregions: list[str] = ['eu', 'us']"
RULES = [*HEADER, *NAMES, *CHANGES, *FOREACH, *CONDITIONS, *DEFINITIONS, *PARAMETERS]


@pytest.mark.parametrize("rule", RULES, ids=[rule.title for rule in RULES])
def test_a_rule_of_the_notebook_holds(bench: Any, rule: Rule) -> None:
    own = any("%%parameters" in cell for cell in rule.plain)
    plain = (PLAIN, *(() if own else (REGIONS,)), *rule.plain)
    if rule.codes:
        assert tuple(dict.fromkeys(code for code in bench.codes(*rule.cells, plain=plain))) == rule.codes
        return
    ran = bench.run(*rule.cells, plain=plain, **rule.given)
    assert (ran.status == "failed") is bool(rule.failure), ran.outcome.failure
    assert rule.failure in (ran.failure if rule.failure else "")
    for (step, *path), names in rule.left.items():
        left = ran.left(step, *path)
        assert {name: left.get(name) for name in names} == names
        assert names or not left
    if rule.skipped:
        assert ran.skipped() == set(rule.skipped)


def test_what_a_cell_below_a_step_binds_again_is_told(bench: Any) -> None:
    path: Path = bench.write(plain=("K = 1", "%%step a\ny = K", "K = 2", "from math import *"))
    assert [each.code for each in open_notebook(str(path)).problems] == ["N014", "N015"]
