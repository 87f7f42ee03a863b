"""Kills, lost replies, a bucket that does not answer, entries that nobody can read."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from metadata_kinds import AT_ONCE, machines_on

from nbflow.errors import MetadataError
from nbflow.metadata import sql as facts_sql
from nbflow.metadata.bucket import BucketMetadata
from nbflow.metadata.bucket.journals import Journals
from nbflow.metadata.bucket.pool import Pool
from nbflow.metadata.sqlite import SqliteMetadata
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.storage.faulty import FaultyStorage
from nbflow.storage.memory import MemoryStorage


class Killed(BaseException):
    """The process ends here."""


class LosesReplies(MemoryStorage):
    """Does what it is asked, and raises all the same when `lose` says so."""

    def __init__(self, *lose: bool) -> None:
        super().__init__()
        self.lose = list(lose)
        self.created: list[str] = []

    def put_new(self, key: str, parts: Sequence[Any]) -> bool:
        done = super().put_new(key, parts)
        if done:
            self.created.append(key)
        if self.lose and self.lose.pop(0):
            raise OSError("the connection was closed")
        return done


class AsksTwice(MemoryStorage):
    """Repeats a conditional create by itself, as clients do, and takes its own first try for somebody else's."""

    def put_new(self, key: str, parts: Sequence[Any]) -> bool:
        super().put_new(key, parts)
        return super().put_new(key, parts)


def a_run(**changes: Any) -> RunRecord:
    return replace(RunRecord(FlowName("f"), RunId(""), "run", RunStatus.RUNNING, "ada", time.time()), **changes)


def a_task(step: str = "train") -> TaskRecord:
    return TaskRecord(StepName(step), "0", (), TaskStatus.SUCCEEDED)


def steps(metadata: BucketMetadata, run: str = "1") -> list[str]:
    return [task.step for task in metadata.tasks("f", run)]


def refused(action: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(MetadataError) as caught:
        action(*arguments, **named)
    return caught.value.code


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


# ---- kills


def test_who_is_killed_before_the_index_knows_finds_it_in_the_journal(storage: MemoryStorage, tmp_path: Path) -> None:
    with machines_on(storage, tmp_path) as machines:
        killed = machines("here")
        killed.create_run(a_run())
        _write_and_die(killed, lambda: killed.write("f", "1", [a_task("load")]))
        again = machines("here")
        # with or without a look before it
        again.write("f", "1", [a_task("train")])
        assert steps(again) == steps(machines("there")) == ["load", "train"]
        _write_and_die(again, lambda: again.update_run("f", "1", status=RunStatus.SUCCEEDED))
        found = machines("here").run("f", "1")
        assert found is not None
        assert found.status is RunStatus.SUCCEEDED


def test_a_run_whose_maker_is_killed_is_there_and_its_id_is_taken(storage: MemoryStorage, tmp_path: Path) -> None:
    with machines_on(storage, tmp_path) as machines:
        killed = machines("here")
        killed.flows()
        _write_and_die(killed, lambda: killed.create_run(a_run(user="killed")))
        assert [run.user for run in machines("there").runs("f")] == ["killed"]
        assert machines("here").create_run(a_run()).id == "2"


def _write_and_die(metadata: BucketMetadata, write: Any) -> None:
    """Write an entry, and be killed before the index knows of it."""
    claim = Journals.claim

    def die(journals: Journals, *entry: Any) -> None:
        claim(journals, *entry)
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journals, "claim", die)
        with pytest.raises(Killed):
            write()
    metadata._index.facts.close()


# ---- replies


def test_an_entry_whose_reply_was_lost_is_written_once(tmp_path: Path) -> None:
    storage = LosesReplies(True, False, True, True)
    with machines_on(storage, tmp_path) as machines:
        here = machines("here")
        assert here.create_run(a_run()).id == "1"
        here.write("f", "1", [a_task("load")])
        assert here.tag("f", "1", add=["good"]) == {"good"}
        here.update_run("f", "1", status=RunStatus.SUCCEEDED)
        assert not storage.lose
        assert storage.created == [f"journal/f/1/0000000{number}.json" for number in range(4)]
        assert steps(machines("there")) == ["load"]


