from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.effects import Changed, Gone
from nbflow.cells.plain import PlainCell, plain_cell
from nbflow.errors import CellError, NbflowError, Place
from nbflow.model.step import Computed, Statement

PLACE = Place(notebook="nb.ipynb", cell="cell 2")


def read(text: str) -> PlainCell:
    return plain_cell(text, PLACE, "<nb.ipynb · cell 2>")


def kinds(text: str) -> dict[str, str]:
    """Return each name the cell binds → its kind of statement, or `computed`."""
    found: dict[str, str] = {}
    for effect in read(text).effects:
        if isinstance(effect, Statement):
            found |= dict.fromkeys(effect.names, effect.kind)
        elif isinstance(effect, Computed):
            found[effect.name] = "computed"
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import a.b, c as d", {"a": "import", "d": "import"}),
        ("from m import x as y, z", {"y": "import", "z": "import"}),
        ("def f(): ...", {"f": "function"}),
        ("async def f(): ...", {"f": "function"}),
        ("f = lambda x: x + k", {"f": "function"}),
        ("class C: ...", {"C": "class"}),
        ("try: import x\nexcept ImportError as e: x = None", {"x": "compound"}),
        ("try:\n  import x\n  HAS = True\nexcept ImportError:\n  HAS = False", {"x": "compound", "HAS": "compound"}),
        ("if sys.version_info >= (3, 11): import x\nelse: import y as x", {"x": "compound"}),
        ("if TYPE_CHECKING:\n  from m import T", {"T": "compound"}),
        ("if K:\n  try: import x\n  except E: pass", {"x": "compound"}),
        ("if ready(): import x", {"x": "computed"}),
        ("try: x = load()\nexcept E: x = None", {"x": "computed"}),
        ("from m import *", {}),
        ("from __future__ import annotations", {}),
    ],
)
def test_a_statement_defines(text: str, found: dict[str, str]) -> None:
    assert kinds(text) == found


CONSTANTS = [
    "1", "'a'", "None", "-1.5", "1 + 2 * K", "not K", "1 < K <= 3", "K if L else M", "a and b",
    "[1, 'a']", "{'a': [1, 2], **K}", "{1, 2}", "(1, *K)", "f'{K}/x'", "K[0]", "K['a'][1:2]", "K",
    "np.pi", "torch.nn.functional", "lambda x: f(x)", "int('3')", "dict(a=1)", "set()", "range(3)", "Path('a') / 'b'",
    "pathlib.Path('a')", "date(2026, 1, 1)", "datetime.timedelta(days=1)", "Decimal('0.1')", "re.compile('a', re.I)",
    "namedtuple('P', ['x'])", "TypeVar('T')", "functools.partial(f, 1)", "field(default=1)",
    "logging.getLogger(__name__)", "Enum('C', ['RED'])", "str(Path('a'))",
]  # fmt: skip
COMPUTED = [
    "f()", "pd.read_csv('a')", "os.environ['A']", "environ['A']", "sys.argv[1]", "[x for x in K]", "len(K)",
    "date.today()", "Path.home()", "datetime.now()", "int(f())", "await f()", "(y := 1)", "open('a').read()",
    "{'a': f()}", "f'{f()}'", "K.copy()", "get().Path('a')", "Config()",
]  # fmt: skip


@pytest.mark.parametrize("value", CONSTANTS)
def test_a_constant_is_a_definition(value: str) -> None:
    assert kinds(f"X = {value}")["X"] in {"constant", "function"}


@pytest.mark.parametrize("value", COMPUTED)
def test_anything_else_is_computed(value: str) -> None:
    assert kinds(f"X = {value}")["X"] == "computed"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A = B = 1", {"A": "constant", "B": "constant"}),
        ("A, (B, C) = 1, (2, 3)", {"A": "constant", "B": "constant", "C": "constant"}),
        ("A: int = 1", {"A": "constant"}),
        ("A: int", {}),
        ("A += 1", {"A": "computed"}),
        ("for i in K: x = i", {"i": "computed", "x": "computed"}),
        ("with open('a') as f: x = f.read()", {"f": "computed", "x": "computed"}),
        ("A, d['k'] = 1, 2", {"A": "computed"}),
        ("x = !ls", {"x": "computed"}),
        ("x = %env HOME", {"x": "computed"}),
        ("run = %flow run --alpha 0.2", {"run": "computed"}),
        ("%%time\nx = 1", {"x": "constant"}),
        ("%%bash\nx=1", {}),
        ("%%html\n<b>", {}),
        ("!pip install x\n%matplotlib inline\ndf?\nK = 1", {"K": "constant"}),
        ("  K = 1\n  L = 2", {"K": "constant", "L": "constant"}),
        ("await f()\nx = await g()", {"x": "computed"}),
        ("", {}),
    ],
)
def test_a_cell_binds(text: str, found: dict[str, str]) -> None:
    assert kinds(text) == found


def test_a_computed_name_says_where() -> None:
    (computed,) = read("\nx = f()").computed.values()

    assert (computed.how, computed.place.line, computed.place.text) == ("computed in cell 2", 2, "x = f()")


def test_a_statement_is_kept_as_text_with_its_place() -> None:
    (statement,) = read("%matplotlib inline\nK = 1\n@deco(K)\ndef f(a: T = d) -> U:\n    return a + g").statements[1:]

    assert (statement.source, statement.line) == ("@deco(K)\ndef f(a: T = d) -> U:\n    return a + g", 3)


def test_a_statement_knows_what_it_reads_and_when() -> None:
    (statement,) = read("@deco(K)\ndef f(a: T = d) -> U:\n    v: V = a\n    return v + g").statements

    assert statement.now == {"deco", "K", "d"}
    assert statement.later == {"g"}
    assert statement.annotations == {"T", "U", "V"}
    assert (statement.file, statement.place.cell, statement.place.line) == ("<nb.ipynb · cell 2>", "cell 2", 1)


