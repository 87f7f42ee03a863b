"""What completion offers for a piece of a line, and for expressions of client objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import nbflow
from nbflow.client import Flow, Run
from nbflow.frontends.magics.completing.offer import Candidate, Offer, in_expression, listed
from nbflow.frontends.magics.completing.pathspecs import pathspecs
from nbflow.frontends.magics.completing.python import offered
from nbflow.frontends.magics.records import Records
from tests.unit.client.conftest import Bench, bench

__all__ = ["bench"]

NAMES = [Candidate(name, "step") for name in ("load", "train", "tidy")]


def texts(offer: Offer | None) -> list[str] | None:
    return None if offer is None else [each.text for each in offer.candidates]


def test_candidates_begin_as_what_is_typed_each_once() -> None:
    assert texts(Offer.of("t", [*NAMES, *NAMES])) == ["train", "tidy"]
    assert texts(Offer.of("", NAMES, but=["load"])) == ["train", "tidy"]


def test_of_a_list_only_its_last_part_is_replaced_and_nothing_is_named_twice() -> None:
    offer = listed("load, t", NAMES)
    assert (offer.piece, texts(offer)) == ("t", ["train", "tidy"])
    assert texts(listed("train,load,", NAMES)) == ["tidy"]


@pytest.mark.parametrize(
    ("value", "piece", "found"),
    [
        ("zip(lo", "lo", ["load"]),
        ("", "", ["load", "train", "tidy"]),
        ("x.lo", "lo", []),
        ("3", "", []),
        ("a + ", "", None),
    ],
)
def test_of_an_expression_the_name_at_its_end_counts(value: str, piece: str, found: list[str] | None) -> None:
    offer = in_expression(value, NAMES)
    assert (offer.piece, texts(offer)) == (piece, found if found is not None else ["load", "train", "tidy"])


def test_looking_makes_no_store(tmp_path: Path) -> None:
    assert Records.at(None) is None
    assert Records.at(tmp_path / ".nbflow") is None
    assert list(tmp_path.iterdir()) == []


def test_pathspecs_go_on_by_one_part(bench: Bench) -> None:
    run = bench.run("succeeded")
    records = Records.at(bench.workspace.root)
    assert records is not None
    assert [each.text for each in pathspecs(records, "", 2)] == ["quick/"]
    assert list(pathspecs(records, "quick/", 2)) == [Candidate(f"quick/{run}", "succeeded")]
    assert list(pathspecs(records, "quick/1/", 2)) == []
    assert list(pathspecs(records, "other/", 2)) == []


@pytest.mark.parametrize(
    "typed", ["other.", "loud.", "loud.data.", "nbflow.", "run.steps().", "Run(name).", "1 +. ", "]).", "Run('x/y/z')."]
)
def test_what_is_no_client_object_is_left_alone(typed: str, bench: Bench) -> None:
    class Loud:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError("asked")

    bench.run("succeeded")
    space = {"loud": Loud(), "nbflow": nbflow, "Run": Run, "run": Run("quick/1"), "name": "quick/1"}
    try:
        assert offered(space, typed) is None
    except nbflow.NbflowError:
        # a name that cannot be one: the matcher offers nothing
        assert typed == "Run('x/y/z')."


def test_objects_offer_their_attributes_and_keys(bench: Bench) -> None:
    bench.run("succeeded")
    space: dict[str, Any] = {"flow": Flow("quick"), "Flow": Flow, "nbflow": nbflow}
    assert texts(offered(space, "flow[")) == ["'1'"]
    assert texts(offered(space, "flow['")) == ["1"]
    assert texts(offered(space, "f(Flow('quick').latest_run.successf")) == ["successful"]
    assert texts(offered(space, "nbflow.Flow('quick')[1].stat")) == ["status"]
    assert texts(offered(space, "nbflow.Run('quick/")) == ["quick/1"]
