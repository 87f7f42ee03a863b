from __future__ import annotations

from datetime import date

from nbflow.cells.definitions import DefinitionTable
from nbflow.cells.plain import plain_cell
from nbflow.errors import Place
from nbflow.plan.constants import Constants


def constants(*cells: str) -> Constants:
    table = DefinitionTable()
    for number, text in enumerate(cells, 1):
        table.add(plain_cell(text, Place(cell=f"cell {number}"), f"<cell {number}>"))
    return Constants(table.freeze().statements)


def test_a_constant_has_the_value_its_text_says() -> None:
    found = constants(
        "A = 60 * 60\nB: int = -A\nC = D = [A, 'x']\nE, (F, G) = 1, (2, 3)\nH = {'k': A} if F > 1 else {}"
    )
    assert found.values == {
        "A": 3600, "B": -3600, "C": [3600, "x"], "D": [3600, "x"], "E": 1, "F": 2, "G": 3, "H": {"k": 3600}
    }  # fmt: skip


def test_what_was_set_on_a_constant_afterwards_counts() -> None:
    found = constants("LIMITS = {'a': 90}\nMORE = LIMITS", "LIMITS['a'] = 3")
    assert found.values["LIMITS"] == found.values["MORE"] == {"a": 3}


def test_dates_are_made_only_by_what_was_imported_as_such() -> None:
    found = constants("from datetime import date, timedelta\nA = date(2024, 1, day=2)\nB = A + timedelta(1)")
    assert found.values == {"A": date(2024, 1, 2), "B": date(2024, 1, 3)}
    assert "A" in constants("from calendar import date\nA = date(2024, 1, 2)").strange


def test_what_the_text_does_not_say_is_strange_and_never_an_older_value() -> None:
    found = constants("import math\nA = math.pi\nif A:\n    B = 1\nC = 1\nC.real = 2\ndef f(): ...")
    assert not {"A", "B", "C", "f"} & set(found.values)
    assert {"A", "B", "C", "f"} <= set(found.strange)
    assert "cell 1" in found.strange["B"]