def test_a_client_that_asks_twice_is_no_competitor(tmp_path: Path) -> None:
    with machines_on(AsksTwice(), tmp_path) as machines:
        here = machines("here")
        assert [here.create_run(a_run()).id for _ in range(2)] == ["1", "2"]
        here.write("f", "1", [a_task("load")])
        assert here.tag("f", "1", add=["good"]) == {"good"}


def test_of_two_whose_replies_are_lost_one_wins(tmp_path: Path) -> None:
    storage = LosesReplies()
    with machines_on(storage, tmp_path) as machines:
        ada, grace = machines("ada"), machines("grace")
        ada.create_run(a_run())
        assert grace.run("f", "1") is not None
        storage.lose = [True, True]
        ada.write("f", "1", [a_task()])
        assert refused(grace.write, "f", "1", [replace(a_task(), reason="another")]) == "NBF-M008"
        assert steps(grace) == ["train"]


def test_what_could_not_be_written_may_be_written_again(storage: MemoryStorage, tmp_path: Path) -> None:
    faulty = FaultyStorage(storage, 10**9)
    with machines_on(faulty, tmp_path) as machines:
        here = machines("here")
        here.create_run(a_run())
        faulty._at = 0
        with pytest.raises(MetadataError, match=r"NBF-M020  .*No space left"):
            here.write("f", "1", [a_task()])
        faulty.mend()
        assert steps(here) == []
        here.write("f", "1", [a_task()])
        assert steps(machines("there")) == ["train"]


# ---- a bucket that does not answer


def test_without_a_bucket_what_was_known_is_shown_with_a_warning(storage: MemoryStorage, tmp_path: Path) -> None:
    faulty = FaultyStorage(storage, 10**9)
    with machines_on(faulty, tmp_path, replace(AT_ONCE, rest=60.0)) as machines:
        here = machines("here")
        here.create_run(a_run())
        faulty._at = 0
        with pytest.warns(RuntimeWarning, match=r"NBF-M021  .*No space left"):
            assert [run.id for run in here.runs("f")] == ["1"]
        # it is left alone for a while
        asked = faulty.count
        assert [run.id for run in here.runs("f")] == ["1"]
        assert here.run("f", "77") is None
        assert faulty.count == asked


def test_without_a_bucket_and_without_an_index_there_is_nothing_to_show(tmp_path: Path) -> None:
    with machines_on(FaultyStorage(MemoryStorage(), 0), tmp_path) as machines:
        assert refused(machines("here").flows) == "NBF-M020"


def test_what_waits_goes_on_waiting_until_the_bucket_answers(storage: MemoryStorage, tmp_path: Path) -> None:
    faulty = FaultyStorage(storage, 10**9)
    with machines_on(faulty, tmp_path, replace(AT_ONCE, rest=0.0)) as machines:
        here = machines("here")
        here.create_run(a_run())
        faulty._at = 0
        here.write("f", "1", [replace(a_task(), status=TaskStatus.RUNNING)])
        with pytest.warns(RuntimeWarning, match="NBF-M021"):
            assert steps(here) == []
        faulty.mend()
        assert steps(here) == ["train"]


