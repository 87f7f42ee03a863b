"""Metaflow's names of exceptions, caught and raised as its users do."""

from __future__ import annotations

import pickle

import pytest

from nbflow import exception
from nbflow.errors import NbflowError, raise_for


@pytest.mark.parametrize("name", exception.__all__)
def test_each_is_an_exception_or_what_catch_leaves(name: str) -> None:
    assert isinstance(getattr(exception, name), type)


def test_what_nbflow_raises_is_caught_by_these_names() -> None:
    with pytest.raises(exception.MetaflowNotFound):
        raise_for("M001", name="F", hint="", why="")


def test_words_of_a_persons_own_are_said_as_they_are() -> None:
    raised = exception.MetaflowException("no data today", 7)
    assert (str(raised), raised.message, raised.line_no, raised.problems, raised.code) == (
        *("no data today", "no data today"),
        *(7, (), ""),
    )
    assert str(exception.MetaflowException(msg="by name")) == "by name"
    assert str(exception.MetaflowException()) == ""


def test_a_subclass_with_a_headline_is_raised_caught_and_pickled() -> None:
    again = pickle.loads(pickle.dumps(NoData("on monday")))
    assert (type(again), str(again), again.headline) == (NoData, "on monday", "No data")
    assert isinstance(again, NbflowError)


class NoData(exception.MetaflowException):  # type: ignore[misc, valid-type]
    headline = "No data"
