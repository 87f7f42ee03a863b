from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from driver import node, ref

from nbflow.model.artifact import Manifest
from nbflow.model.ids import StepName
from nbflow.model.options import Options
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.plan.reuse import EmptyShelf, Kept, Reuse

LOAD = node("load")
CACHED = node("load", options=Options(cache=True))
MINE = (
    "f/draft-1/load/0",
    TaskRecord(StepName("load"), "0", (), TaskStatus.SUCCEEDED, manifest=Manifest({"load": ref(1.0)})),
)
STORED = ("f/7/load/0", replace(MINE[1], id="7"))


class Shelf:
    """Holds one result under `print`."""

    def __init__(self, *, gone: Iterable[Kept] = ()) -> None:
        self.gone = [record for _, record in gone]
        self.asked: list[str] = []

    def find(self, fingerprint: str, /) -> Kept | None:
        self.asked.append(fingerprint)
        return STORED if fingerprint == "print" else None

    def holds(self, record: TaskRecord, /) -> bool:
        return record not in self.gone


def test_what_the_session_knows_is_taken_over_without_asking_the_store_for_another() -> None:
    shelf = Shelf()
    assert Reuse({"print": MINE}).of(CACHED, "print", shelf) == MINE
    assert shelf.asked == []


def test_other_runs_are_asked_for_steps_with_cache_and_where_all_is_to_be_reused() -> None:
    assert Reuse().of(LOAD, "print", Shelf()) is None
    assert Reuse().of(CACHED, "print", Shelf()) == STORED
    assert Reuse(everything=True).of(LOAD, "print", Shelf()) == STORED
    assert Reuse(everything=True).of(LOAD, "other", Shelf()) is None


def test_fresh_beats_everything() -> None:
    reuse = Reuse({"print": MINE}, fresh=True, everything=True)
    assert reuse.of(CACHED, "print", Shelf()) is None


def test_a_step_that_is_to_run_again_takes_over_nothing_and_others_do() -> None:
    reuse = Reuse({"print": MINE}, again=frozenset({StepName("load")}))
    assert reuse.of(CACHED, "print", Shelf()) is None
    assert reuse.of(node("other"), "print", Shelf()) == MINE


def test_a_result_whose_artifacts_are_gone_gives_way_to_a_stored_one() -> None:
    reuse = Reuse({"print": MINE})
    assert reuse.of(LOAD, "print", Shelf(gone=[MINE])) is None
    assert reuse.of(CACHED, "print", Shelf(gone=[MINE])) == STORED
    assert reuse.of(CACHED, "print", Shelf(gone=[MINE, STORED])) is None


def test_a_result_that_dropped_what_is_read_now_serves_no_more() -> None:
    dropped = ("f/1/load/0", replace(MINE[1], manifest=Manifest({}, {"conn": "it cannot be stored"})))
    reuse = Reuse({"print": dropped})
    assert reuse.of(LOAD, "print", EmptyShelf()) == dropped
    assert reuse.of(replace(LOAD, required=frozenset({"conn"})), "print", EmptyShelf()) is None


def test_a_record_without_a_manifest_is_no_result() -> None:
    bare = ("f/1/load/0", replace(MINE[1], manifest=None))
    assert Reuse({"print": bare}).of(LOAD, "print", EmptyShelf()) is None
