"""`@frozen` against the dataclass that it stands for."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any

import pytest

from nbflow.frozen import frozen


@frozen
class Ours:
    """Ours."""

    name: str
    size: int = 3
    parts: tuple[int, ...] = ()
    marks: dict[str, int] = field(default_factory=dict)


@frozen
class Single:
    """One field."""

    name: str


@frozen
class Empty:
    """None at all."""


@frozen
class Loud:
    """With methods of its own."""

    name: str

    def __repr__(self) -> str:
        return self.name.upper()

    def __hash__(self) -> int:
        return 7

    def __eq__(self, other: object) -> bool:
        return True


def twins() -> tuple[Any, Any]:
    """Two classes of one body and one name, ours and the library's."""

    def body(make: Any) -> Any:
        @make
        class Value:
            """A value."""

            name: str
            size: int = 3
            parts: tuple[int, ...] = ()

        return Value

    return body(frozen), body(dataclass(frozen=True, slots=True))


def test_it_is_made_shown_and_matched_as_a_dataclass_is() -> None:
    ours, theirs = twins()
    for arguments, names in ((("a",), {}), (("a", 5), {"parts": (1,)}), ((), {"name": "b", "size": 1})):
        mine, other = ours(*arguments, **names), theirs(*arguments, **names)
        assert repr(mine) == repr(other)
        assert asdict(mine) == asdict(other)
    assert ours.__slots__ == theirs.__slots__
    assert ours.__match_args__ == theirs.__match_args__
    assert [each.name for each in fields(ours)] == [each.name for each in fields(theirs)]


def test_a_missing_argument_is_told_in_the_same_words() -> None:
    said = []
    for kind in twins():
        with pytest.raises(TypeError) as caught:
            kind()
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_nothing_can_be_assigned_deleted_or_added() -> None:
    value = Ours("a")
    for change in (lambda: setattr(value, "name", "b"), lambda: delattr(value, "name"), lambda: setattr(value, "x", 1)):
        with pytest.raises(FrozenInstanceError):
            change()
    assert value.name == "a"
    assert not hasattr(value, "__dict__")


def test_values_are_equal_by_their_fields_and_only_within_their_class() -> None:
    assert Single("a") == Single("a") != Single("b")
    assert hash(Single("a")) == hash(Single("a"))
    assert Empty() == Empty()
    assert len({Empty(), Empty()}) == 1
    assert Single("a") != ("a",)
    ours, theirs = twins()
    assert ours("a") != theirs("a")


def test_what_cannot_be_hashed_makes_the_value_unhashable() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Ours("a"))


def test_each_value_has_its_own_default_of_a_factory() -> None:
    assert Ours("a").marks is not Ours("a").marks
    given = {"x": 1}
    assert Ours("a", marks=given).marks is given


def test_it_is_replaced_copied_and_pickled() -> None:
    value = Ours("a", parts=(1, 2))
    assert replace(value, name="b") == Ours("b", parts=(1, 2))
    assert copy.deepcopy(value) == copy.copy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value


def test_methods_of_its_own_are_kept() -> None:
    assert repr(Loud("a")) == "A"
    assert hash(Loud("a")) == 7
    assert Loud("a") == Loud("b")
