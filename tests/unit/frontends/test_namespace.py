"""Values of steps in the user's namespace."""

from __future__ import annotations

from typing import Any

from nbflow.errors import raise_for
from nbflow.frontends.magics.namespace import LAZY, Namespace, Waiting, names_in
from nbflow.model.artifact import ArtifactRef
from nbflow.model.ids import Digest


def ref(value: Any, kind: str = "scalar", size: int = 8) -> ArtifactRef:
    return ArtifactRef(Digest(str(value)), kind, "x", size, data=value)


def make(variables: dict[str, Any]) -> tuple[Namespace, list[Any]]:
    loaded: list[Any] = []

    def load(given: ArtifactRef, name: str) -> Any:
        loaded.append(given.data)
        if given.data == "broken":
            raise_for("S007", name=name, message="no class Point", why="", fix="")
        return [given.data]

    return Namespace(variables, load, loaded.append), loaded


def test_small_values_are_bound_at_once_and_large_pickles_when_named() -> None:
    variables: dict[str, Any] = {"big": "old"}
    namespace, loaded = make(variables)
    namespace.push({"small": ref(1), "big": ref(2, "pickle", LAZY + 1)})
    assert variables == {"small": [1]} and loaded == [1]
    namespace.before_cell("print(small)")
    assert loaded == [1]
    namespace.before_cell("y = big")
    assert variables["big"] == [2]
    namespace.before_cell("y = big")
    assert loaded == [1, 2]


def test_a_function_that_a_cell_calls_brings_what_it_names() -> None:
    variables: dict[str, Any] = {}
    exec("def inner(): return big\ndef outer(): return inner()", variables)
    namespace, _ = make(variables)
    namespace.push({"big": ref(2, "pickle", LAZY + 1)})
    namespace.before_cell("outer()")
    assert variables["big"] == [2]


def test_a_name_given_another_value_by_a_plain_cell_is_noticed() -> None:
    variables: dict[str, Any] = {}
    namespace, _ = make(variables)
    namespace.push({"x": ref(1)})
    assert not namespace.rebound("x")
    variables["x"] = 5
    assert namespace.rebound("x")
    namespace.push({"x": ref(1)})
    assert not namespace.rebound("x")


def test_one_value_that_cannot_be_loaded_is_told_and_the_others_are_bound() -> None:
    variables: dict[str, Any] = {}
    namespace, told = make(variables)
    namespace.push({"bad": ref("broken"), "good": ref(1)})
    assert variables == {"good": [1]}
    assert "bad cannot be loaded" in told[1] and "no class Point" in told[1]
    namespace.before_cell("good + bad")
    assert "bad" not in variables and len(told) == 5


def test_a_waiting_name_is_loaded_by_the_cell_that_names_it_wherever_it_does() -> None:
    for source in ("df", "get_ipython().run_line_magic('timeit', 'f(df)')", "eval('df')", "def f(): return df"):
        variables: dict[str, Any] = {}
        namespace, _ = make(variables)
        namespace.wait("df", Waiting(lambda: 7))
        namespace.before_cell("other")
        assert variables == {} and namespace.waiting == {"df"}
        namespace.before_cell(source)
        assert variables == {"df": 7}, source


def test_a_value_given_by_the_notebook_meanwhile_is_not_overwritten_by_one_that_waited() -> None:
    variables: dict[str, Any] = {}
    namespace, _ = make(variables)
    namespace.wait("df", Waiting(lambda: 7))
    assert namespace.from_step("df") and not namespace.rebound("df")
    variables["df"] = 5
    assert namespace.rebound("df") and not namespace.from_step("df")
    namespace.before_cell("df")
    assert variables == {"df": 5}


def test_a_definition_that_waits_is_not_what_a_step_left() -> None:
    variables: dict[str, Any] = {}
    namespace, _ = make(variables)
    namespace.wait("clean", Waiting(lambda: len, left=False))
    assert not namespace.from_step("clean")
    namespace.before_cell("clean([])")
    assert variables["clean"] is len and not namespace.from_step("clean")


def test_completion_knows_the_names_that_wait() -> None:
    namespace, _ = make({})
    namespace.wait("model", Waiting(lambda: 7))
    namespace.wait("data", Waiting(lambda: 7))
    assert namespace.matches("mo") == ["model"]


def test_words_of_texts_are_names_only_where_that_is_asked_for() -> None:
    assert "df" not in names_in("print('df')", {})
    assert "df" in names_in("print('df')", {}, texts=True)


def test_names_of_nested_functions_and_of_broken_text() -> None:
    assert {"a", "b"} <= names_in("def f():\n    return a\n[b for _ in range(3)]", {})
    assert names_in("def (", {}) == set()
