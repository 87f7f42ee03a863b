from __future__ import annotations

import json

from nbflow.cells.flow import FlowText, flow_draft, flow_text
from nbflow.cells.notebook import parse_notebook


def read(*cells: str) -> FlowText:
    raw = [{"cell_type": "code", "source": each, "metadata": {}} for each in cells]
    return flow_text(parse_notebook(json.dumps({"cells": raw, "metadata": {}})), "nb.ipynb")


def said(found: FlowText) -> list[tuple[str, str | None]]:
    return [(each.code, each.place.cell) for each in found.draft.problems]


def test_a_notebook_is_a_flow_in_document_order() -> None:
    found = read(
        "%load_ext nbflow\n%flow name sales",
        "%%parameters\nfrom datetime import date\nalpha: float = 0.1",
        "import pandas as pd\nK = 1",
        "%%setup\npd.set_option('x', 1)",
        "%%step load\nimport pyarrow\ndf = 1",
        "df.head()",
        "%step train --retry 2\nm = df",
        "run = %flow run",
    )

    draft = found.draft
    assert [step.name for step in draft.steps] == ["load", "train"]
    assert [str(step.place) for step in draft.steps] == [
        "nb.ipynb · cell 5 · %%step load",
        "nb.ipynb · cell 7 · %step train",
    ]
    assert draft.steps[0].body.file == "<nb.ipynb · cell 5>"
    assert [each.name for each in draft.parameters] == ["alpha"]
    assert [each.names for each in draft.definitions.statements] == [("date",), ("pd",), ("K",)]
    assert set(draft.definitions.computed) == {"run"}
    assert [cell.place.cell for cell in draft.setup] == ["cell 4"]
    assert draft.problems == ()
    assert found.name == "sales"
    assert found.modules == ("datetime", "pandas", "pyarrow")
    assert found.cells == {"load": "%%step load\nimport pyarrow\ndf = 1", "train": "%step train --retry 2\nm = df"}


def test_the_draft_alone_can_be_had() -> None:
    document = parse_notebook(json.dumps({"cells": [{"cell_type": "code", "source": "%%step a"}]}))

    assert [step.name for step in flow_draft(document, "nb.ipynb").steps] == ["a"]


def test_problems_of_all_cells_are_gathered() -> None:
    found = read("%%step Train --retires 3", "x = (", "%%parameters\nprint(1)", "%%setup\n%sql", "%%step ok")

    assert said(found) == [
        ("C003", "cell 1"),
        ("C005", "cell 1"),
        ("C010", "cell 2"),
        ("P004", "cell 3"),
        ("C021", "cell 4"),
    ]
    assert [step.name for step in found.draft.steps] == ["ok"]


def test_a_name_that_two_steps_have_names_both_cells() -> None:
    found = read("%%step a", "%%step b", "%%step a")

    (problem,) = found.draft.problems
    assert (problem.code, problem.what) == ("C011", "step 'a' is in cell 1 and cell 3")


def test_a_second_parameters_cell_is_an_error() -> None:
    found = read("%%parameters\na: int = 1", "%%parameters\nb: int = 1")

    (problem,) = found.draft.problems
    assert (problem.code, problem.what) == ("P005", "there are two %%parameters cells, cell 1 and cell 2")
    assert [each.name for each in found.draft.parameters] == ["a"]


def test_cells_of_assignments_set_parameters_wherever_they_stand() -> None:
    found = read(
        "# Parameters\nalpha = 0.2", "%%parameters\nalpha: float = 0.1\nregion: str", "alpha = 0.3\nregion = eu"
    )

    assert {name: (each.source, each.place.cell) for name, each in found.assignments.items()} == {
        "alpha": ("0.3", "cell 3"),
        "region": ("eu", "cell 3"),
    }
    assert found.draft.definitions.statements == ()
    assert said(found) == []


def test_assignments_of_other_names_are_definitions() -> None:
    found = read("%%parameters\nalpha: float = 0.1", "K = 1")

    assert found.assignments == {}
    assert [each.names for each in found.draft.definitions.statements] == [("K",)]


def test_a_parameter_assigned_beside_other_code_keeps_its_value_and_says_so() -> None:
    found = read("%%parameters\nalpha: float = 0.1", "alpha = 0.2\nK = alpha\nprint(K)", "alpha, b = f()")

    assert found.assignments == {}
    assert said(found) == [("N011", "cell 2"), ("N011", "cell 3")]
    assert [each.names for each in found.draft.definitions.statements] == [("K",)]
    assert set(found.draft.definitions.computed) == {"b"}


def test_what_changes_the_process_is_noticed() -> None:
    found = read("%env A=1\n!wget x\nimport pandas as pd\npd.set_option('x', 1)")

    assert [(each.code, each.what) for each in found.draft.problems] == [
        ("N002", "%env in cell 1 does not reach steps"),
        ("N002", "!wget in cell 1 does not reach steps"),
    ]


def test_a_notebook_without_steps_is_an_empty_flow() -> None:
    assert read("x = 1", "# %%step no").draft.steps == ()


def test_a_value_papermill_was_given_for_no_parameter_is_an_error() -> None:
    parameters = "%%parameters\nalpha: float = 0.1"
    assert said(read("# Parameters\nalpha = 0.5\napha = 3", parameters)) == [("P003", "cell 1"), ("N011", "cell 1")]
    assert said(read("# Parameters\nalpha = 0.5", parameters)) == []
    assert said(read("# Parameters\napha = 3")) == []


def test_a_definition_that_a_cell_below_the_step_binds_again_is_told() -> None:
    found = read("K = 1", "%%step a\ny = K", "K = 2", "%%step b\nz = K", "K = 2")
    assert [each.what for each in found.draft.problems] == ["'K' in a is that of cell 5, not of cell 1"]
    for cells in (
        ("import a.b", "%%step s\ny = a", "import a.c"),
        ("K = 1", "%%step s\nK = 2", "%%step t\ny = K", "K = 3"),
        ("K = 1", "%%step s\ny = K", "K = f()"),
        ("%%step s\ny = K", "K = 2"),
        ("K = 1", "%%parameters\nK: int = 1", "%%step s\ny = K"),
    ):
        assert "N015" not in {code for code, _ in said(read(*cells))}, cells


def test_an_import_of_names_nobody_sees_is_told() -> None:
    found = read("from math import *\nif x:\n    from .near import *")
    assert [each.what for each in found.draft.problems] == [
        "from math import * in cell 1 does not reach steps",
        "from .near import * in cell 1 does not reach steps",
    ]
