"""Which attributes of a class are constants."""

from __future__ import annotations

import functools
import math
from typing import Any

from nbflow.flowspec.config import Config
from nbflow.flowspec.constants import constants_of
from nbflow.flowspec.flow import FlowBody
from nbflow.flowspec.parameter import Parameter
from nbflow.flowspec.step import step


class Mixin:
    mixed = 1


class Base(FlowBody):
    first = [1]
    second = "base"


class F(Mixin, Base):
    cfg = Config("cfg", default_value={"rate": 3})
    alpha = Parameter("alpha", default=1)
    second = "own"
    rate = cfg.rate
    half = functools.partial(max, 1)
    _private = 5
    name = "other"
    index = 7
    maths = math
    annotated: int

    class Inner:
        pass

    @step
    def start(self) -> None: ...

    @staticmethod
    def static() -> None: ...

    @classmethod
    def of_the_class(cls) -> None: ...

    @property
    def prop(self) -> int:
        return 1

    @functools.cached_property
    def cached(self) -> int:
        return 1

    function = staticmethod(len)
    other: Any = lambda self: 1


def test_values_are_constants_and_all_that_has_a_role_of_its_own_is_none() -> None:
    found = constants_of(F, {"cfg": {"rate": 3}})
    assert {name: value for name, value in found.items() if name != "half"} == {
        "first": [1],
        "second": "own",
        "mixed": 1,
        "rate": 3,
    }
    assert found["half"](0) == 1


def test_they_stand_in_the_order_of_definition_those_of_base_classes_first() -> None:
    assert [*constants_of(F)] == ["first", "second", "mixed", "rate", "half"]


def test_a_class_without_any_has_none() -> None:
    class Empty(FlowBody):
        @step
        def start(self) -> None: ...

    assert constants_of(Empty) == {}
