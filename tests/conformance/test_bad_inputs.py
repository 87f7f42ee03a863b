"""What a hurried person types: each mistake gets its code, the place, the reason and the fix, before anything runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from nbflow.errors import NbflowError
from nbflow.frontends.cli.notebook import given_parameters, open_notebook
from nbflow.frontends.cli.running import request_of


@dataclass(frozen=True)
class Bad:
    """One mistake and what is said of it."""

    title: str
    cells: tuple[str, ...]
    code: str
    #: in the place lines
    place: str
    #: in the headline or the reason
    reason: str
    fix: str
    given: tuple[str, ...] = ()


# the three plain cells before the steps are cells 1 to 3, so the first step is in cell 4
TABLE = [
    Bad(
        "code above the header", ("import os\n%%step a\nx=1",), "C001", "cell 4", "first line of code", "split the cell"
    ),
    Bad("two headers", ("%%step a\n%%step b\nx=1",), "C002", "cell 4", "two", "two cells"),
    Bad("a capital in the name", ("%%step Train\nx=1",), "C003", "cell 4", "lower-case", "train"),
    Bad("a dash in the name", ("%%step load-data\nx=1",), "C003", "cell 4", "not a step name", "load_data"),
    Bad("a reserved name", ("%%step inputs\nx=1",), "C004", "cell 4", "reserved", "inputs_step"),
    Bad("a mistyped option", ("%%step a --retires 3\nx=1",), "C005", "line 1", "--retires", "--retry"),
    Bad("a size that is none", ("%%step a --memory 8Q\nx=1",), "C006", "cell 4", "8Q", "8G"),
    Bad("an option twice", ("%%step a --retry 1 --retry 2\nx=1",), "C007", "cell 4", "twice", "one"),
    Bad("--as without --foreach", ("%%step a --as x\ny=1",), "C008", "cell 4", "--foreach", "--foreach"),
    Bad("a header over two lines", ("%%step a \\\n --retry 1\nx=1",), "C009", "cell 4", "one line", "#|"),
    Bad("no name", ("%%step\nx=1",), "C013", "cell 4", "no name", "NAME"),
    Bad("an unclosed quote", ('%%step a --when "x > 1\ny=1',), "C012", "cell 4", "not closed", '"'),
    Bad("return in a body", ("%%step a\nx = 1\nreturn x",), "C010", "line 3", "return", "last expression"),
    Bad("a syntax error", ("%%step a\nx = (1,\ny = 2",), "C010", "cell 4", "not Python", "close the bracket"),
    Bad("the same name twice", ("%%step a\nx=1", "%%step a\ny=1"), "C011", "cell 5", "cell 4", "rename"),
    Bad("exec of anything", ("%%step a\nexec('x=1')",), "C020", "line 2", "nobody sees", "dict"),
    Bad("a kernel magic in a body", ("%%step a\n%sql select 1",), "C021", "line 2", "%sql", "library"),
    Bad("get_ipython in a body", ("%%step a\nip = get_ipython()",), "C022", "line 2", "kernel state", "step"),
    Bad("--out of a name nobody binds", ("%%step a --out modle\nmodel=1",), "C030", "cell 4", "modle", "model"),
    Bad(
        "a condition that calls",
        ("%%step a\nx=1", "%%step b --when 'open(x)'\ny=1"),
        "C040",
        "cell 5",
        "scalars",
        "--when go",
    ),
    Bad("a misspelt variable", ("%%step load\ndf=[1]", "%%step use\nn=len(dff)"), "G001", "line 2", "'dff'", "df"),
    Bad(
        "--after a step that is not there",
        ("%%step load\nx=1", "%%step b --after laod\ny=1"),
        "G002",
        "cell 5",
        "laod",
        "load",
    ),
    Bad("--after a step below", ("%%step a --after b\nx=1", "%%step b\ny=1"), "G003", "cell 4", "below", "move"),
    Bad("a step after itself", ("%%step a --after a\nx=1",), "G004", "cell 4", "itself", "drop"),
    Bad(
        "cells in the wrong order", ("%%step use\nn=len(df)", "%%step load\ndf=[1]"), "G005", "cell 4", "below", "move"
    ),
    Bad(
        "--in of a name not left",
        ("%%step a\nx=1", "%%step b --in m=a.m\ny=m"),
        "G006",
        "cell 5",
        "a leaves x",
        "assign 'm' in a",
    ),
    Bad(
        "two trainings, one name",
        ("%%step a\nm=1", "%%step b\nm=2", "%%step c\nq=m"),
        "G010",
        "cell 6",
        "two writers",
        "--in m=",
    ),
    Bad("assigning a parameter", ("%%step a\nalpha=2",), "G012", "line 2", "parameter", "another name"),
    Bad("changing a constant", ("%%step a\nCONFIG['b']=2",), "G014", "line 2", "definition", "copy"),
    Bad("a variable of a plain cell", ("%%step a\nn=hid",), "G015", "line 2", "cell 3", "--capture hid"),
    Bad(
        "joining what runs once",
        ("%%step a\nx=1", "%%step b --join a\ny=1"),
        "G020",
        "cell 5",
        "runs once",
        "without --join",
    ),
    Bad(
        "a parameter that is not a number", ("%%step a\nx=alpha",), "P002", "", "'high'", "float", given=("alpha=high",)
    ),
    Bad("a misspelt parameter", ("%%step a\nx=alpha",), "P003", "", "apha", "alpha", given=("apha=1",)),
    Bad(
        "a function in %%parameters",
        ("%%step a\nx=1", "%%parameters\nb: int = 1\ndef f(): pass"),
        "P004",
        "cell 5",
        "def f",
        "its own",
    ),
]


def provoke(bench: Any, bad: Bad) -> NbflowError:
    path = str(bench.write(*bad.cells))
    try:
        opened = open_notebook(path)
    except NbflowError as error:
        return error
    with pytest.raises(NbflowError) as caught:
        request_of(opened, bench.engine.workspace, given_parameters(list(bad.given)))
    return caught.value


@pytest.mark.parametrize("bad", TABLE, ids=[bad.title for bad in TABLE])
def test_a_mistake_is_told_with_code_place_reason_and_fix(bench: Any, bad: Bad) -> None:
    error = provoke(bench, bad)
    found = next((each for each in error.problems if each.code == bad.code), None)
    assert found is not None, str(error)
    text = str(found)
    assert bad.place in str(found.place), text
    assert bad.reason in f"{found.what} {found.why}", text
    assert bad.fix in f"{found.fix} {found.what}", text
    assert not re.search(r"\{\w*\}", text), "a fact was left out"
    assert error.exit_code == 2


def test_the_table_holds_enough_different_codes() -> None:
    assert len(TABLE) >= 20
    assert len({bad.code for bad in TABLE}) >= 15


def test_all_mistakes_of_a_notebook_are_told_at_once(bench: Any) -> None:
    error = provoke(bench, Bad("", ("%%step a\nn=hid", "%%step b --after zz\ny=qqq"), "", "", "", ""))
    assert {each.code for each in error.problems} == {"G015", "G002", "G001"}
