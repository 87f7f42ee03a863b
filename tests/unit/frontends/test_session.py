"""What a kernel knows of its flow, without a kernel."""

from __future__ import annotations

from nbflow.cells.parameters import parameter_cell
from nbflow.cells.plain import PlainCell, plain_cell
from nbflow.cells.setup import setup_cell
from nbflow.cells.step import step_draft
from nbflow.errors import NOWHERE
from nbflow.frontends.magics.session import OtherCell, Refusal, Session
from nbflow.model.ids import StepName
from nbflow.model.step import StepDraft


def plain(text: str) -> PlainCell:
    return plain_cell(text, NOWHERE, "<cell>")


def step(name: str) -> StepDraft:
    return step_draft(f"%%step {name}\nx_{name} = 1", NOWHERE, "<cell>")


def take(session: Session, *texts: str) -> None:
    for text in texts:
        session.take(text, plain(text))


def names(session: Session) -> list[str]:
    return [draft.name for draft in session.ordered(())]


def test_an_unchanged_cell_that_runs_again_keeps_its_place_where_that_makes_no_difference() -> None:
    session = Session()
    take(session, "import os", "K = os.sep", "import os")
    assert list(session.cells) == ["import os", "K = os.sep"]
    assert [each.names for each in session.table.freeze().statements] == [("os",), ("K",)]


def test_a_cell_that_binds_a_name_again_takes_it() -> None:
    session = Session()
    take(session, "K = 1", "K = 2", "K = 1")
    assert list(session.cells) == ["K = 2", "K = 1"]
    statement = session.table.freeze().of("K")
    assert statement is not None and statement.source == "K = 1"


def test_of_two_parameters_cells_the_last_one_is_kept() -> None:
    session = Session()
    for text in ("%%parameters\na: int = 1", "%%parameters\na: int = 2"):
        session.keep(text, parameter_cell(text, NOWHERE, "<cell>"))
    assert list(session.cells) == ["%%parameters\na: int = 2"]


def test_cells_of_an_earlier_kernel_stand_before_those_of_this_one_which_count() -> None:
    session = Session()
    take(session, "K = 'here'")
    earlier: dict[str, OtherCell] = {text: plain(text) for text in ("K = 'there'", "L = 'there'")}
    assert session.recall_cells(earlier) == ("K = 'there'", "L = 'there'")
    definitions = session.table.freeze()
    assert {each.source for each in definitions.statements} == {"K = 'here'", "L = 'there'"}
    assert session.recall_cells(earlier) == ()


def test_parameters_declared_here_are_not_replaced_by_earlier_ones() -> None:
    session = Session()
    here = "%%parameters\na: int = 1"
    session.parameters = parameter_cell(here, NOWHERE, "<cell>")
    session.keep(here, session.parameters)
    there = "%%parameters\nb: int = 2"
    session.recall_cells({there: parameter_cell(there, NOWHERE, "<cell>")})
    assert [each.name for each in session.parameters.parameters] == ["a"]


def test_an_assignment_to_a_parameter_is_no_definition_when_it_comes_back() -> None:
    session = Session()
    declared = "%%parameters\na: int = 1"
    session.recall_cells({declared: parameter_cell(declared, NOWHERE, "<cell>"), "a = 3": plain("a = 3")})
    assert session.table.freeze().statements == ()


def test_a_setup_cell_replaces_what_an_earlier_kernel_ran_of_it() -> None:
    session = Session()
    old, other, new = ("%%setup\nx = 1", "%%setup\ny = 1", "%%setup\nx = 2")
    session.recall_cells({text: setup_cell(text, NOWHERE, "<cell>") for text in (old, other)})
    session.set_up(setup_cell(old, NOWHERE, "<cell>"), "cell-1", ())
    assert [cell.body.cell for cell in session.setup.values()] == [old, other]
    session.set_up(setup_cell(new, NOWHERE, "<cell>"), "cell-1", (other,))
    assert [cell.body.cell for cell in session.setup.values()] == [new, other]
    edited = setup_cell("%%setup\ny = 2", NOWHERE, "<cell>")
    session.set_up(edited, "cell-2", (new,))
    assert [cell.body.cell for cell in session.setup.values()] == [new, "%%setup\ny = 2"]


def test_steps_of_an_earlier_kernel_stand_in_its_order_around_those_of_this_one() -> None:
    session = Session()
    session.define(step("train"), 9.0)
    session.define(step("extra"), 9.0)
    assert session.recall_steps([(step(name), 1.0) for name in ("load", "train", "best")]) == ("load", "best")
    assert names(session) == ["load", "train", "extra", "best"]
    assert session.slots[step("train").name].ran_at == 9.0
    session.define(step("last"), 9.0)
    assert names(session)[-1] == "last"


def test_a_refused_cell_is_remembered_until_it_runs_or_is_dropped() -> None:
    session = Session()
    session.refuse("%%step load --nonsense\nx = 1", 5.0)
    assert session.refused == {"load": Refusal(5.0)}
    session.define(step("load"), 6.0)
    assert session.refused == {}
    session.refuse("%%step load\nx = (", 7.0)
    session.drop("load")
    assert session.refused == {}


def test_what_a_refused_cell_said_is_forgotten_when_it_says_something_else() -> None:
    session = Session()
    session.define(step("load"), 1.0, "cell-1")
    session.refuse("%%step load data\nx = 1", 2.0, "cell-2")
    session.refuse("%%step other data\nx = 1", 2.0, "cell-3")
    session.define(step("data"), 3.0, "cell-2")
    assert list(session.refused) == ["other"]
    session.leave("cell-3")
    assert session.refused == {}


def test_where_the_front_end_sends_no_ids_a_refused_cell_is_remembered() -> None:
    session = Session()
    session.refuse("%%step load data\nx = 1", 2.0)
    session.define(step("data"), 3.0)
    session.leave("")
    assert list(session.refused) == ["load"]


def test_a_step_whose_cell_is_none_any_more_leaves_and_comes_back_to_its_place() -> None:
    session = Session()
    for number, name in enumerate(("load", "train", "best")):
        session.define(step(name), 1.0, f"cell-{number}")
    assert session.leave("another cell") is None and session.leave("") is None
    assert session.leave("cell-1") == "train"
    assert names(session) == ["load", "best"]
    session.define(step("train"), 2.0, "cell-1")
    assert names(session) == ["load", "train", "best"]


def test_a_plain_cell_that_is_a_step_now_defines_nothing_and_stands_where_it_ran_first() -> None:
    session = Session()
    for text, cell_id in (("def f(): pass", "a"), ("def g(): pass", "a"), ("def g(): pass", "b")):
        session.take(text, plain(text), cell_id)
    session.define(step("late"), 1.0, "c")
    session.define(step("early"), 2.0, "a")

    early = session.slots[StepName("early")].draft
    assert session.forget_plain("a", early) == ("def f(): pass",)
    assert not any(session.forget_plain(cell_id, early) for cell_id in ("a", "", "c"))
    assert {each.names for each in session.table.freeze().statements} == {("g",)}
    assert names(session) == ["early", "late"]


def test_steps_are_known_by_the_ids_of_their_cells_since_a_moment() -> None:
    session = Session()
    session.define(step("a"), 1.0, "one")
    session.define(step("b"), 2.0, "two")
    session.define(step("c"), 3.0)

    assert session.cells_of_steps(since=2.0) == {"two": "b"}
