"""Values of steps in the user's namespace."""

from __future__ import annotations

from typing import Any

from nbflow.frontends.magics.namespace import LAZY, Namespace, names_in
from nbflow.model.artifact import ArtifactRef
from nbflow.model.ids import Digest


def ref(value: Any, kind: str = "scalar", size: int = 8) -> ArtifactRef:
    return ArtifactRef(Digest(str(value)), kind, "x", size, data=value)


def make(variables: dict[str, Any]) -> tuple[Namespace, list[Any]]:
    loaded: list[Any] = []

    def load(given: ArtifactRef) -> Any:
        loaded.append(given.data)
        return [given.data]

    return Namespace(variables, load), loaded


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


def test_names_of_nested_functions_and_of_broken_text() -> None:
    assert {"a", "b"} <= names_in("def f():\n    return a\n[b for _ in range(3)]", {})
    assert names_in("def (", {}) == set()
