"""A whole step cell: its draft, and what a person in a hurry gets told. Every code a cell can raise is here."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.step import RESERVED, step_draft
from nbflow.errors import NOWHERE, CellError, NbflowError, Place, Problem
from nbflow.model.card import CardAsk
from nbflow.model.options import Catch, Options, Resources, Retry
from nbflow.model.secret import SecretSource
from nbflow.model.step import StepDraft, TakeFrom

PLACE = Place(notebook="analysis.ipynb", cell="cell 7")


def draft(text: str) -> StepDraft:
    return step_draft(text, PLACE, "<analysis.ipynb · cell 7>")


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(CellError) as caught:
        draft(text)
    return caught.value.problems


# ---- what a cell says


def test_a_bare_step_has_defaults_everywhere() -> None:
    step = draft("%%step load\ndf = 1")

    assert step.name == "load"
    assert step.place == Place("analysis.ipynb", "cell 7", "load")
    assert step.options == Options()
    assert step.wiring.out is None
    assert (step.body.source, step.body.line, step.body.file) == ("df = 1", 2, "<analysis.ipynb · cell 7>")
    assert step.body.cell == "%%step load\ndf = 1"
    assert step.notices == ()


def test_every_option_of_wiring_is_read() -> None:
    wiring = draft(
        "%%step a --foreach xs --as x --after b,c --after d --when 'n > 1' --else-of e --in m=f.k,g.y,z"
        " --out q,r --default m=None --default 'z=[1, 2]' --capture df\nq = r = m, z, y, df, x"
    ).wiring

    assert wiring.foreach is not None
    assert wiring.when is not None
    assert (wiring.foreach.source, wiring.when.source) == ("xs", "n > 1")
    assert (wiring.item, wiring.item_named) == ("x", True)
    assert (wiring.after, wiring.else_of, wiring.out, wiring.capture) == (("b", "c", "d"), ("e",), ("q", "r"), ("df",))
    assert wiring.take == (TakeFrom("m", "f", "k"), TakeFrom("y", "g", "y"), TakeFrom("z"))  # type: ignore[arg-type]
    assert wiring.default == (("m", "None"), ("z", "[1, 2]"))


def test_a_join_is_read() -> None:
    wiring = draft("%%step a --join b,c --any\nx = inputs.b.x").wiring

    assert (wiring.join, wiring.any) == (("b", "c"), True)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("--card", (CardAsk(),)),
        ("--card report", (CardAsk(id="report"),)),
        ("--card report:blank --card", (CardAsk("blank", "report"), CardAsk())),
        ("--card :mine --card :blank", (CardAsk("mine"), CardAsk("blank"))),
        (
            "--card id=r,type=mine,timeout=90,refresh_interval=0,save_errors=false,customize=true",
            (CardAsk("mine", "r", {}, 90.0, False, True, 0.0),),
        ),
        ("\n#| card: true", (CardAsk(),)),
        ("\n#| card: report:blank\n#| card: b", (CardAsk("blank", "report"), CardAsk(id="b"))),
        ("\n#| card: false", ()),
    ],
)
def test_cards_are_asked_for_with_ids_types_or_attributes(said: str, asked: tuple[CardAsk, ...]) -> None:
    assert draft(f"%%step a {said}\nx = 1").options.cards == asked


@pytest.mark.parametrize("sign", ["%", "%%"])
def test_a_card_cell_is_a_step_with_a_card(sign: str) -> None:
    made = draft(f"{sign}card report --after load\nx = 1")
    assert (made.name, made.options.cards, made.wiring.after) == ("report", (CardAsk(),), ("load",))
    assert made.place.percent == (sign == "%")
    assert draft(f"{sign}card report --card a:blank\nx = 1").options.cards == (CardAsk("blank", "a"),)
    # what it computes is what the same cell as a step computes
    assert made.body.digest == draft("%%step report --after load\nx = 1").body.digest


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("--card a-b", "the id of a card"),
        ("--card report:", "the id of a card"),
        ("--card a:b:c", "the id of a card"),
        ("--card id=a,tiemout=9", "Did you mean 'timeout'"),
        ("--card id=a,timeout=0", "timeout=0 does not fit"),
        ("--card id=a,id=b", "each once"),
        ("--card a --card b --card a", "--card a"),
        ("--card --card", "--card"),
    ],
)
def test_a_card_that_cannot_be_meant_is_refused(said: str, message: str) -> None:
    with pytest.raises(CellError) as refused:
        draft(f"%%step a {said}\nx = 1")
    (found,) = refused.value.problems
    assert found.code in {"C006", "C007"} and message in found.sentences


def test_every_option_of_a_task_is_read() -> None:
    options = draft(
        "%%step a --cpu 0.5 --gpu 1 --memory 8G --disk 512 --timeout 1h30m --retry 3 --retry-wait 30s --catch err"
        " --on batch --cache --card summary --env A=1 --env B=2 --secret KEY --pypi 'pandas>=2,<3' --image img#tag"
        " --isolation process --here --sample all"
    ).options

    assert options == Options(
        resources=Resources(0.5, 1, 8 * 2**30, 512 * 2**20),
        retry=Retry(3, 30),
        timeout=5400,
        catch=Catch("err"),
        backend="batch",
        cache=True,
        cards=(CardAsk(id="summary"),),
        env=(("A", "1"), ("B", "2")),
        secrets=(SecretSource("env", "KEY"),),
        pypi=("pandas>=2,<3",),
        image="img#tag",
        isolation="process",
        here=True,
        sample=None,
        sample_given=True,
    )


SPELLINGS = [
    '%%step a --foreach "range(3)" --as x --retry 2',
    "%step a --foreach='range(3)' --as=x --retry=2",
    "%%step a\n#| foreach: range(3)\n#| as: x\n#| retry: 2",
    '%step a --as x\n# | retry: 2\n#| foreach: "range(3)"',
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_all_spellings_of_a_header_mean_the_same(text: str) -> None:
    one, other = draft(SPELLINGS[0] + "\ny = x"), draft(text + "\ny = x")

    assert other.wiring.foreach is not None
    assert other.wiring.foreach.source == "range(3)"
    assert (one.options, one.wiring.item, one.body.digest) == (other.options, other.wiring.item, other.body.digest)


@pytest.mark.parametrize(
    ("line", "on"), [("#| any", True), ("#| any: true", True), ("#| any: True", True), ("#| any: false", False)]
)
def test_a_flag_may_be_set_and_unset_on_a_line(line: str, on: bool) -> None:
    assert draft(f"%%step a --join b,c\n{line}").wiring.any is on


@pytest.mark.parametrize(
    ("header", "catch"),
    [("--catch", Catch()), ("--catch err", Catch("err")), ("\n#| catch: true", Catch()), ("\n#| catch: false", None)],
)
def test_the_name_of_a_caught_error_may_be_left_out(header: str, catch: Catch | None) -> None:
    assert draft(f"%%step a {header}").options.catch == catch


def test_underscores_in_options_read_as_dashes() -> None:
    assert draft("%%step a --retry_wait 5s --else_of b").options.retry.wait == 5


def test_keys_of_quarto_pass_unread_and_ours_win() -> None:
    step = draft("%%step a\n#| echo: false\n#| fig-cap: 'A: b'\n#| cache: true\n#| label: fig-x")

    assert step.options.cache is True


def test_definitions_of_the_body_come_with_it() -> None:
    step = draft("%%step a\nimport pandas as pd\n\n@pd.deco\ndef f(v):\n    return v + K\n\nx = f(1)")

    load, function = step.statements
    assert (load.names, load.kind, load.modules, load.line) == (("pd",), "import", ("pandas",), 2)
    assert (function.names, function.kind, function.line, function.step) == (("f",), "function", 4, "a")
    assert function.source == "@pd.deco\ndef f(v):\n    return v + K"
    assert (function.now, function.later) == ({"pd"}, {"K"})
    assert function.place.line == 4


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("def x(): ...", "definition"),
        ("try: import x\nexcept ImportError: import y as x", "definition"),
        ("import sys\nif sys.version_info > (3, 12): import x\nelse: import y as x", "definition"),
        ("with quiet(): import x", "mixed"),
        ("try:\n  import x\n  v = 1\nexcept E: import y as x", "mixed"),
        ("def x(): ...\nx = wrap(x)", "mixed"),
    ],
)
def test_a_definition_without_a_statement_of_its_own_cannot_be_handed_on(body: str, kind: str) -> None:
    assert draft(f"%%step a\n{body}").body.names.bindings["x"].kind == kind


# ---- what it may not say: every code


@dataclass(frozen=True)
class Wrong:
    text: str
    code: str
    line: int = 1
    column: int | None = None
    fix: str = ""
    what: str = ""


WRONG = [
    Wrong("import x\n%%step a", "C001", 2, 0),
    Wrong("%%step a\nx = 1\n%%step b", "C002", 3, 0, "make it two cells"),
    Wrong("%%step Train", "C003", 1, 7, "write train"),
    Wrong("%%step TrainModel", "C003", 1, 7, "write train_model"),
    Wrong("%%step train-model", "C003", 1, 7, "write train_model"),
    Wrong("%%step train:", "C003", 1, 7, "write train"),
    Wrong("%%step 'my step'", "C003", 1, 8, "write my_step"),
    Wrong("%%step 2nd", "C003", 1, 7, "write step_2nd"),
    Wrong("%%step été", "C003", 1, 7, "write ete"),
    Wrong("%%step 7", "C003", 1, 7, "write step_7"),
    Wrong("%%step " + "a" * 65, "C003", 1, 7, "write " + "a" * 64),
    Wrong("%%step item", "C004", 1, 7, "choose another, as item_step"),
    Wrong("%%step a --retires 3", "C005", 1, 9, "%%step? lists the options", "unknown option --retires. Did you mean '--retry'?"),
    Wrong("%%step a --depends b", "C005", 1, 9),
    Wrong("%%step a\n#| retires: 3", "C005", 2, 3),
    Wrong("%%step a\n#| fig-width: 3", "C005", 2, 3),
    Wrong("%%step a --echo", "C005", 1, 9),
    Wrong("%%step a --memory 8Q", "C006", 1, 18, "--memory 8G", "--memory 8Q: a size like 512M or 8G"),
    Wrong("%%step a --retry --cpu 2", "C006", 1, 9, "--retry 1", "--retry needs a value: a whole number from 0 to 100"),
    Wrong("%%step a --retry 101", "C006", 1, 17),
    Wrong("%%step a --timeout soon", "C006", 1, 19, "--timeout 5m"),
    Wrong("%%step a --isolation proces", "C006", 1, 21, "--isolation process"),
    Wrong("%%step a --sample 0", "C006", 1, 18),
    Wrong("%%step a --in m=x\nm", "C006", 1, 14, "--in m=train.m"),
    Wrong("%%step a --env A", "C006", 1, 15, "--env A=VALUE"),
    Wrong("%%step a --default y=foo\ny", "C006", 1, 19, "--default \"y='foo'\""),
    Wrong("%%step a --foreach xs --as x,y", "C006", 1, 27, "--as x_y"),
    Wrong("%%step a --foreach xs --as index", "C006", 1, 27),
    Wrong("%%step a --foreach xs --as _x", "C006", 1, 27),
    Wrong("%%step a --out a-b", "C006", 1, 15),
    Wrong("%%step a --retry 3 --retry 3", "C007", 1, 19, "keep one of them"),
    Wrong("%%step a --retry 3\n#| retry: 3", "C007", 2, 3),
    Wrong("%%step a --join b,c,b\ninputs", "C007", 1, 16, what="--join b is given twice"),
    Wrong("%%step a --in m=b.m --in m=c.m\nm", "C007", 1, 25, what="--in m is given twice"),
    Wrong("%%step a --as x", "C008", 1, 14, what="--as needs --foreach"),
    Wrong("%%step a --join b --any", "C008", 1, 18, what="--any needs --join with several steps"),
    Wrong("%%step a --any", "C008", 1, 9),
    Wrong("%%step a --join b --foreach xs", "C008", 1, 28, "join first, fan out in the next step"),
    Wrong("%%step a --define --here", "C008", 1, 18),
    Wrong("%%step a --default x=1\ny = 2", "C008", 1, 19, what="--default x: the step does not read x"),
    Wrong("%%step a\nmerge_artifacts(inputs)", "C008", 2, what="merge_artifacts needs --join"),
    Wrong("#| retry: 3\n%%step a", "C008", 1, 3, "put it on the line below the header"),
    Wrong("%%step a\n# why\n#| retry: 3\nx = 1", "C008", 3, 3),
    Wrong("%%step a --retry \\\n3", "C009", 1, 17, "put long options on '#| key: value' lines below it"),
    Wrong("%%step a\nx = (1", "C010", 2, 4),
    Wrong("%%step a\nreturn 1", "C010", 2, 0, what="this cell is not Python: 'return' outside function"),
    Wrong("%%step a\nif x:\ny = 1", "C010", 3),
    Wrong("%%step a --when 'x > 1", "C012", 1, 16, "add the missing '"),
    Wrong("%%step", "C013", 1, None, "%%step NAME, as in %%step train"),
    Wrong("%%step --retry 3", "C013", 1),
    Wrong("%%step train evaluate", "C014", 1, 13, "a step has one name"),
    Wrong("%%step a retry=3", "C014", 1, 9, "write --retry 3"),
    Wrong("%%step a -h", "C014", 1, 9, "%%step? lists the options"),
    Wrong("%%step a -retry 3", "C014", 1, 9, "write --retry"),
    Wrong("%%step a –retry 3", "C014", 1, 9, "write --retry"),
    Wrong("%%step a --when rmse < 2.5", "C014", 1, 21, 'quote it: --when "rmse < 2.5"'),
    Wrong("%%step a --when “rmse < 2.5”", "C014", 1, 22, 'use straight quotes: "…"'),
    Wrong("%%step a --foreach x in range(3)", "C014", 1, 21, "write --foreach range(3) --as x"),
    Wrong("%%step a --foreach x in [1, 2]", "C014", 1, 21, 'write --foreach "[1, 2]" --as x'),
    Wrong("%%step a --join b, c", "C014", 1, 19, "write --join b,c"),
    Wrong("%%step a --join b c", "C014", 1, 18, "write --join b,c"),
    Wrong("%%step a\nexec(s)", "C020", 2, 0, 'pass a dict: exec(code, {"x": x})'),
    Wrong("%%step a\n%sql x", "C021", 2, 0, "call the library instead"),
    Wrong("%%step a\n%cd ..", "C021", 2, 0, "call os.chdir"),
    Wrong("%%step a\nprint(_)", "C022", 2, 6),
    Wrong("%%step a --join b\nx = merge_artifacts(inputs)", "C023", 2, 4),
    Wrong("%%step a --out q\ny = 1", "C030", 1, 15),
    Wrong("%%step a --out modle\nmodel = 1", "C030", 1, 15, what="--out modle: the step does not bind modle. Did you mean 'model'?"),
    Wrong("%%step a --out x\nx = 1\ndel x", "C030", 1, 15, what="--out x: the step does not bind x. Line 3 deletes it"),
    Wrong("%%step a --out _x\n_x = 1", "C031", 1, 15),
    Wrong("%%step a --out f\ndef f(): ...", "C032", 1, 15),
    Wrong("%%step a --when 'rmse <'", "C040", 1, None),
    Wrong("%%step a --when x=5", "C040", 1, 17, "write == to compare"),
    Wrong("%%step a --when df.empty", "C040", 1, 16, "set 'go = …' in a step above and write --when go"),
    Wrong("%%step a --when \"'x > 5'\"", "C040", 1, 17, "drop the inner quotes"),
    Wrong("%%step a --foreach \"'abc'\"", "C040", 1, 20),
    Wrong("%%step a --foreach '(y := xs)'", "C040", 1, 21),
    Wrong("%%step a --when x\nx = 1", "C041", 1, 16),
    Wrong("%%step a --join b --when inputs\nx = 1", "C041", 1, 25),
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.text.replace("\n", "⏎"))
def test_a_slip_is_said_once_with_its_place_and_its_fix(wrong: Wrong) -> None:
    (found,) = problems(wrong.text)

    assert found.code == wrong.code
    assert (found.place.notebook, found.place.cell, found.place.line) == ("analysis.ipynb", "cell 7", wrong.line)
    assert found.place.text == wrong.text.split("\n")[wrong.line - 1]
    if wrong.column is not None:
        assert found.place.column == wrong.column
    assert wrong.fix in found.fix
    assert wrong.what in found.what


def test_every_code_a_cell_can_raise_is_among_them() -> None:
    elsewhere = {"C011", "C050", "C051", "C052", "C053", "C054"}
    known = {f"C0{number:02}" for number in (*range(1, 15), *range(20, 24), 30, 31, 32, 40, 41)} | elsewhere

    assert {wrong.code for wrong in WRONG} == known - elsewhere


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_reserved_name_is_refused(name: str) -> None:
    assert [each.code for each in problems(f"%%step {name}")] == ["C004"]


def test_all_slips_of_a_cell_are_said_together_from_top_to_bottom() -> None:
    found = problems("%%step train --retires 3 --memory 8Q\n#| when: rmse <\n%sql x\nprint(_1)\nexec(s)")

    assert [(each.code, each.place.line) for each in found] == [
        ("C005", 1),
        ("C006", 1),
        ("C040", 2),
        ("C021", 3),
        ("C022", 4),
        ("C020", 5),
    ]
    assert {each.place.step for each in found} == {"train"}


RIGHT = [
    "%%step a --default x=1\nif c: x = 2",
    "%%step a --default x=1 --catch\nx = 2",
    "%%step a --default x=1\ndef f(): return x",
    "%%step a --default x=1 --when 'x > 0'",
    "%%step a --default x=1\n!echo $x",
    "%%step a --out i\nfor i in [5]: pass",
    "%%step a --out model\nmodel.fit(1)",
    "%%step a --out x --in x=b.x",
    "%%step a --foreach xs --as x --out x",
    "%%step a --foreach xs --out item",
    "%%step a --catch err --out err",
    "%%step a --join b,c --out m\nmerge_artifacts(inputs)",
    "%%step a --foreach xs --as x --when 'x > 1'\nx = x + 1",
    "%%step a --capture df --out df",
    "%%step a --when \"region in ('eu', 'us') and -n < 5 and isnan(x[0])\"",
    "%%step a --foreach '[f(x) for x in xs]'",
    "%%step a",
    "%%step a\n# nothing yet",
    "%%step a # a remark with --retires",
    "%%step item_step",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_nearly_a_slip_is_right(text: str) -> None:
    assert draft(text).name


HEADERS = st.lists(
    st.sampled_from(
        ["a", "Train", "--foreach", "xs", "--as", "x", "--when", "'x > 1'", "'x >", "--retry", "3", "--retires", "b,c",
         "--join", "--any", "--in", "m=a.x", "--out", "#", "\\", "—retry", "“x”", "--default", "x=None", "=", "--"]
    )
)  # fmt: skip
BODIES = st.sampled_from(["", "\nx = 1", "\n#| retry: 3\ny = x", "\n%sql", "\nx = (", "\n!ls {x} $y", "\n%%step b"])


def said(text: str) -> str:
    """Return the step's name and body, or what is wrong."""
    try:
        step = step_draft(text, NOWHERE, "<cell>")
    except NbflowError as wrong:
        return str(wrong)
    return f"{step.name}: {step.body.digest}"


@given(HEADERS, BODIES)
def test_every_cell_is_a_step_or_says_why_not(words: list[str], body: str) -> None:
    assert said(f"%%step {' '.join(words)}{body}")


@given(st.text())
def test_no_text_below_a_header_makes_reading_fail_otherwise(text: str) -> None:
    assert said(f"%%step a {text}")
