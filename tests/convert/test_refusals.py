"""What a class cannot say is refused, with the step and the reason, and nothing is written."""

from __future__ import annotations

import pytest

from nbflow import UsageError
from tests.convert.conftest import Convert

O = "%%step o\nx = 1; n = 2"  # noqa: E741
FE = '%%step t --foreach "[1, 2]" --as e\nm = e'


@pytest.mark.parametrize(
    ("cells", "step", "says"),
    [
        ([O, "%%step a\nm = x", "%%step b\nm = n", "%%step j --join a,b --any\nw = len(inputs)"], "j", "--any cannot be conv"),
        (['%%step t --foreach [1,2] --as e --when "e > 1"\nm = e'], "t", "--when beside --foreach cannot"),
        ([O, '%%step a --when "x > 1"\nm = 1', "%%step b\nk = n", "%%step j --join a,b\nw = 1"], "j", "--join a, which may be"),
        ([O, FE, '%%step j --join t --when "x > 1"\nw = 1'], "j", "a join that may be skipped cannot"),
        ([O, '%%step g --when "x > 1"\nxs = [1]', "%%step t --foreach xs\nm = 1"], "t", "a foreach that may be skipped as"),
        ([FE, "%%step i --join t\na = 1", "%%step j --join t\nb = 1"], "j", "i joins it as well"),
        ([FE, "%%step j --join t\nmu = 1", "%%step p\nd = m - mu"], "p", "a second pass over the items of t"),
        ([O, "%%step a\ny = x", "%%step b\nz = y", "%%step j --join a,b\nw = 1"], "j", "--join a,b cannot"),
        ([O, "%%step a --retry 9\nm = x"], "a", "--retry 9 cannot be converted[\\s\\S]*write --retry 4"),
        ([O, "%%step a\nself = x"], "a", "the name 'self' cannot"),
        ([O, "%%step a\n__hidden = x"], "a", "the name '__hidden' cannot"),
        ([O, "%%step a\nwith open('f') as f: x = f\nclass C:\n    x = x\n"], "a", "the class C reads it and binds it"),
        (["%%step t --foreach [1,2] --as e\nindex = e + index", "%%step j --join t\nw = [i.index for i in inputs]"], "j", "'.index'"),
        ([O, "%%step a\nm = 1", "%%step b\nk = 1", "%%step c\nm = 2", "%%step j --join a,b,c\nmerge_artifacts(inputs)"], "j", "merge_artifacts of 'm'"),
        (["%%step a\ndef f(): return 1\nx = 1", "%%step b\ny = f()", "%%step c\ndef f(): return 2\nk = y", "%%step d\nz = f() + k"], "c", "the definition of 'f'"),
        (["%%parameters\nk: int | list[int] = 1", "%%step a\nx = k"], None, "parameter k, of type int . list"),
        (["%%parameters\nseed = 1", "%%setup\nimport random\nrandom.seed(seed)", "%%step a\nx = seed"], None, "%%setup, which reads seed"),
        (["def retry(x): return x", "%%step a --retry 1\nx = retry(1)"], None, "the definition of 'retry'"),
        ([O, "%%step a\ndef f(): return max([1])\nif x > 1: max = 3\n"], "a", "'max', which is Python's"),
    ],
)  # fmt: skip
def test_a_refusal(convert: Convert, cells: list[str], step: str | None, says: str) -> None:
    with pytest.raises(UsageError, match=says) as refused:
        convert(*cells)
    (problem,) = refused.value.problems
    assert problem.code == "R070" and problem.place.step == step and problem.why and problem.fix


def test_an_item_that_another_step_overwrites_before_the_join_sees_it(convert: Convert) -> None:
    with pytest.raises(UsageError, match="'m' of a, as j sees it cannot"):
        convert(FE, "%%step a\nk = e", "%%step b --after a\nm = m + 1", "%%step j --join a\nw = [i.m for i in inputs]")


def test_a_notebook_with_errors_is_refused_as_anywhere(convert: Convert) -> None:
    with pytest.raises(Exception, match="NBF-G001"):
        convert("%%step a\nx = nothing_of_this_name")
