from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.shell import command_expression

VALUES = {"x": "eu", "n": 3, "d": {"a": 1}, "p": "dir/f"}


def dollar(name: str, *spaces: Mapping[str, object]) -> str:
    for space in spaces:
        if name in space:
            return str(space[name])
    return f"${name}"


def command(text: str) -> str:
    source = command_expression(text)
    return str(eval(source, dict(VALUES, __nbflow_dollar__=dollar)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ls", "ls"),
        ("echo {x}", "echo eu"),
        ("echo {x}-{n + 1}", "echo eu-4"),
        ("echo {n:03d} {x!r}", "echo 003 'eu'"),
        ('echo {d["a"]}', "echo 1"),
        ("echo $x", "echo eu"),
        ("echo $x$n", "echo eu3"),
        ("echo $HOME/$x", "echo $HOME/eu"),
        ("echo '$x' $x", "echo '$x' eu"),
        ("echo $$x $$", "echo $x $$"),
        ("echo ${HOME} {x}", "echo ${HOME} eu"),
        ("echo ${HOME:-none} {x}", "echo ${HOME:-none} eu"),
        ("echo {{x}} {x}", "echo {x} eu"),
        ("echo {{x}}", "echo {x}"),
        ("touch {a,b}.csv {x}", "touch {a,b}.csv eu"),
        ("awk '{print $1}' {x}", "awk '{print $1}' {x}"),
        ("find . -exec rm {} \\;", "find . -exec rm {} \\;"),
        ("echo {1..3} $x", "echo {1..3} $x"),
        ("curl -d '{\"a\": 1}' {x}", "curl -d '{\"a\": 1}' {x}"),
        ("echo } {x}", "echo } {x}"),
        ("echo {x", "echo {x"),
        ("echo $5 $? $x", "echo $5 $? eu"),
        ("echo %s %d", "echo %s %d"),
        ('echo "it\'s $x"', 'echo "it\'s eu"'),
    ],
)
def test_a_command_is_filled_in_as_ipython_does(text: str, said: str) -> None:
    assert command(text) == said


def test_a_dollar_name_asks_for_attributes_too() -> None:
    assert command_expression("ls $p.suffix.") == "'ls {}.'.format(__nbflow_dollar__('p.suffix', locals(), globals()))"


@given(st.text(alphabet="ab{}$'\"!:.,x= \\[]()"))
def test_every_command_becomes_one_line_of_python(text: str) -> None:
    source = command_expression(text)

    ast.parse(source, mode="eval")
    assert "\n" not in source
