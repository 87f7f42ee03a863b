"""A whole notebook as a body: what it takes and hands back, read and not run."""

from __future__ import annotations

import pytest
from filled_notebooks import notebook

from nbflow.cells.step import step_draft
from nbflow.cells.whole_notebook import WholeNotebook, lone_step, whole_notebook
from nbflow.errors import NbflowError, Place
from nbflow.model.step import StepDraft

TAGGED = ("alpha = 0.1\nregions = ['eu']\ntitle: str\nmade = len(regions)", "parameters")


def read(*cells: str | tuple[str, str], **more: str) -> WholeNotebook:
    return whole_notebook(notebook(*cells, **more), "report.ipynb")


def draft(header: str, *cells: str | tuple[str, str], **more: str) -> StepDraft:
    return step_draft(header, Place(), "<cell>", lambda _: notebook(*cells, **more))


def codes(header: str, *cells: str | tuple[str, str]) -> list[str]:
    with pytest.raises(NbflowError) as caught:
        draft(header, *cells)
    return [each.code for each in caught.value.problems]


def test_a_tagged_cell_declares_what_it_assigns_with_the_types_of_its_literals() -> None:
    found = read("md:# Report", TAGGED)
    assert [(each.name, each.type, each.default) for each in found.parameters] == [
        ("alpha", "float", "0.1"),
        ("regions", "list[str]", "['eu']"),
        ("title", "str", None),
        ("made", "Any", "len(regions)"),
    ]
    assert found.parameters_cell == 1 and not found.declares


def test_a_parameters_cell_of_ours_counts_before_a_tag() -> None:
    found = read(("beta = 1", "parameters"), "%%parameters\nalpha: float = 0.1")
    assert [each.name for each in found.parameters] == ["alpha"] and found.declares


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        (
            "R",
            "alpha <- 0.5\nn <- 3L\nname = 'x'\nok <- TRUE\nf(x) == 2",
            {"alpha": "float", "n": "int", "name": "str", "ok": "bool"},
        ),
        ("bash", "alpha=1\n# beta=2", {"alpha": "int"}),
    ],
)
def test_assignments_of_other_languages_are_found(language: str, source: str, expected: dict[str, str]) -> None:
    found = read((source, "parameters"), language=language, kernel="ir")
    assert {each.name: each.type for each in found.parameters} == expected
    assert found.language == language.lower() and found.kernel == "ir"


def test_results_are_the_names_handed_to_result_also_where_a_cell_has_magics() -> None:
    found = read(
        "%%time\nimport nbflow\nnbflow.result(a=1)", "if x:\n    nbflow.result(b=2, a=3)", "other.result(c=1)", "!ls"
    )
    assert found.results == ("a", "b")


def test_outputs_and_ids_do_not_count_but_a_cell_of_text_does() -> None:
    first = read("x = 1", "md:hello")
    again = whole_notebook(notebook("x = 1", "md:hello").replace('"c0"', '"other"'), "report.ipynb")
    assert first.digest == again.digest
    assert first.digest != read("x = 1", "md:hello!").digest


def test_a_step_reads_what_has_no_default_and_perhaps_the_rest_and_leaves_results_and_the_notebook() -> None:
    found = draft("%%step report --notebook report.ipynb", TAGGED, "nbflow.result(total=1)")
    names = found.body.names
    assert set(names.reads) == {"title"} and names.soft == {"alpha", "regions", "made"}
    assert set(names.bindings) == {"notebook", "total"}
    assert [(card.type, card.id) for card in found.options.cards] == [("blank", "notebook")]
    assert found.body.files[0][0] == "report.ipynb"


def test_an_edited_notebook_is_another_body_and_one_that_ran_is_not() -> None:
    header = "%%step report --notebook report.ipynb"
    first = draft(header, "x = 1")
    ran = step_draft(header, Place(), "<cell>", lambda _: notebook("x = 1").replace('"outputs": []', '"outputs": [{}]'))
    assert first.body.digest == ran.body.digest
    assert first.body.digest != draft(header, "x = 2").body.digest
    assert first.body.digest != draft(f"{header} --kernel other", "x = 1").body.digest


def test_out_says_what_is_left_and_the_notebook_stays() -> None:
    found = draft("%%step report --notebook report.ipynb --out a", "nbflow.result(a=1, b=2)")
    assert found.wiring.out == ("a", "notebook")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("%%step report --notebook report.ipynb\nx = 1", ["W003"]),
        ("%%step report --kernel ir", ["C008"]),
        ("%%step report --notebook report.ipynb --here", ["C008"]),
    ],
)
def test_what_does_not_go_with_a_notebook_is_said(header: str, expected: list[str]) -> None:
    assert codes(header, "x = 1") == expected


def test_a_notebook_that_is_not_there_and_one_that_is_none() -> None:
    header = "%%step report --notebook report.ipynb"
    with pytest.raises(NbflowError) as missing:
        step_draft(header, Place(), "<cell>")
    assert missing.value.code == "NBF-W001"
    with pytest.raises(NbflowError) as wrong:
        step_draft(header, Place(), "<cell>", lambda _: "hello")
    assert wrong.value.code == "NBF-W002" and "not JSON" in str(wrong.value)


def test_a_result_under_a_parameters_name_is_that_parameter_where_the_notebook_is_alone() -> None:
    both = read(("when = 1", "parameters"), "nbflow.result(when=when, n=1)")
    assert lone_step(both) == "%%step notebook --notebook report.ipynb --out notebook,n"
    assert lone_step(read("x = 1"), "my kernel") == "%%step notebook --notebook report.ipynb --kernel 'my kernel'"