def test_a_class_runs_its_body_now_and_its_methods_later() -> None:
    (statement,) = read("class C(Base):\n    k = K\n    def f(self): return helper(self, C)").statements

    assert (statement.now, statement.later) == ({"Base", "K"}, {"helper"})


def test_formatting_does_not_change_the_key_of_a_statement() -> None:
    assert read("K = {'a':1}").statements[0].key == read('K = {"a": 1,}  # one').statements[0].key
    assert read("K = 1").statements[0].key != read("K = 2").statements[0].key


def test_two_statements_on_one_line_are_told_apart() -> None:
    assert [each.source for each in read("é = 'ü'; K = 2").statements] == ["é = 'ü'", "K = 2"]


def test_what_is_set_on_a_definition_belongs_to_it() -> None:
    one, two = read("D['b'] = K\nD.x.y = 2").statements

    assert [(each.kind, each.names, each.owner) for each in (one, two)] == [("attached", (), "D")] * 2
    assert one.now == {"D", "K"}


def test_a_function_registered_with_a_definition_belongs_to_it() -> None:
    one, two, three = read("@D.register\ndef f(x: int): ...\n@D.on('x')\ndef g(): ...\n@deco\ndef h(): ...").statements

    assert [each.owner for each in (one, two, three)] == ["D", "D", None]


@pytest.mark.parametrize(
    ("text", "name", "how"),
    [
        ("D['b'] = f()", "D", "changed in cell 2 by D['b'] = f()"),
        ("D.append(x)", "D", "changed in cell 2 by D.append(x)"),
        ("for i in r: D.add(i)", "D", "changed in cell 2 by D.add(i)"),
        ("if c: D['a'] = 1", "D", "changed in cell 2, line 1"),
        ("D['n'] += 1", "D", "changed in cell 2, line 1"),
        ("del D['n']", "D", "changed in cell 2, line 1"),
    ],
)
def test_another_change_makes_a_definition_computed(text: str, name: str, how: str) -> None:
    assert Changed(name, how) in read(text).effects


def test_looking_at_a_definition_changes_nothing() -> None:
    assert not [each for each in read("D.items()\nD.get('a')\nlen(D)").effects if isinstance(each, Changed)]


def test_a_deleted_name_is_gone() -> None:
    assert read("del K").effects == (Gone("K"),)


@pytest.mark.parametrize(
    ("text", "name", "call"),
    [
        ("pd.set_option('x', 1)", "pd", "pd.set_option"),
        ("np.random.seed(0)", "np", "np.random.seed"),
        ("warnings.filterwarnings('ignore')", "warnings", "warnings.filterwarnings"),
        ("plt.rcParams.update({})", "plt", "plt.rcParams.update"),
        ("plt.style.use('x')", "plt", "plt.style.use"),
        ("sys.path.append('x')", "sys", "sys.path.append"),
        ("os.chdir('x')", "os", "os.chdir"),
        ("os.environ['A'] = '1'", "os", "os.environ[…] ="),
        ("load_dotenv()", "load_dotenv", "load_dotenv"),
        ("%env A=1", "", "%env"),
        ("%cd ..", "", "%cd"),
        ("!wget x", "", "!wget"),
    ],
)
def test_what_is_set_for_the_process_is_not_replayed(text: str, name: str, call: str) -> None:
    assert [(each.name, each.call) for each in read(text).unreplayed] == [(name, call)]


@pytest.mark.parametrize(
    "text",
    ["plt.plot(x)", "df.head()", "np.mean(x)", "!pip install x", "%pip install x", "%matplotlib inline", "x = !ls"],
)
def test_what_only_shows_or_lasts_is_not_mentioned(text: str) -> None:
    assert read(text).unreplayed == ()


def test_modules_are_those_imported_outside_functions() -> None:
    text = "import a.b\nfrom c.d import e\ntry: import f\nexcept E: import g\ndef h():\n  import i"

    assert read(text).modules == ("a.b", "c.d", "f", "g")


@pytest.mark.parametrize(
    ("text", "assignments"),
    [
        ("# Parameters\nalpha = 0.3\nregion = eu\n", {"alpha": "0.3", "region": "eu"}),
        ("alpha: float = 0.3", {"alpha": "0.3"}),
        ("alpha = 1\nalpha = 2", {"alpha": "2"}),
        ("alpha = f(1)", {"alpha": "f(1)"}),
        ("alpha = 1\nprint(alpha)", None),
        ("a, b = 1, 2", None),
        ("a = b = 1", None),
        ("alpha: float", None),
        ("d['a'] = 1", None),
        ("# nothing", None),
    ],
)
def test_a_cell_of_nothing_but_assignments_says_so(text: str, assignments: dict[str, str] | None) -> None:
    assert read(text).assignments == assignments


def test_a_function_that_assigns_a_global_is_noticed() -> None:
    (notice,) = read("def f():\n    global n\n    n = 1\nn = 0").notices

    assert (notice.code, notice.what) == ("N009", "f uses 'global n': each task has its own n")


def test_a_cell_that_is_not_python_says_where() -> None:
    with pytest.raises(CellError) as caught:
        read("!ls\nx = (1")

    (found,) = caught.value.problems
    assert (found.code, found.place.cell, found.place.line, found.place.column) == ("C010", "cell 2", 2, 4)


@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from(["K = 1", "f()", "x = !ls", "(", "def f(): ...", "'''"])).map("\n".join)
    )
)
def test_every_cell_is_read_or_is_no_python(text: str) -> None:
    try:
        said = repr(read(text))
    except NbflowError as wrong:
        said = wrong.code
    assert said
