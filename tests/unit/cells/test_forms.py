from __future__ import annotations

from dataclasses import replace

import pytest

from nbflow.cells.flow import flow_draft
from nbflow.cells.forms import Form, step_form
from nbflow.cells.notebook import Document, NotebookCell
from nbflow.errors import CellError
from nbflow.graph.check import checked
from nbflow.model.graph import Node

FORMS: tuple[Form, ...] = ("percent", "double")


@pytest.mark.parametrize(
    ("text", "form", "line", "header"),
    [
        ("%%step train --retry 3\nx = 1", "double", 1, "%%step train --retry 3"),
        ("%step train --retry 3\nx = 1", "percent", 1, "%step train --retry 3"),
        ("\n# why\n\n%step train  # and so on\n", "percent", 4, "%step train  # and so on"),
        ("%%step a --env 'X=é \"ü\" %%step'\r\n#| retry: 3\r\nimport os\r\n", "double", 1, "%%step a --env 'X=é \"ü\" %%step'"),
        ("%%step a", "double", 1, "%%step a"),
        ("%%card a --after b\nx", "double", 1, "%%card a --after b"),
        ("%card a", "percent", 1, "%card a"),
        ("%%step a\ntext = '''\n%%step b\n%%bash\n'''", "double", 1, "%%step a"),
    ],
)  # fmt: skip
def test_the_header_of_a_step_cell_has_a_form_and_a_place(text: str, form: Form, line: int, header: str) -> None:
    found = step_form(text)
    assert found is not None
    assert (found.form, found.line, found.header) == (form, line, header)
    assert text[found.offset :].startswith(header)


@pytest.mark.parametrize("form", FORMS)
def test_a_header_in_another_form_differs_by_one_sign(form: Form) -> None:
    rest = """step a --foreach '["%step", "%%step"]'"""
    headers = [step_form(f"{sign}{rest}") for sign in ("%", "%%")]
    sign = "%" if form == "percent" else "%%"
    assert {found and found.header_in(form) for found in headers} == {f"{sign}{rest}"}
    cards = [step_form(f"{each}card a") for each in ("%", "%%")]
    assert {found and found.header_in(form) for found in cards} == {f"{sign}card a"}


@pytest.mark.parametrize(
    "text", ["", "x = 1", "%%parameters\na = 1", "%%setup\nimport x", "'''\n%%step a\n'''", "%%time\nx = 1", "%%step?"]
)
def test_other_cells_have_none(text: str) -> None:
    assert step_form(text) is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("x = 1\n%%step a", ["C001"]),
        ("%%step a\nx = 1\n%step b", ["C002"]),
        ("%%step a\n%%setup", ["C002"]),
        ("%%step Train", ["C003"]),
        ("%step", ["C013"]),
        ("%%step a --retires 3", ["C005"]),
        ("%%step a --when 'x", ["C012"]),
        ("%%step a \\\n--retry 3", ["C009"]),
        ("%%steps a", ["C015"]),
        ("%%step a --as x --cpu many", ["C008", "C006"]),
    ],
)
def test_a_wrong_header_is_an_error_with_all_that_is_wrong(text: str, codes: list[str]) -> None:
    with pytest.raises(CellError) as caught:
        step_form(text)
    assert [each.code for each in caught.value.problems] == codes


@pytest.mark.parametrize("body", ["x = (", "%sql select 1", "import *"])
def test_a_body_may_be_anything(body: str) -> None:
    assert step_form(f"%%step a\n{body}") is not None


def test_both_forms_make_the_same_graph() -> None:
    cells = (
        "{}load --retry 2\nregions = ['eu']",
        "# why\n\n{}train\n#| foreach: regions\n#| as: region\nimport os\nscore = len(region)",
        "{}best --join train\nbest = max(task.score for task in inputs)",
    )
    graphs = []
    for sign in ("%step ", "%%step "):
        texts = [cell.format(sign) for cell in cells]
        document = Document(tuple(NotebookCell(number, "code", text) for number, text in enumerate(texts)))
        graphs.append(checked(flow_draft(document, "nb.ipynb")))
    percent, double = ([in_no_form(node) for node in graph.nodes] for graph in graphs)
    assert percent == double


def in_no_form(node: Node) -> Node:
    """Return the node without what shows a person the cell as it is written."""
    code = replace(node.code, body=replace(node.code.body, cell=""))
    return replace(node, code=code, place=replace(node.place, percent=False))
