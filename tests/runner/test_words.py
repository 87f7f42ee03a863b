"""Keyword arguments as words of a command line, and parameters read from the text of a flow file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nbflow import UsageError
from nbflow.frontends.runner.declared import Declared, declared
from nbflow.frontends.runner.words import option_words, parameter_words, value_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        (True, "True"),
        (0.5, "0.5"),
        (np.float64(0.5), "0.5"),
        (np.arange(2), "[0, 1]"),
        (Path("a/b"), "a/b"),
        (date(2024, 1, 2), "2024-01-02"),
        ([1, "a", None], '[1, "a", null]'),
        ({"k": {2, 1}}, '{"k": [1, 2]}'),
        ({2, 1}, "[1, 2]"),
    ],
)
def test_a_value_is_what_a_person_would_type(value: Any, text: str) -> None:
    assert value_text("x", value) == text


def test_a_value_nobody_could_type_is_refused() -> None:
    with pytest.raises(UsageError, match="rows: a value of type object cannot be given to a run"):
        value_text("rows", object())


def test_options_are_spelled_as_in_a_terminal() -> None:
    given = {
        "tags": ["a", "b"], "max_workers": 2, "decospecs": ("retry",), "pylint": False, "quiet": True, "production": False,
        "config": {"c": "c.json"}, "config_value": [("d", {"k": 1})], "namespace": None, "branch": "x",
    }  # fmt: skip
    assert option_words(given) == [
        "--tag", "a", "--tag", "b", "--max-workers", "2", "--with", "retry", "--no-pylint", "--quiet",
        "--config", "c", "c.json", "--config-value", "d", '{"k": 1}', "--branch", "x",
    ]  # fmt: skip
    assert option_words({"with_": ["catch:var=x"]}) == ["--with", "catch:var=x"]


def test_a_list_of_texts_has_its_own_separator_and_none_is_as_if_not_given() -> None:
    words = parameter_words({"names": ["a", "b"], "rows": [1], "none": None}, {"names": ";"})
    assert words == ["-p", "names=a;b", "-p", "rows=[1]"]


FLOW = """
import nbflow
from nbflow import FlowSpec, Parameter, project, step

@project(name="p")
class F(FlowSpec):
    alpha = nbflow.Parameter("learning-rate", default=1)
    names = Parameter(name="names", separator=",")
    CONSTANT = 3
    data = IncludeFile("data")

    @step
    def start(self):
        self.x = Parameter("no")
"""


def test_parameters_are_read_from_the_text(tmp_path: Path) -> None:
    file = tmp_path / "flow.py"
    file.write_text(FLOW)
    found = declared(file)
    assert found.names == ("learning-rate", "names", "data") and found.attributes == ("alpha", "names", "data")
    assert dict(found.separators) == {"names": ","} and found.complete


@pytest.mark.parametrize(
    "change",
    [
        ("(FlowSpec)", "(Base)"),
        ('@project(name="p")', "@my_mutator"),
        ('"learning-rate"', "NAME"),
        ("CONSTANT = 3", 'config = Config("c")'),
    ],
)
def test_where_there_may_be_others_the_list_is_not_complete(tmp_path: Path, change: tuple[str, str]) -> None:
    file = tmp_path / "flow.py"
    file.write_text(FLOW.replace(*change))
    assert not declared(file).complete


def test_of_what_is_no_flow_nothing_is_known(tmp_path: Path) -> None:
    file = tmp_path / "flow.py"
    for text in ("def (", "x = 1", FLOW + FLOW.replace("class F", "class G")):
        file.write_text(text)
        assert declared(file) == Declared()