# ---- entries that cannot be read


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{ no JSON", "JSONDecodeError"),
        (b'{"format": 2, "by": "x", "at": 1, "changes": []}', "newer nbflow"),
        (b'{"format": 1, "by": "x", "at": 1, "changes": [{"unheard-of": 1}]}', "unheard-of"),
        (b'{"format": 1, "by": "x", "at": 1}', "changes"),
        (b'{"format": 1, "by": "x", "at": 1, "changes": [{"written": {"tasks": [{}]}}]}', "items"),
    ],
)
def test_an_entry_that_cannot_be_read_keeps_nobody_from_other_runs(
    storage: MemoryStorage, tmp_path: Path, data: bytes, why: str
) -> None:
    with machines_on(storage, tmp_path) as machines:
        here = machines("here")
        for _ in range(2):
            here.create_run(a_run())
        storage.put("journal/f/1/00000001.json", [data])
        here.write("f", "2", [a_task()])
        there = machines("there")
        with pytest.warns(RuntimeWarning, match=rf"NBF-M022  journal/f/1/00000001.json[\s\S]*{why}"):
            assert steps(there, "2") == ["train"]
        # it is told once, and nobody may write behind it
        assert [run.id for run in there.runs("f")] == ["2", "1"]
        assert refused(there.write, "f", "1", [a_task()]) == "NBF-M022"


def test_fields_that_a_newer_version_knows_are_left_out(storage: MemoryStorage, tmp_path: Path) -> None:
    with machines_on(storage, tmp_path) as machines:
        made = machines("here").create_run(a_run())
        raw = json.loads(storage.get("journal/f/1/00000000.json"))
        raw["changes"][0]["created"]["mood"] = "good"
        storage.put("journal/f/1/00000000.json", [json.dumps(raw).encode()])
        assert machines("there").run("f", "1") == made


def test_an_index_of_an_older_version_is_made_anew(
    storage: MemoryStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with machines_on(storage, tmp_path) as machines:
        here = machines("here")
        here.create_run(a_run())
        here.write("f", "1", [a_task()])
        here.close()
        asked: list[str] = []
        get = storage.get
        monkeypatch.setattr(storage, "get", lambda key, *rest: asked.append(key) or get(key, *rest))
        assert steps(machines("here")) == ["train"]
        assert "journal/f/1/00000000.json" not in asked
        monkeypatch.setattr(facts_sql, "VERSION", facts_sql.VERSION + 1)
        monkeypatch.setitem(facts_sql.MIGRATIONS, facts_sql.VERSION, ("ALTER TABLE run ADD COLUMN mood TEXT",))
        assert steps(machines("here")) == ["train"]
        assert "journal/f/1/00000000.json" in asked


def test_the_database_of_a_local_store_is_no_index(storage: MemoryStorage, tmp_path: Path) -> None:
    local = SqliteMetadata(tmp_path / "here.db")
    local.create_run(a_run())
    with machines_on(storage, tmp_path) as machines:
        assert refused(machines("here").flows) == "NBF-M023"
    assert [run.id for run in local.runs("f")] == ["1"]
    local.close()


def test_runs_whose_journals_are_gone_are_forgotten_when_all_are_looked_through(
    storage: MemoryStorage, tmp_path: Path
) -> None:
    with machines_on(storage, tmp_path) as machines:
        here = machines("here")
        for flow in "ffg":
            here.create_run(a_run(flow=FlowName(flow)))
        for key in [*storage.list("journal/f/1/"), *storage.list("journal/g/")]:
            storage.delete(key)
        here.check()
        assert here.flows() == ("f",)
        assert [run.id for run in here.runs("f")] == ["2"]


# ---- threads


def test_what_many_threads_do_comes_in_order_and_fails_where_it_is_asked_for() -> None:
    pool = Pool()
    assert pool.many(lambda number: number * 2, range(50)) == [number * 2 for number in range(50)]
    with pytest.raises(ZeroDivisionError):
        pool.many(lambda number: 1 // number, [1, 0, 2])
    done: list[int] = []
    pool.aside(done.append, 1)
    pool.settle()
    pool.aside(lambda: done.append(1 // 0))
    pool.settle()
    assert done == [1]
    go = threading.Event()
    pool.aside(go.wait)
    for number in (2, 2, 3, 2):
        pool.aside(done.append, number)
    go.set()
    pool.settle()
    assert done == [1, 2, 3]
    pool.close()
    assert pool.many(str, range(3)) == ["0", "1", "2"]
    pool.close()
