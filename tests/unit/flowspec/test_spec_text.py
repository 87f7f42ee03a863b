from __future__ import annotations

from typing import Any

import pytest

from nbflow.errors import DecoratorError
from nbflow.flowspec.spec_text import read_spec


@pytest.mark.parametrize(
    ("text", "name", "attributes"),
    [
        ("retry", "retry", {}),
        ("@retry", "retry", {}),
        (" retry ", "retry", {}),
        ("retry:", "retry", {}),
        ("retry:times=4", "retry", {"times": 4}),
        ("retry:times=4,minutes_between_retries=0.5", "retry", {"times": 4, "minutes_between_retries": 0.5}),
        ("retry: times = 4 , minutes_between_retries = 0", "retry", {"times": 4, "minutes_between_retries": 0}),
        ("batch:image=me/app:1.2,queue=fast", "batch", {"image": "me/app:1.2", "queue": "fast"}),
        ("batch:cpu=2x", "batch", {"cpu": "2x"}),
        ("batch:image=", "batch", {"image": ""}),
        ('environment:vars={"A": 1, "B": "x=y, z=1"}', "environment", {"vars": {"A": 1, "B": "x=y, z=1"}}),
        ("environment:vars={'A': 1, 'B': 'x, y=2'}", "environment", {"vars": {"A": 1, "B": "x, y=2"}}),
        ('secrets:sources=["a", "b"],role=r', "secrets", {"sources": ["a", "b"], "role": "r"}),
        ("secrets:sources=['a','b'],role=r", "secrets", {"sources": ["a", "b"], "role": "r"}),
        ('x:a="4"', "x", {"a": "4"}),
        ("x:a='b, c=d',e=1", "x", {"a": "b, c=d", "e": 1}),
        ("x:a=one, two,b=1", "x", {"a": "one, two", "b": 1}),
        ("x:a=true,b=False,c=null,d=None", "x", {"a": True, "b": False, "c": None, "d": None}),
        ("x:a=[unquoted", "x", {"a": "[unquoted"}),
        ("x:a=b=c", "x", {"a": "b=c"}),
        ("my.module.deco:silent=1", "my.module.deco", {"silent": 1}),
        ("x:a=2026-01-01", "x", {"a": "2026-01-01"}),
        ("x:a=Ä ö", "x", {"a": "Ä ö"}),
    ],
)
def test_a_text_names_a_decorator_and_its_attributes(text: str, name: str, attributes: dict[str, Any]) -> None:
    found = read_spec(text)
    assert (found.name, found.attributes) == (name, attributes)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it begins with the name of a decorator"),
        (":times=3", "it begins with the name of a decorator"),
        ("retry times=3", "it begins with the name of a decorator"),
        ("retry(times=3)", "it begins with the name of a decorator"),
        ("retry,catch", "it begins with the name of a decorator"),
        ("retry:3", "'3' is no key=value"),
        ("retry:times:3", "'times:3' is no key=value"),
    ],
)
def test_a_text_that_names_none_is_shown_as_it_was_typed(text: str, why: str) -> None:
    with pytest.raises(DecoratorError) as caught:
        read_spec(text, f"--with {text}")
    said = str(caught.value)
    assert "is no decorator with its attributes" in said
    assert why in said
    assert f"--with {text}" in said
    assert "name:key=value,key=value" in said
