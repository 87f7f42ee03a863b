from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nbflow.graph.draw import StepState, text
from nbflow.graph.draw.edges import edges_of
from nbflow.model.ids import StepName
from nbflow.model.record import StepSummary


def step(name: str, givers: str = "", label: str = "", scope: str = "") -> StepSummary:
    return StepSummary(StepName(name), tuple(map(StepName, givers.split())), tuple(scope.split()), label)


def drawn(*lines: str) -> str:
    return "\n".join(lines)


def test_a_chain_is_one_lane() -> None:
    steps = (step("load"), step("train", "load"), step("report", "train load"))
    assert text(steps) == drawn("○ load", "○ train", "○ report")


def test_a_branch_parts_and_meets() -> None:
    steps = (step("start"), step("a", "start"), step("b", "start"), step("j", "a b", "join a,b"))
    assert text(steps) == drawn(
        "○   start",
        "├─╮",
        "○ │ a",
        "│ ○ b",
        "├─╯",
        "○   j      join a,b",
    )


def test_a_nested_foreach_says_per_what_each_step_runs() -> None:
    steps = (
        step("outer", "", "foreach regions as region", "outer"),
        step("inner", "outer", "foreach folds", "outer inner"),
        step("score", "inner", "", "outer inner"),
        step("folded", "score", "join score", "outer"),
        step("best", "folded", "join folded"),
    )
    assert text(steps) == drawn(
        "○ outer   foreach regions as region",
        "○ inner   foreach folds",
        "○ score   per item of inner",
        "○ folded  join score · per item of outer",
        "○ best    join folded",
    )


def test_steps_that_do_not_wait_for_each_other_are_never_directly_below_each_other() -> None:
    assert text((step("a"), step("b"))) == drawn("○ a", "", "○ b")


def test_a_condition_stands_behind_its_step() -> None:
    assert text((step("a"), step("b", "a", "when rmse < 2.5"))) == drawn("○ a", "○ b  when rmse < 2.5")


def test_a_lane_on_the_right_moves_back_when_the_left_is_free() -> None:
    steps = (step("a"), step("b", "a"), step("c", "a"), step("d", "c"))
    assert text(steps) == drawn("○   a", "├─╮", "○ │ b", "  ○ c", "╭─╯", "○   d")


def test_states_are_marks_counts_and_notes() -> None:
    states = {"load": StepState("succeeded", 1, 1, note="0.3 s"), "train": StepState("failed", 12, 40, 2)}
    lines = text((step("load"), step("train", "load", "foreach xs")), states).splitlines()
    assert lines == ["✓ load   0.3 s", "✗ train  foreach xs · 12/40, 2 failed"]


def test_ascii_only_has_no_other_characters() -> None:
    steps = (step("start"), step("a", "start"), step("b", "start"), step("j", "a b"), step("x" * 90, "j"))
    plain = text(steps, {"a": StepState("reused")}, ascii_only=True)
    assert plain.isascii()
    assert "|-\\" in plain


def test_a_flow_without_steps_is_an_empty_text() -> None:
    assert text(()) == ""


def test_givers_that_are_not_above_are_left_out() -> None:
    edges = edges_of((step("a", "a b zzz"), step("b", "a a")))
    assert edges.short == {"a": (), "b": ("a",)}


def test_an_edge_that_follows_from_a_longer_way_is_implied() -> None:
    edges = edges_of((step("a"), step("b", "a"), step("c", "b a")))
    assert edges.short["c"] == ("b",)
    assert edges.implied["c"] == ("a",)
    assert edges.rank == {"a": 0, "b": 1, "c": 2}


@st.composite
def flows(draw: st.DrawFn) -> tuple[StepSummary, ...]:
    count = draw(st.integers(1, 14))
    steps = []
    for number in range(count):
        above = [f"s{each}" for each in range(number)]
        givers = draw(st.lists(st.sampled_from(above), max_size=3, unique=True)) if above else []
        steps.append(step(f"s{number}", " ".join(givers)))
    return tuple(steps)


def read_back(picture: str, names: set[str]) -> dict[str, set[str]]:
    """Follow the lanes of a picture as an eye does: who waits for whom?"""
    lanes: dict[int, set[str]] = {}
    waits: dict[str, set[str]] = {}
    for row in picture.splitlines():
        name = next((word for word in row.split() if word in names), None)
        cells = row[: row.rindex(name)] if name else row
        symbols = {column: symbol for column, symbol in enumerate(cells) if symbol not in " ─"}
        lanes = {
            column: givers for column, givers in lanes.items() if column in symbols or row[column : column + 1] == "─"
        }
        if name:
            column = next(each for each, symbol in symbols.items() if symbol == "○")
            waits[name] = lanes.get(column, set())
            lanes[column] = {name}
        elif "╭" in symbols.values():
            source = next(each for each, symbol in symbols.items() if symbol == "╯")
            lanes[row.index("╭")] = lanes.pop(source)
        elif "├" in symbols.values():
            source = row.index("├")
            for column, symbol in symbols.items():
                if symbol in "┬╮":
                    lanes[column] = set(lanes[source])
                elif symbol in "┴╯":
                    lanes[source] = lanes[source] | lanes.pop(column)
    return waits


@given(steps=flows())
def test_the_lanes_lead_exactly_from_givers_to_their_steps(steps: tuple[StepSummary, ...]) -> None:
    names = {each.name for each in steps}
    found = read_back(text(steps), set(names))
    assert found == {name: set(givers) for name, givers in edges_of(steps).short.items()}
